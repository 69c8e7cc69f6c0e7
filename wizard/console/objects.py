"""Every declared subject of the office: its list, its form, where it is used, its history, and removing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.changes.objects import NEW
from appliance.errors import BelboxError
from appliance.office.declared.catalogue import SUBJECT_OF
from appliance.office.declared.destinations import VOICEMAIL
from appliance.office.declared.place import Place, place_of
from appliance.office.declared.subject import Subject
from appliance.office.problems import Problem
from appliance.office.state_at import KINDS_WITH_STATE
from appliance.operations.objects import Listed, PastChange
from wizard.current import account, language, may, office, operations
from wizard.first_boot.steps import ENDPOINTS, StepName
from wizard.form import LONGEST_TEXT, FieldTooLong, chosen, is_sent, typed
from wizard.forms.building import Builder, at_the_form, typed_columns
from wizard.forms.editing import DO, edited
from wizard.forms.fields import Choices, Field, Widget
from wizard.forms.options import options_of
from wizard.forms.reading import Typed, destination_typed, read_choices, row_typed
from wizard.forms.words import Words
from wizard.saving import apply_now, not_applied, refused, tell
from wizard.value_words import ValueWords, matching

pages = Blueprint("objects", __name__, url_prefix="/settings")
# The subjects as a person looks for them; a test says that each has one place.
GROUPS = (
    ("people", ("extension", "team", "ring_group", "shared_voicemail", "company_voicemail", "contact", "speed_dial")),
    ("calls", ("number", "call_plan", "attendant", "mode_key", "caller_rule", "call_filter", "parking")),
    ("sounds", ("prompt", "music")),
    ("times", ("opening_hours", "schedule", "closure", "public_holidays", "night")),
    ("lines", ("trunk", "outbound_route", "backup_route", "permission", "dialling_prefix", "forwarding_prefix")),
    ("phones", ("phone", "phone_settings")),
    ("company", ("site", "behaviour", "mail")),
)
ROWS_OF_A_PAGE = 50
MOST_COLUMNS = 3
SEEN = "seen"  # the field with the fingerprint of the object as the page showed it
CALLS_TO = "calls_to"
CHANGES_SHOWN = 25
STEP = "step"  # in the address: the step of the wizard that the form was opened on


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownList:
    """A page of a list. `columns`: the keys shown beside the title, with their labels."""

    rows: Sequence[tuple[Listed, Sequence[str]]]
    columns: Sequence[tuple[str, str]]
    found: int
    of: int
    page: int
    pages: int
    wanted: str
    sort: str
    can_move: bool


@pages.get("")
def index() -> ResponseReturnValue:
    """Show what can be set."""
    now = office()
    counts = {kind: len(subject.objects(now)) for kind, subject in SUBJECT_OF.items() if not subject.is_one}
    groups = [(group, [kind for kind in kinds if may("objects.page", kind=kind)]) for group, kinds in GROUPS]
    return render_template("objects/index.html", groups=[one for one in groups if one[1]], counts=counts)


@pages.get("/history")
def history() -> ResponseReturnValue:
    """Show the last changes, in words."""
    changes = tuple(operations().objects.changes(CHANGES_SHOWN))
    return render_template("objects/history.html", changes=changes, say=_say())


@pages.post("/history/<int:revision>")
def put_back(revision: int) -> ResponseReturnValue:
    """Put the whole office back as it was at a revision."""
    try:
        outcome = operations().history.put_back(revision, author=account().user_name)
    except BelboxError as fault:
        return refused(history, (not_applied(fault),))
    if outcome.problems:
        return refused(history, outcome.problems)
    if apply_now():
        tell("objects-back", number=str(revision))
    return redirect(url_for("objects.history"), 303)


@pages.get("/<kind>")
def page(kind: str) -> ResponseReturnValue:
    """Show the list of a subject, or the form of one that the office has one of."""
    subject = _subject(kind)
    if subject.is_one:
        return _edit(subject, "")
    return render_template("objects/list.html", subject=subject, shown=_shown_list(subject))


@pages.post("/<kind>")
def save_one(kind: str) -> ResponseReturnValue:
    """Save the form of a subject that the office has one of."""
    subject = _subject(kind)
    if not subject.is_one:
        abort(404)
    return _edit(subject, "")


@pages.route("/<kind>/add", methods=["GET", "POST"])
def add(kind: str) -> ResponseReturnValue:
    """Add an object."""
    subject = _subject(kind)
    if subject.is_one:
        abort(404)
    return _edit(subject, "")


@pages.route("/<kind>/of/<name>", methods=["GET", "POST"])
def edit(kind: str, name: str) -> ResponseReturnValue:
    """Change an object."""
    return _edit(_subject(kind), _listed(kind, name).name)


@pages.route("/<kind>/of/<name>/remove", methods=["GET", "POST"])
def remove(kind: str, name: str) -> ResponseReturnValue:
    """Say what an object is used for, and remove it; what used it goes on with what is chosen."""
    return _remove(_subject(kind), _listed(kind, name))


@pages.post("/<kind>/reset")
def reset(kind: str) -> ResponseReturnValue:
    """Put a subject that the office has one of back as delivered."""
    subject = _subject(kind)
    if not subject.is_one:
        abort(404)
    outcome = operations().objects.remove(kind, "", author=account().user_name)
    if outcome.problems:
        return refused(lambda: page(kind), outcome.problems)
    if apply_now():
        tell("objects-reset", subject=_title(subject, ""))
    return redirect(url_for("objects.index"), 303)


@pages.post("/<kind>/of/<name>/move")
def move(kind: str, name: str) -> ResponseReturnValue:
    """Move an object up or down in its list."""
    listed = _listed(kind, name)
    by = -1 if chosen("by", "up", "down") == "up" else 1
    outcome = operations().objects.shift(kind, listed.name, by, author=account().user_name)
    if outcome.problems:
        return refused(lambda: page(kind), outcome.problems)
    apply_now()
    return redirect(url_for("objects.page", kind=kind), 303)


@pages.post("/<kind>/undo")
def undo(kind: str) -> ResponseReturnValue:
    """Put one object back as it was before a revision."""
    subject, name = _subject(kind), typed("name")
    try:
        outcome = operations().objects.undo(_number(typed("revision")), kind, name, author=account().user_name)
    except BelboxError as fault:
        return refused(lambda: page(kind), (not_applied(fault),))
    if outcome.problems:
        return refused(lambda: page(kind), outcome.problems)
    if apply_now():
        tell("objects-undone", subject=_title(subject, name))
    return redirect(url_for("objects.page", kind=kind), 303)


def _edit(subject: Subject, name: str) -> ResponseReturnValue:
    objects = operations().objects
    listed = objects.find(subject.kind, name) if name or subject.is_one else None
    place = place_of(subject.kind) if subject.is_one else place_of(subject.kind, name or NEW)
    if not is_sent():
        row = objects.blank(subject.kind) if listed is None else listed.row
        return _form(subject, listed, row, place, ())
    row = edited(row_typed(subject.table, _everything_typed()), subject.table, typed(DO))
    if typed(DO):
        return _form(subject, listed, row, place, ())
    outcome = objects.put(subject.kind, name, row, author=account().user_name, seen=typed(SEEN))
    if outcome.problems:
        return _form(subject, listed, row, place, at_the_form(outcome.problems, outcome.place, place)), 422
    if apply_now():
        tell("objects-saved", subject=_title(subject, outcome.name))
    return redirect(_after(subject), 303)


def _after(subject: Subject) -> str:
    """Return where a saved form leads: the step of the wizard that it was opened on, or the list."""
    step = request.args.get(STEP, "")
    if step in list(StepName) and StepName(step) in ENDPOINTS:
        return url_for(ENDPOINTS[StepName(step)])
    return url_for("objects.index" if subject.is_one else "objects.page", kind=subject.kind)


def _form(
    subject: Subject, listed: Listed | None, row: Mapping[str, Any], place: Place, problems: tuple[Problem, ...]
) -> str:
    words = Words(language())
    options = options_of(office(), words)
    form = Builder(subject, options, words, problems).form(row, place)
    places = operations().objects.used_where(subject.kind, listed.name) if listed is not None else ()
    say = ValueWords(options, words)
    return render_template(
        "objects/edit.html",
        subject=subject,
        listed=listed,
        form=form,
        # Who was told that somebody else changed it has seen it now.
        seen="" if listed is None else listed.fingerprint,
        used=_places(say, places),
        changes=_past(subject, listed),
        say=say,
        back=_after(subject),
        asked_at=_asked_at() if listed is not None and subject.kind in KINDS_WITH_STATE else None,
    )


def _asked_at() -> datetime:
    """Return the local time that the address asks about; now where it says none that can be read."""
    with suppress(ValueError):
        return datetime.fromisoformat(request.args.get("at", "")).replace(tzinfo=None)
    return operations().set_at_phones.local_moment(office())


def _remove(subject: Subject, listed: Listed) -> ResponseReturnValue:
    objects = operations().objects
    words = Words(language())
    options = options_of(office(), words)
    say = ValueWords(options, words)
    places = objects.used_where(subject.kind, listed.name)
    problems: tuple[Problem, ...] = ()
    if is_sent():
        calls_to = destination_typed(_everything_typed(), CALLS_TO)
        outcome = objects.remove(subject.kind, listed.name, author=account().user_name, calls_to=calls_to or None)
        if not outcome.problems:
            if apply_now():
                tell("objects-removed", subject=_titled(subject, listed.title))
            return redirect(url_for("objects.page", kind=subject.kind), 303)
        problems = outcome.problems
    left = Choices("destinations", tuple(one for one in options.destinations if listed.title != one.label))
    calls_field = Field(
        name=CALLS_TO,
        label=words.say("objects-calls-to"),
        hint=words.say("objects-calls-to-hint"),
        widget=Widget.SELECT_OR_NUMBER,
        value=VOICEMAIL,
        options=left.options,
        choices=left,
        is_required=True,
    )
    shown = render_template(
        "objects/remove.html",
        subject=subject,
        listed=listed,
        used=_places(say, places),
        calls_to=calls_field,
        lists=(left,) if left.are_typed else (),
        problems=problems,
        refused_at=_places(say, tuple(one.place for one in problems if one.place is not None)),
    )
    return (shown, 422) if problems else shown


def _places(say: ValueWords, places: Sequence[Place]) -> tuple[Any, ...]:
    return tuple(say.place(office(), place) for place in places)


def _past(subject: Subject, listed: Listed | None) -> tuple[PastChange, ...]:
    return () if listed is None else operations().objects.history(subject.kind, listed.name)


def _shown_list(subject: Subject) -> ShownList:
    say = _say()
    wanted, sort = request.args.get("q", "")[:LONGEST_TEXT], request.args.get("sort", "")
    in_title = {subject.called, subject.number_key, "name"}
    keys = [one.key for one in typed_columns(subject.table) if one.key not in in_title]
    keys = [key for key in (subject.first or tuple(keys)) if key in keys][:MOST_COLUMNS]
    everything = operations().objects.listed(subject.kind)

    def values_of(one: Listed) -> list[str]:
        return [say.value(subject.kind, key, one.row.get(key)) for key in keys]

    found = [one for one in everything if not wanted or matching(wanted, (one.title, *values_of(one)))]
    if sort in keys:
        found.sort(key=lambda one: say.value(subject.kind, sort, one.row.get(sort)).casefold())
    elif sort == "title":
        found.sort(key=lambda one: one.title.casefold())
    pages_of = max(1, -(-len(found) // ROWS_OF_A_PAGE))
    number = min(max(_number(request.args.get("page", "1")), 1), pages_of)
    return ShownList(
        rows=[(one, values_of(one)) for one in found[(number - 1) * ROWS_OF_A_PAGE : number * ROWS_OF_A_PAGE]],
        columns=[(key, say.words.label(subject.kind, key)) for key in keys],
        found=len(found),
        of=len(everything),
        page=number,
        pages=pages_of,
        wanted=wanted,
        sort=sort,
        can_move=not wanted and not sort,
    )


def _subject(kind: str) -> Subject:
    return SUBJECT_OF.get(kind) or abort(404)


def _listed(kind: str, name: str) -> Listed:
    subject = _subject(kind)
    return (None if subject.is_one else operations().objects.find(kind, name)) or abort(404)


def _title(subject: Subject, name: str) -> str:
    listed = operations().objects.find(subject.kind, name)
    return _titled(subject, listed.title if listed is not None else name)


def _titled(subject: Subject, title: str) -> str:
    return f"{Words(language()).say(f'subject-{subject.kind}')} {title}".strip()


def _say() -> ValueWords:
    words = Words(language())
    return ValueWords(options_of(office(), words), words)


def _everything_typed() -> Typed:
    sent = request.form.to_dict(flat=False)
    if any(len(text) > LONGEST_TEXT for texts in sent.values() for text in texts):
        raise FieldTooLong
    return read_choices(sent, options_of(office(), Words(language())))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

"""One field that finds settings, what the office has, and codes, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.office.declared.catalogue import SUBJECTS
from appliance.office.declared.subject import Subject
from appliance.words.explanations import code_table
from wizard.current import language, may, office
from wizard.forms.building import typed_columns
from wizard.forms.words import Words
from wizard.value_words import matching

pages = Blueprint("search", __name__, url_prefix="/search")
MOST_FOUND = 40  # of each group
LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, where it leads (empty: nowhere), and what it is."""

    words: str
    address: str
    about: str = ""


@pages.get("")
def page() -> ResponseReturnValue:
    """Show what matches."""
    wanted = request.args.get("q", "")[:LONGEST_SEARCH].strip()
    groups = [] if not wanted else [(name, found) for name, found in _groups(wanted) if found]
    return render_template("search.html", wanted=wanted, groups=groups)


def _groups(wanted: str) -> Iterator[tuple[str, list[Found]]]:
    words = Words(language())
    yield "settings", list(islice(_settings(wanted, words), MOST_FOUND))
    yield "objects", list(islice(_objects(wanted, words), MOST_FOUND))
    codes = (Found(code, "", does) for code, does in code_table(language()) if matching(wanted, (code, does)))
    yield "codes", list(islice(codes, MOST_FOUND))


def _open_subjects() -> list[Subject]:
    return [one for one in SUBJECTS if may("objects.page", kind=one.kind)]


def _settings(wanted: str, words: Words) -> Iterator[Found]:
    """Yield the subjects that are called so, are about it, or have a setting of that name."""
    for subject in _open_subjects():
        name = words.say(f"subject-{subject.kind}" if subject.is_one else f"subject-{subject.kind}-many")
        about = words.say(f"about-{subject.kind}")
        labels = [words.label(subject.kind, column.key) for column in typed_columns(subject.table)]
        named = [label for label in labels if matching(wanted, (label,))]
        if named or matching(wanted, (name, about)):
            yield Found(name, url_for("objects.page", kind=subject.kind), ", ".join(named) or about)


def _objects(wanted: str, words: Words) -> Iterator[Found]:
    """Yield what the office has whose number or name matches."""
    now = office()
    for subject in _open_subjects():
        if subject.is_one:
            continue
        what = words.say(f"subject-{subject.kind}")
        for thing in subject.objects(now):
            title = subject.title_of(thing)
            if matching(wanted, (title,)):
                yield Found(title, url_for("objects.edit", kind=subject.kind, name=subject.name_of(thing)), what)

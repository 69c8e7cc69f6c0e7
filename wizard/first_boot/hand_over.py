"""Step 8: the paper that stays with the office: number plan, lines, phones, proofs, attention points."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, abort, url_for
from flask.typing import ResponseReturnValue

from appliance.office.declared.catalogue import SUBJECT_OF
from appliance.office.declared.rows import row_of
from appliance.office.declared.walk import short_numbers
from appliance.office.feature_codes import DIGIT_TEST_NUMBER, ECHO_TEST_NUMBER
from appliance.office.numbers import MacAddress
from appliance.office.office import Office
from appliance.office.problems import InvalidValueError
from appliance.office.voicemail import LISTEN_NUMBER
from appliance.operations.phone_list import ListedPhone
from appliance.words.explanations import code_table
from appliance.words.texts import text
from wizard.answers import qr_code
from wizard.current import backup_number, language, live, office, operations
from wizard.evidence import moment
from wizard.first_boot.frame import question, steps
from wizard.first_boot.steps import DONE, StepName
from wizard.forms.options import options_of
from wizard.forms.words import Words
from wizard.value_words import ValueWords

_OF_THE_BOX = (
    (LISTEN_NUMBER, "plan-listen"),
    (ECHO_TEST_NUMBER, "plan-echo"),
    (DIGIT_TEST_NUMBER, "plan-digits"),
)

pages = Blueprint("hand_over", __name__, url_prefix="/setup/hand-over")


@dataclass(frozen=True, slots=True)
class Dialled:
    """A number of the plan, and what happens to who dials it."""

    number: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneLabel:
    """What is stuck on a phone."""

    phone: ListedPhone
    name: str
    number: str


@pages.get("")
def page() -> ResponseReturnValue:
    """Show the whole report."""
    labels = _labels(office())
    tested = operations().live.listed.tested()
    now = datetime.now(UTC)  # noqa: TID251  (a page is an entrance)
    return question(
        StepName.HAND_OVER,
        "hand_over.html",
        plan=number_plan(office(), language()),
        codes=code_table(language()),
        unproven=[step for step in steps() if step.name is not StepName.HAND_OVER and step.progress not in DONE],
        untested=[label for label in labels if label.phone.mac not in tested],
        labels=labels,
        lines=live().lines,
        attention=operations().offices.problems(),
        backup_number=backup_number(),
        made_at=moment(now, office().site.time_zone, language()),
    )


@pages.get("/label/<mac>.svg")
def label(mac: str) -> ResponseReturnValue:
    """Return the QR code of a phone's label: the address of that phone in the console."""
    try:
        wanted = MacAddress.parse(mac)
    except InvalidValueError:
        abort(404)
    if wanted not in {phone.mac for phone in office().phones}:
        abort(404)
    address = url_for("phone.page", mac=wanted, _external=True)
    return qr_code(address)


def number_plan(newest: Office, spoken: str) -> list[Dialled]:
    """Return every number that leads somewhere: those from outside, those inside, prefixes, the numbers of the box."""
    say = Words(spoken).say
    values = ValueWords(options_of(newest, Words(spoken)), Words(spoken))

    def leads(kind: str, thing: object, key: str) -> str:
        return values.value(kind, key, row_of(newest, SUBJECT_OF[kind], thing).get(key))

    plan = [
        Dialled(
            str(one.number),
            text(
                "plan-leads", spoken, label=f" {one.label}" if one.label else "", to=leads("number", one, "destination")
            ),
        )
        for one in newest.numbers
    ]
    inside = sorted(short_numbers(newest), key=lambda entry: (len(entry[1]), entry[1]))
    for place, digits, name in inside:
        kind = place.steps[0][0]
        plan.append(Dialled(digits, name if kind == "extension" else f"{say(f'subject-{kind}')}: {name}"))
    if newest.parking is not None:
        range_of_slots = f"{newest.parking.first}-{newest.parking.last}"
        plan.append(Dialled(range_of_slots, f"{say('subject-parking')}: {newest.parking.name}"))
    for kind in ("dialling_prefix", "forwarding_prefix"):
        for prefix in SUBJECT_OF[kind].objects(newest):
            said = (say(f"subject-{kind}"), leads(kind, prefix, "number"))
            plan.append(Dialled(f"{prefix.prefix}…", ": ".join(filter(None, said))))
    plan.append(Dialled(newest.company_voicemail.number.digits, say("plan-company-voicemail")))
    return plan + [Dialled(number, say(key)) for number, key in _OF_THE_BOX]


def _labels(newest: Office) -> list[PhoneLabel]:
    people = {extension.id: extension for extension in newest.extensions}
    labels = [
        PhoneLabel(phone=phone, name=people[phone.extension_id].name, number=people[phone.extension_id].number.digits)
        for phone in live().phones
        if phone.extension_id in people
    ]
    return sorted(labels, key=lambda label: label.number)

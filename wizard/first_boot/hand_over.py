"""Step 8: the paper that stays with the office: number plan, lines, phones, proofs, attention points."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime

import segno
from flask import Blueprint, Response, abort, url_for
from flask.typing import ResponseReturnValue

from appliance.office.feature_codes import DIGIT_TEST_NUMBER, ECHO_TEST_NUMBER
from appliance.office.numbers import MacAddress
from appliance.office.office import Office
from appliance.office.problems import InvalidValueError
from appliance.office.voicemail import LISTEN_NUMBER
from appliance.operations.phone_list import ListedPhone
from wizard.current import backup_number, language, live, office, operations
from wizard.evidence import moment
from wizard.first_boot.frame import question
from wizard.first_boot.steps import StepName

pages = Blueprint("hand_over", __name__, url_prefix="/setup/hand-over")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceNumber:
    """A number that is there from the start; `key` names the text that says what it does."""

    number: str
    key: str


SERVICE_NUMBERS = (
    ServiceNumber(number=LISTEN_NUMBER, key="plan-listen"),
    ServiceNumber(number=ECHO_TEST_NUMBER, key="plan-echo"),
    ServiceNumber(number=DIGIT_TEST_NUMBER, key="plan-digits"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneLabel:
    """What is stuck on a phone."""

    phone: ListedPhone
    name: str
    number: str


@pages.get("")
def page() -> ResponseReturnValue:
    """Show the whole report."""
    now = datetime.now(UTC)  # noqa: TID251  (a page is an entrance)
    company_voicemail = ServiceNumber(number=office().company_voicemail.number.digits, key="plan-company-voicemail")
    return question(
        StepName.HAND_OVER,
        "hand_over.html",
        service_numbers=(company_voicemail, *SERVICE_NUMBERS),
        labels=_labels(office()),
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
    address = url_for("phones.page", _external=True, _anchor=f"phone-{wanted.digits}")
    picture = io.BytesIO()
    segno.make(address, error="m", micro=False).save(picture, kind="svg", scale=4, border=2)
    return Response(picture.getvalue(), content_type="image/svg+xml")


def _labels(newest: Office) -> list[PhoneLabel]:
    people = {extension.id: extension for extension in newest.extensions}
    labels = [
        PhoneLabel(phone=phone, name=people[phone.extension_id].name, number=people[phone.extension_id].number.digits)
        for phone in live().phones
        if phone.extension_id in people
    ]
    return sorted(labels, key=lambda label: label.number)

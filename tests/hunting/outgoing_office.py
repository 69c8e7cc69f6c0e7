"""The office of these tests: three lines, people of each kind, and ways to put one setting in its place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from appliance.office.destination import ToExtension
from appliance.office.number import Number
from appliance.office.numbers import PhoneNumber
from appliance.office.office import Office
from tests.offices import COMPANY_NUMBER, a_trunk, an_extension, two_phones
from tests.switch_bench.bench import SwitchBench
from tests.switch_bench.call import Call
from tests.switch_bench.diary import What

COMPANY = COMPANY_NUMBER
DIRECT = PhoneNumber("+3225551002")  # of 202
PEOPLE = ("201", "202", "203")
LINES = ("line1", "line2", "line3")


def outgoing_office(**settings: Any) -> Office:
    """Three people; 202 has a direct number."""
    office = replace(
        two_phones(),
        trunks=tuple(a_trunk(name, f"203.0.113.{place}") for place, name in enumerate(LINES, start=10)),
        extensions=tuple(an_extension(number, f"Person {number}", with_voicemail=False) for number in PEOPLE),
        phones=(),
        ring_groups=(),
        backup_routes=(),
        numbers=(
            Number(id="main", number=COMPANY, destination=ToExtension("e201")),
            Number(id="direct", number=DIRECT, destination=ToExtension("e202")),
        ),
    )
    return replace(office, **settings)


def with_extension(office: Office, number: str, **settings: Any) -> Office:
    """Other settings for one person."""
    return replace(
        office,
        extensions=tuple(
            replace(extension, **settings) if extension.number.digits == number else extension
            for extension in office.extensions
        ),
    )


def with_trunk(office: Office, trunk_id: str, **settings: Any) -> Office:
    """Other settings for one line."""
    return replace(
        office,
        trunks=tuple(replace(trunk, **settings) if trunk.id == trunk_id else trunk for trunk in office.trunks),
    )


def answered(bench: SwitchBench, phone: str, number: str) -> Call:
    """Let a phone call outside and wait for the answer."""
    call = bench.phones.call(phone, number)
    call.wait_for(What.ANSWERED)
    return call


def asked(bench: SwitchBench) -> list[str]:
    """Return the lines that were asked, in order."""
    invites = [(invite.at, trunk.id) for trunk in bench.office.trunks for invite in bench.line(trunk.id).invites]
    return [line for _, line in sorted(invites)]

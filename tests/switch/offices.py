"""The office of these tests: six people, everything short, so that a call is over in seconds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from appliance.office.country import Country, Language
from appliance.office.destination import ToRingGroup
from appliance.office.extension import Extension
from appliance.office.number import Number
from appliance.office.numbers import ExtensionNumber, PhoneNumber
from appliance.office.office import Office
from appliance.office.prompt import Prompt
from appliance.office.ring_group import RingGroup
from appliance.office.secret import Secret
from appliance.office.site import Site
from appliance.office.trunk import Trunk
from appliance.office.voicemail import CompanyVoicemail, VoicemailBox

MAIN = PhoneNumber("+3225551001")
SECOND = PhoneNumber("+3225551002")
MOBILE = PhoneNumber("+32470123456")
CALLER = "+32470999888"
PEOPLE = ("201", "202", "203", "204", "205", "206")


def person(number: str, **settings: Any) -> Extension:
    """An extension that rings for two seconds; id `e` and its number."""
    whole: dict[str, Any] = {
        "id": f"e{number}",
        "number": ExtensionNumber(number),
        "name": f"Person {number}",
        "sip_password": Secret(f"password-of-{number}"),
        "ring_seconds": 2,
        **settings,
    }
    return Extension(**whole)


def with_box(number: str, **settings: Any) -> Extension:
    """An extension with a voicemail box."""
    return person(number, voicemail=VoicemailBox(pin=Secret("4711")), **settings)


def small_office(**parts: Any) -> Office:
    """Two lines, six people, a group of two on the main number; `parts` replaces what a test is about."""
    office = Office(
        site=Site(
            company_name="De Mooi bvba",
            country=Country.BELGIUM,
            time_zone="Europe/Brussels",
            language=Language.DUTCH,
            company_number=MAIN,
        ),
        company_voicemail=CompanyVoicemail(pin=Secret("9999")),
        trunks=(a_line("line1", 1), a_line("line2", 2)),
        extensions=tuple(person(number) for number in PEOPLE),
        ring_groups=(a_group("300", "201", "202"),),
        prompts=(
            Prompt(id="welcome", name="Welcome", text="Welkom."),
            Prompt(id="closed", name="Closed", text="Gesloten."),
        ),
        numbers=(
            Number(id="main", number=MAIN, destination=ToRingGroup("g300")),
            Number(id="second", number=SECOND, destination=ToRingGroup("g300")),
        ),
    )
    return replace(office, **parts)


def a_group(number: str, *members: str, **settings: Any) -> RingGroup:
    """A ring group of these extensions that rings for two seconds."""
    whole: dict[str, Any] = {
        "id": f"g{number}",
        "number": ExtensionNumber(number),
        "name": f"Group {number}",
        "member_ids": tuple(f"e{member}" for member in members),
        "ring_seconds": 2,
        **settings,
    }
    return RingGroup(**whole)


def a_line(trunk_id: str, place: int) -> Trunk:
    """A line that knows the box by its address."""
    return Trunk(id=trunk_id, name=f"Line {place}", host=f"203.0.113.{place}0", registers=False)

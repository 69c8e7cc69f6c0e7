"""Offices the tests build on: each is whole, realistic and small."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from appliance.compiler.target import AsteriskTarget
from appliance.office.backup_route import BackupRoute
from appliance.office.country import Country, Language
from appliance.office.destination import ToOutsideNumber, ToRingGroup, ToVoicemail
from appliance.office.extension import Extension
from appliance.office.number import Number
from appliance.office.numbers import ExtensionNumber, MacAddress, PhoneNumber
from appliance.office.office import Office
from appliance.office.phone import Brand, Phone
from appliance.office.ring_group import RingGroup
from appliance.office.schedule import OpeningHours, Period, Weekday
from appliance.office.secret import Secret
from appliance.office.site import Site
from appliance.office.trunk import Trunk
from appliance.office.voicemail import CompanyVoicemail, VoicemailBox

MOBILE = PhoneNumber("+32470123456")
COMPANY_NUMBER = PhoneNumber("+3225551001")
_WORKDAYS = (Weekday.MONDAY, Weekday.TUESDAY, Weekday.WEDNESDAY, Weekday.THURSDAY, Weekday.FRIDAY)


def an_extension(number: str, name: str, *, with_voicemail: bool = True) -> Extension:
    """An extension whose id is its number with a letter before it."""
    return Extension(
        id=f"e{number}",
        number=ExtensionNumber(number),
        name=name,
        sip_password=Secret(f"password-of-{number}"),
        voicemail=VoicemailBox(pin=Secret("4711")) if with_voicemail else None,
    )


def a_trunk(trunk_id: str, host: str) -> Trunk:
    """A line that registers."""
    return Trunk(id=trunk_id, name=f"Line {trunk_id}", host=host, username="belbox", password=Secret("line-secret"))


def company_box(box: VoicemailBox, **settings: Any) -> CompanyVoicemail:
    """The company's box with the settings of another."""
    return CompanyVoicemail(**{one.name: getattr(box, one.name) for one in fields(box)}, **settings)


def two_phones() -> Office:
    """A law office: two people, a ring group, one line, opening hours and a backup to a mobile."""
    return Office(
        site=Site(
            company_name="De Mooi bvba",
            country=Country.BELGIUM,
            time_zone="Europe/Brussels",
            language=Language.DUTCH,
            company_number=COMPANY_NUMBER,
        ),
        company_voicemail=CompanyVoicemail(pin=Secret("9999")),
        trunks=(a_trunk("line1", "203.0.113.10"),),
        extensions=(an_extension("201", "Jan Jansen"), an_extension("202", "Sandra Achterberg")),
        phones=(
            Phone(
                id="p1",
                mac=MacAddress.parse("80:5e:c0:00:02:01"),
                brand=Brand.YEALINK,
                model="SIP-T46U",
                token=Secret("0123456789abcdef0123456789abcdef"),
                extension_id="e201",
            ),
        ),
        ring_groups=(
            RingGroup(
                id="g300",
                number=ExtensionNumber("300"),
                name="Reception",
                member_ids=("e201", "e202"),
                no_answer=ToVoicemail(),
            ),
        ),
        opening_hours=(
            OpeningHours(
                id="office",
                name="Office hours",
                periods={day: (Period.parse("08:30-12:00"), Period.parse("13:00-17:00")) for day in _WORKDAYS},
            ),
        ),
        backup_routes=(BackupRoute(id="mobile", name="Mobile of Jan", destination=ToOutsideNumber(MOBILE)),),
        numbers=(
            Number(
                id="main",
                number=COMPANY_NUMBER,
                destination=ToRingGroup("g300"),
                opening_hours_id="office",
                when_closed=ToVoicemail(),
                backup_route_id="mobile",
            ),
        ),
    )


def a_target() -> AsteriskTarget:
    """The machine the golden files are for."""
    return AsteriskTarget(
        address="192.168.77.2",
        test_phone_password=Secret("password-of-the-test-phone"),
        manager_password=Secret("password-of-the-manager"),
    )

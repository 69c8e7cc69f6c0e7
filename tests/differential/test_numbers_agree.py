"""Dialled numbers on paper: the explanation and the dial plan's own rules say the same of each, and none is barred."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

import phonenumbers
import pytest
from phonenumbers import PhoneNumberType

from appliance.compiler.compile_office import compile_office
from appliance.compiler.object_names import subject_context
from appliance.office.call_path.build import build_call_path
from appliance.office.call_path.steps import EMERGENCY, NO_NUMBER, NOT_ALLOWED, OUTGOING
from appliance.office.calling_permission import DEFAULT_KINDS, CallingPermission
from appliance.office.circumstances import as_configured
from appliance.office.country import PREMIUM_KINDS, Country, NumberKind
from appliance.office.dialled import from_inside, may_dial
from appliance.office.explain import walk
from appliance.office.extension import Extension
from appliance.office.numbers import ExtensionNumber, PhoneNumber
from appliance.office.office import Office
from appliance.office.parking import Parking
from appliance.office.prefix_codes import DiallingPrefix, ForwardingPrefix
from appliance.office.speed_dial import SpeedDial
from tests.differential.paper_switch import PaperSwitch, Stop
from tests.differential.spelled_numbers import spelled_numbers
from tests.hunting.outgoing_office import outgoing_office
from tests.offices import a_target, an_extension

pytestmark = pytest.mark.feature("B5", "B6", "D3", "R7")

_COSTS_MORE = {
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.PERSONAL_NUMBER,
    PhoneNumberType.PAGER,
}
_INSIDE = frozenset({NumberKind.INSIDE})
EXCEPTIONS = {"free": (PhoneNumber("+3290612345"),)}
SOME_MOMENT = datetime(2026, 11, 27, 10, 0)
RULES: dict[str, frozenset[NumberKind]] = {
    "nothing": frozenset(),
    "inside": _INSIDE,
    "delivered": DEFAULT_KINDS,
    "everything": frozenset(NumberKind),
    "outside": DEFAULT_KINDS - _INSIDE,
    "national": _INSIDE | {NumberKind.NATIONAL},
    "mobile": frozenset({NumberKind.MOBILE}),
    "europe": _INSIDE | {NumberKind.EUROPE},
    "world": DEFAULT_KINDS | {NumberKind.WORLD},
    "service": _INSIDE | {NumberKind.SERVICE},
    "erotic": _INSIDE | {NumberKind.EROTIC},
    "free": _INSIDE | {NumberKind.FREE, NumberKind.ENTERTAINMENT},
}


@dataclass(frozen=True, slots=True)
class Said:
    """What becomes of a dialled text: `out`, `not allowed`, `unknown`, `emergency`, `inside` or `code`."""

    what: str
    number: str = ""


def office_in(country: Country) -> Office:
    """An office there with one person for each rule set, some of them with a country of their own."""
    permissions = tuple(
        CallingPermission(id=name, name=name, kinds=kinds, exceptions=EXCEPTIONS.get(name, ()))
        for name, kinds in RULES.items()
    )
    others = [other for other in Country if other is not country]
    people = [
        replace(
            an_extension(str(201 + place), name, with_voicemail=False),
            permission_id=name,
            country=others[place - 8] if place >= 8 else None,
        )
        for place, name in enumerate(RULES)
    ]
    office = outgoing_office(
        extensions=tuple(people),
        permissions=permissions,
        dialling_prefixes=(DiallingPrefix(prefix="1", number_id=None), DiallingPrefix(prefix="31", number_id="main")),
        forwarding_prefixes=(ForwardingPrefix(prefix="101", number_id="main"),),
        speed_dials=(
            SpeedDial(id="sup", name="Sup", short=ExtensionNumber("7001"), number=PhoneNumber("+32470555666")),
        ),
        parking=Parking(name="Park", first=ExtensionNumber("810"), last=ExtensionNumber("812")),
    )
    return replace(office, site=replace(office.site, country=country))


class Comparison:
    """One office, read by both; each judgement of a number is made once for each rule set."""

    def __init__(self, country: Country) -> None:
        self.office = office_in(country)
        self.call_path = build_call_path(self.office)
        conf = compile_office(self.office, a_target()).text_of("extensions.conf")
        assert conf is not None
        self.switch = PaperSwitch(conf)
        self._came_to: dict[tuple[str, Country | None, bool], Stop] = {}
        self.told_of = cache(self._told_of)
        self.done_with = cache(self._done_with)

    def told(self, person: Extension, text: str) -> Said:
        """What the explanation says."""
        country = person.country or self.office.site.country
        dialled = may_dial(from_inside(self.call_path, country, text), self.office.permission_of(person))
        if dialled.subject == OUTGOING:
            return self.told_of(person, dialled.number)
        if dialled.subject is None:
            return Said("code", text)
        special = {EMERGENCY: "emergency", NO_NUMBER: "unknown", NOT_ALLOWED: "not allowed"}
        what = special.get(dialled.subject, "inside")
        return Said(what, dialled.number if what in {"emergency", "inside"} else "")

    def done(self, person: Extension, text: str) -> Said:
        """What the dial plan does."""
        came = self._came(person, text)
        number = came.variables.get("NUMBER", "")
        match came.context, came.application:
            case "outside-number", "":
                return Said("not allowed") if came.exten == NOT_ALLOWED.part else self.done_with(person, number)
            case "emergency", "":
                return Said("emergency", number)
            case ("no-number", "") | (_, "Hangup" | "not there"):
                return Said("unknown")
            case "forward-to", "":
                return Said("code", text)
            case _, "":
                return Said("inside", number)
        return Said("code", text)

    def _came(self, person: Extension, text: str) -> Stop:
        """Return where it leads; people who read numbers alike, and may all or all not call inside, share it."""
        alike = (text, person.country, NumberKind.INSIDE in self.office.permission_of(person).kinds)
        if alike not in self._came_to:
            stop = frozenset({"forward-to", *map(subject_context, self.call_path.subjects)})
            channel = {"CHANNEL(endpoint)": person.sip_user, "EXTENSION": person.id}
            self._came_to[alike] = self.switch.run("from-phones", text, channel, stop)
        return self._came_to[alike]

    def _told_of(self, person: Extension, number: str) -> Said:
        now = as_configured(self.office, SOME_MOMENT, calling_extension_id=person.id)
        kinds = {step.kind for step in walk(self.office, self.call_path, OUTGOING, number, now).steps}
        return Said("out", number) if "outside_number" in kinds else Said("not allowed")

    def _done_with(self, person: Extension, number: str) -> Said:
        permission = self.office.permission_of(person).id
        given = {"NUMBER": number, "PERMISSION": permission}
        came = self.switch.run("outside-number", "s", given, frozenset({"call-outside"}))
        if came.context == "call-outside":
            return Said("out", came.variables["CALLED"])
        return Said("not allowed" if came.exten == NOT_ALLOWED.part else came.application)


def compare(country: Country, count: int) -> tuple[int, list[str]]:
    """Return how many went out, and every text of which the two do not say the same, or that is barred and went out."""
    both = Comparison(country)
    out, wrong = 0, []
    for text in spelled_numbers(country, count):
        for person in both.office.extensions:
            told, done = both.told(person, text), both.done(person, text)
            if told != done:
                wrong.append(f"{country} {person.name} {text!r}: told {told}, done {done}")
            if done.what == "out":
                out += 1
                if is_barred(done.number, both.office.permission_of(person)):
                    wrong.append(f"{country} {person.name} {text!r}: {done.number} went out")
    return out, wrong


def is_barred(number: str, permission: CallingPermission) -> bool:
    """Ask the library itself, which neither reader of the office does."""
    read = phonenumbers.parse(number)
    costs_more = phonenumbers.number_type(read) in _COSTS_MORE
    return costs_more and not permission.kinds & PREMIUM_KINDS and PhoneNumber(number) not in permission.exceptions


@pytest.mark.parametrize("country", Country)
def test_explanation_and_dial_plan_say_the_same_of_a_dialled_text(country: Country) -> None:
    """Five hundred spellings for each of twelve people."""
    out, wrong = compare(country, 500)
    assert wrong == []
    assert out > 250


@pytest.mark.slow
@pytest.mark.parametrize("country", Country)
def test_explanation_and_dial_plan_say_the_same_of_100000_dialled_texts(
    country: Country, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same for a hundred thousand."""
    out, wrong = compare(country, 100_000)
    with capsys.disabled():
        print(f"\n{country}: 100,000 spellings x {len(RULES)} rule sets, {out} out, {len(wrong)} wrong")
    assert wrong == []

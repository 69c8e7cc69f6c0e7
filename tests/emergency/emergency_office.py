"""The office of the emergency matrix: two lines, and phones in every state that could stop a call."""

from __future__ import annotations

from dataclasses import replace

from appliance.office.calling_permission import CallingPermission
from appliance.office.country import Country
from appliance.office.destination import ToExtension
from appliance.office.extension import Extension
from appliance.office.forwarding import ForwardCase
from appliance.office.live_settings import DO_NOT_DISTURB, NIGHT_STATE, forward_family
from appliance.office.night import NightChoice
from appliance.office.number import Number
from appliance.office.numbers import ExtensionNumber, PhoneNumber
from appliance.office.office import Office
from tests.emergency.cases import CallerState, calls_per_batch
from tests.offices import a_trunk, an_extension, two_phones
from tests.switch_bench.bench import SwitchBench

_FIRST_NUMBER = {
    Country.BELGIUM: "+32255510",
    Country.NETHERLANDS: "+312055510",
    Country.FRANCE: "+331555510",
    Country.GERMANY: "+4930555510",
    Country.LUXEMBOURG: "+352275510",
}
FILLER, GUEST = "290", "280"
NOTHING_ALLOWED = CallingPermission(id="nothing", name="Nothing", kinds=frozenset())


def number_of(country: Country, position: int) -> PhoneNumber:
    """Return a number of the office, counted from 0, which is the company's."""
    return PhoneNumber(f"{_FIRST_NUMBER[country]}{position:02}")


def emergency_office(country: Country) -> Office:
    """One extension per phone of a batch, each with a number of its own; one that makes ordinary calls, one guest."""
    office = two_phones()
    callers = [_caller(country, position) for position in range(calls_per_batch(country))]
    others = [an_extension(number, f"Person {number}", with_voicemail=False) for number in (FILLER, GUEST)]
    numbers = [Number(id="main", number=number_of(country, 0), destination=ToExtension(f"e{FILLER}"))]
    for position, extension in enumerate(callers, start=1):
        numbers.append(
            Number(id=f"n{position}", number=number_of(country, position), destination=ToExtension(extension.id))
        )
    return replace(
        office,
        site=replace(office.site, country=country, company_number=number_of(country, 0)),
        trunks=(a_trunk("line1", "203.0.113.10"), a_trunk("line2", "203.0.113.20")),
        permissions=(NOTHING_ALLOWED,),
        extensions=(*callers, *others),
        numbers=tuple(numbers),
        phones=(),
        ring_groups=(),
        backup_routes=(),
        opening_hours=(),
    )


def renamed(office: Office) -> Office:
    """Another name of one person: phones and dial plan are loaded anew."""
    first, *others = office.extensions
    name = "Newcomer" if first.name != "Newcomer" else "Other"
    return replace(office, extensions=(replace(first, name=name), *others))


def set_callers_up(bench: SwitchBench) -> None:
    """Register all phones and give each caller the state its place in the batch stands for."""
    office = bench.office
    bench.phones.register_extensions(*office.extensions)
    turn_night_on(bench)
    for extension in office.extensions:
        if extension.number.digits in {FILLER, GUEST}:
            continue
        match caller_state(extension.number):
            case CallerState.DO_NOT_DISTURB:
                bench.database_put(DO_NOT_DISTURB, extension.id, "1")
            case CallerState.FORWARDED:
                bench.database_put(forward_family(ForwardCase.ALWAYS), extension.id, FILLER)
            case CallerState.GUEST:
                bench.database_put("desk", extension.sip_user, f"e{GUEST}")
                bench.database_put("at", f"e{GUEST}", extension.sip_user)
            case _:
                pass


def turn_night_on(bench: SwitchBench) -> None:
    """As the office's night key does."""
    family, _, key = NIGHT_STATE.partition("/")
    bench.database_put(family, key, "on")


def caller_state(number: ExtensionNumber) -> CallerState:
    """Return the state that goes with an extension's place."""
    return list(CallerState)[(int(number.digits) - 201) % len(CallerState)]


def _caller(country: Country, position: int) -> Extension:
    extension = an_extension(str(201 + position), f"Caller {position}", with_voicemail=False)
    state = caller_state(extension.number)
    return replace(
        extension,
        outgoing_number=number_of(country, position + 1),
        permission_id=NOTHING_ALLOWED.id if state is CallerState.NO_PERMISSION else None,
        is_anonymous=state is CallerState.ANONYMOUS,
        night=NightChoice.ON if state is CallerState.NIGHT else NightChoice.OFF,
    )

"""What each person may call, number by number, in each country, and what a refusal sounds like."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

import pytest

from appliance.office.call_path.steps import NOT_ALLOWED
from appliance.office.calling_permission import DEFAULT_KINDS, CallingPermission
from appliance.office.country import Country, NumberKind
from appliance.office.forwarding import ForwardCase
from appliance.office.live_settings import forward_family
from appliance.office.numbers import PhoneNumber
from appliance.office.office import Office
from tests.hunting.outgoing_office import answered, asked, outgoing_office, with_extension
from tests.switch_bench.bench import SwitchBench
from tests.switch_bench.diary import What

pytestmark = pytest.mark.feature("B5")

# One number of each kind, as it is dialled there; national numbering plans.
SAMPLES: dict[Country, dict[NumberKind, str]] = {
    Country.BELGIUM: {
        NumberKind.NATIONAL: "022345678",
        NumberKind.MOBILE: "0470123456",
        NumberKind.FREE: "080012345",
        NumberKind.SERVICE: "090012345",
        NumberKind.EROTIC: "090612345",
        NumberKind.ENTERTAINMENT: "090912345",
        NumberKind.EUROPE: "0031201234567",
        NumberKind.WORLD: "0012125550123",
    },
    Country.NETHERLANDS: {
        NumberKind.NATIONAL: "0201234567",
        NumberKind.MOBILE: "0612345678",
        NumberKind.FREE: "08001234",
        NumberKind.SERVICE: "09001234",
        NumberKind.EROTIC: "09061234",
        NumberKind.ENTERTAINMENT: "09091234",
        NumberKind.EUROPE: "003222345678",
        NumberKind.WORLD: "0012125550123",
    },
    Country.FRANCE: {
        NumberKind.NATIONAL: "0145678901",
        NumberKind.MOBILE: "0612345678",
        NumberKind.FREE: "0800123456",
        NumberKind.SERVICE: "0891123456",
        NumberKind.ENTERTAINMENT: "0899123456",
        NumberKind.EUROPE: "003222345678",
        NumberKind.WORLD: "0012125550123",
    },
    Country.LUXEMBOURG: {
        NumberKind.NATIONAL: "27551234",
        NumberKind.MOBILE: "621123456",
        NumberKind.FREE: "80012345",
        NumberKind.SERVICE: "90012345",
        NumberKind.ENTERTAINMENT: "90512345",
        NumberKind.EUROPE: "003222345678",
        NumberKind.WORLD: "0012125550123",
    },
    Country.GERMANY: {
        NumberKind.NATIONAL: "03012345678",
        NumberKind.MOBILE: "015112345678",
        NumberKind.FREE: "08001234567",
        NumberKind.SERVICE: "09001234567",
        NumberKind.ENTERTAINMENT: "013712345678",
        NumberKind.EUROPE: "003222345678",
        NumberKind.WORLD: "0012125550123",
    },
}


def may_call(country: Country, kinds: frozenset[NumberKind], *exceptions: str) -> Office:
    """An office there where 201 may call these kinds."""
    permission = CallingPermission(
        id="some", name="Some", kinds=kinds, exceptions=tuple(PhoneNumber(number) for number in exceptions)
    )
    office = outgoing_office(permissions=(permission,))
    office = replace(office, site=replace(office.site, country=country))
    return with_extension(office, "201", permission_id="some")


@pytest.mark.parametrize("country", Country)
def test_each_kind_alone_is_called_and_all_others_refused(bench: SwitchBench, country: Country) -> None:
    """Seven or eight kinds, each allowed once: exactly its numbers go out."""
    for kind in SAMPLES[country]:
        bench.change(may_call(country, frozenset({kind})))
        bench.at_rest()
        goes_out(bench, country, {kind})


def test_as_delivered_nothing_dear_is_called(bench: SwitchBench) -> None:
    """Who has no permission of their own calls what the delivered one allows, and nothing else."""
    goes_out(bench, Country.BELGIUM, DEFAULT_KINDS & SAMPLES[Country.BELGIUM].keys())


def test_exception_may_be_called_whatever_its_kind(bench: SwitchBench) -> None:
    """One mobile may be called, its neighbour not."""
    bench.change(may_call(Country.BELGIUM, frozenset({NumberKind.NATIONAL}), "+32470123456"))
    answered(bench, "201", "0470123456").hang_up()
    assert bench.phones.call("201", "0470123457").wait_ended(8.0) == "403"
    assert asked(bench) == ["line1"]


def test_forward_to_a_number_that_may_not_be_called_reaches_nobody(bench: SwitchBench) -> None:
    """The forward's owner pays, so the owner's permission counts, not the caller's."""
    bench.change(may_call(Country.BELGIUM, frozenset({NumberKind.INSIDE})))
    bench.database_put(forward_family(ForwardCase.ALWAYS), "e201", "+32470123456")
    call = bench.phones.call("202", "201")
    call.wait_ended(8.0)
    assert asked(bench) == []


def goes_out(bench: SwitchBench, country: Country, kinds: Set[NumberKind]) -> None:
    """Call one number of each kind: these are answered, and all others are where callers hear that they may not."""
    calls = {kind: bench.phones.call("201", number) for kind, number in SAMPLES[country].items()}
    for kind in kinds:
        calls[kind].wait_for(What.ANSWERED)

    def refused() -> int:
        return sum(item["Exten"] == NOT_ALLOWED.part for item in bench.ami.list("CoreShowChannels"))

    bench.wait_until(lambda: refused() == len(calls) - len(kinds), "the others are refused")
    wanted = {PhoneNumber.parse(SAMPLES[country][kind], country).e164 for kind in kinds}
    assert {invite.number for invite in bench.line("line1").invites} == wanted
    bench.hang_up_all()

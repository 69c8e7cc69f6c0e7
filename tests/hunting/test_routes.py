"""Which line a number goes out by, how it is written there, and by which codec."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from appliance.office.country import Country
from appliance.office.outbound_route import OutboundRoute, RouteTrunk
from appliance.office.schedule import OpeningHours, Period, Weekday
from appliance.office.trunk import Codec, NumberFormat
from tests.hunting.outgoing_office import answered, asked, outgoing_office, with_extension, with_trunk
from tests.switch_bench.behaviour import Refuses
from tests.switch_bench.bench import SwitchBench

ZONE = ZoneInfo("Europe/Brussels")


def a_route(name: str, beginning: str, *trunks: RouteTrunk, **settings: Any) -> OutboundRoute:
    """A route for one beginning."""
    return replace(OutboundRoute(id=name, name=name, beginnings=(beginning,), trunks=trunks), **settings)


@pytest.mark.feature("B2")
def test_lines_are_tried_in_the_offices_order(bench: SwitchBench) -> None:
    """Another order of the list is another order of calls."""
    office = outgoing_office()
    bench.change(replace(office, trunks=office.trunks[::-1]))
    bench.line("line3").behave(Refuses(code=503))
    bench.line("line2").behave(Refuses(code=503))
    answered(bench, "201", "0470123456")
    assert asked(bench) == ["line3", "line2", "line1"]


@pytest.mark.feature("B3")
def test_longest_beginning_chooses_the_line_and_the_next_takes_over(bench: SwitchBench) -> None:
    """Mobiles by line 3, one mobile network by line 2, everything else in the office's order."""
    routes = (
        a_route("mobile", "+324", RouteTrunk(trunk_id="line3"), RouteTrunk(trunk_id="line1")),
        a_route("network", "+32470", RouteTrunk(trunk_id="line2")),
    )
    bench.change(outgoing_office(outbound_routes=routes))
    for number in ("0470123456", "0480123456", "025559999"):
        answered(bench, "201", number).hang_up()
    assert asked(bench) == ["line2", "line3", "line1"]
    bench.line("line3").behave(Refuses(code=503))
    answered(bench, "201", "0480123456")
    assert asked(bench)[3:] == ["line3", "line1"]


@pytest.mark.feature("B3")
def test_cheapest_line_is_first(bench: SwitchBench) -> None:
    """By cost a minute; a line whose cost nobody knows comes last."""
    trunks = (
        RouteTrunk(trunk_id="line1"),
        RouteTrunk(trunk_id="line2", millicents_per_minute=900),
        RouteTrunk(trunk_id="line3", millicents_per_minute=250),
    )
    bench.change(outgoing_office(outbound_routes=(a_route("all", "+", *trunks, cheapest_first=True),)))
    for name in ("line2", "line3"):
        bench.line(name).behave(Refuses(code=503))
    answered(bench, "201", "0470123456")
    assert asked(bench) == ["line3", "line2", "line1"]


@pytest.mark.feature("B3")
def test_route_holds_within_its_hours_only(bench: SwitchBench) -> None:
    """Today it holds, or only on the other days."""
    today = Weekday((datetime.now(ZONE) + timedelta(minutes=1)).weekday())  # noqa: TID251  # the switch reads the clock
    all_day = (Period.parse("00:00-24:00"),)
    others = {day: all_day for day in Weekday if day is not today}
    for periods, line in ((dict.fromkeys(Weekday, all_day), "line3"), (others, "line1")):
        hours = OpeningHours(id="hours", name="Hours", periods=periods)
        route = a_route("timed", "+32", RouteTrunk(trunk_id="line3"), opening_hours_id="hours")
        bench.change(outgoing_office(outbound_routes=(route,), opening_hours=(hours,)))
        before = len(asked(bench))
        answered(bench, "201", "0470123456").hang_up()
        assert asked(bench)[before:] == [line]


WRITTEN = {
    NumberFormat.PLUS: ("+32470123456", "+31201234567", "+3225551001"),
    NumberFormat.BARE: ("32470123456", "31201234567", "3225551001"),
    NumberFormat.INTERNATIONAL: ("0032470123456", "0031201234567", "003225551001"),
    NumberFormat.NATIONAL: ("0470123456", "0031201234567", "025551001"),
}


@pytest.mark.feature("B4")
@pytest.mark.parametrize("written", NumberFormat)
def test_line_gets_numbers_as_it_wants_them(bench: SwitchBench, written: NumberFormat) -> None:
    """The number called and the number shown, each in a form of its own."""
    mobile, abroad, own = WRITTEN[written]
    bench.change(with_trunk(outgoing_office(), "line1", called_format=written))
    for dialled in ("0470123456", "0031201234567"):
        answered(bench, "201", dialled).hang_up()
    assert [invite.number for invite in bench.line("line1").invites] == [mobile, abroad]
    bench.change(with_trunk(outgoing_office(), "line1", shown_format=written))
    answered(bench, "201", "0470123456")
    invite = bench.line("line1").invites[-1]
    assert (invite.number, invite.caller.number) == ("+32470123456", own)


@pytest.mark.feature("B4")
def test_next_line_gets_the_numbers_in_its_own_way(bench: SwitchBench) -> None:
    """What was written for a line that refused is not what the next one is sent."""
    office = with_trunk(outgoing_office(), "line1", called_format=NumberFormat.NATIONAL, shown_format=NumberFormat.BARE)
    bench.change(office)
    bench.line("line1").behave(Refuses(code=503))
    answered(bench, "201", "0470123456")
    invites = [bench.line(name).invites[0] for name in ("line1", "line2")]
    assert [(invite.number, invite.caller.number) for invite in invites] == [
        ("0470123456", "3225551001"),
        ("+32470123456", "+3225551001"),
    ]


@pytest.mark.feature("B5")
def test_a_person_abroad_dials_the_numbers_of_their_own_country(bench: SwitchBench) -> None:
    """The country of an extension says what a national number is."""
    bench.change(with_extension(outgoing_office(), "201", country=Country.NETHERLANDS))
    answered(bench, "201", "0201234567").hang_up()
    answered(bench, "202", "024444444")
    assert [invite.number for invite in bench.line("line1").invites] == ["+31201234567", "+3224444444"]


@pytest.mark.feature("B2")
@pytest.mark.parametrize(
    "codecs", [(Codec.ULAW, Codec.ALAW), (Codec.ALAW, Codec.ULAW), (Codec.G722, Codec.ULAW, Codec.ALAW)], ids=str
)
def test_line_is_offered_its_codecs_in_its_order(bench: SwitchBench, codecs: tuple[Codec, ...]) -> None:
    """The phone's own order does not count, nor that it does not speak the line's favourite."""
    names = {Codec.ULAW: "PCMU", Codec.ALAW: "PCMA", Codec.G722: "G722"}
    bench.change(with_trunk(outgoing_office(), "line1", codecs=codecs))
    answered(bench, "201", "0470123456")
    offered = bench.line("line1").invites[-1].codecs
    assert [codec.upper() for codec in offered if "EVENT" not in codec.upper()] == [names[codec] for codec in codecs]


@pytest.mark.feature("B2")
def test_line_is_offered_its_own_codecs_only(bench: SwitchBench) -> None:
    """The phone speaks A-law; what the line does not have is not offered there."""
    for codec, name in ((Codec.ULAW, "PCMU"), (Codec.ALAW, "PCMA")):
        bench.change(with_trunk(outgoing_office(), "line1", codecs=(codec,)))
        answered(bench, "201", "0470123456")
        offered = bench.line("line1").invites[-1].codecs
        assert [codec.upper() for codec in offered if "EVENT" not in codec.upper()] == [name]
        bench.hang_up_all()

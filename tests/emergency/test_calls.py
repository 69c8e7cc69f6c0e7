"""Single emergency calls: what is ended for them, what they end never, and who is called back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.office.country import Country
from appliance.office.forwarding import ForwardCase
from appliance.office.live_settings import DO_NOT_DISTURB, forward_family
from appliance.office.office import Office
from appliance.paths import Paths
from tests.emergency.emergency_office import FILLER, emergency_office, number_of, set_callers_up, turn_night_on
from tests.switch_bench.behaviour import ANSWERS
from tests.switch_bench.bench import SwitchBench
from tests.switch_bench.call import Call, CallState
from tests.switch_bench.diary import What

pytestmark = pytest.mark.feature("B9")

MOBILE = "0470123456"
COMPANY = number_of(Country.BELGIUM, 0).e164
SHOWN_BY_201 = number_of(Country.BELGIUM, 1).e164
CENTRE = "+3222000000"  # the number from which a centre calls back


def _garbage(store: Path) -> None:
    store.write_bytes(b"never a store " * 1000)


def _cut(store: Path) -> None:
    with store.open("r+b") as file:
        file.truncate(store.stat().st_size // 2 + 100)


def _holed(store: Path) -> None:
    size = store.stat().st_size
    with store.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (size - 4096))


def _directory(store: Path) -> None:
    store.unlink()
    (store / "something").mkdir(parents=True)


STORE_DAMAGES = (_garbage, _cut, _holed, _directory)


@pytest.fixture(scope="module")
def open_bench(
    needs_namespaces: None, switch_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SwitchBench]:
    """One office for the file."""
    with SwitchBench(
        emergency_office(Country.BELGIUM), tmp_path_factory.mktemp("bench"), switch_root=switch_root
    ) as it:
        set_callers_up(it)
        yield it


@pytest.fixture
def bench(open_bench: SwitchBench) -> Iterator[SwitchBench]:
    """Everything at rest, with the callers' states as at the beginning."""
    open_bench.at_rest()
    yield open_bench
    open_bench.hang_up_all()
    open_bench.clear_memory()
    set_callers_up(open_bench)


def test_one_channel_of_a_line_is_kept_for_an_emergency(bench: SwitchBench) -> None:
    """Two channels: the second ordinary call takes the other line, the emergency call takes the second channel."""
    usual = bench.office
    bench.change(_with_channels(usual, 2))
    try:
        _up(bench, "204", MOBILE)
        _up(bench, FILLER, MOBILE)
        assert (len(bench.line("line1").invites), len(bench.line("line2").invites)) == (1, 1)
        _up(bench, "201", "112")
        assert [invite.number for invite in bench.line("line1").invites] == ["+32470123456", "112"]
    finally:
        bench.hang_up_all()
        bench.change(usual)


def test_emergency_call_has_a_channel_of_its_own_name(bench: SwitchBench) -> None:
    """Whoever looks at the switch can tell an emergency call from every other."""
    _up(bench, "201", "112")
    assert {leg.rpartition("-")[0] for leg in bench.legs()} == {
        "PJSIP/ext-e201",
        "PJSIP/emergency-line1",
    }


def test_emergency_call_is_never_ended_for_another(bench: SwitchBench) -> None:
    """Both lines hold one emergency call each: the third caller hears that there is no line, the first two talk on."""
    first, second = bench.line("line1"), bench.line("line2")
    first.channels = second.channels = 1
    calls = [_up(bench, "201", "112"), _up(bench, "202", "100")]
    third = bench.phones.call("203", "101")
    bench.wait_until(lambda: third.packets_heard > 5, "the voice says so", 3.0)
    assert [call.state for call in calls] == [CallState.ANSWERED, CallState.ANSWERED]
    assert third.state is CallState.PROGRESS


def test_youngest_outgoing_call_is_ended_before_any_incoming_one(bench: SwitchBench) -> None:
    """Line 1 holds a call out and a younger one in, line 2 two calls in: the call out makes room."""
    first, second = bench.line("line1"), bench.line("line2")
    bench.phones.behave(FILLER, ANSWERS)
    out = _up(bench, "204", MOBILE)
    younger_out = _up(bench, "205", MOBILE)
    incoming = [first.call(COMPANY), second.call(COMPANY)]
    for call in incoming:
        call.wait_for(What.ANSWERED)
    first.channels, second.channels = 3, 1
    _up(bench, "201", "112")
    assert younger_out.wait_ended()
    assert [call.state for call in (out, *incoming)] == [CallState.ANSWERED] * 3
    _up(bench, "202", "112")
    assert out.wait_ended()
    _up(bench, "203", "112")
    assert [call.state for call in incoming].count(CallState.ANSWERED) == 1


def test_two_emergency_calls_at_the_same_moment_both_go_out_of_full_lines(bench: SwitchBench) -> None:
    """Each frees a channel; neither takes the other's."""
    bench.line("line1").channels = bench.line("line2").channels = 2
    for _ in range(4):
        _up(bench, FILLER, MOBILE)
    calls = [bench.phones.call(name, "112") for name in ("201", "202", "203")]
    for call in calls:
        call.wait_for(What.ANSWERED, seconds=3.0)
    assert {call.state for call in calls} == {CallState.ANSWERED}


def test_emergency_call_beside_a_held_call(bench: SwitchBench) -> None:
    """The same phone holds somebody: 112 goes out, and who is held stays."""
    held = _up(bench, "201", MOBILE)
    held.hold()
    _up(bench, "201", "112")
    assert held.state is CallState.ANSWERED


def test_centre_that_calls_back_reaches_who_called_whatever_is_set(bench: SwitchBench) -> None:
    """Do not disturb, forwarded and at night: within the hour the phone that called rings, else it does not."""
    _up(bench, "201", "112").hang_up()
    bench.database_put(DO_NOT_DISTURB, "e201", "1")
    bench.database_put(forward_family(ForwardCase.ALWAYS), "e201", FILLER)
    turn_night_on(bench)
    assert _rings_at_call_back(bench, SHOWN_BY_201) == "201"
    moment, _, phone = (bench.database_get("emergency", SHOWN_BY_201) or "").partition("|")
    assert (abs(int(moment) - time.time()) < 60, phone) == (True, "ext-e201")
    bench.database_put("emergency", SHOWN_BY_201, f"{int(moment) - 3595}|{phone}")
    assert _rings_at_call_back(bench, SHOWN_BY_201) == "201"
    bench.database_put("emergency", SHOWN_BY_201, f"{int(moment) - 3605}|{phone}")
    assert _rings_at_call_back(bench, SHOWN_BY_201) == FILLER


def test_call_goes_out_with_the_switchs_store_gone(bench: SwitchBench) -> None:
    """The store was lost with a disk: as soon as a phone is registered again, it reaches 112, and is called back."""
    bench.restart_without_store()
    bench.phones.register_extensions(*bench.office.extensions)
    _up(bench, "201", "112")
    assert bench.line("line1").invites[-1].caller.number == SHOWN_BY_201


@pytest.mark.feature("R3")
@pytest.mark.parametrize("damage", STORE_DAMAGES, ids=lambda damage: damage.__name__.strip("_"))
def test_call_goes_out_with_the_switchs_store_damaged(bench: SwitchBench, damage: Callable[[Path], None]) -> None:
    """The switch would not start with it: it is put aside, and 112 goes out as soon as a phone is registered again."""
    store = Paths(bench.folder).switch_store
    earlier = set(store.parent.iterdir())
    bench.restart_after(damage)
    assert store.is_file()
    assert [path for path in store.parent.glob("astdb.sqlite3.damaged-*") if path not in earlier]
    bench.phones.register_extensions(*bench.office.extensions)
    _up(bench, "201", "112")
    assert bench.line("line1").invites[-1].caller.number == SHOWN_BY_201
    assert not [line for line in bench.problems() if "ASTdb" in line or "db.c" in line]


def test_no_company_number_is_no_reason_to_keep_a_call_back(bench: SwitchBench) -> None:
    """Before the wizard's end: a line, a phone, and no number of the office at all."""
    usual = bench.office
    bare = replace(
        usual,
        site=replace(usual.site, company_number=None),
        numbers=(),
        extensions=tuple(replace(extension, outgoing_number=None) for extension in usual.extensions),
    )
    bench.change(bare)
    try:
        _up(bench, "201", "112")
        assert "anonymous" not in bench.line("line1").invites[-1].message.get("from").lower()
    finally:
        bench.hang_up_all()
        bench.change(usual)


def _with_channels(office: Office, channels: int) -> Office:
    return replace(office, trunks=tuple(replace(trunk, channels=channels) for trunk in office.trunks))


def _up(bench: SwitchBench, phone: str, number: str) -> Call:
    call = bench.phones.call(phone, number)
    call.wait_for(What.ANSWERED)
    return call


def _rings_at_call_back(bench: SwitchBench, number: str) -> str:
    """Return the phone that rings when the centre calls."""
    after = bench.diary.last
    call = bench.line("line2").call(number, CENTRE)
    rings = bench.diary.wait_for(None, What.RINGS, after=after)
    call.hang_up()
    bench.diary.wait_for(rings.who, What.STOPPED_RINGING, after=after)
    return rings.who

"""Phones gone, lines gone, our own processes gone: callers still reach somebody."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from appliance.compiler.dialplan.outgoing import SILENT_SECONDS
from appliance.compiler.pjsip_conf import TIMER_B_MILLISECONDS
from tests.system.furnished import furnish, line_states, phone_states, wait_until
from tests.virtual_office.lab import VirtualOffice
from tests.virtual_office.network import PHONES
from tests.virtual_office.provider import NUMBERS
from tests.virtual_office.sip_phone_client import SipPhoneClient

KNOWN_SECONDS = 30.0  # P7: a cut LAN is known
RING_SECONDS_ONCE_KNOWN = 2.0  # P7
SECOND_LINE_SECONDS = {"503": 1.0, "dark": SILENT_SECONDS + 2.0, "known": 0.5}  # P6


@pytest.fixture(scope="module")
def office(make_office: Callable[[], VirtualOffice]) -> VirtualOffice:
    """A furnished virtual office; each test mends what it cut."""
    office = make_office()
    office.start()
    furnish(office)
    # Registered is not yet reached: a phone whose first OPTIONS is still out counts as gone.
    wait_until(lambda: reachable(office) == len(PHONES), 30)
    return office


@pytest.fixture
def mobile(office: VirtualOffice) -> Iterator[SipPhoneClient]:
    """The mobile, idle afterwards."""
    mobile = office.phone("mobile")
    yield mobile
    for call in mobile.calls():
        if call["state"] != "ended":
            mobile.hangup(call["call"])
    mobile.stop()


@pytest.fixture
def snom(office: VirtualOffice) -> Iterator[SipPhoneClient]:
    """One desk phone, idle afterwards."""
    snom = office.phone("snom")
    yield snom
    for call in snom.calls():
        if call["state"] != "ended":
            snom.hangup(call["call"])
    snom.stop()


@pytest.fixture
def measured(record_property: Callable[[str, object], None], capsys: pytest.CaptureFixture[str]) -> Callable[..., None]:
    """Print a figure so that it is seen in the run, and keep it in the report."""

    def tell(what: str, seconds: float) -> None:
        record_property(what, seconds)
        with capsys.disabled():
            print(f"\n    {what}: {seconds:.2f} s")

    return tell


def reachable(office: VirtualOffice) -> int:
    """Return how many phones the switch reaches now."""
    seen = json.loads((office.box_root / "run" / "live-state.json").read_text())
    return sum(contact["is_reachable"] for contact in seen.get("contacts", []))


@pytest.mark.feature("A12", "D4")
def test_lan_cut_rings_the_mobile_and_phones_back_ring_again(
    office: VirtualOffice, mobile: SipPhoneClient, measured: Callable[..., None]
) -> None:
    """A12, D4: all phones gone, the next call from outside rings the mobile; phones back, they ring again."""
    mark = mobile.last_sequence()
    office.ask("link", end="lan-link", up=False)
    cut = time.monotonic()
    try:
        wait_until(lambda: reachable(office) == 0, KNOWN_SECONDS)
        measured("LAN cut is known after", time.monotonic() - cut)
        called = time.monotonic()
        caller = mobile.call(NUMBERS[0])
        mobile.wait_for("incoming", timeout=10, after=mark, number=NUMBERS[0])
        measured("INVITE to the mobile's ringing, once known", time.monotonic() - called)
        measured("cut to the mobile's ringing", time.monotonic() - cut)
        assert time.monotonic() - called <= RING_SECONDS_ONCE_KNOWN
        mobile.hangup(caller)
    finally:
        office.ask("link", end="lan-link", up=True)
    wait_until(lambda: phone_states(office) == {"registered"} and reachable(office) == len(PHONES), 60)
    snom = office.phone("snom")
    mark = snom.last_sequence()
    caller = mobile.call(NUMBERS[0])
    snom.wait_for("incoming", timeout=10, after=mark, number="mobile")
    snom.stop()


@pytest.mark.feature("A12", "D4")
def test_a_call_in_the_gap_before_the_cut_is_known_still_reaches_the_mobile(
    office: VirtualOffice, mobile: SipPhoneClient, measured: Callable[..., None]
) -> None:
    """A12, D4: the worst case: the call comes the moment the cable is out."""
    mark = mobile.last_sequence()
    office.ask("link", end="lan-link", up=False)
    try:
        called = time.monotonic()
        caller = mobile.call(NUMBERS[0])
        mobile.wait_for("incoming", timeout=25, after=mark, number=NUMBERS[0])
        measured("INVITE in the gap to the mobile's ringing", time.monotonic() - called)
        mobile.hangup(caller)
    finally:
        office.ask("link", end="lan-link", up=True)
    wait_until(lambda: reachable(office) == len(PHONES), 60)


@pytest.mark.feature("B3")
def test_first_line_answers_503_and_the_call_goes_by_the_second(
    office: VirtualOffice, mobile: SipPhoneClient, snom: SipPhoneClient, measured: Callable[..., None]
) -> None:
    """B3: at once."""
    mark = mobile.last_sequence()
    office.ask("refuse", line="line1", code="503")
    try:
        called = time.monotonic()
        snom.call("0470123456")
        mobile.wait_for("incoming", timeout=10, after=mark, number=NUMBERS[0])
        measured("line 1 answers 503: INVITE to ringing by line 2", time.monotonic() - called)
        assert time.monotonic() - called <= SECOND_LINE_SECONDS["503"]
    finally:
        office.ask("refuse", line="line1", code="")


@pytest.mark.feature("B3")
def test_a_busy_callee_is_not_tried_again_on_the_other_line(
    office: VirtualOffice, mobile: SipPhoneClient, snom: SipPhoneClient
) -> None:
    """B3: busy is an answer; the caller hears it."""
    mark = mobile.last_sequence()
    mobile.set_behaviour(reject=486)
    try:
        call = snom.call("0470123456")
        assert snom.wait_for("ended", timeout=10, call=call)["code"] == 486
        incoming = [event for event in mobile.events(mark) if event["event"] == "incoming"]
        assert len(incoming) == 1
    finally:
        mobile.set_behaviour()


def calls_by_the_provider(office: VirtualOffice) -> tuple[int, int]:
    """Return how many channels the telephone company has now, and how many calls it has had."""
    shown = office.ask("provider", line="core show channels count")["printed"]
    now, ever = re.findall(r"^(\d+) (?:active channel|calls? processed)", shown, re.MULTILINE)
    return int(now), int(ever)


@contextmanager
def first_line_dark(office: VirtualOffice) -> Iterator[None]:
    """Drop every packet of line 1; afterwards it is ready again for whoever comes next."""
    office.ask("dark", line="line1", dark=True)
    try:
        yield
    finally:
        office.ask("dark", line="line1", dark=False)
    wait_until(lambda: line_states(office)[0] == "ready", 30)


@pytest.mark.feature("B3")
def test_first_line_goes_dark_and_the_call_goes_by_the_second(
    office: VirtualOffice, mobile: SipPhoneClient, snom: SipPhoneClient, measured: Callable[..., None]
) -> None:
    """B3: in the moment of the cut; the first line's call is taken back when the line returns.

    Its INVITE is repeated until timer B ends, and cannot be cancelled before it is answered (RFC 3261 section 9.1): a
    line that is light again sooner takes the call, for a moment, and may even ring.
    """
    mark = mobile.last_sequence()
    with first_line_dark(office):
        called = time.monotonic()
        first = snom.call("0470123456")
        mobile.wait_for("incoming", timeout=25, after=mark, number=NUMBERS[0])
        measured("line 1 just went dark: INVITE to ringing by line 2", time.monotonic() - called)
        assert time.monotonic() - called <= SECOND_LINE_SECONDS["dark"]
        snom.hangup(first)
        _, calls = calls_by_the_provider(office)
    wait_until(lambda: calls_by_the_provider(office) == (0, calls + 1), TIMER_B_MILLISECONDS / 1000 + 2)
    wait_until(lambda: all(call["state"] == "ended" for call in mobile.calls()), 2)


@pytest.mark.feature("B3")
def test_a_line_that_is_known_to_be_dark_is_not_asked(
    office: VirtualOffice, mobile: SipPhoneClient, snom: SipPhoneClient, measured: Callable[..., None]
) -> None:
    """B3: once it is known, the second line takes the call at once."""
    with first_line_dark(office):
        wait_until(lambda: line_states(office)[0] == "dark", 10)
        mark = mobile.last_sequence()
        called = time.monotonic()
        snom.call("0470123456")
        mobile.wait_for("incoming", timeout=10, after=mark, number=NUMBERS[0])
        measured("line 1 known to be dark: INVITE to ringing by line 2", time.monotonic() - called)
        assert time.monotonic() - called <= SECOND_LINE_SECONDS["known"]


@pytest.mark.feature("B9", "I6")
def test_calls_go_on_with_web_provisioning_monitor_and_database_gone(
    office: VirtualOffice, mobile: SipPhoneClient, snom: SipPhoneClient, measured: Callable[..., None]
) -> None:
    """B9, I6: in, out, voicemail and 112, with every process of ours killed and the database moved away."""
    ours = ("web", "provisioning", "monitor", "nginx", "dnsmasq")
    folder = office.box_root / "office"
    for name in ours:
        office.ask("kill", name=name)
    folder.rename(folder.with_name("office-gone"))
    try:
        wait_until(lambda: not any(office.ask("processes")["processes"][name] for name in ours), 5)
        mark = snom.last_sequence()
        outgoing = mobile.call(NUMBERS[0])
        incoming = snom.wait_for("incoming", timeout=10, after=mark, number="mobile")["call"]
        snom.answer(incoming)
        mobile.wait_for("answered", timeout=5, call=outgoing)
        snom.hangup(incoming)
        mark = mobile.last_sequence()
        snom.call("0470123456")
        incoming = mobile.wait_for("incoming", timeout=10, after=mark, number=NUMBERS[0])["call"]
        mobile.answer(incoming)
        mobile.wait_for("answered", timeout=5, call=incoming)
        voicemail = mobile.call(NUMBERS[1])
        mobile.wait_for("answered", timeout=10, call=voicemail)
        centre = office.phone("emergency")
        mark = centre.last_sequence()
        called = time.monotonic()
        snom.call("112")
        centre.wait_for("incoming", timeout=10, after=mark, number=NUMBERS[0])
        measured("112 with everything of ours gone: INVITE to ringing", time.monotonic() - called)
        centre.stop()
    finally:
        folder.with_name("office-gone").rename(folder)
        for name in ours:
            office.ask("start", name=name)
    wait_until(lambda: office.belbox("status", check=False).returncode == 0, 30)


@pytest.mark.feature("I5")
def test_status_tells_the_truth_about_a_dead_part(office: VirtualOffice) -> None:
    """I5: the part is named failed, with what to do; alive again, it is ok."""
    office.ask("kill", name="provisioning")
    parts = {part["name"]: part for part in json.loads(office.belbox("status", "--json", check=False).stdout)["parts"]}
    assert parts["provisioning"]["state"] == "failed"
    assert parts["provisioning"]["remedy"]
    assert parts["switch"]["state"] == "ok"
    office.ask("start", name="provisioning")
    wait_until(lambda: office.belbox("status", check=False).returncode == 0, 30)

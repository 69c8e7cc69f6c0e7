"""Calls dialled while settings are applied, as fast as three askers can ask for it, are answered like any other."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.apply.generations import Generations
from appliance.errors import ApplyFailed
from tests.integration.loopback_box import LoopbackBox
from tests.switch_bench.behaviour import ANSWERS
from tests.switch_bench.diary import Diary, What
from tests.switch_bench.line import Line
from tests.switch_bench.network_thread import NetworkThread
from tests.switch_bench.phones import Phone
from tests.switch_bench.telephone import Circumstances, call_numbers
from tests.virtual_office.units import CHECKOUT

pytestmark = [pytest.mark.feature("R1", "R3", "I3", "B9"), pytest.mark.usefixtures("without_rest")]

EXTENSIONS = range(201, 241)
CALLERS = 4


def office(version: int, line: str) -> str:
    """Return an office file of forty; each version has other names, so that phones and dial plan are loaded anew."""
    people = "".join(f'[[extension]]\nnumber = "{number}"\nname = "{number}, {version}"\n' for number in EXTENSIONS)
    return f"""
[site]
company_name = "Busy"
country = "BE"
time_zone = "Europe/Brussels"
language = "nl"
company_number = "02 555 10 01"
[[trunk]]
id = "line1"
name = "Line"
host = "{line}"
registers = false
{people}"""


class Telephones:
    """The line, and a phone for each of a few extensions, beside the box on loopback."""

    def __init__(self, here: LoopbackBox) -> None:
        self._thread = NetworkThread()
        self._thread.start()
        diary, numbers = Diary(), call_numbers()
        network = here.box.network

        def given(tone_hz: int) -> Circumstances:
            return Circumstances(
                server=(network.address, 5060), thread=self._thread, diary=diary, call_numbers=numbers, tone_hz=tone_hz
            )

        base = network.address.rpartition(".")[0]
        self.line = Line("line", f"{base}.11", **given(1500))
        written = (here.box.paths.current_generation / "asterisk" / "pjsip.conf").read_text()
        self.phones = []
        for index, number in enumerate([*EXTENSIONS][: 2 * CALLERS]):
            found = re.search(rf"username = ext-e{number}\npassword = (\S+)", written)
            assert found
            phone = Phone(str(number), f"{base}.{51 + index}", **given(400 + 20 * index))
            phone.user, phone.password, phone.behaviour = f"ext-e{number}", found[1], ANSWERS
            self.phones.append(phone)
        for telephone in (self.line, *self.phones):
            telephone.open()
        for phone in self.phones:
            phone.register()

    def close(self) -> None:
        """Unplug them."""
        for telephone in (self.line, *self.phones):
            telephone.close()
        self._thread.stop()


@pytest.fixture
def here(tmp_path: Path, switch_root: Path) -> Iterator[LoopbackBox]:
    """A box of forty people, whose line is in its own network on loopback."""
    with LoopbackBox(tmp_path / "box", switch_root) as here:
        here.save(office(0, _line(here)))
        here.box.apply()
        yield here


@pytest.fixture
def telephones(here: LoopbackBox) -> Iterator[Telephones]:
    """The line and some phones, plugged in."""
    telephones = Telephones(here)
    yield telephones
    telephones.close()


def _line(here: LoopbackBox) -> str:
    return f"{here.box.network.address.rpartition('.')[0]}.11"


def test_a_change_that_needs_a_restart_is_not_made_while_somebody_calls(
    here: LoopbackBox, telephones: Telephones
) -> None:
    """The first line by TLS: the switch looks up names of that kind only if it knew of it when it started."""
    call = telephones.phones[0].call("112")
    call.wait_for(What.ANSWERED)
    switch, in_force = here.switch.pid, Generations(here.box.paths).current()
    encrypted = office(1, _line(here)).replace(
        "registers = false", 'registers = false\n[[trunk]]\nid = "line2"\nhost = "sip.example.test"\ntransport = "tls"'
    )
    here.save(encrypted.replace('id = "line2"', 'id = "line2"\nname = "Encrypted"\nregisters = false'))
    with pytest.raises(ApplyFailed, match="restart-would-end-calls"):
        here.box.apply()
    assert call.state == "answered"
    assert (here.switch.pid, Generations(here.box.paths).current()) == (switch, in_force)
    call.hang_up()
    call.wait_ended()
    assert here.box.apply().restarted


@pytest.mark.parametrize(("calls", "applies"), [(120, 10), pytest.param(1000, 200, marks=pytest.mark.slow)])
def test_no_call_is_refused_while_three_askers_apply_without_end(
    here: LoopbackBox, telephones: Telephones, calls: int, applies: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two askers by threads, as pages are, the third by the command line; one call in four is to 112.

    At least so many calls, and as many as it takes until so many applies have run beside them.
    """
    over = threading.Event()
    applied: Counter[str] = Counter()
    faults: list[BaseException] = []
    switch = here.switch.pid

    def ask(version: int) -> None:
        while not over.is_set():
            try:
                version += 2
                here.save(office(version, _line(here)))
                here.box.apply()
                applied["by a thread"] += 1
            except BaseException as fault:
                faults.append(fault)
                return

    def ask_by_command() -> None:
        command = [sys.executable, "-m", "appliance.cli.main", "--root", str(here.box.paths.root), "apply"]
        while not over.is_set():
            done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True)
            applied["by command"] += 1
            if done.returncode:
                faults.append(AssertionError(done.stdout + done.stderr))

    outcomes: Counter[str] = Counter()
    dialled = iter(range(100 * calls))
    lock = threading.Lock()

    def dial(caller: Phone, callee: str) -> None:
        while True:
            with lock:
                number = next(dialled)
            if faults or (number >= calls and applied.total() >= applies):
                return
            call = caller.call("112" if number % 4 == 0 else callee)
            limit = time.monotonic() + 10
            while not call.ended_with and call.state != "answered" and time.monotonic() < limit:
                time.sleep(0.01)  # either of two events of this call ends the wait
            with lock:
                outcomes[call.state if call.state == "answered" else (call.ended_with or "nothing")] += 1
            call.hang_up()
            call.wait_ended()

    callers = [
        threading.Thread(target=dial, args=(telephones.phones[index], telephones.phones[index + CALLERS].name))
        for index in range(CALLERS)
    ]
    askers = [threading.Thread(target=ask, args=(start,)) for start in (1, 2)]
    askers.append(threading.Thread(target=ask_by_command))
    began = time.monotonic()
    for thread in (*askers, *callers):
        thread.start()
    for thread in callers:
        thread.join()
    took = time.monotonic() - began
    over.set()
    for thread in askers:
        thread.join()
    with capsys.disabled():
        made = f"{outcomes.total()} calls in {took:.0f} s beside {applied.total()} applies"
        print(f"\n    {made} {dict(applied)}: {dict(outcomes)}")
    assert not faults
    assert set(outcomes) == {"answered"}
    assert here.switch.pid == switch, "the same switch as at the beginning"
    assert here.restarts == 0

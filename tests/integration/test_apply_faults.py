"""An apply is one act: whatever fails, whoever else applies, and wherever it is cut."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.apply.apply import Applied, apply_newest
from appliance.apply.generations import Generations
from appliance.apply.given_settings import given_settings, store_values
from appliance.apply.loaded import marks_in, running_marks
from appliance.asterisk.manager_interface import ManagerAddress
from appliance.errors import ApplyFailed, BelboxError
from tests.integration.faulty_manager import Fault, FaultyManager
from tests.integration.loopback_box import LoopbackBox, now
from tests.switch_bench.store_file import holds, put_mark
from tests.system.furnished import wait_until
from tests.virtual_office.units import CHECKOUT

pytestmark = [pytest.mark.feature("I3", "R1"), pytest.mark.usefixtures("without_rest")]

ALL_FAULTS = tuple(Fault)
PLACES = ("forward-busy/e201", "do-not-disturb/e202")  # in the switch's own store


def office(version: int) -> str:
    """Return an office file; each version has another name, prompt, forward and phone."""
    return f"""
[site]
company_name = "Faults"
country = "BE"
time_zone = "Europe/Brussels"
language = "nl"
company_number = "02 555 10 01"
[[trunk]]
id = "line1"
name = "Line"
host = "127.0.0.9"
registers = false
[[extension]]
number = "201"
name = "Person {version}"
forward_busy = "+3247000000{version % 10}"
[[extension]]
number = "202"
name = "Other"
do_not_disturb = {"true" if version % 2 else "false"}
[[phone]]
mac = "80:5e:c0:00:00:0{version % 10}"
brand = "yealink"
model = "T54W"
extension = "201"
[[prompt]]
id = "closed"
name = "Closed"
text = "We are closed, {version}."
"""


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory, switch_root: Path, needs_speech: None) -> Iterator[LoopbackBox]:
    """A box with an office in force."""
    with LoopbackBox(tmp_path_factory.mktemp("box"), switch_root) as here:
        here.save(office(1))
        here.box.apply()
        yield here


def _wait_for_store(here: LoopbackBox) -> None:
    with here.connected() as manager:
        mark = put_mark(manager)
    wait_until(lambda: holds(here.box.paths.switch_store, mark), 10)


def _state(here: LoopbackBox) -> Mapping[str, object]:
    """Return everything that an apply changes: files, prompts, phone files, the switch's files and its store."""
    paths = here.box.paths
    kept = {}
    for folder in (paths.phone_files, paths.prompts):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                kept[str(path.relative_to(paths.root))] = hashlib.sha256(path.read_bytes()).hexdigest()
    generations = Generations(paths)
    with here.connected() as manager:
        places = (*PLACES, "special/e202")
        return {
            "files": kept,
            "in force": generations.current(),
            "generations": sorted(path.name for path in paths.generations.iterdir()),
            "enrolment": paths.enrolment.read_text(),
            "given": json.loads(paths.given_settings.read_text()) if paths.given_settings.exists() else {},
            "journal": paths.apply_journal.exists(),
            "running": running_marks(manager),
            "store": dict(store_values(manager, places)),
        }


def _apply_by(here: LoopbackBox, wire: FaultyManager) -> Applied:
    """Apply as the box does, with the switch at the other end of a wire that may fail."""
    box = here.box

    def manager() -> ManagerAddress:
        return ManagerAddress(port=wire.port, username=box.manager.username, password=box.manager.password)

    tools = replace(box._apply_tools(), manager=manager)
    return apply_newest(box.paths, tools, now)


def _check_in_force(here: LoopbackBox) -> None:
    """The switch runs the generation in force, which is of the newest revision."""
    current = Generations(here.box.paths).current()
    assert current is not None
    assert current.revision == here.box.repository.newest()[0]
    with here.connected() as manager:
        assert running_marks(manager) == marks_in(here.box.paths.current_generation / "asterisk")


@pytest.mark.parametrize("step", [13, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("fault", ALL_FAULTS)
def test_a_switch_that_fails_at_any_answer_leaves_all_as_it_was(here: LoopbackBox, fault: Fault, step: int) -> None:
    """Link, phone files, prompts, the switch's own store, journal; it is said, and the next apply works."""
    wire = FaultyManager(here.manager.port)
    try:
        here.save(office(1))
        here.box.apply()
        here.save(office(2))
        _apply_by(here, wire)
        answers = wire.answers
        stored = _state(here)["store"]
        assert isinstance(stored, dict)
        assert stored["forward-busy/e201"] == "+32470000002", "the store is really read"
        assert answers > 12, "login, looks, reloads, proofs"
        for at in range(2 if step > 1 else 1, answers + 1, step):
            _wait_for_store(here)  # a switch that is killed forgets what it has not written yet, for a second at most
            before = _state(here)
            here.save(office(3 if here.box.repository.newest()[1].extensions[0].name.endswith("2") else 2))
            wire.fail_at(at, fault)
            said: ApplyFailed | None = None
            try:
                _apply_by(here, wire)
            except ApplyFailed as failed:
                said = failed
            if said is None:
                # Only of one answer: that nothing was there to be removed. The switch is asked again, and nothing is.
                assert fault is Fault.REFUSED, f"answer {at}"
                wire.fail_at(0, fault)
                _check_in_force(here)
                given = given_settings(here.box.paths)
                with here.connected() as manager:
                    assert store_values(manager, PLACES) == {place: given.get(place) for place in PLACES}
                continue
            assert said.rule == "settings-did-not-hold"
            wire.fail_at(0, fault)
            assert here.box.finish_cut_apply(), f"answer {at}: the rest is undone as soon as the switch answers"
            assert _state(here) == before, f"answer {at}"
            here.box.apply()
            _check_in_force(here)
    finally:
        wire.close()


def test_refused_login_is_not_a_switch_that_does_not_run(here: LoopbackBox) -> None:
    """The generation is not put in force unseen."""
    wire = FaultyManager(here.manager.port)
    here.save(office(4))
    before = Generations(here.box.paths).current()
    wire.fail_at(1, Fault.REFUSED)
    with pytest.raises(ApplyFailed):
        _apply_by(here, wire)
    wire.close()
    assert Generations(here.box.paths).current() == before
    here.box.apply()


@pytest.mark.parametrize("rounds", [10, pytest.param(200, marks=pytest.mark.slow)])
def test_of_two_applies_at_once_the_newest_revision_is_in_force(here: LoopbackBox, rounds: int) -> None:
    """Both by processes of their own rights: here by two threads with a box each, as web and monitor have."""
    for number in range(rounds):
        faults: list[BaseException] = []

        def change(version: int, faults: list[BaseException] = faults) -> None:
            try:
                here.save(office(version))
                here.box.apply()
            except BaseException as fault:
                faults.append(fault)

        threads = [threading.Thread(target=change, args=(5 + (number + at) % 4,)) for at in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not faults
        _check_in_force(here)


def test_an_apply_finds_out_by_asking_what_the_switch_runs(here: LoopbackBox) -> None:
    """The link was moved behind the switch's back: files alone would say that nothing is to be done."""
    here.save(office(6))
    here.box.apply()
    here.save(office(7))
    generations = Generations(here.box.paths)
    current = generations.current()
    assert current is not None
    with here.connected() as manager:
        manager.act("Setvar", Variable="BELBOX_LOADED", Value="of another time")
    assert not here.box.switch_runs_what_is_in_force()
    here.box.apply()
    assert here.box.switch_runs_what_is_in_force()
    _check_in_force(here)


_CALLS = "openat,write,pwrite64,fsync,fdatasync,ftruncate,rename,renameat2,symlinkat,symlink,unlinkat,unlink,sendto"


@pytest.mark.parametrize("step", [293, pytest.param(5, marks=pytest.mark.slow)])
def test_an_apply_that_is_killed_at_a_system_call_is_undone_or_done(here: LoopbackBox, step: int) -> None:
    """kill -9 at one call after another; what is so before the next apply is one whole state, the old or the new."""
    here.save(office(8))
    here.box.apply()
    command = [sys.executable, "-m", "appliance.cli.main", "--root", str(here.box.paths.root), "apply"]
    at = 3
    wrong: list[tuple[int, object]] = []
    while True:
        before = _state(here)
        version = 9 if here.box.repository.newest()[1].extensions[0].name.endswith("8") else 8
        here.save(office(version))
        (here.box.paths.apply_lock).unlink(missing_ok=True)  # forgets the pace
        inject = f"inject={_CALLS}:signal=KILL:when={at}"
        trace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={_CALLS}", "-e", inject]
        # The interpreter's own start writes no byte code, so that every call counted is of the same run.
        done = subprocess.run(
            [*trace, *command],
            cwd=CHECKOUT,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
        )
        cut = done.returncode == 128 + signal.SIGKILL or done.returncode == -signal.SIGKILL
        assert here.box.finish_cut_apply()
        current = Generations(here.box.paths).current()
        newest = here.box.repository.newest()[0]
        after = _state(here)
        if current is None or (current.revision != newest and after != before):
            wrong.append((at, {key: (before[key], after[key]) for key in after if after[key] != before[key]}))
        try:
            here.box.apply()
            _check_in_force(here)
        except (BelboxError, AssertionError) as fault:
            wrong.append((at, fault))
        if not cut:
            break
        at += step
    print(f"\nkilled at every {step}th of {at} calls")
    assert not wrong

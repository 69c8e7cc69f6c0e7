"""The power fails at any instant of the first boot, or of an apply: the box needs no hand, and lets in nobody else."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from appliance.apply.generations import Generations
from appliance.changes.whole_office import import_office
from appliance.office.problems import Problem
from appliance.operations.box import Box
from appliance.operations.box_start import BoxStart
from appliance.operations.composition import operations_of
from appliance.system.first_keys import read_claim_code, session_key
from provisioning.certificate_authority import certificate_files, ensure_certificates
from provisioning.enrolment import load_enrolment
from provisioning.network_facts import load
from tests.integration.loopback_box import now
from tests.integration.test_apply_faults import office
from tests.integration.unwritten_pages import Lost, after_a_cut, note_writes
from tests.virtual_office.units import CHECKOUT

pytestmark = pytest.mark.feature("I12", "A2", "R2")

FIRST_BOOT = ("first-boot", "--interface", "lo", "--address", "127.0.0.1/8", "--router", "127.0.0.1")
PASSWORD = "a long password of nobody"


def _belbox(root: Path, *words: str) -> list[str]:
    return [sys.executable, "-B", "-m", "appliance.cli.main", "--root", str(root), *words]


def _boot(place: Path) -> Box:
    """Start as the units do: the first boot again while there are no network facts, then what each start does."""
    box = Box(place)
    if not box.paths.network_facts.exists():
        from appliance.cli import main

        assert main.main(["--root", str(place), *FIRST_BOOT]) == 0
    BoxStart(box).make_ready()
    return Box(place)


def _is_whole(box: Box) -> None:
    """Everything that a box keeps is there and of full strength."""
    assert load(box.paths.network_facts).address == "127.0.0.1"
    assert len(session_key(box.paths.session_key)) == 32
    assert Generations(box.paths).current() is not None
    assert not ensure_certificates(box.paths, "127.0.0.1", now()), "nothing was left to be made"
    assert certificate_files(box.paths).authority.read_bytes()
    with closing(sqlite3.connect(box.paths.database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


@pytest.mark.parametrize("states", [4, pytest.param(120, marks=pytest.mark.slow)])
@pytest.mark.parametrize("lost", list(Lost))
def test_a_first_boot_that_is_cut_leaves_a_box_that_only_its_code_claims(
    tmp_path: Path, lost: Lost, states: int
) -> None:
    root, nothing = tmp_path / "box", tmp_path / "nothing"
    nothing.mkdir()
    steps = note_writes(_belbox(root, *FIRST_BOOT), root, tmp_path / "trace", CHECKOUT)
    assert len(steps) > 150, "the trace holds the writes of a first boot"
    for number in range(states):
        count = number * len(steps) // (states - 1)
        place = tmp_path / "after"
        after_a_cut(steps, count, lost, root, nothing, place)
        box = _boot(place)
        _is_whole(box)
        code = read_claim_code(box.paths.claim_code)
        assert code is not None, f"cut behind step {count} of {len(steps)}"
        accounts = operations_of(box).accounts
        for wrong in ("", "-", "AAA-AAA-AAA"):
            refused = accounts.claim(wrong, "sandra", PASSWORD, "nl", "192.0.2.1")
            assert isinstance(refused, tuple), f"{wrong!r} is the code of nobody"
            assert all(isinstance(problem, Problem) for problem in refused)
        assert not isinstance(accounts.claim(code, "sandra", PASSWORD, "nl", "192.0.2.2"), tuple)
    print(f"\n{states} cuts of {len(steps)} steps, lost: {lost}")


@pytest.mark.parametrize("states", [4, pytest.param(120, marks=pytest.mark.slow)])
@pytest.mark.parametrize("lost", list(Lost))
def test_an_apply_that_is_cut_leaves_one_whole_state(tmp_path: Path, lost: Lost, states: int) -> None:
    """What was saved is there; the generation in force is whole; the phones' enrolment is of that generation."""
    root = tmp_path / "box"
    box = _boot(root)
    for version in (1, 2):
        assert import_office(box.changer("test"), office(version), "office.toml").revision == version
        if version == 1:
            box.apply()
    for journal in root.glob("office/office.sqlite-*"):
        assert journal.exists()
    before = tmp_path / "before"
    box.engine.dispose()
    shutil.copytree(root, before, symlinks=True)
    steps = note_writes(_belbox(root, "apply"), root, tmp_path / "trace", CHECKOUT)
    assert len(steps) > 150, "the trace holds the writes of an apply"
    for number in range(states):
        count = number * len(steps) // (states - 1)
        place = tmp_path / "after"
        after_a_cut(steps, count, lost, root, before, place)
        cut = _boot(place)
        _is_whole(cut)
        cut.publish_in_force()
        assert cut.repository.newest()[0] == 2, "what was saved is kept"
        current = Generations(cut.paths).current()
        assert current is not None
        assert current.revision in {1, 2}
        phones = cut.repository.load(current.revision).phones
        assert set(load_enrolment(cut.paths).phones) == {phone.mac for phone in phones}
        assert not cut.paths.apply_journal.exists()
        cut.apply()
        applied = Generations(cut.paths).current()
        assert applied is not None
        assert applied.revision == 2
    print(f"\n{states} cuts of {len(steps)} steps, lost: {lost}")

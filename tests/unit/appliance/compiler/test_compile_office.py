"""The compiler: pure, repeatable, and closed to what people type."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.compiler.compile_office import compile_office
from appliance.compiler.conf_text import escape_value
from appliance.office.names import check_name
from appliance.office.problems import InvalidValueError
from tests.offices import a_target, two_phones
from tests.virtual_office.units import CHECKOUT

DIGEST = """
import hashlib
from appliance.compiler.compile_office import compile_office
from tests.offices import a_target, two_phones
text = "".join(file.path + file.text for file in compile_office(two_phones(), a_target()))
print(hashlib.sha256(text.encode()).hexdigest())
"""


@pytest.mark.feature("I3")
def test_same_office_gives_the_same_bytes_in_two_processes() -> None:
    """I3: a changed file then means a changed meaning (hash seeds differ between the processes)."""
    digests = {
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            cwd=CHECKOUT,
            env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin:/bin"},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    here = "".join(file.path + file.text for file in compile_office(two_phones(), a_target()))
    assert digests == {hashlib.sha256(here.encode()).hexdigest() + "\n"}


@pytest.mark.feature("I3")
def test_renaming_an_employee_changes_only_the_files_that_show_the_name() -> None:
    """I3: ids, not labels, name Asterisk's objects."""
    office = two_phones()
    renamed = replace(office, extensions=(replace(office.extensions[0], name="Jan De Smet"), office.extensions[1]))
    before = {file.path: file.text for file in compile_office(office, a_target())}
    after = {file.path: file.text for file in compile_office(renamed, a_target())}
    assert {path for path in before if before[path] != after[path]} == {
        "extensions.conf", "pjsip.conf", "voicemail.conf",
    }  # fmt: skip


@given(st.text(max_size=100))
def test_a_name_never_changes_the_structure_of_a_file(text: str) -> None:
    """Any name that is accepted leaves as many sections, options and dial plan lines as a plain one."""
    try:
        name = check_name(text)
    except InvalidValueError:
        return
    office = two_phones()
    hostile = replace(
        office,
        extensions=(replace(office.extensions[0], name=name), office.extensions[1]),
        ring_groups=(replace(office.ring_groups[0], name=name),),
        trunks=(replace(office.trunks[0], name=name),),
        opening_hours=(replace(office.opening_hours[0], name=name),),
        backup_routes=(replace(office.backup_routes[0], name=name),),
    )
    for plain, changed in zip(compile_office(office, a_target()), compile_office(hostile, a_target()), strict=True):
        assert changed.text.split("\n").__len__() == plain.text.split("\n").__len__()
        # What follows an unescaped `;` is a comment; the rest must be the same but for the caller's name.
        bare = [line.split(" = ")[0] for line in plain.text.splitlines() if not line.startswith(";")]
        now = [line.split(" = ")[0] for line in changed.text.split("\n") if not line.startswith(";")]
        assert len(bare) <= len(now)
        assert [line for line in bare if line.startswith("[")] == [line for line in now if line.startswith("[")]


def test_a_line_break_cannot_be_written_at_all() -> None:
    """The writer refuses what the border should have stopped."""
    with pytest.raises(ValueError, match="line break"):
        escape_value("Jan\n[admin]")

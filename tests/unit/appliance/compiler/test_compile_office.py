"""The compiler: pure, repeatable, and closed to what people type."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from appliance.compiler.checksum import DIALPLAN_CHECKSUM
from appliance.compiler.compile_office import compile_office
from appliance.compiler.conf_text import escape_value
from appliance.office.names import visible_label
from appliance.office.office import Office
from tests.offices import a_target, two_phones
from tests.strategies import offices
from tests.virtual_office.units import CHECKOUT

_CONTROLS = {chr(code) for code in range(32)} - {"\n"}
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


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(office=offices())
def test_nothing_that_people_type_changes_the_structure_of_a_file(office: Office) -> None:
    """R6: any valid office, and the same with every text made plain, give files of the same shape.

    In the dial plan only comments differ; elsewhere no section, no option and no line more or less.
    """
    hostile = {file.path: file.text for file in compile_office(office, a_target())}
    plain = {file.path: file.text for file in compile_office(_made_plain(office), a_target())}
    assert hostile.keys() == plain.keys()
    for path, text in hostile.items():
        assert text.count("\n") == plain[path].count("\n"), path
        assert not set(text) & _CONTROLS, path
        assert _shape(text) == _shape(plain[path]), path
    own, other = (_without_comments(files["extensions.conf"]) for files in (hostile, plain))
    assert own == other


def _made_plain(office: Office) -> Office:
    """The office with a plain text wherever a person types one; prompts keep theirs, a file's name is in it."""
    changes: dict[str, Any] = {"site": replace(office.site, company_name="x")}
    for field in fields(office):
        things = getattr(office, field.name)
        if isinstance(things, tuple) and things and hasattr(things[0], "name") and field.name != "prompts":
            changes[field.name] = tuple(
                replace(thing, name="x", **({"label": "x"} if visible_label(getattr(thing, "label", "")) else {}))
                for thing in things
            )
    if office.parking:
        changes["parking"] = replace(office.parking, name="x")
    return replace(office, **changes)


def _shape(text: str) -> list[str]:
    """Sections and the names of options, as Asterisk's reader sees them."""
    return [line.partition("=")[0].strip() for line in text.split("\n") if not line.startswith(";")]


def _without_comments(text: str) -> list[str]:
    # The checksum is made from the whole text, comments too.
    return [line for line in text.split("\n") if not line.startswith((";", DIALPLAN_CHECKSUM))]


def test_a_line_break_cannot_be_written_at_all() -> None:
    """The writer refuses what the border should have stopped."""
    with pytest.raises(ValueError, match="line break"):
        escape_value("Jan\n[admin]")

"""The files of the switch: each is known with what its change asks for, and each golden office gives those expected."""

from __future__ import annotations

import pytest

from appliance.apply.reload_plan import plan_reload
from appliance.compiler.compile_office import FILES, FIXED_FILES, compile_office
from appliance.compiler.config_file import RESTART, WHEN_ASKED, FileModule
from tests.golden.offices import NAMES, compiled, expected
from tests.offices import a_target, two_phones

RELOADED = [file for file in FILES if file.RELOAD.endswith(".so")]


def test_every_produced_file_is_known_and_every_known_one_is_produced() -> None:
    produced = {file.path: file for file in compile_office(two_phones(), a_target())}
    assert produced.keys() == {*FIXED_FILES, *(file.PATH for file in FILES)}
    assert {path for path, file in produced.items() if file.secret} == {file.PATH for file in FILES if file.SECRET}


@pytest.mark.feature("I3")
@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.PATH))
def test_a_changed_file_reaches_the_switch_as_its_module_says(file: FileModule) -> None:
    path, way = file.PATH, file.RELOAD
    plan = plan_reload({path: "before"}, {path: "after"})
    assert plan.restart == (way == RESTART)
    assert plan.modules == (() if way in (RESTART, WHEN_ASKED) else (way,))


@pytest.mark.parametrize(
    "file", [file for file in FILES if file.RELOAD.endswith(".so")], ids=lambda file: str(file.PATH)
)
def test_what_reads_a_file_again_is_loaded_for_it(file: FileModule) -> None:
    assert file.RELOAD.removesuffix(".so") in file.MODULES.split()


@pytest.mark.feature("I3")
@pytest.mark.parametrize("name", NAMES)
def test_a_golden_office_gives_the_files_that_were_reviewed(name: str) -> None:
    """A change of them is written by `python -m tests.golden.offices`, and read as a diff before it is kept."""
    made, known = compiled(name), expected(name)
    assert made.keys() == known.keys()
    for path, text in made.items():
        assert text == known[path], f"{name}: {path}"

"""The golden offices, read from their files, and the files of the switch that each is expected to give."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from appliance.compiler.compile_office import FIXED_FILES, compile_office
from appliance.office.office import Office
from appliance.office.secret import Secret
from appliance.storage.office_document import SecretMaker, read_document
from tests.offices import a_target

GOLDEN = Path(__file__).parent
EXPECTED = GOLDEN / "expected"
NAMES = sorted(path.stem for path in GOLDEN.glob("*.toml"))
MAKER = SecretMaker(password=lambda: Secret("p" * 24), token=lambda: Secret("a" * 32), pin=lambda: Secret("1234"))


def golden(name: str) -> Office:
    """Return one of the offices; its file has no fault, and nothing to mind either."""
    result = read_document((GOLDEN / f"{name}.toml").read_text(encoding="utf-8"), MAKER)
    assert [(problem.where, problem.rule) for problem in result.problems] == []
    assert result.office is not None
    return result.office


def compiled(name: str) -> Mapping[str, str]:
    """Return the text of each file that differs from office to office, by its path."""
    files = compile_office(golden(name), a_target())
    return {file.path: file.text for file in files if file.path not in FIXED_FILES}


def expected(name: str) -> Mapping[str, str]:
    """Return the texts that were reviewed, by path."""
    return {path.name: path.read_text(encoding="utf-8") for path in (EXPECTED / name).iterdir()}


def write_expected() -> None:
    """Write what the compiler gives now over what was expected: `git diff tests/golden/expected` is the review."""
    for name in NAMES:
        folder = EXPECTED / name
        folder.mkdir(parents=True, exist_ok=True)
        texts = compiled(name)
        for path in folder.iterdir():
            if path.name not in texts:
                path.unlink()
        for path_name, text in texts.items():
            (folder / path_name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_expected()

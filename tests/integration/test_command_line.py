"""The command line's contract: shapes, exit status, and that nothing changes when something is wrong."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.cli import main
from appliance.storage.office_document import write_document
from appliance.words.texts import text
from tests.offices import two_phones
from tests.unit.appliance.storage.test_office_document import BROKEN, EXPECTED
from tests.virtual_office.units import CHECKOUT


def belbox(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a verb in a process of its own."""
    command = [sys.executable, "-m", "appliance.cli.main", "--root", str(root), *arguments]
    return subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True)


@pytest.fixture
def office_file(tmp_path: Path) -> Path:
    """The office the tests build on, as a file."""
    path = tmp_path / "office.toml"
    path.write_text(write_document(two_phones()))
    return path


def test_every_verb_is_known_with_its_module_and_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    listed = {verb for verbs in main._COMMANDS.values() for verb in verbs}
    with pytest.raises(SystemExit):
        main.main(["--help"])
    helped = re.findall(r"^    (\S+)", capsys.readouterr().out, re.MULTILINE)
    assert sorted(helped) == sorted(listed)
    for verb in listed:
        with pytest.raises(SystemExit) as ended:
            main.main([verb, "--help"])
        assert ended.value.code == 0, verb


def test_one_verb_does_not_load_what_others_need(tmp_path: Path) -> None:
    """A look at the phones must not wait for scapy and the web pages."""
    code = "import sys; from appliance.cli.main import main; main(sys.argv[1:]); print(*sys.modules)"
    command = [sys.executable, "-c", code, "--root", str(tmp_path), "office", "export"]
    loaded = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True).stdout.split()
    assert {"scapy", "flask", "zeroconf"}.isdisjoint(loaded)
    assert "sqlalchemy" in loaded


@pytest.mark.feature("I3")
def test_a_file_with_ten_faults_and_one_is_refused_with_every_place(tmp_path: Path) -> None:
    """I3: `office check --json` names each fault; `office import` changes nothing; the status is not 0."""
    broken = tmp_path / "office.toml"
    broken.write_text(BROKEN)
    checked = belbox(tmp_path / "box", "office", "check", str(broken), "--json")
    assert checked.returncode == 2
    rows = json.loads(checked.stdout)
    assert all(row.keys() == {"where", "rule", "message", "severity"} for row in rows)
    assert {(row["where"], row["rule"]) for row in rows if row["severity"] == "error"} == EXPECTED
    assert all(row["message"] and row["rule"] != row["message"] for row in rows)
    imported = belbox(tmp_path / "box", "office", "import", str(broken))
    assert imported.returncode == 2
    assert json.loads(belbox(tmp_path / "box", "history", "--json").stdout) == []


@pytest.mark.feature("I3")
def test_compile_writes_the_same_bytes_in_two_processes(tmp_path: Path, office_file: Path) -> None:
    """I3: the switch's files and the phones', byte for byte."""
    for name in ("first", "second"):
        done = belbox(tmp_path / "box", "compile", str(office_file), "--out", str(tmp_path / name))
        assert done.returncode == 0, done.stderr
    first, second = (
        {str(path.relative_to(tmp_path / name)): path.read_bytes() for path in (tmp_path / name).rglob("*.*")}
        for name in ("first", "second")
    )
    assert first == second
    assert "asterisk/pjsip.conf" in first
    assert any(path.startswith("phones/805ec0000201/") for path in first)


@pytest.mark.feature("D3")
def test_explain_tells_the_steps_of_a_call_in_the_contracts_shape(tmp_path: Path, office_file: Path) -> None:
    """D3: for a number, a caller, a moment and phones that are down."""
    root = tmp_path / "box"
    assert belbox(root, "office", "import", str(office_file)).returncode == 0
    asked = ("explain", "--to", "025551001", "--from", "0470111111", "--at", "2026-11-24T10:00", "--json")
    explained = json.loads(belbox(root, *asked).stdout)
    assert explained["ends"] == "voicemail:De Mooi bvba"
    assert [step["kind"] for step in explained["steps"]] == ["opening_hours", "ring_group", "voicemail"]
    assert explained["steps"][1].keys() == {"kind", "name", "at_second", "until_second", "why"}
    assert explained["steps"][1]["name"] == "Reception"
    down = json.loads(belbox(root, *asked, "--down", "201,202").stdout)
    assert down["steps"][0]["kind"] == "backup_route"
    taken = belbox(root, "explain", "--to", "*72202", "--from", "201").stdout
    assert taken.splitlines() == [text("code-forward-always", "en"), text("explain-typed-kept", "en", number="202")]
    refused = belbox(root, "explain", "--to", "*72112", "--from", "201").stdout
    assert refused.splitlines()[1] == text("explain-typed-nowhere", "en", number="112")
    wrong = belbox(root, "explain", "--to", "299", "--from", "201")
    assert wrong.returncode != 0
    assert "299" in wrong.stderr


def test_export_reads_back_as_the_same_office(tmp_path: Path, office_file: Path) -> None:
    """What `export` prints, `import` takes."""
    root = tmp_path / "box"
    belbox(root, "office", "import", str(office_file))
    exported = belbox(root, "office", "export").stdout
    assert exported == office_file.read_text()


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[site", b""])
def test_a_file_that_is_no_office_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    """Not UTF-8, not TOML, empty: a sentence, never a traceback."""
    path = tmp_path / "office.toml"
    path.write_bytes(content)
    done = belbox(tmp_path / "box", "office", "check", str(path))
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert done.stdout + done.stderr

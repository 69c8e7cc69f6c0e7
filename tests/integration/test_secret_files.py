"""Files that hold or name tokens and passwords are readable by who needs them only; nothing speaks an old TLS."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from appliance.storage.secrets import machine_secret
from provisioning.servers.https import phone_log
from tests.integration.console_box import ConsoleBox
from tests.offices import two_phones

WEB_SERVER_TLS = "ssl_protocols TLSv1.2 TLSv1.3;"


def readable_by_all(path: Path, root: Path) -> bool:
    """Whether anybody reaches a file: it and every folder down to it are open."""
    folders = [folder for folder in path.parents if folder.is_relative_to(root)]
    is_reached = all(folder.stat().st_mode & stat.S_IXOTH for folder in folders)
    return bool(is_reached and path.stat().st_mode & stat.S_IROTH)


@pytest.mark.feature("G8", "I5")
def test_no_file_that_holds_a_secret_is_readable_by_all(tmp_path: Path, switch_root: Path) -> None:
    box = ConsoleBox(tmp_path / "box", switch_root)
    code = box.code
    office = two_phones()
    newest, _ = box.box.repository.newest()
    box.box.repository.save(office, based_on=newest, author="test", summary="", now=box.moment())
    box.box.apply()
    token = office.phones[0].token.reveal()
    phone_log(box.box.paths).write_text(f'{{"path":"/p/{token}/x.cfg"}}\n')
    secrets = [token, code.replace("-", ""), code, office.trunks[0].password.reveal()]
    secrets += [extension.sip_password.reveal() for extension in office.extensions]
    secrets += [machine_secret(box.box.engine, name).reveal() for name in ("manager", "test-phone", "phonebook")]
    root = box.box.paths.root
    holding = {
        path.relative_to(root)
        for path in root.rglob("*")
        if path.is_file() and (token in str(path) or any(secret.encode() in path.read_bytes() for secret in secrets))
    }
    assert len(holding) > 8, holding
    assert {str(path) for path in holding if readable_by_all(root / path, root)} == set()
    keys = [path for path in root.rglob("*") if path.is_file() and b"PRIVATE KEY" in path.read_bytes()]
    assert keys
    assert [path for path in keys if readable_by_all(path, root)] == []


@pytest.mark.feature("E4", "I5")
def test_nothing_is_told_to_speak_tls_below_1_2(tmp_path: Path, switch_root: Path) -> None:
    paths = ConsoleBox(tmp_path / "box", switch_root).box.paths
    assert WEB_SERVER_TLS in (paths.web_server / "nginx.conf").read_text()
    switch = (paths.current_generation / "asterisk" / "pjsip.conf").read_text()
    assert {line for line in switch.splitlines() if line.startswith("method")} == {"method = tlsv1_2"}
    if (directory := paths.phonebook / "slapd.conf").exists():
        assert "TLSProtocolMin 3.3" in directory.read_text()

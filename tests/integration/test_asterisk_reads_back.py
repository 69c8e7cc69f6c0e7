"""A real Asterisk reads what the compiler writes: no complaint, and every hostile name as it was typed.

It runs from the switch root by its own loader, without any right (layer L0).
"""

from __future__ import annotations

import contextlib
import re
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.asterisk.manager_interface import ManagerAddress, ManagerInterface
from appliance.compiler.compile_office import compile_office
from appliance.compiler.manager_conf import MANAGER_USER
from appliance.compiler.target import AsteriskTarget, SwitchDirectories
from appliance.office.names import check_name
from appliance.office.office import Office
from appliance.office.secret import Secret
from tests.integration.booted_switch import connected
from tests.offices import an_extension, two_phones

PASSWORD = Secret("manager-password-of-the-test")
HOSTILE_NAMES = (
    "Jan; drop [admin]",
    "[general]",
    "#include /etc/passwd",
    "${SHELL(id)} $[1+1]",
    'Quote " and \\" backslash \\',
    "a&b<c>d'e=>f",
    ";-- block comment --;",
    "日本語 😀 Zoë Ænéas",
    "x => 1,1,System(reboot)",
    "%NULL% %s \\n",
    "<201>",
    "Name <999>",
    "a,b|c^d",
    "é" * 39,
)


def free_port() -> int:
    """Return a port that nobody has on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running_asterisk(office: Office, folder: Path, switch_root: Path) -> Iterator[tuple[ManagerInterface, Path]]:
    """Run a throw-away Asterisk on an office; yield its manager and its log."""
    places = {name: folder / name for name in ("etc", "lib", "spool", "run", "log")}
    for place in places.values():
        place.mkdir(parents=True)
    (places["lib"] / "keys").mkdir()
    modules = next(switch_root.glob("usr/lib/*/asterisk/modules"))
    port = free_port()
    target = AsteriskTarget(
        address="127.0.0.1",
        sip_port=free_port(),
        manager_port=port,
        test_phone_password=Secret("test-phone"),
        manager_password=PASSWORD,
        directories=SwitchDirectories(
            configuration=str(places["etc"]),
            modules=str(modules),
            data=str(switch_root / "usr/share/asterisk"),
            library=str(places["lib"]),
            spool=str(places["spool"]),
            run=str(places["run"]),
            log=str(places["log"]),
        ),
    )
    for file in compile_office(office, target):
        (places["etc"] / file.path).write_text(file.text)
    loader = next(switch_root.glob("usr/lib*/ld-linux-*.so.*"))
    command = [str(loader), "--library-path", str(modules.parents[1]), str(switch_root / "usr/sbin/asterisk")]
    process = subprocess.Popen(
        [*command, "-f", "-C", str(places["etc"] / "asterisk.conf")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with connected(ManagerAddress(port=port, username=MANAGER_USER, password=PASSWORD)) as manager:
            yield manager, places["log"] / "messages"
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.mark.feature("I3", "E1")
def test_asterisk_reads_every_hostile_name_back_as_it_was_typed(switch_root: Path, tmp_path: Path) -> None:
    """I3, E1: as the caller's name of an endpoint; and there are exactly the endpoints that were meant."""
    names = [check_name(name) for name in HOSTILE_NAMES]
    office = two_phones()
    people = tuple(an_extension(str(210 + index), name) for index, name in enumerate(names))
    office = replace(
        office,
        extensions=(*office.extensions, *people),
        ring_groups=(replace(office.ring_groups[0], name=names[0]),),
        trunks=(replace(office.trunks[0], name=names[1], answers_options=False, host="127.0.0.1", port=9),),
        opening_hours=(replace(office.opening_hours[0], name=names[2]),),
        backup_routes=(replace(office.backup_routes[0], name=names[6]),),
    )
    with running_asterisk(office, tmp_path, switch_root) as (manager, _):
        endpoints = {item["ObjectName"] for item in manager.list("PJSIPShowEndpoints")}
        assert endpoints == {
            "test-phone",
            "trunk-line1",
            "emergency-line1",
            *(person.sip_user for person in office.extensions),
        }
        for person in people:
            detail = manager.list("PJSIPShowEndpoint", Endpoint=person.sip_user)
            caller = next(item["Callerid"] for item in detail if item["Event"] == "EndpointDetail")
            name, _, number = caller.rpartition(" ")
            # AMI prints a name in quotes with a backslash before each quote and backslash (ast_callerid_merge).
            assert re.sub(r"\\(.)", r"\1", name[1:-1]) == person.name
            assert number == f"<{person.number}>"
        contexts = manager.command("dialplan show from-phones")
        assert "reboot" not in contexts


@pytest.mark.feature("I3")
def test_asterisk_loads_an_office_without_a_complaint(switch_root: Path, tmp_path: Path) -> None:
    """I3: no warning and no error but the one about missing music (it comes with the music)."""
    office = replace(two_phones(), trunks=(replace(two_phones().trunks[0], answers_options=False, registers=False),))
    with running_asterisk(office, tmp_path, switch_root) as (manager, log):
        assert manager.act("Ping")["Response"] == "Success"
        complaints = [line for line in log.read_text().splitlines() if " WARNING[" in line or " ERROR[" in line]
    assert [line for line in complaints if "No music on hold classes" not in line] == []

"""A virtual office leaves nothing behind, however it ends."""

from __future__ import annotations

import os
import signal
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.system.furnished import wait_until
from tests.virtual_office.lab import VirtualOffice
from tests.virtual_office.process_state import running_holder


def processes_of(office: VirtualOffice) -> list[str]:
    """Return the command lines of this machine that name the office's folder, our own apart."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(office.directory.parent) in line:
            found.append(line)
    return found


@pytest.fixture
def office(make_office: Callable[[], VirtualOffice]) -> VirtualOffice:
    """A virtual office that is not started."""
    return make_office()


def test_down_leaves_no_process_mount_or_namespace(office: VirtualOffice) -> None:
    """The console answers on 127.0.0.1 while it runs; afterwards nothing of it is on this machine."""
    holder = office.start(phones=False)
    with urllib.request.urlopen(f"http://127.0.0.1:{holder.console_port}/health") as answer:
        assert answer.status == 200
    assert processes_of(office)
    assert office.stop()
    wait_until(lambda: not processes_of(office), 5, lambda: str(processes_of(office)))
    assert str(office.directory.parent) not in Path("/proc/mounts").read_text()
    assert list(office.directory.glob("*.sock")) == []


@pytest.mark.feature("I3")
def test_the_commands_of_the_readme_work_in_the_checkout_beside_it(office: VirtualOffice, tmp_path: Path) -> None:
    """Typed on this machine, not in the box: what is applied there is run by the switch in the virtual office."""
    office.start(phones=False)
    file = tmp_path / "office.toml"
    exported = office.belbox_here("office", "export")
    for name in ("First", "Second"):
        file.write_text(exported.replace('company_name = "Belbox"', f'company_name = "{name}"'))
        assert "no fault" in office.belbox_here("office", "check", str(file))
        office.belbox_here("office", "import", str(file))
        applied = office.belbox_here("apply")
        assert "is in force" in applied
        assert "not running" not in applied
    assert "*" in office.belbox_here("history")
    assert office.belbox_here("rollback", "1").startswith("Revision 3 is in force")
    assert "is in force" in office.belbox_here("status")
    assert office.belbox_here("test-call", "*43", "--listen-seconds", "1").startswith("answered (SIP 200)")
    for words in (
        *(["phones"], ["phones", "open"], ["network"], ["firmware"], ["codes", "--language", "fr"]),
        ["compile", str(file), "--out", str(tmp_path / "files")],
    ):
        assert office.belbox_here(*words), words
    office.stop()


@pytest.mark.parametrize("victim", [pytest.param("supervisor", marks=pytest.mark.slow), "its keeper"])
def test_killed_at_any_time_the_next_up_starts_clean(office: VirtualOffice, victim: str) -> None:
    """kill -9 of the process that holds it, or of the one above: all ends at once, and it starts again."""
    holder = office.start(phones=False)
    status = Path(f"/proc/{holder.pid}/status").read_text()
    keeper = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("PPid:"))
    os.kill(holder.pid if victim == "supervisor" else keeper, signal.SIGKILL)
    wait_until(lambda: running_holder(office.directory) is None, 5)
    office.start(phones=False)
    assert office.ask("processes")["processes"]["switch"] is not None
    office.stop()
    wait_until(lambda: not processes_of(office), 5, lambda: str(processes_of(office)))


@pytest.mark.feature("I6")
def test_without_namespaces_a_box_on_loopback_carries_a_call(office: VirtualOffice) -> None:
    """I6: layer L0, plain processes: the wizard answers, and the box's own phone hears itself through the switch."""
    holder = office.start(loopback=True)
    with urllib.request.urlopen(f"http://127.0.0.1:{holder.console_port}/health") as answer:
        assert answer.status == 200
    done = office.belbox_here("test-call", "*43", "--listen-seconds", "1")
    assert done.startswith("answered (SIP 200)")
    office.stop()
    wait_until(lambda: not processes_of(office), 5, lambda: str(processes_of(office)))

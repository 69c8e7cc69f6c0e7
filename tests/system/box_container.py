"""A box's root in a systemd-nspawn container, on a LAN of its own with a router that gives out addresses.

Nothing here has a name on the host: the network namespaces are held by processes that end with this one, the
container's root is read-only, and its /var is a copy in the test's own folder.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

ROUTER = "192.168.78.1"
START_SECONDS = 90.0
STOP_SECONDS = 20.0
_DIES_WITH_US = ("setpriv", "--pdeathsig", "KILL", "--")


class BoxContainer:
    """One container; `with` starts the LAN, `start` the box."""

    def __init__(self, root: Path, folder: Path) -> None:
        self._root = root
        self._folder = folder
        self._held: list[subprocess.Popen[bytes]] = []
        self._nspawn: subprocess.Popen[bytes] | None = None
        self._switch_pid = 0
        self._router_pid = 0
        self._router_dhcp: subprocess.Popen[bytes] | None = None
        self.init_pid = 0

    def __enter__(self) -> Self:
        try:
            self._build_lan()
        except BaseException:
            self._end_held()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.stop()
        finally:
            self._end_held()

    @property
    def var(self) -> Path:
        """The box's own /var, as the host sees it; there once the box was started."""
        return self._folder / "var"

    def start_router_dhcp(self) -> None:
        """Let the router give out addresses."""
        command = ["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--user=root"]
        command += ["--interface=lan0", "--bind-interfaces", "--no-ping", "--dhcp-authoritative", "--pid-file"]
        command += [f"--dhcp-leasefile={self._folder / 'leases'}"]
        command += ["--dhcp-range=192.168.78.50,192.168.78.99,255.255.255.0,1h"]
        self._router_dhcp = self._hold("router", [*self._in_router(), *command])

    def stop_router_dhcp(self) -> None:
        """Somebody switches that off; addresses given out stay."""
        assert self._router_dhcp is not None, "it was not started"
        self._router_dhcp.terminate()
        self._router_dhcp.wait()

    def start(self) -> None:
        """Start the box; returns at once."""
        own_var = self._folder / "var"
        if not own_var.exists():
            subprocess.run(["cp", "-a", str(self._root / "var"), str(own_var)], check=True)
        empty_fstab = self._folder / "fstab"
        empty_fstab.touch()
        command = ["nsenter", f"--net=/proc/{self._switch_pid}/ns/net", "--"]
        command += ["systemd-nspawn", "--quiet", "--boot", f"--directory={self._root}", "--read-only"]
        command += [f"--machine=belbox-{os.getpid()}", "--register=no", "--keep-unit", "--network-bridge=br0"]
        command += [f"--bind={own_var}:/var", f"--bind-ro={empty_fstab}:/etc/fstab", "--console=pipe"]
        command += ["--kill-signal=SIGRTMIN+4", "--link-journal=no", "--resolv-conf=off", "--timezone=off"]
        self._nspawn = self._hold("box", command)
        self.init_pid = int(self.wait_for(lambda: _child_named(self._nspawn, "systemd"), "the container's init"))

    def stop(self) -> float:
        """Stop the box in good order; return the seconds it took."""
        if self._nspawn is None:
            return 0.0
        started = time.monotonic()
        if self.init_pid and self._nspawn.poll() is None:
            os.kill(self.init_pid, signal.SIGRTMIN + 4)
        try:
            self._nspawn.wait(STOP_SECONDS if self.init_pid else 0.1)
        except subprocess.TimeoutExpired:
            if self.init_pid:
                os.kill(self.init_pid, signal.SIGKILL)  # the whole container ends with its first process
            self._nspawn.kill()
            self._nspawn.wait()
        self._nspawn, self.init_pid = None, 0
        return time.monotonic() - started

    def run(self, *command: str, check: bool = True, seconds: float = 60.0) -> subprocess.CompletedProcess[str]:
        """Run a command in the box."""
        door = ["nsenter", "--target", str(self.init_pid), "--all", "--", "env", "-i", "PATH=/usr/sbin:/usr/bin"]
        return subprocess.run([*door, *command], check=check, capture_output=True, text=True, timeout=seconds)

    def run_outside(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command of the host in the router's place on the LAN."""
        return subprocess.run([*self._in_router(), *command], check=check, capture_output=True, text=True, timeout=60)

    def system_state(self) -> str:
        """Return running, degraded or maintenance: what systemd says once its start is over."""
        return self.wait_for(self._final_state, "the end of the start")

    def failed_units(self) -> str:
        """Return the units that failed, each with what it said."""
        listed = self.run("systemctl", "--failed", "--plain", "--no-legend", check=False).stdout.splitlines()
        return "\n".join(f"{line}\n{self.journal(line.split()[0])}" for line in listed)

    def journal(self, unit: str) -> str:
        """Return what a unit said."""
        return self.run("journalctl", "--no-pager", "--output=cat", f"--unit={unit}", check=False).stdout

    def address(self) -> str:
        """Return the address that the router gave the box."""
        return self.wait_for(self._leased, "an address")

    def wait_for(self, look: Callable[[], str], what: str) -> str:
        """Look until there is something to see."""
        limit = time.monotonic() + START_SECONDS
        while time.monotonic() < limit:
            if seen := look():
                return seen
            if self._nspawn is not None and self._nspawn.poll() is not None:
                break
            time.sleep(0.05)  # no event tells of a process or a file in the box; between two looks
        raise AssertionError(f"{what} did not come; the box said:\n{self._log('box')}")

    def _final_state(self) -> str:
        # Before the bus is there nothing can wait for anything, and the answer is empty.
        done = self.run("systemctl", "is-system-running", "--wait", check=False, seconds=START_SECONDS)
        return done.stdout.strip() if done.stdout.strip() in {"running", "degraded", "maintenance"} else ""

    def _leased(self) -> str:
        leases = self._folder / "leases"
        lines = leases.read_text().splitlines() if leases.exists() else []
        return lines[0].split()[2] if lines else ""

    def _build_lan(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._switch_pid = self._namespace("lan-switch")
        self._router_pid = self._namespace("lan-router")
        switch = ["nsenter", f"--net=/proc/{self._switch_pid}/ns/net", "--", "ip"]
        router = [*self._in_router(), "ip"]
        for command in (
            [*switch, "link", "add", "br0", "type", "bridge"],
            [*switch, "link", "set", "br0", "up"],
            [*switch, "link", "add", "router", "type", "veth", "peer", "name", "lan0", "netns", str(self._router_pid)],
            [*switch, "link", "set", "router", "master", "br0", "up"],
            [*router, "link", "set", "lo", "up"],
            [*router, "address", "add", f"{ROUTER}/24", "dev", "lan0"],
            [*router, "link", "set", "lan0", "up"],
        ):
            subprocess.run(command, check=True)

    def _namespace(self, name: str) -> int:
        own = os.stat("/proc/self/ns/net").st_ino
        holder = self._hold(name, ["unshare", "--net", "sleep", "infinity"])
        self.wait_for(
            lambda: "it is there" if os.stat(f"/proc/{holder.pid}/ns/net").st_ino != own else "",
            f"the namespace {name}",
        )
        return holder.pid

    def in_router(self, command: Sequence[str]) -> list[str]:
        """Return the command that runs this one in the router's place."""
        return [*self._in_router(), *command]

    def _in_router(self) -> list[str]:
        return ["nsenter", f"--net=/proc/{self._router_pid}/ns/net", "--"]

    def _hold(self, name: str, command: Sequence[str]) -> subprocess.Popen[bytes]:
        with (self._folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen([*_DIES_WITH_US, *command], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self._held.append(process)
        return process

    def _end_held(self) -> None:
        for process in reversed(self._held):
            process.kill()
            process.wait()
        self._held.clear()

    def _log(self, name: str) -> str:
        path = self._folder / f"{name}.log"
        return path.read_text(errors="replace")[-3000:] if path.exists() else ""


def missing_for_containers() -> str:
    """Return why a container cannot be had here, empty if it can."""
    if os.geteuid() != 0:
        return "systemd-nspawn needs root"
    for program in ("systemd-nspawn", "mmdebstrap", "setpriv", "nsenter"):
        if shutil.which(program) is None:
            return f"the program {program} is missing"
    return ""


def _child_named(parent: subprocess.Popen[bytes] | None, name: str) -> str:
    """Return the process id of a child by its name, empty while there is none."""
    if parent is None:
        return ""
    try:
        children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
        return next((pid for pid in children if Path(f"/proc/{pid}/comm").read_text().strip() == name), "")
    except FileNotFoundError:
        return ""

"""The one process that holds a virtual office: its namespaces, its processes, its cables.

It runs as the first process of a PID namespace with a mount namespace of its own (see lab.py), so when it ends,
by whatever means, every process, network namespace and mount of the office ends with it. Without those rights it
holds a box on loopback instead (`--loopback`).
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.virtual_office import network, provider
from tests.virtual_office.network import inside
from tests.virtual_office.process_state import write_state
from tests.virtual_office.sip_phone_client import PhoneRefused, SipPhoneClient
from tests.virtual_office.units import CHECKOUT, Preparation, Unit, preparations, read_unit

BOX_UNITS = ("switch", "nginx", "dnsmasq", "web", "provisioning", "monitor", "phonebook")
RESTART_SECONDS = 1.0  # as the units say
READY_SECONDS = 60.0
TICK_SECONDS = 0.1
_PR_SET_PDEATHSIG = 1  # prctl(2)


class Process:
    """One process of the office; started again when it ends, unless it was told to stop."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        *,
        before: Sequence[Preparation] = (),
        restart: bool = True,
    ) -> None:
        self.name = name
        self.command = list(command)
        self.before = before
        self.restart = restart
        self.is_wanted = False
        self.ended_at = 0.0
        self.popen: subprocess.Popen[bytes] | None = None
        self._log = log

    def start(self) -> None:
        """Start it now, after what stands before each start; it ends with the supervisor."""
        self.is_wanted = True
        for preparation in self.before:
            preparation.run()
        with self._log.open("ab") as log:
            self.popen = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=CHECKOUT,
                start_new_session=True,
                preexec_fn=_die_with_the_supervisor,
            )

    def is_running(self) -> bool:
        """Tell whether it runs."""
        return self.popen is not None and self.popen.returncode is None

    def signal(self, number: int) -> None:
        """Send a signal to the process; a SIGKILL to all it started too, as a service manager does."""
        if self.popen is not None and self.popen.returncode is None:
            if number == signal.SIGKILL:
                os.killpg(self.popen.pid, number)
            else:
                self.popen.send_signal(number)


class Supervisor:
    """Starts everything in order, then watches until it is told to stop."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.given = given
        self.directory: Path = given.directory
        self.box_root: Path = given.box_root
        self.logs = self.directory / "logs"
        self.logs.mkdir(parents=True, exist_ok=True)
        # What a killed process leaves in its temporary folder lies here, not in the machine's /tmp.
        temporary = self.directory / "tmp"
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        os.environ["TMPDIR"] = str(temporary)
        self._phones = network.chosen(given.kind) or (network.PHONES if given.phones else ())
        self.processes: dict[str, Process] = {}
        self.is_stopping = False

    def run(self) -> int:
        """Hold the office until SIGTERM or a request to stop."""
        signal.signal(signal.SIGTERM, self._stop_by_signal)
        signal.signal(signal.SIGINT, self._stop_by_signal)
        if self.given.loopback:
            self._start_loopback_box()
        else:
            self._start_office()
        self._wait_until_ready()
        if not self.given.loopback:
            self._plug_phones_in()
        self._tell("ready")
        self._serve()
        self._end_all()
        return 0

    def _start_office(self) -> None:
        network.build(self._phones)
        self._start_provider()
        if self.given.router_dhcp:
            self._start_router_dhcp()
        role = "neighbour" if self.given.router_dhcp else "server"
        self._prepare_box(
            ("--interface", "eth0", "--address", f"{network.BOX_ADDRESS}/{network.LAN_PREFIX_LENGTH}"),
            ("--router", network.ROUTER_ADDRESS, "--dhcp-role", role, "--pool", "192.168.77.100-192.168.77.199"),
        )
        for name in BOX_UNITS:
            unit = read_unit(name, self.box_root, self.given.switch_root)
            if unit.needs is None or unit.needs.exists():
                self._add_unit(unit)

    def _plug_phones_in(self) -> None:
        """The phones come to an office whose box runs already."""
        for phone in self._phones:
            state = self.directory / f"phone-{phone.name}"
            state.mkdir(exist_ok=True)
            command = [sys.executable, "-m", "tests.virtual_office.desk_phone", "--brand", phone.brand]
            command += ["--mac", phone.mac, "--interface", "eth0", "--state", str(state)]
            command += ["--tone", str(phone.tone_hz), *self.given.phone_option]
            command += ["--kind", phone.kind or phone.brand]
            options = (one.partition("=") for one in self.given.option_of)
            command += [option for name, _, option in options if name == phone.name]
            self._add(phone.name, inside(f"phone-{phone.name}", command))

    def _start_provider(self) -> None:
        folder = self.directory / "provider"
        provider.write_configuration(folder)
        self._add("provider", inside("provider", provider.command(self.given.switch_root, folder)))
        for port, name in ((5060, "mobile"), (5062, "emergency")):
            command = [sys.executable, "-m", "tests.virtual_office.sip_phone", "--control"]
            command += [str(self.directory / f"{name}.sock"), "--address", network.OUTSIDE_ADDRESS]
            command += ["--port", str(port), "--tone", "700" if name == "mobile" else "900"]
            (self.directory / f"{name}.sock").unlink(missing_ok=True)
            self._add(name, inside("outside", command))

    def _start_router_dhcp(self) -> None:
        own = self.directory / "router-dhcp.conf"  # what a test lets it hand out besides
        command = [
            "dnsmasq",
            "--keep-in-foreground",
            f"--conf-file={own if own.exists() else '/dev/null'}",
            "--port=0",
            "--user=root",
            "--group=root",
        ]
        command += ["--interface=lan0", "--bind-interfaces", "--no-ping"]
        command += ["--dhcp-range=192.168.77.150,192.168.77.199,255.255.255.0,1h"]
        command += [
            f"--dhcp-leasefile={self.directory / 'router-leases'}",
            f"--pid-file={self.directory / 'router.pid'}",
        ]
        self._add("router-dhcp", inside("router", command))

    def _prepare_box(self, *arguments: Sequence[str]) -> None:
        """The two oneshot units that stand before the switch."""
        first = read_unit("first-boot", self.box_root, self.given.switch_root)
        if not (self.box_root / "network.toml").exists():
            self._run_once(first, [word for words in arguments for word in words])
        self._run_once(read_unit("recover", self.box_root, self.given.switch_root), [])
        self._serve_helper()

    def _start_loopback_box(self) -> None:
        ports = self.given.console_port
        self._prepare_box(
            ("--interface", "lo", "--address", "127.0.0.1/8", "--router", "127.0.0.1"),
            ("--sip-port", str(ports + 10_000), "--manager-port", str(ports + 11_000)),
            ("--switch-root", str(self.given.switch_root)),
        )
        root: Path = self.given.switch_root
        loader = next(root.glob("usr/lib*/ld-linux-*.so.*"))
        libraries = next(root.glob("usr/lib/*/asterisk/modules")).parents[1]
        configuration = self.box_root / "switch" / "current" / "asterisk" / "asterisk.conf"
        command = [str(loader), "--library-path", str(libraries), str(root / "usr/sbin/asterisk")]
        before = preparations("switch", self.box_root)
        self._add("switch", [*command, "-f", "-C", str(configuration)], before=before)
        for name in ("web", "monitor"):
            self._add_unit(read_unit(name, self.box_root, root), place=None)
        listen = f"TCP-LISTEN:{self.given.console_port},bind=127.0.0.1,reuseaddr,fork"
        self._add("relay", ["socat", listen, f"UNIX-CONNECT:{self.box_root / 'run' / 'web.sock'}"])

    def _add_unit(self, unit: Unit, place: str | None = "box") -> None:
        wrap: Callable[[Sequence[str]], list[str]] = (lambda command: inside(place, command)) if place else list
        self._add(unit.name, wrap(unit.command), before=unit.before, restart=unit.restart)

    def _add(
        self, name: str, command: Sequence[str], *, before: Sequence[Preparation] = (), restart: bool = True
    ) -> None:
        process = Process(name, command, self.logs / f"{name}.log", before=before, restart=restart)
        self.processes[name] = process
        process.start()

    def _run_once(self, unit: Unit, arguments: Sequence[str]) -> None:
        command = [*unit.command, *arguments]
        if not self.given.loopback:
            command = inside("box", command)
        with (self.logs / f"{unit.name}.log").open("ab") as log:
            done = subprocess.run(command, stdout=log, stderr=log, cwd=CHECKOUT)
        if done.returncode:
            raise SystemExit(f"{unit.name} failed; see {self.logs / unit.name}.log")

    def _serve_helper(self) -> None:
        """The privileged helper's requests are answered here: this layer's service manager is this process."""
        self._listen(self.box_root / "run" / "helper.sock", self._answer_helper)

    def _wait_until_ready(self) -> None:
        if not self.given.loopback:
            self._register_outside()
        limit = time.monotonic() + READY_SECONDS
        run = self.box_root / "run"
        doors = ("web.sock",) if self.given.loopback else ("console.sock", "provisioning.sock")
        while not (all(_answers(run / door) for door in doors) and (run / "live-state.json").exists()):
            if time.monotonic() > limit or self.is_stopping:
                raise SystemExit(f"the box did not come up in {READY_SECONDS:.0f} s; see {self.logs}")
            self._look_after(TICK_SECONDS)

    def _register_outside(self) -> None:
        """The mobile and the emergency centre are customers of the provider."""
        for name in ("mobile", "emergency"):
            phone = SipPhoneClient(self.directory / f"{name}.sock")
            phone.connect(READY_SECONDS)
            limit = time.monotonic() + READY_SECONDS
            while time.monotonic() < limit:
                server = network.SUBSCRIBER_ADDRESS
                try:
                    if phone.register(server, name, provider.SUBSCRIBER_PASSWORD, expires=60, timeout=2) == 200:
                        break
                except PhoneRefused:
                    pass  # the provider is still starting
                self._look_after(TICK_SECONDS)
            phone.stop()

    # requests

    _selector: selectors.BaseSelector | None = None

    def _listen(self, path: Path, answer: Callable[[Mapping[str, Any]], dict[str, Any]]) -> None:
        path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(str(path))
        listener.listen()
        if self._selector is None:
            self._selector = selectors.DefaultSelector()
        self._selector.register(listener, selectors.EVENT_READ, answer)

    def _serve(self) -> None:
        self._listen(self.directory / "control.sock", self._answer)
        while not self.is_stopping:
            self._look_after(TICK_SECONDS)

    def _look_after(self, seconds: float) -> None:
        """Answer requests for at most `seconds`, bury the dead and start again what should run."""
        if self._selector is None:
            time.sleep(seconds)  # nobody can ask yet
        else:
            for key, _ in self._selector.select(seconds):
                assert isinstance(key.fileobj, socket.socket)
                connection, _address = key.fileobj.accept()
                with connection:
                    connection.settimeout(5)
                    _answer_one(connection, key.data)
        self._reap()
        for process in self.processes.values():
            over = process.is_wanted and process.restart and not process.is_running()
            if over and time.monotonic() - process.ended_at >= RESTART_SECONDS:
                process.start()

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            for process in self.processes.values():
                if process.popen is not None and process.popen.pid == pid:
                    process.popen.returncode = os.waitstatus_to_exitcode(status)
                    process.ended_at = time.monotonic()

    def _answer_helper(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """As a service manager does: a unit whose file is not there is left stopped."""
        name = request["unit"]
        unit = read_unit(name, self.box_root, self.given.switch_root)
        is_needed = unit.needs is None or unit.needs.exists()
        process = self.processes.get(name)
        if process is not None:
            self._stop_process(process)
            if is_needed:
                process.start()
        elif is_needed and not self.given.loopback:
            self._add_unit(unit)
        return {"ok": True}

    def _answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        match request["do"]:
            case "processes":
                return {
                    "processes": {
                        process.name: process.popen.pid if process.popen and process.is_running() else None
                        for process in self.processes.values()
                    }
                }
            case "stop":
                self._stop_process(self.processes[request["name"]])
            case "kill":
                process = self.processes[request["name"]]
                process.is_wanted = request.get("restart", False)
                process.signal(signal.SIGKILL)
            case "start":
                self.processes[request["name"]].start()
            case "link":
                network.set_link(request["end"], request["up"])
            case "dark":
                network.set_dark(request["line"], request["dark"])
            case "refuse":
                line, code = request["line"], request["code"]
                words = f"database put {line} refuse {code}" if code else f"database del {line} refuse"
                self._provider_console(words)
            case "provider":
                return {"printed": self._provider_console(request["line"])}
            case "shutdown":
                self.is_stopping = True
            case unknown:
                raise ValueError(f"nothing is called {unknown!r}")
        return {}

    def _provider_console(self, line: str) -> str:
        console = provider.console(self.given.switch_root, self.directory / "provider", line)
        return subprocess.run(inside("provider", console), check=True, capture_output=True, text=True).stdout

    def _stop_process(self, process: Process) -> None:
        process.is_wanted = False
        process.signal(signal.SIGTERM)
        limit = time.monotonic() + 5.0
        while process.is_running():
            if time.monotonic() > limit:
                process.signal(signal.SIGKILL)
            self._reap()
            time.sleep(0.02)  # the reaper tells when it has ended

    def _stop_by_signal(self, _number: int, _frame: object) -> None:
        self.is_stopping = True

    def _end_all(self) -> None:
        for process in self.processes.values():
            process.is_wanted = False
            process.signal(signal.SIGTERM)
        limit = time.monotonic() + 3.0
        while any(process.is_running() for process in self.processes.values()) and time.monotonic() < limit:
            self._reap()
            time.sleep(0.02)  # likewise
        for process in self.processes.values():
            process.signal(signal.SIGKILL)

    def _tell(self, state: str) -> None:
        write_state(self.directory, self.given.host_pid, state, self.given.console_port, loopback=self.given.loopback)


def _answer_one(connection: socket.socket, answer: Callable[[Mapping[str, Any]], dict[str, Any]]) -> None:
    try:
        request = json.loads(connection.makefile().readline())
        reply = {"ok": True, **answer(request)}
    except (OSError, ValueError, KeyError, subprocess.CalledProcessError) as fault:
        reply = {"ok": False, "error": repr(fault)}
    try:
        connection.sendall(json.dumps(reply).encode() + b"\n")
    except OSError:
        return  # who asked is gone


def _answers(path: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(2)
            connection.connect(str(path))
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: belbox.local\r\nConnection: close\r\n\r\n")
            return b" 200 " in connection.recv(64)
    except OSError:
        return False


def _die_with_the_supervisor() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def main() -> int:
    """Parse, note who we are on the host while its /proc is still ours to see, and run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--directory", type=Path, required=True)
    parser.add_argument("--box-root", type=Path, required=True)
    parser.add_argument("--switch-root", type=Path, required=True)
    parser.add_argument("--console-port", type=int, required=True)
    parser.add_argument("--router-dhcp", action="store_true")
    parser.add_argument("--no-phones", dest="phones", action="store_false")
    parser.add_argument("--phone-option", action="append", default=[])
    parser.add_argument("--option-of", action="append", default=[], help="PHONE=OPTION, of one phone alone")
    parser.add_argument("--kind", action="append", default=[], help="phones of network.KINDS instead of the usual four")
    parser.add_argument("--loopback", action="store_true")
    given = parser.parse_args()
    given.host_pid = int(os.readlink("/proc/self"))
    write_state(given.directory, given.host_pid, "starting", given.console_port, loopback=given.loopback)
    if not given.loopback:
        subprocess.run(["mount", "-t", "proc", "proc", "/proc"], check=True)
    return Supervisor(given).run()


if __name__ == "__main__":
    sys.exit(main())

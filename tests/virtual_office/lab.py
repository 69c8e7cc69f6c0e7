"""Starting, stopping and reaching a virtual office: `python -m tests.virtual_office.lab up|down`."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.virtual_office.preloaded import Preloaded
from tests.virtual_office.process_state import HolderState, forget_state, read_state, running_holder
from tests.virtual_office.sip_phone_client import SipPhoneClient
from tests.virtual_office.switch_jail import ASTERISK_UID
from tests.virtual_office.units import CHECKOUT

FIRST_CONSOLE_PORT = 8600
START_SECONDS = 120.0
STOP_SECONDS = 10.0
VERB_SECONDS = 60.0


class LabFailedError(Exception):
    """The office did not start, with the reason."""


class VirtualOffice:
    """A handle on one virtual office, running or not. `directory` holds its state, the box lives beside it."""

    def __init__(self, directory: Path, box_root: Path, switch_root: Path) -> None:
        self.directory = directory
        self.box_root = box_root
        self.switch_root = switch_root
        self._process: subprocess.Popen[bytes] | None = None
        self._preloaded: Preloaded | None = None

    def start(
        self,
        *,
        router_dhcp: bool = False,
        phones: bool = True,
        loopback: bool = False,
        phone_options: Sequence[str] = (),
        kinds: Sequence[str] = (),
        options_of: Mapping[str, str] | None = None,
    ) -> HolderState:
        """Start it and wait until the box answers; LabFailedError says why it did not.

        `kinds`: phones of network.KINDS by name, instead of the usual four; `options_of`: an option of one phone.
        """
        self.stop()
        self.directory.mkdir(parents=True, exist_ok=True)
        options = ["--router-dhcp"] if router_dhcp else []
        options += [] if phones else ["--no-phones"]
        options += [f"--phone-option={option}" for option in phone_options]
        options += [f"--kind={name}" for name in kinds]
        options += [f"--option-of={name}={option}" for name, option in (options_of or {}).items()]
        with _free_port() as port:
            command = [] if loopback else [*_relay(port, self.box_root / "run" / "console.sock"), *namespaces()]
            command += [sys.executable, "-m", "tests.virtual_office.supervisor", "--directory", str(self.directory)]
            command += ["--box-root", str(self.box_root), "--switch-root", str(self.switch_root)]
            command += ["--console-port", str(port), *options, *(["--loopback"] if loopback else [])]
            with (self.directory / "supervisor.log").open("wb") as log:
                self._process = process = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=CHECKOUT, start_new_session=True
                )
            limit = time.monotonic() + START_SECONDS
            while time.monotonic() < limit:
                holder = read_state(self.directory)
                if holder is not None and holder.state == "ready":
                    return holder
                if process.poll() is not None:
                    break
                time.sleep(0.05)  # the state file is all that tells
            self.stop()
            log_text = (self.directory / "supervisor.log").read_text(errors="replace").strip()
            raise LabFailedError(log_text[-2000:] or f"not ready after {START_SECONDS:.0f} s")

    def stop(self) -> bool:
        """Stop it, whatever state it is in; return whether there was anything to stop."""
        holder = running_holder(self.directory)
        if holder is not None:
            os.kill(holder.pid, signal.SIGTERM)
            if not _wait_gone(self.directory, STOP_SECONDS):
                os.kill(holder.pid, signal.SIGKILL)
                _wait_gone(self.directory, STOP_SECONDS)
        if self._process is not None:
            self._process.wait()
            self._process = None
        if self._preloaded is not None:
            self._preloaded.stop()
            self._preloaded = None
        forget_state(self.directory)
        for leftover in self.directory.glob("*.sock"):
            leftover.unlink()
        return holder is not None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def ask(self, do: str, **fields: Any) -> dict[str, Any]:
        """Give the supervisor a request; LabFailedError with its reason on a no."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(30)
            connection.connect(str(self.directory / "control.sock"))
            connection.sendall(json.dumps({"do": do, **fields}).encode() + b"\n")
            reply: dict[str, Any] = json.loads(connection.makefile().readline())
        if not reply.pop("ok"):
            raise LabFailedError(str(reply.get("error")))
        return reply

    def in_place(self, place: str, command: Sequence[str]) -> list[str]:
        """Return a command as it is run from the host in one place (box, router, provider, phone-NAME, ...)."""
        holder = running_holder(self.directory)
        if holder is None:
            raise LabFailedError("the virtual office does not run")
        door = ["nsenter", "--target", str(holder.pid), "--mount", "--pid"]
        if os.geteuid() != 0:
            door += ["--user", "--preserve-credentials"]
        return [*door, "--", "nsenter", f"--net=/run/netns/{place}", "--", *command]

    def run(
        self, place: str, *command: str, check: bool = True, seconds: float = 60.0
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in one place; a failure says what the command said."""
        done = subprocess.run(
            self.in_place(place, command), capture_output=True, text=True, timeout=seconds, cwd=CHECKOUT
        )
        if check and done.returncode:
            raise LabFailedError(f"{' '.join(command)} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done

    def belbox(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a verb of the product on this office's box."""
        return self._run_loaded("appliance.cli.main", "--root", str(self.box_root), *arguments, check=check)

    def belbox_here(self, *arguments: str) -> str:
        """Run a verb of the product on this machine itself, as a person does; return what it prints."""
        command = [sys.executable, "-m", "appliance.cli.main", "--root", str(self.box_root), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, cwd=CHECKOUT).stdout

    def phone(self, name: str) -> SipPhoneClient:
        """Return a connected handle on a phone: mobile, emergency, or a desk phone by its name."""
        own = self.directory / f"{name}.sock"
        client = SipPhoneClient(own if own.exists() else self.directory / f"phone-{name}" / "phone.sock")
        client.connect()
        return client

    def switch_console(self, line: str) -> str:
        """Give the box's switch one console line and return what it prints."""
        control = self.box_root / "switch-state" / "run" / "asterisk.ctl"
        if not control.exists():
            raise LabFailedError("the switch does not run")
        return self._run_loaded("tests.virtual_office.switch_console", str(self.box_root), line).stdout

    def _run_loaded(self, module: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a program of the checkout in the box's place, where the product is loaded already."""
        if self._preloaded is None or not self._preloaded.is_running():
            self._preloaded = Preloaded(self.in_place("box", []))
        done = self._preloaded.run(module, arguments, VERB_SECONDS)
        if check and done.returncode:
            raise LabFailedError(
                f"{module} {' '.join(arguments)} ended with {done.returncode}: {done.stdout}{done.stderr}"
            )
        return done


def namespaces() -> list[str]:
    """Return the command that gives what follows namespaces of its own, which end when it is killed."""
    rights = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    return ["unshare", *rights, "--net", "--mount", "--pid", "--fork", "--kill-child"]


def _relay(port: int, console: Path) -> list[str]:
    """Return what, before a command, relays 127.0.0.1 of this machine to the box's console while that command runs.

    It is the only thing of a virtual office that stands on the host's network.
    """
    script = 'setpriv --pdeathsig KILL -- socat "$0" "$1" & shift; exec "$@"'
    listen = f"TCP-LISTEN:{port},bind=127.0.0.1,reuseaddr,fork"
    return ["sh", "-c", script, listen, f"UNIX-CONNECT:{console}"]


def missing_for_namespaces() -> str:
    """Return why namespaces cannot be had here, empty if they can."""
    if shutil.which("unshare") is None:
        return "the program unshare (package util-linux) is missing"
    # What the office needs: namespaces with names, and a jail made by a user without rights.
    steps = "mount -t tmpfs tmpfs /run && mkdir /run/netns && ip netns add probe && "
    nobody = f"setpriv --reuid {ASTERISK_UID} --regid {ASTERISK_UID} --clear-groups " if os.geteuid() == 0 else ""
    probe = [*namespaces(), "sh", "-c", f"{steps}{nobody}unshare --user true"]
    done = subprocess.run(probe, capture_output=True, text=True)
    if done.returncode == 0:
        return ""
    reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
    return f"namespaces are refused here ({reason})"


def _wait_gone(directory: Path, seconds: float) -> bool:
    limit = time.monotonic() + seconds
    while running_holder(directory) is not None:
        if time.monotonic() > limit:
            return False
        time.sleep(0.05)  # a process that is not our child sends no event
    return True


@contextmanager
def _free_port() -> Iterator[int]:
    """Give a port of 127.0.0.1 that nobody listens at, and keep other offices from it until this one does.

    An office on loopback listens last of all; the datagram socket of the same number says meanwhile that it is taken.
    """
    for port in range(FIRST_CONSOLE_PORT, FIRST_CONSOLE_PORT + 1000):
        with (
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken,
            socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe,
        ):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                taken.bind(("127.0.0.1", port))
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            probe.close()
            yield port
            return
    raise LabFailedError("no free port on 127.0.0.1 for the console")

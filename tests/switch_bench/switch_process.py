"""One real Asterisk in its jail, started and stopped; `python -m` of this module is the jail's door for root."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.virtual_office.switch_jail import can_be_another_user, own
from tests.virtual_office.units import BOX_PLACE, CHECKOUT, preparations, read_unit

START_SECONDS = 20.0
STOP_SECONDS = 5.0
_NOTIFY = "notify"


class SwitchDidNotStartError(Exception):
    """Asterisk ended, or was not ready in time; what it printed is the message."""


class SwitchProcess:
    """Asterisk on the configuration in `folder/switch/current/asterisk`; its state lies in `folder/switch-state`."""

    def __init__(self, folder: Path, switch_root: Path) -> None:
        self._folder = folder
        self._switch_root = switch_root
        self._process: subprocess.Popen[bytes] | None = None
        self.started_in = 0.0  # seconds until it said that it was fully booted, the last time

    @property
    def pid(self) -> int:
        """Asterisk itself, not its jail."""
        return int((self.state / "run" / "asterisk.pid").read_text())

    @property
    def configuration(self) -> Path:
        """The folder its files are in."""
        return self._folder / "switch" / "current" / "asterisk"

    @property
    def state(self) -> Path:
        """The folder of its store, messages and log."""
        return self._folder / "switch-state"

    def start(self) -> None:
        """Start it and wait until it says that it is fully booted."""
        own(self.state / "lib" / "keys")
        # Asterisk asks for its own name in both families; without both lines a dark name server holds it up.
        (self.state / "hosts").write_text("127.0.0.1 localhost belbox\n::1 localhost belbox\n")
        (self.state / "resolv.conf").write_text("")  # nothing in a bench may ask a name server
        _make_bound_places(self._folder)
        for preparation in preparations("switch", self._folder):
            preparation.run()
        if can_be_another_user():
            # Folders closed to user 101 are bound below /run: in a mount namespace that ends with Asterisk.
            door = [sys.executable, "-m", "tests.switch_bench.switch_process", str(self._folder)]
            command = ["unshare", "--mount", *door, str(self._switch_root)]
        else:
            command = switch_command(self._folder, self._switch_root)
        with _ReadySocket(self.state / "run") as ready, (self._folder / "switch.out").open("wb") as output:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=CHECKOUT
            )
            began = time.monotonic()
            limit = began + START_SECONDS
            while not ready.wait(0.2):
                if self._process.poll() is not None or time.monotonic() > limit:
                    self.stop()
                    printed = (self._folder / "switch.out").read_text(errors="replace")
                    raise SwitchDidNotStartError(printed[-3000:])
            self.started_in = time.monotonic() - began

    def stop(self) -> None:
        """End it; what it holds in its store is kept."""
        self._end(signal.SIGTERM)

    def stop_hard(self) -> None:
        """End it as a power cut does."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        """Ask Asterisk itself: its jail ends with it, and would not let it end in order."""
        if self._process is None:
            return
        with contextlib.suppress(FileNotFoundError, ValueError, ProcessLookupError):
            os.kill(int((self.state / "run" / "asterisk.pid").read_text()), how)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
        (self.state / "run" / "asterisk.pid").unlink(missing_ok=True)


class _ReadySocket:
    """Where Asterisk says READY=1 (sd_notify(3))."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)

    def __enter__(self) -> _ReadySocket:
        place = self._folder / _NOTIFY
        place.unlink(missing_ok=True)
        folder = os.open(self._folder, os.O_PATH)
        try:
            self._socket.bind(f"/proc/self/fd/{folder}/{_NOTIFY}")  # a socket's own path holds 107 letters at most
        finally:
            os.close(folder)
        place.chmod(0o777)
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def wait(self, seconds: float) -> bool:
        self._socket.settimeout(seconds)
        try:
            return b"READY=1" in self._socket.recv(4096)
        except TimeoutError:
            return False


def switch_command(folder: Path, switch_root: Path) -> list[str]:
    """Return the command that runs the jailed Asterisk from here: what the box's unit says, and a way to say READY."""
    command = list(read_unit("switch", folder, switch_root).command)
    end_of_jail = command.index("--")
    return [*command[:end_of_jail], "--setenv", "NOTIFY_SOCKET", f"/run/asterisk/{_NOTIFY}", *command[end_of_jail:]]


def _make_bound_places(folder: Path) -> None:
    """Make each folder of ours that the unit binds and that is not there yet."""
    unit = (CHECKOUT / "systemd" / "belbox-switch.service").read_text()
    for name in re.findall(rf"^BindReadOnlyPaths={BOX_PLACE}/([^:\n]+)", unit, re.MULTILINE):
        if not (folder / name).exists():
            (folder / name).mkdir(parents=True)
    for name in re.findall(rf"^BindPaths={BOX_PLACE}/([^:\n]+)", unit, re.MULTILINE):
        own(folder / name)


def _enter(folder: Path, switch_root: Path) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)
    command = switch_command(folder, switch_root)
    os.execvp(command[0], command)


if __name__ == "__main__":
    _enter(Path(sys.argv[1]), Path(sys.argv[2]))

"""The tests' handle on a virtual phone: speaks to `sip_phone`'s control socket."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

CHECKOUT = Path(__file__).resolve().parents[2]
HEARD = 1000.0  # of 32,767; a tone that is not there reads below 10
REPLY_MARGIN_SECONDS = 10.0  # a reply takes no longer than what was asked for, and this


class PhoneRefused(Exception):  # noqa: N818  (named for what it says)
    """The phone answered that it cannot, or that what was waited for did not come."""


class SipPhoneClient:
    """One connection to one phone; methods wait for its reply and raise PhoneRefused on a no."""

    def __init__(self, control: Path, process: subprocess.Popen[bytes] | None = None) -> None:
        self._control = control
        self._process = process
        self._connection: socket.socket | None = None
        self._received = b""

    @classmethod
    def start(
        cls,
        control: Path,
        address: str,
        *,
        port: int = 5060,
        tone_hz: float = 440,
        before: Sequence[str] = (),
    ) -> Self:
        """Start a phone process (`before` is put in front, e.g. `ip netns exec NAME`) and connect to it."""
        control = control.resolve()
        control.unlink(missing_ok=True)
        command = [*before, sys.executable, "-m", "tests.virtual_office.sip_phone", "--control", str(control)]
        command += ["--address", address, "--port", str(port), "--tone", str(tone_hz)]
        phone = cls(control, subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.DEVNULL))
        phone.connect()
        return phone

    def connect(self, timeout: float = 10.0) -> None:
        """Connect, waiting for the process to be ready."""
        limit = time.monotonic() + timeout
        while True:
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                connection.connect(str(self._control))
            except OSError as error:
                connection.close()
                if time.monotonic() > limit or (self._process is not None and self._process.poll() is not None):
                    raise PhoneRefused(f"no phone at {self._control}: {error}") from error
                time.sleep(0.05)  # the socket is not there yet, and its appearance gives no event
            else:
                self._connection = connection
                return

    def stop(self) -> None:
        """Close the connection; a process started here is ended and waited for."""
        if self._process is not None and self._connection is not None:
            self.ask("stop")
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._process is not None:
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def register(
        self,
        server: str,
        user: str,
        password: str,
        *,
        auth_user: str | None = None,
        display_name: str = "",
        port: int = 5060,
        expires: int = 120,
        domain: str | None = None,
        transport: str = "udp",
        srtp: str = "off",
        ca_file: str | None = None,
        codecs: Sequence[str] = (),
        timeout: float = 10.0,
    ) -> int:
        """Register and give the outcome's SIP code: 200, 401, 403, 408 ..."""
        account: dict[str, Any] = {
            "server": server, "user": user, "password": password, "auth_user": auth_user,
            "display_name": display_name, "port": port, "expires": expires, "domain": domain,
            "transport": transport, "srtp": srtp, "ca_file": ca_file, "codecs": list(codecs),
        }  # fmt: skip
        return int(self.ask("register", wait=timeout, timeout=timeout, **account)["code"])

    def register_again(self) -> None:
        """Send a REGISTER now."""
        self.ask("register_again")

    def unregister(self, timeout: float = 10.0) -> int:
        """Take the registration away; gives the SIP code."""
        return int(self.ask("unregister", wait=timeout, timeout=timeout)["code"])

    def call(self, target: str) -> int:
        """Call a number at the registrar, or a `sip:` address; gives the call's number."""
        return int(self.ask("call", target=target)["call"])

    def answer(self, call: int, code: int = 200) -> None:
        """Answer an incoming call with a SIP code."""
        self.ask("answer", call=call, code=code)

    def hangup(self, call: int) -> None:
        """End a call; nothing happens when it is over."""
        self.ask("hangup", call=call)

    def hold(self, call: int, held: bool = True) -> None:
        """Put a call on hold (or take it back)."""
        self.ask("hold", call=call, held=held)

    def transfer(self, call: int, target: str) -> None:
        """Blind transfer of a call."""
        self.ask("transfer", call=call, target=target)

    def send_dtmf(self, call: int, digits: str) -> None:
        """Send digits (0-9 * # A-D) by RFC 4733."""
        self.ask("send_dtmf", call=call, digits=digits)

    def watch(self, number: str) -> None:
        """Light a lamp; events `lamp` tell `number, is_open, note` at each change."""
        self.ask("watch", number=number)

    def calls(self) -> list[dict[str, Any]]:
        """Every call so far, the oldest first.

        Keys: call, direction, state, number, name, asserted, codec, seconds, code, reason,
        headers. `state` is calling, ringing, progress, answered or ended; `code` is the last SIP code.
        """
        return list(self.ask("calls")["calls"])

    def events(self, since: int = 0) -> list[dict[str, Any]]:
        """The diary after a sequence number: `sequence, monotonic, wall, event` and the facts of each."""
        return list(self.ask("events", since=since)["events"])

    def last_sequence(self) -> int:
        """The number of the last event, to wait for something that comes after now."""
        return len(self.events())

    def wait_for(self, event: str, *, timeout: float = 10.0, after: int = 0, **match: Any) -> dict[str, Any]:
        """The first such event after a sequence number whose facts equal `match`."""
        reply = self.ask("wait_for", wait=timeout, event=event, timeout=timeout, after=after, match=match)
        return dict(reply["event"])

    def set_behaviour(
        self,
        *,
        auto_answer_after: float | None = None,
        answer_code: int = 200,
        reject: int | None = None,
        obeys_answer_after: bool = True,
    ) -> None:
        """What it does by itself with the next incoming calls; replaces the behaviour as a whole."""
        self.ask(
            "set_behaviour",
            auto_answer_after=auto_answer_after,
            answer_code=answer_code,
            reject=reject,
            obeys_answer_after=obeys_answer_after,
        )

    def listen(self, call: int, seconds: float, frequencies: Iterable[float]) -> dict[str, float]:
        """Levels heard in a call: `{"440": 11900.2, "523": 0.4}`, 0 to 32767."""
        asked = list(frequencies)
        reply = self.ask("listen", wait=seconds, call=call, seconds=seconds, frequencies=asked)
        return dict(reply["levels"])

    def wait_to_hear(self, call: int, other_hz: float, own_hz: float, timeout: float = 15.0) -> None:
        """Wait for half a second in which the other's tone is heard, and its own at most a fifth as loud.

        A busy machine drops pieces of sound, and a torn tone leaks into its neighbours; a call that has no sound,
        or the wrong one, has it in every half second. Raises `AssertionError` with all that was heard.
        """
        ends = time.monotonic() + timeout
        heard: list[tuple[float, float]] = []
        while time.monotonic() < ends:
            levels = {float(hertz): level for hertz, level in self.listen(call, 0.5, [other_hz, own_hz]).items()}
            heard.append((levels[other_hz], levels[own_hz]))
            if levels[other_hz] > HEARD and levels[own_hz] < levels[other_hz] / 5:
                return
        raise AssertionError(f"never the other's tone alone; levels of {other_hz} and {own_hz} Hz: {heard}")

    def ask(self, do: str, wait: float = 0.0, **parameters: Any) -> dict[str, Any]:
        """Send one request and give its reply."""
        if self._connection is None:
            raise PhoneRefused("not connected")
        self._connection.settimeout(wait + REPLY_MARGIN_SECONDS)
        self._connection.sendall(json.dumps({"do": do, **parameters}).encode() + b"\n")
        while b"\n" not in self._received:
            piece = self._connection.recv(65_536)
            if not piece:
                raise PhoneRefused(f"the phone left while asked to {do}")
            self._received += piece
        line, _, self._received = self._received.partition(b"\n")
        reply: dict[str, Any] = json.loads(line)
        if not reply["ok"]:
            raise PhoneRefused(f"{do}: {reply['error']}")
        return reply

"""Asterisk's manager interface (AMI): login, actions, lists and events over one TCP connection.

Source: Asterisk documentation, "AMI v2 Specification": key: value lines, a blank line ends a message.
"""

from __future__ import annotations

import itertools
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType

from appliance.errors import BelboxError, NotRunning
from appliance.office.secret import Secret

ANSWER_SECONDS = 5.0  # a reload of 1,000 extensions takes 0.3 s; one that takes longer than this is stuck

Message = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagerAddress:
    """Where the manager interface listens and who logs in."""

    port: int
    username: str
    password: Secret
    host: str = "127.0.0.1"


class ManagerRefused(BelboxError):  # noqa: N818
    """The switch answered an action with an error: it runs, and does not do this. `said`: in its own words."""

    def __init__(self, said: str) -> None:
        super().__init__("switch-refused", value=said)
        self.said = said


class SwitchSilent(NotRunning):
    """The switch took the connection, and then did not answer in time or went away."""


class ManagerInterface:
    """One logged-in connection, as a context manager; every answer comes within `answer_seconds`, or SwitchSilent.

    Opening it raises NotRunning where nobody listens, SwitchSilent where nobody answers, ManagerRefused where the
    login is not accepted.
    """

    def __init__(
        self, address: ManagerAddress, *, events: bool = False, answer_seconds: float = ANSWER_SECONDS
    ) -> None:
        self._address = address
        self._events = events
        self._answer_seconds = answer_seconds
        self._ids = itertools.count(1)
        self._socket: socket.socket | None = None
        self._buffer = b""
        self._read = 0  # how much of the buffer

    def __enter__(self) -> ManagerInterface:
        try:
            self._socket = socket.create_connection(
                (self._address.host, self._address.port), timeout=self._answer_seconds
            )
        except OSError as fault:
            raise NotRunning("switch-not-running", cause=fault) from fault
        try:
            with _silence_said():
                self._read_line(time.monotonic() + self._answer_seconds)  # the greeting
            self.act(
                "Login",
                Username=self._address.username,
                Secret=self._address.password.reveal(),
                Events="on" if self._events else "off",
            )
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def act(self, action: str, **fields: str) -> Message:
        """Send an action and return its response; ManagerRefused if it is an error."""
        action_id = self._send(action, fields)
        return self._response(action_id)

    def list(self, action: str, **fields: str) -> list[Message]:
        """Send an action that answers with a list; an empty list is no error."""
        action_id = self._send(action, fields)
        try:
            self._response(action_id)
        except ManagerRefused as refusal:
            if refusal.said.startswith("No "):  # "No Contacts found", "No endpoints found"
                return []
            raise
        items: list[Message] = []
        while True:
            with _silence_said():
                message = self._read_message(time.monotonic() + self._answer_seconds)
            if message.get("ActionID") != action_id:
                continue
            if message.get("EventList") == "Complete":
                return items
            items.append(message)

    def command(self, line: str) -> str:
        """Run a console command and return what it printed."""
        return self.act("Command", Command=line).get("Output", "")

    def events(self, wait_seconds: float) -> Iterator[Message]:
        """Yield events as they come; end when none came for `wait_seconds`."""
        while True:
            try:
                with _silence_said():
                    message = self._read_message(time.monotonic() + wait_seconds)
            except SwitchSilent as silence:
                if isinstance(silence.__cause__, TimeoutError):
                    return
                raise
            if "Event" in message:
                yield message

    def drop_events(self) -> None:
        """Forget every event that has come and was not read."""
        connection = self._require_socket()
        connection.setblocking(False)
        try:
            while True:
                # Events of a large office come by the ten thousand: none is read, and what is not whole yet stays.
                *_, self._buffer = self._buffer[self._read :].rpartition(b"\r\n\r\n")
                self._read = 0
                self._buffer += self._received(connection)
        except BlockingIOError:
            return
        except OSError as fault:
            raise SwitchSilent("switch-silent", cause=fault) from fault

    def _send(self, action: str, fields: Mapping[str, str]) -> str:
        action_id = str(next(self._ids))
        lines = [f"Action: {action}", f"ActionID: {action_id}", *(f"{key}: {fields[key]}" for key in fields)]
        if any("\r" in line or "\n" in line for line in lines):
            raise ValueError("a line break in a manager action")
        connection = self._require_socket()
        connection.settimeout(self._answer_seconds)
        with _silence_said():
            connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        return action_id

    def _response(self, action_id: str) -> Message:
        limit = time.monotonic() + self._answer_seconds
        while True:
            with _silence_said():
                message = self._read_message(limit)
            if message.get("ActionID") == action_id and "Response" in message:
                if message["Response"] == "Error":
                    raise ManagerRefused(message.get("Message", "refused"))
                return message

    def _read_message(self, limit: float) -> Message:
        fields: dict[str, str] = {}
        while line := self._read_line(limit):
            key, _, value = line.partition(": ")
            key = key.rstrip(":")
            # A command's output comes as many lines of the same key.
            fields[key] = f"{fields[key]}\n{value}" if key == "Output" and key in fields else value
        return fields

    def _read_line(self, limit: float) -> str:
        while (end := self._buffer.find(b"\r\n", self._read)) < 0:
            connection = self._require_socket()
            left = limit - time.monotonic()
            if left <= 0:
                raise TimeoutError("no answer in time")
            connection.settimeout(left)
            self._buffer, self._read = self._buffer[self._read :] + self._received(connection), 0
        line, self._read = self._buffer[self._read : end], end + 2
        return line.decode("utf-8", "replace")

    def _received(self, connection: socket.socket) -> bytes:
        more = connection.recv(65536)
        if not more:
            raise ConnectionResetError("the switch closed the connection")
        return more

    def _require_socket(self) -> socket.socket:
        if self._socket is None:
            raise NotRunning("switch-not-connected")
        return self._socket


@contextmanager
def _silence_said() -> Iterator[None]:
    """Tell of a connection that broke, or on which nothing came in time, as SwitchSilent."""
    try:
        yield
    except OSError as fault:
        raise SwitchSilent("switch-silent", cause=fault) from fault

"""Debian's baresip (OpenSSL) as a softphone. It verifies the server from 1.1 on, and Debian 12 has 1.0."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tests.integration.softphone import EVENT_SECONDS, SAMPLES, Softphone, SoftphoneFailedError

_CONTROL_PORT = 4444  # baresip's own


class Baresip(Softphone):
    """By its control port (JSON in netstrings). `watched`: numbers whose lamps it shows."""

    watched: Sequence[str] = ()

    def start(self) -> subprocess.Popen[str]:
        given = self.settings
        config = [
            f"sip_listen {self.place}:5060", f"net_interface {self.place}",
            f"ctrl_tcp_listen {self.place}:{_CONTROL_PORT}",
            f"audio_source aufile,{self.tone}", "audio_player aufile,/dev/null", "audio_alert aufile,/dev/null",
            "module_path /usr/lib/baresip/modules",
            *(f"module {name}.so" for name in ("g711", "aufile", "srtp", "mwi", "ctrl_tcp", "sndfile")),
            f"snd_path {self.folder}",
            *(f"module_app {name}.so" for name in ("account", "contact", "menu", "presence")),
        ]  # fmt: skip
        if self.is_secure:
            config += [f"sip_cafile {self.authority}", "sip_verify_server yes"]
        place = f"{given['server']}:{given['port']};transport={given['transport'].lower()}"
        # As a proxy too: a subscription goes by the name alone, which says nothing of TLS.
        account = f'"{given["display"]}" <sip:{given["user"]}@{place}>;outbound="sip:{place}"'
        account += f";auth_user={given['user']};auth_pass={given['password']};regint=60"
        account += ";mediaenc=srtp-mand" if given["media"].startswith("SRTP") else ""
        contacts = [f'"Colleague {number}" <sip:{number}@{place}>;presence=p2p' for number in self.watched]
        for name, text in (
            ("config", "\n".join(config)), ("accounts", account), ("contacts", "\n".join(contacts)),
        ):  # fmt: skip
            (self.folder / name).write_text(f"{text}\n")
        process = self._run(["baresip", "-f", str(self.folder)])
        self._events: list[dict[str, Any]] = []
        self._rest = b""
        self._door = self._connect()
        return process

    def end(self) -> None:
        self._door.close()
        super().end()

    def wait_registered(self) -> None:
        self.wait_printed("200 OK")

    def wait_printed(self, wanted: str) -> None:
        """Wait until it has printed this; SoftphoneFailedError if it does not."""
        limit = time.monotonic() + EVENT_SECONDS
        while wanted not in (text := self.printed.read_text(errors="replace")):
            if time.monotonic() > limit:
                raise SoftphoneFailedError(text)
            time.sleep(0.05)  # it may have been so before the control port was open

    def call(self, number: str) -> None:
        self._ask("dial", number)
        self._wait("CALL_ESTABLISHED")

    def dial(self, number: str) -> None:
        self._ask("dial", number)
        self._wait("CALL_CLOSED")

    def hold(self) -> None:
        self._ask("hold")

    def resume(self) -> None:
        self._ask("resume")

    def transfer(self, number: str) -> None:
        self._ask("transfer", number)

    def answer(self) -> None:
        self._wait("CALL_INCOMING")
        self._ask("accept")
        self._wait("CALL_ESTABLISHED")

    def lamp(self, number: str) -> str:
        """Its word for a watched colleague: Online, Offline, or Unknown before it was told."""
        shown = re.search(rf"([A-Z][a-z]+)\x1b\S* Colleague {number} ", self._ask("contacts"))
        assert shown is not None, "it is not in the list"
        return shown[1]

    def heard(self, seconds: float) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
        """Wait for so many seconds of sound from now on, as its decoder gives it, and return them."""
        wanted, limit = round(seconds * SAMPLES) * 2, time.monotonic() + seconds + EVENT_SECONDS
        begin = self._recording().stat().st_size
        while self._recording().stat().st_size < begin + wanted:
            if time.monotonic() > limit:
                raise SoftphoneFailedError("no sound came")
            time.sleep(0.05)  # a file tells nobody that it grows
        return np.frombuffer(self._recording().read_bytes()[begin : begin + wanted], dtype="<i2")

    def _recording(self) -> Path:
        (recording,) = self.folder.glob("dump-*-dec.wav")
        return recording

    def _connect(self) -> socket.socket:
        limit = time.monotonic() + EVENT_SECONDS
        while True:
            try:
                return socket.create_connection((self.place, _CONTROL_PORT), timeout=EVENT_SECONDS)
            except OSError as fault:
                if time.monotonic() > limit:
                    raise SoftphoneFailedError(self.printed.read_text(errors="replace")) from fault
                time.sleep(0.05)  # the program opens it when it is ready

    def _ask(self, command: str, parameters: str = "") -> str:
        message = json.dumps({"command": command, "params": parameters, "token": command}).encode()
        self._door.sendall(b"%d:%s," % (len(message), message))
        answer = self._next(lambda message: message.get("token") == command)
        if not answer["ok"]:
            raise SoftphoneFailedError(f"{command} {parameters}: {answer}")
        return str(answer["data"])

    def _wait(self, event: str) -> None:
        self._next(lambda message: message.get("type") == event)

    def _next(self, is_it: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while True:
            for message in self._events:
                if is_it(message):
                    self._events.remove(message)
                    return message
            self._receive()

    def _receive(self) -> None:
        try:
            self._rest += self._door.recv(65536)
        except TimeoutError as fault:
            raise SoftphoneFailedError(f"{self._events}\n{self.printed.read_text(errors='replace')}") from fault
        while found := re.match(rb"(\d+):", self._rest):
            end = found.end() + int(found[1])
            if len(self._rest) <= end:
                break
            self._events.append(json.loads(self._rest[found.end() : end]))
            self._rest = self._rest[end + 1 :]

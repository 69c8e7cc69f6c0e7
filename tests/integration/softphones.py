"""Softphones that nobody here wrote, driven without a screen: baresip (OpenSSL) and linphone (mbedTLS), as in Debian.

Each is given what the page "by hand" says, the password, and the authority's file. With TLS linphone verifies the
server; baresip does from 1.1 on, and Debian 12 has 1.0.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import time
import wave
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

TONE_HZ = 440
TONE_SECONDS = 60
SAMPLES = 8000  # a second; G.711
EVENT_SECONDS = 8.0
END_SECONDS = 3.0
_CONTROL_PORT = 4444  # baresip's own


class SoftphoneFailedError(Exception):
    """It ended, or what was waited for did not come; the message is what it printed."""


class Softphone(ABC):
    """One softphone with one account, as a context manager. `place` is its own address on loopback, if it takes one."""

    def __init__(self, folder: Path, place: str, settings: Mapping[str, str], authority: Path) -> None:
        folder.mkdir(parents=True)
        self.folder, self.place, self.settings, self.authority = folder, place, settings, authority
        self.is_secure = settings["transport"] == "TLS"
        self.tone = folder / "tone.wav"
        _write_tone(self.tone)
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self._process = self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> None:
        """End the program."""
        process = self.process
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(END_SECONDS)
        process.kill()
        process.communicate()

    def _run(self, command: list[str]) -> subprocess.Popen[str]:
        with self.printed.open("w") as printed:
            return subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=printed,
                stderr=subprocess.STDOUT,
                text=True,
                env=os.environ | {"HOME": str(self.folder), "TERM": "dumb"},
                cwd=self.folder,
            )

    @property
    def process(self) -> subprocess.Popen[str]:
        """The program, while it is open."""
        assert self._process is not None
        return self._process

    @property
    def printed(self) -> Path:
        """What it printed."""
        return self.folder / "printed"

    @abstractmethod
    def start(self) -> subprocess.Popen[str]:
        """Start the program."""

    @abstractmethod
    def wait_registered(self) -> None:
        """Wait until it says that it is registered; SoftphoneFailedError if it is not."""

    @abstractmethod
    def call(self, number: str) -> None:
        """Dial, and wait until it is answered."""

    @abstractmethod
    def hold(self) -> None:
        """Hold the call."""

    @abstractmethod
    def resume(self) -> None:
        """Take the call back."""

    @abstractmethod
    def transfer(self, number: str) -> None:
        """Give the call away without a word."""

    @abstractmethod
    def answer(self) -> None:
        """Wait until it rings, and answer."""


class Baresip(Softphone):
    """Debian's baresip, by its control port (JSON in netstrings)."""

    def start(self) -> subprocess.Popen[str]:
        given = self.settings
        config = [
            f"sip_listen {self.place}:5060", f"net_interface {self.place}",
            f"ctrl_tcp_listen {self.place}:{_CONTROL_PORT}",
            f"audio_source aufile,{self.tone}", "audio_player aufile,/dev/null", "audio_alert aufile,/dev/null",
            "module_path /usr/lib/baresip/modules",
            *(f"module {name}.so" for name in ("g711", "aufile", "srtp", "mwi", "ctrl_tcp", "sndfile")),
            f"snd_path {self.folder}",
            *(f"module_app {name}.so" for name in ("account", "contact", "menu")),
        ]  # fmt: skip
        if self.is_secure:
            config += [f"sip_cafile {self.authority}", "sip_verify_server yes"]
        place = f"{given['server']}:{given['port']};transport={given['transport'].lower()}"
        # As a proxy too: a subscription goes by the name alone, which says nothing of TLS.
        account = f'"{given["display"]}" <sip:{given["user"]}@{place}>;outbound="sip:{place}"'
        account += f";auth_user={given['user']};auth_pass={given['password']};regint=60"
        account += ";mediaenc=srtp-mand" if given["media"].startswith("SRTP") else ""
        for name, text in (("config", "\n".join(config)), ("accounts", account), ("contacts", "")):
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

    def _ask(self, command: str, parameters: str = "") -> None:
        message = json.dumps({"command": command, "params": parameters, "token": command}).encode()
        self._door.sendall(b"%d:%s," % (len(message), message))
        answer = self._next(lambda message: message.get("token") == command)
        if not answer["ok"]:
            raise SoftphoneFailedError(f"{command} {parameters}: {answer}")

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


class Linphone(Softphone):
    """Debian's linphone, by the daemon's commands on its standard input."""

    _calls = 0  # of its life; the number of a call

    def start(self) -> subprocess.Popen[str]:
        given = self.settings
        for home in (".local/share/linphone", ".config/linphone"):
            (self.folder / home).mkdir(parents=True)
        encryption = "srtp" if given["media"].startswith("SRTP") else "none"
        address = f"{given['server']}:{given['port']};transport={given['transport'].lower()}"
        configuration = [
            "[sip]", f"root_ca={self.authority}", "verify_server_certs=1", "verify_server_cn=1", "default_proxy=0",
            "sip_port=-1", "sip_tcp_port=-1", "sip_tls_port=-1", f"media_encryption={encryption}",
            f"media_encryption_mandatory={int(self.is_secure)}",
            "[auth_info_0]", f"username={given['user']}", f"passwd={given['password']}", f"domain={given['server']}",
            "[proxy_0]", f"reg_proxy=<sip:{address}>",
            f'reg_identity="{given["display"]}" <sip:{given["user"]}@{given["server"]}>',
            "reg_expires=60", "reg_sendregister=1", "publish=0",
        ]  # fmt: skip
        (self.folder / "linphonerc").write_text("\n".join(configuration) + "\n")
        command = ["linphone-daemon", "--config", str(self.folder / "linphonerc"), "--log", str(self.folder / "log")]
        return self._run(command)

    def wait_registered(self) -> None:
        self._until("register-status 1", "State: LinphoneRegistrationOk")

    def call(self, number: str) -> None:
        self._calls += 1
        self._tell(f"call {number}")
        self._speak()

    def hold(self) -> None:
        self._tell(f"call-pause {self._calls}")
        self._until(f"call-status {self._calls}", "State: LinphoneCallPaused")

    def resume(self) -> None:
        self._tell(f"call-resume {self._calls}")
        self._speak()

    def transfer(self, number: str) -> None:
        self._tell(f"call-transfer {self._calls} sip:{number}@{self.settings['server']}")

    def transfer_to_second(self, number: str) -> None:
        """Ask a second person first, then join the two."""
        first = self._calls
        self.call(number)
        self._tell(f"call-transfer {first} {self._calls}")

    def answer(self) -> None:
        self._calls += 1
        self._until(f"call-status {self._calls}", "State: LinphoneCallIncomingReceived")
        self._tell(f"answer {self._calls}")
        self._until(f"call-status {self._calls}", "State: LinphoneCallStreamsRunning")

    def _speak(self) -> None:
        self._until(f"call-status {self._calls}", "State: LinphoneCallStreamsRunning")
        self._tell(f"incall-player-start {self.tone} {self._calls}")

    def _tell(self, command: str) -> None:
        door = self.process.stdin
        assert door is not None
        door.write(f"{command}\n")
        door.flush()

    def _until(self, question: str, wanted: str) -> None:
        """Ask until the answer comes: the daemon tells nothing unasked."""
        limit = time.monotonic() + EVENT_SECONDS
        begin = len(self.printed.read_text(errors="replace"))
        while wanted not in (text := self.printed.read_text(errors="replace")[begin:]):
            if time.monotonic() > limit:
                raise SoftphoneFailedError(f"{question}: {text}")
            self._tell(question)
            time.sleep(0.2)  # it is asked again and again: it tells of no change by itself


def _write_tone(place: Path) -> None:
    times = np.arange(SAMPLES * TONE_SECONDS) / SAMPLES
    with wave.open(str(place), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLES)
        file.writeframes((8000 * np.sin(2 * np.pi * TONE_HZ * times)).astype("<i2").tobytes())

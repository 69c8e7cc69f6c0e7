"""Softphones that nobody here wrote, driven without a screen: what a test asks of any of them.

Each is given what the page "by hand" says, the password, and the authority's file.
"""

from __future__ import annotations

import os
import subprocess
import wave
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

TONE_HZ = 440
TONE_SECONDS = 60
SAMPLES = 8000  # a second; G.711
EVENT_SECONDS = 8.0
END_SECONDS = 3.0


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
    def dial(self, number: str) -> None:
        """Dial, and wait until the call is over: refused, or ended by the other side."""

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


def _write_tone(place: Path) -> None:
    times = np.arange(SAMPLES * TONE_SECONDS) / SAMPLES
    with wave.open(str(place), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLES)
        file.writeframes((8000 * np.sin(2 * np.pi * TONE_HZ * times)).astype("<i2").tobytes())

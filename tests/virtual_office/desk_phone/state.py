"""What a virtual desk phone shows of itself: DIR/state.json, and what it keeps over a power cut: DIR/flash.json."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from tests.virtual_office.desk_phone.brand import Settings

MAXIMUM_FILES = 200


class State:
    """The state file, rewritten as a whole and moved into place at each change."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._facts: dict[str, Any] = {"step": "off", "boots": 0, "resyncs": 0, "files": [], "refused": []}

    def tell(self, **facts: Any) -> None:
        """Change facts and write the file; a new step is said on stderr too."""
        if facts.get("step", self._facts["step"]) != self._facts["step"]:
            told = " ".join(f"{name}={facts[name]}" for name in facts if name in ("address", "url", "because"))
            print(f"desk phone {self._facts.get('mac', '')}: {facts['step']} {told}", file=sys.stderr, flush=True)
        self._facts |= facts
        self._facts["files"] = self._facts["files"][-MAXIMUM_FILES:]
        self._facts["changed_at"] = time.time()
        _write(self._folder / "state.json", self._facts)

    def count(self, name: str) -> None:
        """One more boot or resync."""
        self.tell(**{name: self._facts[name] + 1})


class Flash:
    """The settings and the certificate authority that survive a reboot."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "flash.json"
        self.authority = folder / "authority.pem"
        self._firmware = folder / "firmware"

    def read(self) -> Settings:
        """The settings kept; none from the factory."""
        try:
            kept: Settings = json.loads(self._file.read_text())
        except FileNotFoundError:
            return {}
        return kept

    def write(self, settings: Settings) -> None:
        """Keep the settings."""
        _write(self._file, settings)

    def firmware(self) -> str | None:
        """The version it was given; none with the one from the factory."""
        return self._firmware.read_text() if self._firmware.exists() else None

    def write_firmware(self, version: str) -> None:
        """Keep the version."""
        self._firmware.write_text(version)


def _write(path: Path, value: object) -> None:
    part = path.with_suffix(".part")
    part.touch(mode=0o600)
    part.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n")
    os.replace(part, path)

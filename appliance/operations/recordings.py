"""Recordings of the office: prompts and music on hold that somebody made elsewhere and gives the box as a file."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from appliance.changes.outcome import Outcome
from appliance.changes.recordings import forget_recording
from appliance.errors import BelboxError
from appliance.office.problems import InvalidValueError, Problem
from appliance.operations.box import Box
from appliance.operations.objects import Listed, Objects
from appliance.prompts.library import import_recording

PROMPT, MUSIC = "prompt", "music"
MOST_RECORDING_BYTES = 64 * 1024 * 1024  # six minutes as a music disc has them; a greeting takes one
_PIECE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Recordings:
    """Those of one box; `kind` is prompt or music."""

    box: Box
    objects: Objects

    def keep(self, kind: str, name: str, file: IO[bytes], *, title: str, author: str) -> Outcome:
        """Take a recording in, as the sound of a prompt or one more piece of music; an empty `name` makes a new one.

        Problems of the file have the field `file`, others their place in the office.
        """
        listed = self.objects.find(kind, name) if name else None
        row = {"name": title} if listed is None else dict(listed.row)
        try:
            made = self._imported(file)
        except InvalidValueError as fault:
            return Outcome(None, (fault.at("file"),))
        except (BelboxError, OSError) as fault:
            return Outcome(None, (Problem(where="file", rule="recording-not-kept", cause=fault),))
        row |= {"recordings": list(dict.fromkeys([*_of(kind, listed), made]))} if kind == MUSIC else {"recording": made}
        return self.objects.put(kind, name, row, author=author, seen=listed.fingerprint if listed else "")

    def drop(self, kind: str, name: str, fingerprint: str, *, author: str) -> Outcome:
        """Let a recording go; a prompt is spoken from its text then."""
        listed = self.objects.find(kind, name)
        if listed is None or fingerprint not in _of(kind, listed):
            return Outcome(None)
        if kind == PROMPT:
            return forget_recording(self.box.changer(author), name)
        row = {**listed.row, "recordings": [one for one in _of(kind, listed) if one != fingerprint]}
        return self.objects.put(kind, name, row, author=author, seen=listed.fingerprint)

    def of(self, kind: str, name: str) -> tuple[str, ...]:
        """Return the fingerprints of what was recorded, in the order of playing."""
        return _of(kind, self.objects.find(kind, name))

    def sound(self, kind: str, name: str, fingerprint: str) -> bytes | None:
        """Return a recording as a WAV; None where this one has no such."""
        path = self.box.paths.recordings / f"{fingerprint}.wav"
        return path.read_bytes() if fingerprint in self.of(kind, name) and path.is_file() else None

    def _imported(self, file: IO[bytes]) -> str:
        self.box.paths.recordings.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.box.paths.recordings, prefix=".") as folder:
            given = Path(folder) / "given"
            with given.open("wb") as target:
                while piece := file.read(_PIECE_BYTES):
                    target.write(piece)
            return import_recording(given, self.box.paths.recordings)


def _of(kind: str, listed: Listed | None) -> tuple[str, ...]:
    row = listed.row if listed is not None else {}
    found = row.get("recordings") or () if kind == MUSIC else (row.get("recording"),)
    return tuple(str(one) for one in found if one)

"""PINs of voicemail boxes that were changed at a phone: the switch keeps them beside the messages, and they win.

A PIN that the console sets later wins again: the phone's is set aside before the switch reads its boxes, brought back
if the apply is undone, and forgotten once it has held.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from appliance.apply.generations import Generation, Generations
from appliance.compiler import voicemail_conf
from appliance.paths import Paths

_PHONES_PIN = "secret.conf"  # app_voicemail.c, passwordlocation=spooldir
_ASIDE = "secret.aside"


def set_phones_pins_aside(paths: Paths, earlier: Generation | None, later: Generation) -> None:
    """Let the console's PIN be the one of each box whose PIN it has changed since the earlier generation."""
    if earlier is None:
        return
    generations = Generations(paths)
    before, after = (_pins(generations.folder(one.number)) for one in (earlier, later))
    for box in before.keys() | after.keys():
        place = paths.voicemail_boxes / box / _PHONES_PIN
        if before.get(box) != after.get(box) and place.exists():
            place.rename(place.with_name(_ASIDE))


def bring_phones_pins_back(paths: Paths) -> None:
    """Undo `set_phones_pins_aside`."""
    for place in _set_aside(paths):
        place.rename(place.with_name(_PHONES_PIN))


def forget_phones_pins(paths: Paths) -> None:
    """The console's PINs have held."""
    for place in _set_aside(paths):
        place.unlink()


def _set_aside(paths: Paths) -> Iterator[Path]:
    return paths.voicemail_boxes.glob(f"*/{_ASIDE}")


def _pins(generation: Path) -> dict[str, str]:
    return voicemail_conf.pins_in((generation / "asterisk" / "voicemail.conf").read_text())

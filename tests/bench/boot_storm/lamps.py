"""Which numbers a phone's delivered settings make it watch, as each brand reads its own (positions 1 to 24)."""

from __future__ import annotations

import re
from collections.abc import Mapping

MOST_KEYS = 24


def watched(brand: str, settings: Mapping[str, str]) -> tuple[str, ...]:
    """Return the numbers of the keys that are lamps, in the order of the keys."""
    of_key = {"yealink": _yealink, "snom": _snom, "grandstream": _grandstream, "panasonic": _panasonic}[brand]
    found = (of_key(position, settings) for position in range(1, MOST_KEYS + 1))
    return tuple(number for number in found if number)


def _yealink(position: int, settings: Mapping[str, str]) -> str:
    own = f"linekey.{position}"
    return settings.get(f"{own}.value", "") if settings.get(f"{own}.type") == "16" else ""


def _snom(position: int, settings: Mapping[str, str]) -> str:
    found = re.match(r"blf sip:([^@]+)@", settings.get(f"fkey[{position - 1}]", ""))
    return found[1] if found else ""


def _grandstream(position: int, settings: Mapping[str, str]) -> str:
    """A GRP2614: six keys, ten more on the screen, then those beside it (each with P-values of its own)."""
    if position <= 6:
        mode, value, lamp = 1361 + 2 * position, 1464 + 2 * position, "11"
    elif position <= 16:
        mode, value, lamp = 23800 + 4 * (position - 7), 23803 + 4 * (position - 7), "11"
    else:
        mode, value, lamp = 306 + position, 300 + 3 * (position - 16), "1"
        if position > 23:
            mode, value = 353, 356
    return settings.get(f"P{value}", "") if settings.get(f"P{mode}") == lamp else ""


def _panasonic(position: int, settings: Mapping[str, str]) -> str:
    is_lamp = settings.get(f"FLEX_BUTTON_FACILITY_ACT{position}") == "X_PANASONIC_IPTEL_BLF"
    return settings.get(f"FLEX_BUTTON_FACILITY_ARG{position}", "") if is_lamp else ""

"""A phone with its keys as a picture (SVG): the screen in the middle, the keys of each page left and right of it.

Colours and type are the style sheet's (`.picture`), for a page allows no style of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from appliance.operations.phone_keys import PhoneDetail, PlacedKey
from appliance.words.texts import text

KEY_WIDTH, KEY_HEIGHT, GAP, MARGIN = 168, 30, 6, 14
SCREEN_WIDTH, HEAD = 150, 28
MOST_LETTERS = 17  # of a label beside its number
_MARKS = {
    "line": "☎", "colleague": "●", "group": "●", "mode": "◐", "night": "☾", "parking": "P", "call": "↗", "pickup": "⇱",
}  # fmt: skip


def phone_picture(detail: PhoneDetail, language: str) -> str:
    """Return the SVG; every page of the phone, then its expansion modules, one under another."""
    own = [key for key in detail.keys if key.module == 0]
    size = detail.keys_per_page or len(own) or 1
    pages = [own[at : at + size] for at in range(0, len(own), size)] or [[]]
    parts: list[str] = []
    y = MARGIN
    for count, page in enumerate(pages, start=1):
        title = text("key-page", language, number=str(count)) if len(pages) > 1 else ""
        drawn, height = _phone(page, detail.phone.model, title, y)
        parts.append(drawn)
        y += height + MARGIN
    for module in sorted({key.module for key in detail.keys} - {0}):
        keys = [key for key in detail.keys if key.module == module]
        drawn, height = _module(keys, text("key-module", language, number=str(module)), y)
        parts.append(drawn)
        y += height + MARGIN
    width = 2 * KEY_WIDTH + SCREEN_WIDTH + 4 * GAP + 4 * MARGIN
    name = escape(text("key-picture", language, model=detail.phone.model))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {y}" width="{width}" height="{y}" role="img" '
        f'aria-label="{name}"><title>{name}</title>{"".join(parts)}</svg>'
    )


def _phone(keys: Sequence[PlacedKey], model: str, title: str, y: int) -> tuple[str, int]:
    half = (len(keys) + 1) // 2
    rows = max(half, 3)
    height = HEAD + rows * (KEY_HEIGHT + GAP) + GAP
    width = 2 * KEY_WIDTH + SCREEN_WIDTH + 4 * GAP + 2 * MARGIN
    left, screen = 2 * MARGIN, 2 * MARGIN + KEY_WIDTH + GAP
    right = screen + SCREEN_WIDTH + GAP
    top, screen_height = y + HEAD, rows * (KEY_HEIGHT + GAP) - GAP
    parts = [
        f'<rect class="b" x="{MARGIN}" y="{y}" width="{width}" height="{height}" rx="12"/>',
        f'<text class="h" x="{left}" y="{y + 19}">{escape(title or model)}</text>',
        f'<rect class="s" x="{screen}" y="{top}" width="{SCREEN_WIDTH}" height="{screen_height}" rx="6"/>',
        f'<text x="{screen + SCREEN_WIDTH / 2}" y="{top + 24}" text-anchor="middle">{escape(model)}</text>',
    ]
    for at, key in enumerate(keys):
        x, row = (left, at) if at < half else (right, at - half)
        parts.append(_key(key, x, top + row * (KEY_HEIGHT + GAP)))
    return "".join(parts), height


def _module(keys: Sequence[PlacedKey], title: str, y: int) -> tuple[str, int]:
    columns = 3
    rows = -(-len(keys) // columns)
    height = HEAD + rows * (KEY_HEIGHT + GAP) + GAP
    width = 2 * KEY_WIDTH + SCREEN_WIDTH + 4 * GAP + 2 * MARGIN
    parts = [
        f'<rect class="b" x="{MARGIN}" y="{y}" width="{width}" height="{height}" rx="12"/>',
        f'<text class="h" x="{2 * MARGIN}" y="{y + 19}">{escape(title)}</text>',
    ]
    step = (width - 2 * MARGIN) // columns
    for at, key in enumerate(keys):
        column, row = divmod(at, rows)
        parts.append(_key(key, 2 * MARGIN + column * step, y + HEAD + row * (KEY_HEIGHT + GAP), width=step - GAP))
    return "".join(parts), height


def _key(key: PlacedKey, x: int, y: int, width: int = KEY_WIDTH) -> str:
    """One key, which leads to its line in the form when it is in use."""
    shown = key.shown if len(key.shown) <= MOST_LETTERS else key.shown[: MOST_LETTERS - 1] + "…"
    mark = _MARKS.get(key.kind, "")
    drawn = (
        f'<rect class="{"u" if key.kind else "k"}" x="{x}" y="{y}" width="{width}" height="{KEY_HEIGHT}" rx="6"/>'
        f'<text class="n" x="{x + 6}" y="{y + 19}">{key.position}</text>'
        f'<text x="{x + 28}" y="{y + 20}">{mark} {escape(shown)}</text>'
    )
    title = f"<title>{escape(key.shown)}</title>" if key.kind else ""
    return f"<g>{title}{drawn}</g>"

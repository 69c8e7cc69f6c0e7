"""How the file looks: one table under another, short lists on one line, steps one a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date

from appliance.office.declared.tables import Inline

LINE_LETTERS = 110
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")  # TOML 1.0, Keys
_NOT_IN_TOML = re.compile("[\ud800-\udfff]")  # half pairs are no Unicode text


def lay_out(tree: Mapping[str, object]) -> str:
    """Return a tree as TOML: a dict is a table, a list of dicts an array of tables, an Inline a table on one line."""
    return "\n".join(_tables(tree, ())).lstrip("\n") + "\n"


def _tables(table: Mapping[str, object], path: tuple[str, ...]) -> Iterator[str]:
    """Yield the lines of a table: its own keys first, as the grammar wants it, and what lies below it after them."""
    for key, value in table.items():
        if not _is_below(value):
            yield f"{_key(key)} = {_value(value, len(key) + 3)}"
    for key, value in table.items():
        below = (*path, _key(key))
        if isinstance(value, dict) and _is_below(value):
            if not value or not all(_is_below(one) for one in value.values()):
                yield from ("", f"[{'.'.join(below)}]")
            yield from _tables(value, below)
        elif isinstance(value, list) and _is_below(value):
            for row in value:
                yield from ("", f"[[{'.'.join(below)}]]")
                yield from _tables(row, below)


def _is_below(value: object) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(one, dict) and not isinstance(one, Inline) for one in value)
    return isinstance(value, dict) and not isinstance(value, Inline)


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else _text(key)


def _value(value: object, letters_before: int = 0) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _text(value)
        case date():  # a date with a time is one too
            return value.isoformat()
        case dict():
            pairs = ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items())
            return f"{{ {pairs} }}" if pairs else "{}"
        case list():
            written = [_value(one) for one in value]
            line = f"[{', '.join(written)}]"
            if letters_before + len(line) <= LINE_LETTERS and not any(isinstance(one, Inline) for one in value):
                return line
            return "[\n" + "".join(f"    {one},\n" for one in written) + "]"
        case _:
            return str(value)


def _text(text: str) -> str:
    """Return a basic string: its escapes are JSON's, and DEL is one more letter that must be escaped."""
    return json.dumps(_NOT_IN_TOML.sub("\ufffd", text), ensure_ascii=False).replace("\x7f", "\\u007f")

"""The grammar of Asterisk's .conf files: sections, options, comments; the only place that escapes values.

Source: Asterisk main/config.c, process_text_line: `;` starts a comment unless a backslash stands before it,
a line break ends a value, everything else is literal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

HEADER = "; Made by Belbox from the office's settings. Changes here are lost at the next apply.\n"


@dataclass(frozen=True, slots=True)
class Section:
    """`[name]`, a comment that says whose it is, and its options in order."""

    name: str
    options: tuple[tuple[str, str], ...]
    comment: str = ""


def render_sections(sections: Iterable[Section]) -> str:
    """Return the text of a whole file."""
    return HEADER + "".join(f"\n{_section(section)}" for section in sections)


def ends_a_line(value: str) -> bool:
    """Tell whether Asterisk would take the value for more than one line."""
    return "\n" in value or "\r" in value or "\0" in value


def escape_value(value: str) -> str:
    """Return the value as the right side of an option; ValueError if it has a line break."""
    if ends_a_line(value):
        raise ValueError("a value with a line break cannot stand in a .conf file")
    return value.replace(";", "\\;")


def comment_line(text: str) -> str:
    """Return a comment line; whatever the text holds, it stays one."""
    return "; " + " ".join(text.split()) + "\n"


def quoted_caller(name: str, number: str) -> str:
    """Return a caller as Asterisk's caller id options read it: "name" <number>."""
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}" <{number}>'


def _section(section: Section) -> str:
    lines = [comment_line(section.comment)] if section.comment else []
    lines.append(f"[{section.name}]\n")
    lines += [f"{option} = {escape_value(value)}\n" for option, value in section.options]
    return "".join(lines)

"""Typed dial plan: contexts, extensions and steps, written as extensions.conf.

Values that reach a step are ids, digits and counts, never text a person typed; names stand in comments only.
Source: Asterisk documentation, "Contexts, Extensions, and Priorities".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from appliance.compiler.conf_text import HEADER, comment_line, ends_a_line, escape_value

_LABEL = re.compile(r"[a-z][a-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Do:
    """One application with its arguments, and the label others jump to."""

    application: str
    arguments: str = ""
    label: str = ""

    def __post_init__(self) -> None:
        if self.label and not _LABEL.fullmatch(self.label):
            raise ValueError(f"not a label: {self.label!r}")
        if ends_a_line(self.arguments):
            raise ValueError(f"not one line of arguments: {self.arguments!r}")


@dataclass(frozen=True, slots=True)
class DialplanExtension:
    """A number or pattern and what is done for it, in order."""

    pattern: str
    steps: tuple[Do, ...]


@dataclass(frozen=True, slots=True)
class Hint:
    """What a lamp for this number shows: the state of one device or several, joined by &."""

    number: str
    devices: str


@dataclass(frozen=True, slots=True)
class Context:
    """A named set of extensions; `comment` carries the object's name for whoever reads the file."""

    name: str
    extensions: tuple[DialplanExtension | Hint, ...]
    comment: str = ""
    includes: tuple[str, ...] = ()


def render_contexts(global_variables: Mapping[str, str], contexts: Iterable[Context]) -> str:
    """Return extensions.conf."""
    variables = "".join(f"{name} = {value}\n" for name, value in global_variables.items())
    return f"{HEADER}\n[globals]\n{variables}" + "".join(_context(context) for context in contexts)


def merge(contexts: Iterable[Context]) -> list[Context]:
    """Put contexts of the same name together, in the place of the first; its comment stays."""
    merged: dict[str, Context] = {}
    for context in contexts:
        first = merged.get(context.name)
        if first is None:
            merged[context.name] = context
        else:
            both = (*first.extensions, *context.extensions)
            merged[context.name] = replace(first, extensions=both, includes=(*first.includes, *context.includes))
    return list(merged.values())


def _without_landings(steps: tuple[Do, ...]) -> list[Do]:
    """Give the label of a step that does nothing to the one after it: a call need not stop there."""
    kept: list[Do] = []
    for step in steps:
        landing = kept[-1] if kept else None
        if landing and landing.label and not step.label and (landing.application, landing.arguments) == ("NoOp", ""):
            kept[-1] = replace(step, label=landing.label)
        else:
            kept.append(step)
    return kept


def _context(context: Context) -> str:
    lines = ["\n", comment_line(context.comment) if context.comment else "", f"[{context.name}]\n"]
    lines += [f"include => {name}\n" for name in context.includes]
    for extension in context.extensions:
        if isinstance(extension, Hint):
            lines.append(f"exten => {extension.number},hint,{extension.devices}\n")
            continue
        for index, step in enumerate(_without_landings(extension.steps)):
            label = f"({step.label})" if step.label else ""
            call = f"{step.application}({escape_value(step.arguments)})"
            if index == 0:
                lines.append(f"exten => {extension.pattern},1{label},{call}\n")
            else:
                lines.append(f" same => n{label},{call}\n")
    return "".join(lines)

"""Walks a compiled dial plan on paper, as far as what becomes of a dialled number: no Asterisk, thousands a second.

Knows the applications and functions that reading and judging a number uses, and stops at every other one. Which pattern
fits is decided as Asterisk does: the context's own extensions first, an exact one before patterns, the more exact
pattern before the less exact, then what is included, in order (pbx.c, pbx_find_extension, ext_cmp).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

MOST_STEPS = 500
_LINE = re.compile(r"exten => (.*?),1(?:\(([\w-]+)\))?,(\w+)\((.*)\)$")
_NEXT = re.compile(r" same => n(?:\(([\w-]+)\))?,(\w+)\((.*)\)$")
_SETS = {"X": "0123456789", "Z": "123456789", "N": "23456789"}
_COMPARED = re.compile(r'^\s*(".*?"|\S+)\s*(>=|<=|!=|=|>|<)\s*(".*?"|\S+)\s*$', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a call on paper came to: an application that is not known here, or a place that is not there."""

    context: str
    exten: str
    application: str
    variables: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Step:
    application: str
    arguments: str


@dataclass(slots=True)
class _Extension:
    pattern: str
    steps: list[_Step]
    labels: dict[str, int]
    test: re.Pattern[str] | None
    order: tuple[tuple[int, str], ...]


class PaperSwitch:
    """One dial plan; `run` follows a call through it."""

    def __init__(self, extensions_conf: str) -> None:
        self._exact: dict[str, dict[str, _Extension]] = {}
        self._patterns: dict[str, list[_Extension]] = {}
        self._includes: dict[str, list[str]] = {}
        self._read(extensions_conf)
        self._find = lru_cache(maxsize=100_000)(self._found)

    def run(self, context: str, exten: str, variables: Mapping[str, str], stop_at: frozenset[str]) -> Stop:
        """Follow a call until it enters a context of `stop_at`, or does something that is not known here."""
        return _Run(self, dict(variables), stop_at).follow(context, exten)

    def exists(self, context: str, exten: str) -> bool:
        """As DIALPLAN_EXISTS."""
        return self._find(context, exten) is not None

    def find(self, context: str, exten: str) -> _Extension | None:
        """Return the extension that fits best."""
        return self._find(context, exten)

    def _found(self, context: str, exten: str) -> _Extension | None:
        exact = self._exact.get(context, {}).get(exten)
        if exact is not None:
            return exact
        for extension in self._patterns.get(context, ()):
            if extension.test is not None and extension.test.match(exten):
                return extension
        for name in self._includes.get(context, ()):
            found = self._found(name, exten)
            if found is not None:
                return found
        return None

    def _read(self, text: str) -> None:
        context, extension = "", None
        for line in text.replace("\\;", ";").splitlines():
            if line.startswith("["):
                context = line[1:-1]
            elif line.startswith("include => "):
                self._includes.setdefault(context, []).append(line.removeprefix("include => "))
            elif found := _LINE.match(line):
                pattern, label, application, arguments = found.groups()
                extension = _Extension(pattern, [], {}, _test(pattern), _order(pattern))
                self._keep(context, extension)
                _add(extension, label, application, arguments)
            elif (found := _NEXT.match(line)) and extension is not None:
                _add(extension, *found.groups())
        for patterns in self._patterns.values():
            patterns.sort(key=lambda one: one.order)

    def _keep(self, context: str, extension: _Extension) -> None:
        if extension.test is None:
            self._exact.setdefault(context, {}).setdefault(extension.pattern, extension)
        else:
            self._patterns.setdefault(context, []).append(extension)


def _add(extension: _Extension, label: str | None, application: str, arguments: str) -> None:
    extension.steps.append(_Step(application, arguments))
    if label:
        extension.labels[label] = len(extension.steps)


def _parts(pattern: str) -> Iterator[str]:
    """The signs of a pattern, each a set of what fits, or `.` or `!`."""
    for part in re.findall(r"\[[^\]]*\]|.", pattern):
        if part.startswith("["):
            yield re.sub(r"(\d)-(\d)", lambda one: "".join(map(str, range(int(one[1]), int(one[2]) + 1))), part[1:-1])
        else:
            yield _SETS.get(part, part)


def _test(pattern: str) -> re.Pattern[str] | None:
    if not pattern.startswith("_"):
        return None
    ends = {".": ".+", "!": ".*"}
    return re.compile(
        "".join(ends.get(part) or f"[{re.escape(part)}]" for part in _parts(pattern[1:])) + r"\Z", re.DOTALL
    )


def _order(pattern: str) -> tuple[tuple[int, str], ...]:
    """Fewer signs that fit come first; `.` and `!` last, in this order (ext_cmp_pattern_pos)."""
    return tuple(
        (1000, "") if part == "." else (1001, "") if part == "!" else (len(set(part)), part)
        for part in _parts(pattern.removeprefix("_"))
    )


class _Run:
    def __init__(self, plan: PaperSwitch, variables: dict[str, str], stop_at: frozenset[str]) -> None:
        self.plan = plan
        self.variables = variables
        self.stop_at = stop_at
        self.stack: list[tuple[str, str, _Extension, int, dict[str, str | None]]] = []

    def follow(self, context: str, exten: str) -> Stop:
        found = self._enter(context, exten, "1")
        for _ in range(MOST_STEPS):
            if isinstance(found, Stop):
                return found
            context, exten, extension, place = found
            self.variables |= {"EXTEN": exten, "CONTEXT": context}
            if place >= len(extension.steps):
                return self._stop(context, exten, "end of the extension")
            step = extension.steps[place]
            found = self._do(step.application, self._whole(step.arguments), context, exten, extension, place)
        return self._stop(context, exten, "too many steps")

    def _do(
        self, application: str, arguments: str, context: str, exten: str, extension: _Extension, place: int
    ) -> Stop | tuple[str, str, _Extension, int]:
        following = (context, exten, extension, place + 1)
        match application:
            case "Set":
                self._set(arguments)
            case "MSet":
                for one in arguments.split(","):
                    self._set(one)
            case "NoOp":
                pass
            case "Goto":
                return self._go(arguments, following)
            case "GotoIf":
                condition, _, places = arguments.partition("?")
                then, _, otherwise = places.partition(":")
                wanted = then if _is_true(condition) else otherwise
                return self._go(wanted, following) if wanted else following
            case "ExecIf":
                condition, _, rest = arguments.partition("?")
                if _is_true(condition):
                    inner = re.match(r"(\w+)\((.*)\)", rest, re.DOTALL)
                    assert inner, rest
                    return self._do(inner[1], inner[2], context, exten, extension, place)
            case "Gosub":
                where, _, _ = arguments.partition("(")
                entered = self._place(where, following)
                if isinstance(entered, Stop):
                    return entered
                self.stack.append((context, exten, extension, place + 1, {}))
                return entered
            case "Return":
                if not self.stack:
                    return self._stop(context, exten, "Return")
                back_context, back_exten, back, back_place, kept = self.stack.pop()
                for name, value in kept.items():
                    if value is None:
                        self.variables.pop(name, None)
                    else:
                        self.variables[name] = value
                self.variables["GOSUB_RETVAL"] = arguments
                return back_context, back_exten, back, back_place
            case _:
                return self._stop(context, exten, application)
        return following

    def _stop(self, context: str, exten: str, application: str) -> Stop:
        return Stop(context, exten, application, self.variables)

    def _set(self, one: str) -> None:
        name, _, value = one.partition("=")
        if name.startswith("LOCAL("):
            name = name[6:-1]
            if self.stack:
                self.stack[-1][4].setdefault(name, self.variables.get(name))
        self.variables[name.lstrip("_")] = value

    def _go(self, where: str, now: tuple[str, str, _Extension, int]) -> Stop | tuple[str, str, _Extension, int]:
        return self._place(where, now)

    def _place(self, where: str, now: tuple[str, str, _Extension, int]) -> Stop | tuple[str, str, _Extension, int]:
        parts = where.split(",")
        if len(parts) == 1:
            context, exten, extension, _ = now
            return context, exten, extension, self._priority(extension, parts[0])
        if len(parts) == 2:
            return self._enter(now[0], parts[0], parts[1])
        return self._enter(*parts)

    def _enter(self, context: str, exten: str, priority: str) -> Stop | tuple[str, str, _Extension, int]:
        if context in self.stop_at:
            return self._stop(context, exten, "")
        extension = self.plan.find(context, exten)
        if extension is None:
            return self._stop(context, exten, "not there")
        return context, exten, extension, self._priority(extension, priority)

    @staticmethod
    def _priority(extension: _Extension, wanted: str) -> int:
        return int(wanted) - 1 if wanted.isdigit() else extension.labels[wanted] - 1

    def _whole(self, text: str) -> str:
        """Put in what ${...} and $[...] stand for, from the inside."""
        if "$" not in text:
            return text
        out, place = [], 0
        while place < len(text):
            if text.startswith(("${", "$["), place):
                end = _closing(text, place + 1)
                inner = self._whole(text[place + 2 : end])
                out.append(self._value(inner) if text[place + 1] == "{" else _expression(inner))
                place = end + 1
            else:
                out.append(text[place])
                place += 1
        return "".join(out)

    def _value(self, text: str) -> str:
        if function := re.match(r"([A-Z_]+)\((.*)\)((?::-?\d+){0,2})$", text, re.DOTALL):
            return _slice(self._function(function[1], function[2]), function[3])
        name, colon, places = text.partition(":")
        return _slice(self.variables.get(name, ""), colon + places)

    def _function(self, name: str, given: str) -> str:
        match name:
            case "LEN":
                return str(len(given))
            case "FILTER":
                allowed, _, text = given.partition(",")
                letters = re.sub(r"\\x([0-9a-f]{2})", lambda one: re.escape(chr(int(one[1], 16))), allowed)
                signs = re.compile(f"[{letters.replace('+*#', re.escape('+*#'))}]")
                return "".join(signs.findall(text))
            case "REGEX":
                _, pattern, text = given.split('"', 2)
                return "1" if _posix(pattern).search(text[1:]) else "0"
            case "IF":
                condition, _, values = given.partition("?")
                then, _, otherwise = values.partition(":")
                return then if _is_true(condition) else otherwise
            case "DIALPLAN_EXISTS":
                context, exten, _ = given.split(",")
                return "1" if self.plan.exists(context, exten) else "0"
            case "DB":
                return self.variables.get(f"DB({given})", "")
            case _:
                return self.variables.get(f"{name}({given})", "")


@lru_cache(maxsize=10_000)
def _posix(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _closing(text: str, opening: int) -> int:
    """Return where the bracket that opens here closes."""
    pairs = {"{": "}", "[": "]"}
    opens, closes = text[opening], pairs[text[opening]]
    depth = 0
    for place in range(opening, len(text)):
        depth += (text[place] == opens) - (text[place] == closes)
        if depth == 0:
            return place
    raise ValueError(f"a bracket is not closed: {text}")


def _slice(value: str, places: str) -> str:
    if not places:
        return value
    start, _, length = places[1:].partition(":")
    cut = value[int(start) :]
    return cut[: int(length)] if length else cut


def _is_true(text: str) -> bool:
    return text not in {"", "0"}


def _expression(text: str) -> str:
    """Compare and reckon as ast_expr2 does, with | below & below comparisons below + and -."""
    for sign in "|&":
        parts = _split(text, sign)
        if len(parts) > 1:
            truths = [_is_true(_expression(part)) for part in parts]
            return "1" if (any if sign == "|" else all)(truths) else "0"
    text = text.strip()
    if text.startswith("(") and text.endswith(")"):
        return _expression(text[1:-1])
    if compared := _COMPARED.match(text):
        left, sign, right = (_plain(part) for part in compared.groups())
        if re.fullmatch(r"-?\d+", left) and re.fullmatch(r"-?\d+", right):
            difference = int(left) - int(right)
        else:
            difference = (left > right) - (left < right)
        holds = {"=": difference == 0, "!=": difference != 0, ">": difference > 0, "<": difference < 0,
                 ">=": difference >= 0, "<=": difference <= 0}  # fmt: skip
        return "1" if holds[sign] else "0"
    if reckoned := re.fullmatch(r"(-?\d+)\s*([+-])\s*(\d+)", text):
        other = int(reckoned[2] + reckoned[3])
        return str(int(reckoned[1]) + other)
    return _plain(text)


def _split(text: str, sign: str) -> list[str]:
    """Split where the sign stands outside of quotes and brackets, with blanks around it."""
    parts, depth, quoted, start = [], 0, False, 0
    for place, letter in enumerate(text):
        quoted ^= letter == '"'
        depth += (letter == "(") - (letter == ")") if not quoted else 0
        if letter == sign and depth == 0 and not quoted:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]


def _plain(text: str) -> str:
    return text.strip().removeprefix('"').removesuffix('"')

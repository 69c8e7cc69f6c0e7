"""What stands in a form: the texts as typed, and what is wrong with each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge, UnprocessableEntity

from appliance.office.problems import Problem

LONGEST_TEXT = 20_000  # letters of one field; a pasted list of 300 employees has 9,000


class FieldTooLong(RequestEntityTooLarge):
    """A field has more than LONGEST_TEXT letters; cut off, it would not be what was typed."""


class NoSuchChoice(UnprocessableEntity):
    """A field that offers a choice has a value that was not offered: the page is old, or no page at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """`values` by field; a problem's `where` is the field it belongs to."""

    values: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def value(self, name: str) -> str:
        """Return what stands in a field."""
        return self.values.get(name, "")

    def at(self, name: str) -> tuple[Problem, ...]:
        """Return what is wrong with a field."""
        return tuple(problem for problem in self.problems if problem.where == name)

    def beside(self, *names: str) -> tuple[Problem, ...]:
        """Return what is wrong and belongs to none of these fields."""
        return tuple(problem for problem in self.problems if problem.where not in names)


def is_sent() -> bool:
    """Tell whether this request sends a form: nothing but a POST does, whatever body another one carries."""
    return request.method == "POST"


def typed(name: str) -> str:
    """Return a field of the form that this request sends, as typed; nothing when it sends none."""
    if not is_sent():
        return ""
    text = request.form.get(name, "")
    if len(text) > LONGEST_TEXT:
        raise FieldTooLong
    return text


def chosen(name: str, *choices: str) -> str:
    """Return a field of the request that has one of these values; raise NoSuchChoice."""
    text = typed(name)
    if text not in choices:
        raise NoSuchChoice
    return text


def typed_form(*names: str) -> dict[str, str]:
    """Return several fields of the request as typed."""
    return {name: typed(name) for name in names}


def path_back() -> str:
    """Return the path of the page on which the form stood; empty where it says none of this box."""
    back = typed("back")
    # Only a path of this box: "//host" and "/\\host" would lead away.
    is_here = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable()
    return back if is_here else ""

"""Short numbers and ids: how the rows of a document name each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from appliance.office.problems import InvalidValueError


@dataclass(slots=True)
class NamesInDocument:
    """Of each kind: the ids that stand in the document, and the id of whoever has a number."""

    ids: dict[str, set[str]] = field(default_factory=dict)
    numbered: dict[str, dict[str, str]] = field(default_factory=dict)

    def learn(self, kind: str, one: str, number: str | None) -> None:
        """Note that this object stands in the document; the first that has a number keeps it."""
        self.ids.setdefault(kind, set()).add(one)
        if number is not None:
            self.numbered.setdefault(kind, {}).setdefault(number, one)

    def id_of(self, kind: str, text: str) -> str:
        """Return whom a number or an id means; raise InvalidValueError."""
        word = text.strip()
        found = self.numbered.get(kind, {}).get(word)
        if found is not None:
            return found
        if word in self.ids.get(kind, ()):
            return word
        raise InvalidValueError(f"no-such-{kind.replace('_', '-')}", value=word)

    def kind_with_number(self, number: str, kinds: tuple[str, ...]) -> tuple[str, str] | None:
        """Return the kind and the id of whoever has a short number."""
        for kind in kinds:
            if number in self.numbered.get(kind, {}):
                return kind, self.numbered[kind][number]
        return None


@dataclass(frozen=True, slots=True)
class Writing:
    """What a value needs to be written: of each kind the numbers of objects by id, and whether secrets may be.

    `with_defaults`: what is as delivered is written too, unless that is nothing.
    """

    numbers: Mapping[str, Mapping[str, str]]
    with_secrets: bool
    with_defaults: bool = False

    def number_of(self, kind: str, one: str) -> str | None:
        """Return the number of an object, if it has one."""
        return self.numbers.get(kind, {}).get(one)

    def name_of(self, kind: str, one: str) -> str:
        """Return the number of an object, or its id if it has none."""
        return self.number_of(kind, one) or one

"""A subject of the office: something it has many of, or one of, with its table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from appliance.office.declared.keys import IdKey
from appliance.office.declared.place import Place, place_of
from appliance.office.declared.reading import Reading
from appliance.office.declared.tables import Table
from appliance.office.office import Office


@dataclass(frozen=True, slots=True)
class Subject:
    """`kind` is the table's name in the office file, `attribute` the office's.

    `called`: the attribute by which places name an object; `number_key`: the key with the number by which other
    tables may name it. `is_one`: the office has one of it, or none. `first`: the keys that a form shows at once, where
    it folds the others away; none: it shows all.
    """

    kind: str
    attribute: str
    table: Table[Any]
    called: str = "id"
    number_key: str = ""
    is_one: bool = False
    first: tuple[str, ...] = ()

    @property
    def has_ids(self) -> bool:
        """Whether its objects have ids."""
        return any(isinstance(part, IdKey) for part in self.table.parts)

    def id_of(self, row: Mapping[str, object], reading: Reading) -> str | None:
        """Return a row's id, written or derived; None if there is none that can be read."""
        return next((part.of(row, reading) for part in self.table.parts if isinstance(part, IdKey)), None)

    def objects(self, office: Office) -> tuple[Any, ...]:
        """Return what the office has of it."""
        held = getattr(office, self.attribute)
        if self.is_one:
            return () if held is None else (held,)
        return tuple(held)

    def put_in(self, office: Office, held: Any) -> Office:
        """Return the office with these objects, or with this one where there is only one."""
        changed: dict[str, Any] = {self.attribute: held}
        return replace(office, **changed)

    def name_of(self, thing: Any) -> str:
        """Return what tells an object from others of its kind: its id, or what stands for one; "" of the only one."""
        return "" if self.is_one else str(thing.id if self.has_ids else getattr(thing, self.called))

    def title_of(self, thing: Any) -> str:
        """Return what a person calls an object: its number and its name, as far as it has them; else its id."""
        if self.is_one:
            return ""
        named = (self.number_key, "" if self.called == "id" else self.called, "name")
        words = [str(part) for part in (getattr(thing, one, None) for one in named if one) if part]
        return " ".join(dict.fromkeys(words)) or self.name_of(thing)

    def place(self, thing: Any) -> Place:
        """Return where an object stands."""
        return place_of(self.kind) if self.is_one else place_of(self.kind, str(getattr(thing, self.called)))

"""Keys of a table: one value each, an id, or a secret."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from appliance.office.declared.kinds import Kind, Leaf, Parsed, SecretText
from appliance.office.declared.known_names import Writing
from appliance.office.declared.moving import Move, NothingLeftError
from appliance.office.declared.place import Place
from appliance.office.declared.reading import AlreadyReported, Reading, Row, SecretMaker
from appliance.office.ids import check_id
from appliance.office.problems import InvalidValueError
from appliance.office.secret import Secret


@dataclass(frozen=True, slots=True)
class ListOf:
    """What a column holds that is tables one below the other (Rows).

    `item` names one of them in places, with its key `called` or its position.
    """

    kind: Kind[Any]
    item: str
    called: str = ""


@dataclass(frozen=True, slots=True)
class MapOf:
    """What a column holds that is a table for each of some keys, such as those of a telephone."""

    keys: tuple[str, ...]
    kind: Kind[Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A key of a row, as a form and a schema need it. `default`: what a new object has there; None for nothing.

    `is_made`: the box makes the value, and no person types it.
    """

    key: str
    kind: Kind[Any] | ListOf | MapOf
    is_required: bool = False
    default: object = None
    is_made: bool = False

    def blank(self, writing: Writing) -> object:
        """Return what the row of a new object has here; None for nothing."""
        if self.default is None or self.default == "" or isinstance(self.kind, ListOf | MapOf):
            return None
        return self.kind.write(self.default, writing)


class TablePart(Protocol):
    """One or more keys of a table. `defaults` are those of the class the table is of."""

    def read(self, row: Row, defaults: Mapping[str, object]) -> Mapping[str, object]:
        """Return attributes; one that is left out has its default, or its fault is noted."""

    def write(self, thing: Any, writing: Writing, defaults: Mapping[str, object]) -> Mapping[str, object]:
        """Return keys and values; a default is left out."""

    def columns(self, defaults: Mapping[str, object]) -> Iterator[Column]:
        """Return the keys, in the order in which a person meets them."""

    def leaves(self, thing: Any, walk: Walk, defaults: Mapping[str, object]) -> Iterator[Leaf]:
        """Return the values below these keys that are not as delivered."""

    def moved(self, thing: Any, move: Move, defaults: Mapping[str, object]) -> Mapping[str, object]:
        """Return the attributes that change once an object has gone; NothingLeftError."""


@dataclass(frozen=True, slots=True)
class Walk:
    """Where a walk through an object is: the table's place, the prefix of its keys there, whose calls are sent on."""

    place: Place
    owner: tuple[str, str]
    prefix: str = ""

    def below(self, key: str, row: str | int = "") -> Place:
        """Return the place of a key."""
        return self.place.below(self.prefix + key, row)


@dataclass(frozen=True, slots=True)
class Key:
    """One key for one attribute (of the same name, unless said).

    `absent` gives a value that is not written. `applies`: whether the object uses the setting, as the rest of it is
    set now. `is_made`: the box makes the value, and no person types it.
    """

    key: str
    kind: Kind[Any]
    attribute: str = ""
    is_always_written: bool = False
    absent: Callable[[Reading], object] | None = None
    applies: Callable[[Any], bool] = lambda _thing: True
    is_made: bool = False

    def read(self, row: Row, defaults: Mapping[str, object]) -> Mapping[str, object]:
        """Return the attribute."""
        attribute, spot = self.attribute or self.key, row.spot_of(self.key)
        if not row.has(self.key):
            if self.absent is not None:
                return {attribute: self.absent(spot.reading)}
            if attribute not in defaults:
                spot.note("missing", value=row.prefix + self.key)
            return {}
        try:
            return {attribute: self.kind.read(row.value(self.key), spot)}
        except InvalidValueError as fault:
            spot.note_fault(fault)
        except AlreadyReported:
            pass
        return {}

    def write(self, thing: Any, writing: Writing, defaults: Mapping[str, object]) -> Mapping[str, object]:
        """Return the key, unless it would say the default."""
        attribute = self.attribute or self.key
        value = getattr(thing, attribute)
        if attribute in defaults and value == defaults[attribute]:
            is_said = (value is not None and value != "") if writing.with_defaults else self.is_always_written
            if not is_said:
                return {}
        return {self.key: self.kind.write(value, writing)}

    def columns(self, defaults: Mapping[str, object]) -> Iterator[Column]:
        """Return the key."""
        attribute = self.attribute or self.key
        is_required = attribute not in defaults and self.absent is None
        yield Column(self.key, self.kind, is_required, defaults.get(attribute), self.is_made)

    def leaves(self, thing: Any, walk: Walk, defaults: Mapping[str, object]) -> Iterator[Leaf]:
        """Return those of the value."""
        attribute = self.attribute or self.key
        value = getattr(thing, attribute)
        if attribute in defaults and value == defaults[attribute]:
            return
        found = self.kind.leaves(value, walk.below(self.key), walk.owner)
        yield from found if self.applies(thing) else (replace(leaf, applies=False) for leaf in found)

    def moved(self, thing: Any, move: Move, defaults: Mapping[str, object]) -> Mapping[str, object]:
        """Return the attribute, as delivered where nothing is left."""
        attribute = self.attribute or self.key
        value = getattr(thing, attribute)
        if attribute in defaults and value == defaults[attribute]:
            return {}
        try:
            moved = self.kind.moved(value, move)
        except NothingLeftError:
            if attribute not in defaults:
                raise
            moved = defaults[attribute]
        return {} if moved == value else {attribute: moved}


_GIVEN_ID = Key("id", Parsed(check_id, "an-id"))


@dataclass(frozen=True, slots=True)
class IdKey:
    """The id; `derived` makes one from the value of another key, so that a person need not write ids."""

    source: str = ""
    derived: Callable[[str, Reading], str] | None = None

    def of(self, table: Mapping[str, object], reading: Reading) -> str | None:
        """Return the id of a table without noting any fault; None if it has none that can be read."""
        given = table.get("id")
        if "id" in table:
            return given if isinstance(given, str) else None
        value = table.get(self.source)
        if self.derived is None or not isinstance(value, str):
            return None
        try:
            return check_id(self.derived(value, reading))
        except InvalidValueError:
            return None  # the other key's fault

    def read(self, row: Row, _defaults: Mapping[str, object]) -> Mapping[str, object]:
        """Return the id."""
        if row.has("id"):
            return _GIVEN_ID.read(row, {})
        derived = self.of(row.table, row.spot.reading)
        if derived is None and self.derived is None:
            row.spot_of("id").note("missing", value="id")
        return {} if derived is None else {"id": derived}

    def write(self, thing: Any, _writing: Writing, _defaults: Mapping[str, object]) -> Mapping[str, object]:
        """Return the id."""
        return {"id": thing.id}

    def columns(self, _defaults: Mapping[str, object]) -> Iterator[Column]:
        """An id is made, and stays."""
        yield from ()

    def leaves(self, thing: Any, walk: Walk, defaults: Mapping[str, object]) -> Iterator[Leaf]:
        """An id names its own object alone."""
        yield from ()

    def moved(self, thing: Any, move: Move, defaults: Mapping[str, object]) -> Mapping[str, object]:
        """An id names its own object alone."""
        return {}


@dataclass(frozen=True, slots=True)
class SecretKey:
    """A secret: as written, or the one the same object has had (if `is_kept` says so), or a new one, or none."""

    key: str
    check: Callable[[str], str]
    attribute: str
    make: Callable[[SecretMaker], Secret] | None = None
    is_kept: Callable[[Any, Mapping[str, object]], bool] = lambda _kept, _values: True
    is_made: bool = False

    def read(self, row: Row, _defaults: Mapping[str, object]) -> Mapping[str, object]:
        """Return the attribute; left out for the default."""
        spot = row.spot_of(self.key)
        if row.has(self.key):
            value = row.value(self.key)
            if not isinstance(value, str):
                spot.note("not-text", value="…")
                return {}
            try:
                return {self.attribute: Secret(self.check(value))}
            except InvalidValueError as fault:
                spot.note_fault(fault)
                return {}
        if row.kept is not None and self.is_kept(row.kept, row.values):
            return {self.attribute: getattr(row.kept, self.attribute)}
        return {self.attribute: self.make(spot.reading.secrets)} if self.make else {}

    def write(self, thing: Any, writing: Writing, _defaults: Mapping[str, object]) -> Mapping[str, object]:
        """Return the key, if secrets are written."""
        secret = getattr(thing, self.attribute)
        return {self.key: secret.reveal()} if writing.with_secrets and secret else {}

    def columns(self, _defaults: Mapping[str, object]) -> Iterator[Column]:
        """Return the key."""
        yield Column(self.key, SecretText(self.check), is_made=self.is_made)

    def leaves(self, thing: Any, walk: Walk, defaults: Mapping[str, object]) -> Iterator[Leaf]:
        """A secret names nothing."""
        yield from ()

    def moved(self, thing: Any, move: Move, defaults: Mapping[str, object]) -> Mapping[str, object]:
        """A secret names nothing."""
        return {}

"""Tables of the document, declared once per subject: the declaration serves reading and writing."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from appliance.office.ids import check_id
from appliance.office.problems import InvalidValueError
from appliance.office.secret import Secret
from appliance.storage.document.kinds import Kind, words
from appliance.storage.document.known_names import Writing
from appliance.storage.document.reading import Place, Reading, Row, SecretMaker, Unread, shown

_T = TypeVar("_T")


class Part(Protocol):
    """One or more keys of a table. `defaults` are those of the class the table is of."""

    def read(self, row: Row, defaults: Mapping[str, object]) -> Mapping[str, object]:
        """Return attributes; one that is left out has its default, or its fault is noted."""

    def write(self, thing: Any, writing: Writing, defaults: Mapping[str, object]) -> Mapping[str, object]:
        """Return keys and values; a default is left out."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key for one attribute (of the same name, unless said). `absent` gives a value that is not written."""

    key: str
    kind: Kind[Any]
    attribute: str = ""
    is_always_written: bool = False
    absent: Callable[[Reading], object] | None = None

    def read(self, row: Row, defaults: Mapping[str, object]) -> Mapping[str, object]:
        """Return the attribute."""
        attribute, place = self.attribute or self.key, row.place_of(self.key)
        if not row.has(self.key):
            if self.absent is not None:
                return {attribute: self.absent(place.reading)}
            if attribute not in defaults:
                place.note("missing", value=row.prefix + self.key)
            return {}
        try:
            return {attribute: self.kind.read(row.value(self.key), place)}
        except InvalidValueError as fault:
            place.note_fault(fault)
        except Unread:
            pass
        return {}

    def write(self, thing: Any, writing: Writing, defaults: Mapping[str, object]) -> Mapping[str, object]:
        """Return the key, unless it would say the default."""
        attribute = self.attribute or self.key
        value = getattr(thing, attribute)
        if attribute in defaults and value == defaults[attribute] and not self.is_always_written:
            return {}
        return {self.key: self.kind.write(value, writing)}


_GIVEN_ID = Key("id", words(check_id))


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
        derived = self.of(row.table, row.place.reading)
        if derived is None and self.derived is None:
            row.place_of("id").note("missing", value="id")
        return {} if derived is None else {"id": derived}

    def write(self, thing: Any, _writing: Writing, _defaults: Mapping[str, object]) -> Mapping[str, object]:
        """Return the id."""
        return {"id": thing.id}


@dataclass(frozen=True, slots=True)
class SecretKey:
    """A secret: as written, or the one the same object has had (if `is_kept` says so), or a new one, or none."""

    key: str
    check: Callable[[str], str]
    attribute: str
    make: Callable[[SecretMaker], Secret] | None = None
    is_kept: Callable[[Any, Mapping[str, object]], bool] = lambda _kept, _values: True

    def read(self, row: Row, _defaults: Mapping[str, object]) -> Mapping[str, object]:
        """Return the attribute; left out for the default."""
        place = row.place_of(self.key)
        if row.has(self.key):
            value = row.value(self.key)
            if not isinstance(value, str):
                place.note("not-text", value="…")
                return {}
            try:
                return {self.attribute: Secret(self.check(value))}
            except InvalidValueError as fault:
                place.note_fault(fault)
                return {}
        if row.kept is not None and self.is_kept(row.kept, row.values):
            return {self.attribute: getattr(row.kept, self.attribute)}
        return {self.attribute: self.make(place.reading.secrets)} if self.make else {}

    def write(self, thing: Any, writing: Writing, _defaults: Mapping[str, object]) -> Mapping[str, object]:
        """Return the key, if secrets are written."""
        secret = getattr(thing, self.attribute)
        return {self.key: secret.reveal()} if writing.with_secrets and secret else {}


class Table(Generic[_T]):
    """A table that is an object of the office. A fault of the whole object belongs to the key `blamed`.

    `check` notes what no single key can know.
    """

    def __init__(
        self, build: Callable[..., _T], *parts: Part, blamed: str = "", check: Callable[[_T, Place], None] | None = None
    ) -> None:
        self.build = build
        self.parts = parts
        self._blamed = blamed
        self._check = check
        self._defaults = _defaults_of(build)

    def read(self, value: object, place: Place, kept: object = None) -> _T:
        """Return the object; raises InvalidValueError or Unread."""
        if not isinstance(value, dict):
            raise InvalidValueError("not-a-table", value=shown(value))
        row = Row(value, place, kept)
        before = len(place.reading.problems)
        try:
            built = self.part_of(row)
        except Unread:
            row.finish()
            raise
        row.finish()
        if len(place.reading.problems) > before:
            raise Unread
        return built

    def part_of(self, row: Row) -> _T:
        """Return the object that stands in a table among other keys; raises Unread."""
        before = len(row.place.reading.problems)
        for part in self.parts:
            row.values.update(part.read(row, self._defaults))
        if len(row.place.reading.problems) > before:
            raise Unread
        try:
            built = self.build(**row.values)
        except InvalidValueError as fault:
            (row.place_of(self._blamed) if self._blamed else row.place).note_fault(fault)
            raise Unread from None
        if self._check is not None:
            self._check(built, row.place)
        return built

    def write(self, thing: _T, writing: Writing) -> dict[str, object]:
        """Return the table."""
        written: dict[str, object] = {}
        for part in self.parts:
            written.update(part.write(thing, writing, self._defaults))
        return written


@dataclass(frozen=True, slots=True)
class Group:
    """An object whose keys stand in the table of the object it belongs to, with a prefix."""

    attribute: str
    table: Table[Any]
    prefix: str = ""

    def read(self, row: Row, _defaults: Mapping[str, object]) -> Mapping[str, object]:
        """Return the attribute."""
        try:
            return {self.attribute: self.table.part_of(row.part(self.prefix, self.attribute))}
        except Unread:
            return {}

    def write(self, thing: Any, writing: Writing, _defaults: Mapping[str, object]) -> Mapping[str, object]:
        """Return its keys."""
        written = self.table.write(getattr(thing, self.attribute), writing)
        return {self.prefix + key: value for key, value in written.items()}


@dataclass(frozen=True, slots=True)
class Rows:
    """Tables in a list, named in faults by one of their keys or by their position: `event[2]`."""

    key: str
    kind: Kind[Any]
    attribute: str
    item: str
    called: str = ""

    def read(self, row: Row, defaults: Mapping[str, object]) -> Mapping[str, object]:
        """Return the attribute."""
        place = row.place_of(self.key)
        if not row.has(self.key):
            if self.attribute not in defaults:
                place.note("missing", value=self.key)
            return {}
        values = row.value(self.key)
        if not isinstance(values, list):
            place.note("not-a-list-of-tables", value=self.key)
            return {}
        read: list[object] = []
        for position, value in enumerate(values, start=1):
            name = value.get(self.called) if isinstance(value, dict) else None
            item = row.place_of(self.item).row(position, name)
            try:
                read.append(self.kind.read(value, item))
            except InvalidValueError as fault:
                item.note_fault(fault)
            except Unread:
                pass
        return {self.attribute: tuple(read)}

    def write(self, thing: Any, writing: Writing, defaults: Mapping[str, object]) -> Mapping[str, object]:
        """Return the list."""
        values = getattr(thing, self.attribute)
        if self.attribute in defaults and values == defaults[self.attribute]:
            return {}
        return {self.key: [self.kind.write(value, writing) for value in values]}


class Inline(dict[str, object]):
    """A table that is written on one line."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """A table on one line that is one of several kinds, told apart by a key that only one of them has."""

    forms: Mapping[str, Table[Any]] = field(default_factory=dict)
    rule: str = ""

    def read(self, value: object, place: Place) -> Any:
        """Return the object; raises InvalidValueError or Unread."""
        if not isinstance(value, dict):
            raise InvalidValueError("not-a-table", value=shown(value))
        found = [key for key in self.forms if key in value]
        if len(found) != 1:
            raise InvalidValueError(self.rule, value=shown(", ".join(value)), choices=", ".join(self.forms))
        return self.forms[found[0]].read(value, place)

    def write(self, value: Any, writing: Writing) -> Inline:
        """Return the table."""
        form = next(form for form in self.forms.values() if form.build is type(value))
        return Inline(form.write(value, writing))


def _defaults_of(build: Callable[..., object]) -> dict[str, object]:
    if not dataclasses.is_dataclass(build):
        return {}
    defaults: dict[str, object] = {}
    for one in dataclasses.fields(build):
        if one.default is not dataclasses.MISSING:
            defaults[one.name] = one.default
        elif one.default_factory is not dataclasses.MISSING:
            defaults[one.name] = one.default_factory()
    return defaults

"""Phones, what they have in common, and the office's contacts as tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from appliance.office.contact import Contact
from appliance.office.declared.keys import IdKey, Key, SecretKey
from appliance.office.declared.kinds import Choice, Count, Leaf, Parsed, PublicNumber, Reference, Single, Text, text_of
from appliance.office.declared.known_names import Writing
from appliance.office.declared.lists import Several
from appliance.office.declared.moving import Move
from appliance.office.declared.place import Place
from appliance.office.declared.reading import Reading, Spot, shown
from appliance.office.declared.shared_kinds import ANY_TEXT, NAME, TEXT, matching
from appliance.office.declared.tables import Inline, Nested, Rows, Table
from appliance.office.numbers import ExtensionNumber, MacAddress
from appliance.office.phone import Brand, Parameter, Phone
from appliance.office.phone_key import (
    MOST_KEYS,
    MOST_MODULES,
    Colleague,
    Group,
    KeyFunction,
    ModeSwitch,
    NightSwitch,
    OutsideNumber,
    OwnLine,
    ParkingPlace,
    PhoneKey,
    PickUp,
)
from appliance.office.phone_settings import BrandParameter, PhoneSettings, Registrar
from appliance.office.problems import InvalidValueError
from appliance.office.trunk import check_host

_T = TypeVar("_T")
MOST_RESYNC_MINUTES = 10_080  # a week
_LINE, _COLLEAGUE, _GROUP, _MODE, _NIGHT, _PARKING, CALL, _PICKUP = (
    "line", "colleague", "group", "mode", "night", "parking", "call", "pickup",
)  # fmt: skip
_MODEL = Text(matching(r"[A-Za-z0-9 ._+-]{1,40}", "model-form"), longest=40)


def _read_function(text: str, reading: Reading) -> KeyFunction:
    word, _, rest = " ".join(text.split()).partition(" ")
    match word:
        case "line" if not rest or rest.isdecimal():
            return OwnLine(int(rest or "1"))
        case "colleague":
            return Colleague(reading.names.id_of("extension", rest))
        case "group":
            return Group(reading.names.id_of("ring_group", rest))
        case "mode":
            return ModeSwitch(reading.names.id_of("mode_key", rest))
        case "night" if not rest:
            return NightSwitch()
        case "parking":
            return ParkingPlace(ExtensionNumber(rest))
        case "call":
            return OutsideNumber(reading.phone_number(rest))
        case "pickup" if not rest:
            return PickUp()
        case _:
            raise InvalidValueError("key-function", value=shown(text))


def show_function(does: KeyFunction, writing: Writing) -> str:
    """Return what a key does as the office file writes it."""
    match does:
        case OwnLine(line):
            return f"{_LINE} {line}"
        case Colleague(one):
            return f"{_COLLEAGUE} {writing.name_of('extension', one)}"
        case Group(one):
            return f"{_GROUP} {writing.name_of('ring_group', one)}"
        case ModeSwitch(one):
            return f"{_MODE} {writing.name_of('mode_key', one)}"
        case NightSwitch():
            return _NIGHT
        case ParkingPlace(slot):
            return f"{_PARKING} {slot}"
        case OutsideNumber(number):
            return f"{CALL} {number.e164}"
        case PickUp():
            return _PICKUP


@dataclass(frozen=True, slots=True)
class DoesAtPhone(Single[KeyFunction]):
    """What a phone's key does, as one text: `colleague 201`, `parking 701`, `night`."""

    def read(self, value: object, spot: Spot) -> KeyFunction:
        """Return what the text means in this document."""
        return _read_function(text_of(value), spot.reading)

    def write(self, value: KeyFunction, writing: Writing) -> str:
        """Return the text."""
        return show_function(value, writing)

    def leaves(self, value: KeyFunction, place: Place, owner: tuple[str, str]) -> Iterator[Leaf]:
        """Return whom the key names."""
        match value:
            case Colleague(one):
                yield Leaf(place, Reference("extension"), one, owner)
            case Group(one):
                yield Leaf(place, Reference("ring_group"), one, owner)
            case ModeSwitch(one):
                yield Leaf(place, Reference("mode_key"), one, owner)
            case _:
                pass

    def moved(self, value: KeyFunction, move: Move) -> KeyFunction:
        """Return what the key does now; NothingLeftError."""
        match value:
            case Colleague(one):
                return Colleague(move.named("extension", one))
            case Group(one):
                return Group(move.named("ring_group", one))
            case ModeSwitch(one):
                return ModeSwitch(move.named("mode_key", one))
            case _:
                return value


class _OnOneLine(Table[_T]):
    """A table that is written on one line."""

    def write(self, thing: _T, writing: Writing) -> dict[str, object]:
        return Inline(super().write(thing, writing))


_KEY = _OnOneLine(
    PhoneKey,
    Key("position", Count(1, MOST_KEYS)),
    Key("does", DoesAtPhone()),
    Key("label", TEXT),
    Key("module", Count(0, MOST_MODULES)),
)
_PARAMETER = _OnOneLine(Parameter, Key("name", ANY_TEXT), Key("value", ANY_TEXT))

PHONE = Table(
    Phone,
    IdKey("mac", lambda mac, _: f"p{MacAddress.parse(mac).digits}"),
    Key("mac", Parsed(MacAddress.parse, "00:15:65:aa:bb:cc")),
    Key("brand", Choice(Brand)),
    Key("model", _MODEL),
    SecretKey(
        "token",
        matching(r"[0-9a-f]{32}", "token-form"),  # 128 bits
        "token",
        make=lambda secrets: secrets.token(),
        # Another device under the same id is a replacement: the old one's secret dies with it.
        is_kept=lambda kept, values: kept.mac == values.get("mac"),
        is_made=True,
    ),
    Key("extension", Reference("extension"), "extension_id"),
    Key("further_extensions", Several(Reference("extension")), "further_extension_ids"),
    Rows("keys", _KEY, "keys", item="key", called="position"),
    Rows("parameters", _PARAMETER, "parameters", item="parameter", called="name"),
    blamed="parameters",
)

CONTACT = Table(
    Contact,
    IdKey(),
    Key("name", NAME),
    Key("numbers", Several(PublicNumber())),
    blamed="numbers",
)

_BRAND_PARAMETER = _OnOneLine(
    BrandParameter,
    Key("brand", Choice(Brand)),
    Key("model", _MODEL),
    Nested("parameter", _PARAMETER),
    blamed="name",
)

PHONE_SETTINGS = Table(
    PhoneSettings,
    Key("registrar", Choice(Registrar)),
    Key("second_server", Text(check_host, longest=253)),
    Key("domain", Text(check_host, longest=253)),
    Key("resync_minutes", Count(5, MOST_RESYNC_MINUTES)),
    Rows("parameters", _BRAND_PARAMETER, "parameters", item="parameter", called="name"),
    blamed="registrar",
)

"""Phones, what they have in common, and the office's contacts as tables."""

from __future__ import annotations

from typing import TypeVar

from appliance.office.contact import Contact
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
from appliance.storage.document.destinations import PHONE_NUMBER
from appliance.storage.document.kinds import Count, Several, Words, choice, reference, words
from appliance.storage.document.known_names import Writing
from appliance.storage.document.people import ANY_TEXT, NAME, TEXT, matching
from appliance.storage.document.reading import Reading, shown
from appliance.storage.document.tables import Group as Part
from appliance.storage.document.tables import IdKey, Inline, Key, Rows, SecretKey, Table

_T = TypeVar("_T")
MOST_RESYNC_MINUTES = 10_080  # a week
_LINE, _COLLEAGUE, _GROUP, _MODE, _NIGHT, _PARKING, _CALL, _PICKUP = (
    "line", "colleague", "group", "mode", "night", "parking", "call", "pickup",
)  # fmt: skip
_MODEL = words(matching(r"[A-Za-z0-9 ._+-]{1,40}", "model-form"))


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


def _show_function(does: KeyFunction, writing: Writing) -> str:
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
            return f"{_CALL} {number.e164}"
        case PickUp():
            return _PICKUP


KEY_FUNCTION = Words(_read_function, _show_function)


class _OnOneLine(Table[_T]):
    """A table that is written on one line."""

    def write(self, thing: _T, writing: Writing) -> dict[str, object]:
        return Inline(super().write(thing, writing))


_KEY = _OnOneLine(
    PhoneKey,
    Key("position", Count(1, MOST_KEYS)),
    Key("does", KEY_FUNCTION),
    Key("label", TEXT),
    Key("module", Count(0, MOST_MODULES)),
)
_PARAMETER = _OnOneLine(Parameter, Key("name", ANY_TEXT), Key("value", ANY_TEXT))

PHONE = Table(
    Phone,
    IdKey("mac", lambda mac, _: f"p{MacAddress.parse(mac).digits}"),
    Key("mac", words(MacAddress.parse)),
    Key("brand", choice(Brand)),
    Key("model", _MODEL),
    SecretKey(
        "token",
        matching(r"[0-9a-f]{32}", "token-form"),  # 128 bits
        "token",
        make=lambda secrets: secrets.token(),
        # Another device under the same id is a replacement: the old one's secret dies with it.
        is_kept=lambda kept, values: kept.mac == values.get("mac"),
    ),
    Key("extension", reference("extension"), "extension_id"),
    Key("further_extensions", Several(reference("extension")), "further_extension_ids"),
    Rows("keys", _KEY, "keys", item="key", called="position"),
    Rows("parameters", _PARAMETER, "parameters", item="parameter", called="name"),
    blamed="parameters",
)

CONTACT = Table(
    Contact,
    IdKey(),
    Key("name", NAME),
    Key("numbers", Several(PHONE_NUMBER)),
    blamed="numbers",
)

_BRAND_PARAMETER = _OnOneLine(
    BrandParameter,
    Key("brand", choice(Brand)),
    Key("model", _MODEL),
    Part("parameter", _PARAMETER),
    blamed="name",
)

PHONE_SETTINGS = Table(
    PhoneSettings,
    Key("registrar", choice(Registrar)),
    Key("second_server", words(check_host)),
    Key("domain", words(check_host)),
    Key("resync_minutes", Count(5, MOST_RESYNC_MINUTES)),
    Rows("parameters", _BRAND_PARAMETER, "parameters", item="parameter", called="name"),
    blamed="registrar",
)

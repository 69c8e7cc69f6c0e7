"""The keys of a phone: every place that its model has, what is chosen for each, what stands beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from appliance.changes import phones
from appliance.changes.outcome import Outcome
from appliance.changes.phones import TypedKey
from appliance.office.numbers import MacAddress
from appliance.office.office import Office
from appliance.office.phone import Phone
from appliance.office.phone_key import (
    Colleague,
    Group,
    KeyFunction,
    ModeSwitch,
    NightSwitch,
    OutsideNumber,
    OwnLine,
    ParkingPlace,
    PickUp,
)
from appliance.office.problems import InvalidValueError
from appliance.operations.box import Box
from appliance.operations.phone_list import ListedPhone, PhoneList
from provisioning.drivers import DRIVER_OF
from provisioning.drivers.driver import PhoneModel, UnknownModel
from provisioning.phone_identity import PhoneRequest
from provisioning.phone_profile import KeyProfile, build_profile


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedKey(TypedKey):
    """A key where it stands, chosen or free (`kind` empty); `shown` stands beside it, `module` 0 is the phone."""

    shown: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneDetail:
    """A phone with its keys. `keys`: every position of the phone, then of modules in use.

    `is_known_model` False: no settings are made for it. `dropped`: keys that this model has no place for.
    `keys_per_page` 0: not known, so all are drawn on one page. `requests`: what it asked for, the newest first.
    `is_tested`: it is registered, and a call has rung it.
    """

    phone: ListedPhone
    is_known_model: bool
    is_tested: bool = False
    line_keys: int = 0
    keys_per_page: int = 0
    modules: int = 0
    module_keys: int = 0
    lines: Sequence[str] = ()  # extension numbers, the first line first
    keys: Sequence[PlacedKey] = ()
    dropped: Sequence[PlacedKey] = ()
    requests: Sequence[PhoneRequest] = ()
    can_reboot: bool = False


@dataclass(frozen=True, slots=True)
class PhoneKeys:
    """The keys of the phones of one box."""

    box: Box
    listed: PhoneList

    def detail(self, mac: str) -> PhoneDetail | None:
        """Return a phone of the list or of the office; None for one that neither has."""
        try:
            wanted = MacAddress.parse(mac)
        except InvalidValueError:
            return None
        listed = self.listed.phone(wanted)
        if listed is None:
            return None
        _, office = self.box.repository.newest()
        owned, seen = office.phone_by_mac(wanted), self.box.seen_phones().get(wanted)
        requests = tuple(reversed(seen.requests)) if seen else ()
        if owned is None:
            return PhoneDetail(phone=listed, is_known_model=True, requests=requests)
        is_tested = wanted in self.listed.tested()
        driver = DRIVER_OF[owned.brand]
        try:
            model = driver.model(owned.model)
        except UnknownModel:
            return PhoneDetail(phone=listed, is_known_model=False, is_tested=is_tested, requests=requests)
        keys, dropped = _keys(model, owned, self._written(office, owned))
        return PhoneDetail(
            phone=listed,
            is_known_model=True,
            is_tested=is_tested,
            line_keys=model.line_keys,
            keys_per_page=model.keys_per_page,
            modules=model.modules,
            module_keys=model.module_keys,
            lines=[office.extension(extension_id).number.digits for extension_id in owned.extension_ids],
            keys=keys,
            dropped=dropped,
            requests=requests,
            can_reboot=driver.reboot_event is not None,
        )

    def save(self, mac: MacAddress, keys: Sequence[TypedKey], *, author: str) -> Outcome:
        """Give a phone these keys and no others; a problem's `where` is `key N`, the Nth of them."""
        return phones.save_keys(self.box.changer(author), mac, keys)

    def _written(self, office: Office, phone: Phone) -> Mapping[tuple[int, int], KeyProfile]:
        if not phone.extension_ids:
            return {}
        profile = build_profile(office, phone, self.box.around_phones)
        return {(key.module, key.position): key for key in profile.keys}


def _keys(
    model: PhoneModel, phone: Phone, written: Mapping[tuple[int, int], KeyProfile]
) -> tuple[list[PlacedKey], list[PlacedKey]]:
    """Return the keys of the phone's places, and those that this model has no place for."""
    chosen = {(key.module, key.position): key for key in phone.keys}

    def placed(place: tuple[int, int]) -> PlacedKey:
        key, profile = chosen.get(place), written.get(place)
        kind, value = _typed(key.does) if key else ("line", str(profile.line)) if profile else ("", "")
        return PlacedKey(
            module=place[0],
            position=place[1],
            kind=kind,
            value=value,
            label=key.label if key else "",
            shown=profile.label if profile else "",
        )

    places = _places(model, phone)
    return [placed(place) for place in places], [placed(place) for place in sorted(chosen.keys() - {*places})]


def _places(model: PhoneModel, phone: Phone) -> list[tuple[int, int]]:
    """Every key of the phone; of modules those up to the last one in use, and one more that may be attached."""
    in_use = max((key.module for key in phone.keys), default=0)
    modules = range(1, min(model.modules, in_use + 1) + 1)
    own = [(0, position) for position in range(1, model.line_keys + 1)]
    return own + [(module, position) for module in modules for position in range(1, model.module_keys + 1)]


def _typed(does: KeyFunction) -> tuple[str, str]:
    """Return kind and value of what a key does, as TypedKey has them."""
    match does:
        case OwnLine(line):
            return "line", str(line)
        case Colleague(one):
            return "colleague", one
        case Group(one):
            return "group", one
        case ModeSwitch(one):
            return "mode", one
        case NightSwitch():
            return "night", ""
        case ParkingPlace(slot):
            return "parking", slot.digits
        case OutsideNumber(number):
            return "call", number.e164
        case PickUp():
            return "pickup", ""

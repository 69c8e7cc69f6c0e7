"""Changes to phones: whose is it, what its keys do, and which other phone takes its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from appliance.changes.change import Changer, FieldProblemsError
from appliance.changes.outcome import Outcome
from appliance.office.names import OUTER_SPACES, check_text
from appliance.office.numbers import ExtensionNumber, MacAddress, PhoneNumber
from appliance.office.office import Office
from appliance.office.phone import Brand, Phone
from appliance.office.phone_key import (
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
from appliance.office.problems import InvalidValueError, Problem
from appliance.office.secret import Secret

_LINE = re.compile(r"[0-9]{1,3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPhone:
    """A phone of the list as discovery knows it."""

    mac: MacAddress
    brand: Brand
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedKey:
    """A key as a form gives it. `kind`: line, colleague, group, mode, night, parking, call or pickup."""

    position: int
    kind: str
    value: str = ""
    label: str = ""
    module: int = 0


def assign_phone(changer: Changer, new_token: Callable[[], Secret], found: FoundPhone, extension_id: str) -> Outcome:
    """Give a phone to an employee; with an empty id it is taken out of the office, and its secret path dies.

    Field: extension_id.
    """

    def edit(office: Office) -> Office:
        old = office.phone_by_mac(found.mac)
        if not extension_id:
            return replace(office, phones=tuple(phone for phone in office.phones if phone.mac != found.mac))
        if extension_id not in {extension.id for extension in office.extensions}:
            facts = {"value": extension_id}
            raise FieldProblemsError(Problem(where="extension_id", rule="no-such-extension", facts=facts))
        if old is not None:
            changed = replace(old, extension_id=extension_id, model=found.model, brand=found.brand)
            return replace(office, phones=tuple(changed if item.id == old.id else item for item in office.phones))
        phone = Phone(
            id=f"p{found.mac.digits}",
            mac=found.mac,
            brand=found.brand,
            model=found.model,
            token=new_token(),
            extension_id=extension_id,
        )
        return replace(office, phones=(*office.phones, phone))

    return changer.change(f"Phone {found.mac}", edit, {"phone[": "extension_id"})


def replace_phone(changer: Changer, new_token: Callable[[], Secret], old: MacAddress, found: FoundPhone) -> Outcome:
    """Let another phone take the place of one of the office: its lines, its keys, and its id in every later history.

    The old one's secret path dies with this change. Parameters of the installer stay where the brand is the same.
    Fields: old, new.
    """

    def edit(office: Office) -> Office:
        broken = office.phone_by_mac(old)
        if broken is None:
            raise FieldProblemsError(Problem(where="old", rule="no-such-phone", facts={"value": str(old)}))
        holder = office.phone_by_mac(found.mac)
        if holder is not None:
            raise FieldProblemsError(Problem(where="new", rule="phone-in-use", facts={"value": str(found.mac)}))
        new = replace(
            broken,
            mac=found.mac,
            brand=found.brand,
            model=found.model,
            token=new_token(),
            parameters=broken.parameters if broken.brand is found.brand else (),
        )
        return replace(office, phones=tuple(new if item.id == broken.id else item for item in office.phones))

    return changer.change(f"Phone {old} replaced by {found.mac}", edit, {"phone[": "new"})


def save_keys(changer: Changer, mac: MacAddress, keys: Sequence[TypedKey]) -> Outcome:
    """Give a phone these keys and no others. Fields: `key N` for the Nth of them."""

    def edit(office: Office) -> Office:
        phone = office.phone_by_mac(mac)
        if phone is None:
            raise FieldProblemsError(Problem(where="", rule="no-such-phone", facts={"value": str(mac)}))
        problems: list[Problem] = []
        read: list[PhoneKey] = []
        for count, typed in enumerate(keys, start=1):
            try:
                does = _function(office, typed)
                label = check_text(typed.label)
                read.append(PhoneKey(position=typed.position, module=typed.module, does=does, label=label))
            except InvalidValueError as fault:
                problems.append(fault.at(f"key {count}"))
        if problems:
            raise FieldProblemsError(*problems)
        changed = replace(phone, keys=tuple(read))
        return replace(office, phones=tuple(changed if item.id == phone.id else item for item in office.phones))

    places = {f"].key[{typed.position}]": f"key {count}" for count, typed in enumerate(keys, start=1)}
    return changer.change(f"Keys of phone {mac}", edit, places)


def _function(office: Office, typed: TypedKey) -> KeyFunction:
    """`value` is an extension's, group's or mode key's id, a slot, an outside number or a line."""
    match typed.kind:
        case "line":
            if not _LINE.fullmatch(typed.value):
                raise InvalidValueError("key-line", value=typed.value, most="1")
            return OwnLine(int(typed.value))
        case "colleague" if typed.value in {item.id for item in office.extensions}:
            return Colleague(typed.value)
        case "group" if typed.value in {item.id for item in office.ring_groups}:
            return Group(typed.value)
        case "mode" if typed.value in {item.id for item in office.mode_keys}:
            return ModeSwitch(typed.value)
        case "night":
            return NightSwitch()
        case "parking":
            return ParkingPlace(ExtensionNumber(typed.value.strip(OUTER_SPACES)))
        case "call":
            return OutsideNumber(PhoneNumber.parse(typed.value, office.site.country))
        case "pickup":
            return PickUp()
        case _:
            raise InvalidValueError("key-function", value=f"{typed.kind} {typed.value}".strip())

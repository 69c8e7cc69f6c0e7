"""Changes to phones: whose is it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from appliance.changes.change import Changer, FieldProblemsError
from appliance.changes.outcome import Outcome
from appliance.office.numbers import MacAddress
from appliance.office.office import Office
from appliance.office.phone import Brand, Phone
from appliance.office.problems import Problem
from appliance.office.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPhone:
    """A phone of the list as discovery knows it."""

    mac: MacAddress
    brand: Brand
    model: str


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

"""Keys saved, phones replaced, and what happens to a phone when its employee goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from appliance.changes.extensions import remove_employee
from appliance.changes.phones import FoundPhone, TypedKey, replace_phone, save_keys
from appliance.office.numbers import MacAddress, PhoneNumber
from appliance.office.office import Office
from appliance.office.phone import Brand, Parameter
from appliance.office.phone_key import Colleague, NightSwitch, OutsideNumber, OwnLine, PhoneKey
from appliance.office.secret import Secret
from tests.offices import two_phones
from tests.unit.appliance.changes.test_removal import changer_of

OLD, NEW = MacAddress("805ec0000201"), MacAddress("000413aabbcc")
_NUMBERS: Iterator[int] = count(1)


def new_token() -> Secret:
    """A token that nobody had before."""
    return Secret(f"{next(_NUMBERS):032x}")


def an_office() -> Office:
    """Jan's phone has Sandra on its second line and on two keys."""
    office = two_phones()
    keys = (
        PhoneKey(position=1, does=OwnLine(1)),
        PhoneKey(position=2, does=OwnLine(2)),
        PhoneKey(position=3, does=Colleague("e202")),
        PhoneKey(position=4, does=NightSwitch()),
    )
    phone = replace(
        office.phones[0],
        further_extension_ids=("e202",),
        keys=keys,
        parameters=(Parameter(name="phone_setting.dnd", value="0"),),
    )
    return replace(office, phones=(phone,))


@pytest.mark.feature("G11")
def test_a_replaced_phone_keeps_its_id_lines_and_keys_and_gets_another_secret(tmp_path: Path) -> None:
    office = an_office()
    changer = changer_of(office, tmp_path)
    found = FoundPhone(mac=NEW, brand=Brand.SNOM, model="D785")
    assert replace_phone(changer, new_token, OLD, found).problems == ()
    (phone,) = changer.repository.newest()[1].phones
    (old,) = office.phones
    assert (phone.id, phone.extension_ids, phone.keys) == (old.id, old.extension_ids, old.keys)
    assert (phone.mac, phone.brand, phone.model) == (NEW, Brand.SNOM, "D785")
    assert phone.token != old.token
    assert phone.parameters == (), "a Yealink's own parameters mean nothing to a Snom"


@pytest.mark.feature("G11")
def test_only_a_phone_of_the_office_is_replaced_and_only_by_one_that_nobody_has(tmp_path: Path) -> None:
    changer = changer_of(an_office(), tmp_path)
    (problem,) = replace_phone(changer, new_token, NEW, FoundPhone(mac=NEW, brand=Brand.SNOM, model="D785")).problems
    assert (problem.where, problem.rule) == ("old", "no-such-phone")
    (problem,) = replace_phone(changer, new_token, OLD, FoundPhone(mac=OLD, brand=Brand.SNOM, model="D785")).problems
    assert (problem.where, problem.rule) == ("new", "phone-in-use")


@pytest.mark.feature("G7")
def test_keys_are_saved_as_typed(tmp_path: Path) -> None:
    changer = changer_of(an_office(), tmp_path)
    typed = [
        TypedKey(position=1, kind="line", value="1"),
        TypedKey(position=2, kind="colleague", value="e202", label=" Sandra  A "),
        TypedKey(position=9, kind="call", value="0470 12 34 56", module=1),
    ]
    assert save_keys(changer, OLD, typed).problems == ()
    (phone,) = changer.repository.newest()[1].phones
    assert phone.keys == (
        PhoneKey(position=1, does=OwnLine(1)),
        PhoneKey(position=2, does=Colleague("e202"), label="Sandra A"),
        PhoneKey(position=9, does=OutsideNumber(PhoneNumber("+32470123456")), module=1),
    )


@pytest.mark.feature("G7")
@pytest.mark.parametrize(
    ("kind", "value", "rule"),
    [
        ("colleague", "nobody", "key-function"),
        ("mode", "m", "key-function"),
        ("call", "12", "phone-number-form"),
        ("line", "3", "key-line"),
        ("line", "x", "key-line"),
        ("parking", "700", "key-slot"),
        ("sing", "", "key-function"),
    ],
)
def test_a_wrong_key_is_said_at_its_place_and_nothing_is_saved(
    tmp_path: Path, kind: str, value: str, rule: str
) -> None:
    changer = changer_of(an_office(), tmp_path)
    typed = [TypedKey(position=1, kind="line", value="1"), TypedKey(position=5, kind=kind, value=value)]
    (problem,) = save_keys(changer, OLD, typed).problems
    assert (problem.where, problem.rule) == ("key 2", rule)
    assert changer.repository.newest()[1] == an_office()


@pytest.mark.feature("G7")
def test_two_functions_on_one_key_are_refused(tmp_path: Path) -> None:
    typed = [TypedKey(position=3, kind="night"), TypedKey(position=3, kind="pickup")]
    (problem,) = save_keys(changer_of(an_office(), tmp_path), OLD, typed).problems
    assert problem.rule == "key-twice"


@pytest.mark.feature("G7", "E7")
def test_an_employee_who_goes_is_taken_off_lines_and_keys(tmp_path: Path) -> None:
    changer = changer_of(an_office(), tmp_path)
    assert remove_employee(changer, "e202").problems == ()
    (phone,) = changer.repository.newest()[1].phones
    assert phone.extension_ids == ("e201",)
    assert [key.position for key in phone.keys] == [1, 4]

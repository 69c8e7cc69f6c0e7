"""Every key of a phone and its expansion modules, read back by the numbers each brand gives them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from appliance.office.phone import Brand
from provisioning.drivers import ALL_DRIVERS, DRIVER_OF
from provisioning.drivers.driver import PhoneDriver, PhoneModel
from provisioning.phone_profile import KeyKind, KeyProfile, PhoneProfile
from tests.contract.test_phone_drivers import A_LINE, EVERY_MODEL, FAMILIES, a_profile, read

YEALINK_TYPES = {"15": KeyKind.LINE, "16": KeyKind.LAMP, "13": KeyKind.CALL}
PANASONIC_ACTIONS = {
    "X_PANASONIC_IPTEL_LINE": KeyKind.LINE,
    "X_PANASONIC_IPTEL_DN": KeyKind.LINE,
    "X_PANASONIC_IPTEL_BLF": KeyKind.LAMP,
    "X_PANASONIC_IPTEL_CONTACT": KeyKind.LAMP,
    "X_PANASONIC_IPTEL_ONETOUCH": KeyKind.CALL,
}


@dataclass(frozen=True, kw_only=True)
class SeenKey:
    kind: KeyKind
    label: str
    number: str
    line: int | None  # None: the format does not say it for this kind
    pickup: str | None


def every_key(row: PhoneModel) -> tuple[KeyProfile, ...]:
    """All positions in turn with a lamp, a call and, where lines may be, a line."""
    kinds = (KeyKind.LAMP, KeyKind.CALL, KeyKind.LINE)
    places = [(0, position) for position in range(1, row.line_keys + 1)]
    places += [(module, position) for module in range(1, row.modules + 1) for position in range(1, row.module_keys + 1)]
    keys = []
    for count, (module, position) in enumerate(places):
        kind, number = kinds[count % 3], str(300 + count)
        key = KeyProfile(position=position, module=module, kind=kind, label=f"Key {count}", number=number)
        if kind is KeyKind.LAMP:
            key = replace(key, pickup="*8" + number)
        if kind is KeyKind.LINE:
            key = replace(key, number="", line=1 + count % row.accounts)
        keys.append(key if row.has_place_for(key) else replace(key, kind=KeyKind.CALL, number=number, line=1))
    return tuple(keys)


def with_keys(driver: PhoneDriver, model: str, keys: tuple[KeyProfile, ...]) -> PhoneProfile:
    lines = tuple(replace(A_LINE, sip_user=f"user-{n}") for n in range(driver.model(model).accounts))
    return replace(a_profile(driver, model), lines=lines, keys=keys)


def seen(brand: Brand, row: PhoneModel, values: dict[str, str], key: KeyProfile) -> SeenKey | None:
    return {
        Brand.YEALINK: _seen_on_yealink,
        Brand.SNOM: _seen_on_snom,
        Brand.GRANDSTREAM: _seen_on_grandstream,
        Brand.PANASONIC: _seen_on_panasonic,
    }[brand](row, values, key)


def _seen_on_yealink(row: PhoneModel, values: dict[str, str], key: KeyProfile) -> SeenKey | None:
    own = f"expansion_module.{key.module}.key.{key.position}" if key.module else f"linekey.{key.position}"
    if values[f"{own}.type"] == "0":
        return None
    number, code = values[f"{own}.value"], values[f"{own}.extension"]
    first = 0 if row.name in ("SIP-T32G", "SIP-T38G") else 1
    return SeenKey(
        kind=YEALINK_TYPES[values[f"{own}.type"]],
        label=values[f"{own}.label"],
        number=number,
        line=int(values[f"{own}.line"]) - first + 1,
        pickup=code and code + number,
    )


def _seen_on_snom(row: PhoneModel, values: dict[str, str], key: KeyProfile) -> SeenKey | None:
    index = key.position - 1 + (row.line_keys + (key.module - 1) * 18 if key.module else 0)
    kind, _, rest = values[f"fkey[{index}]"].partition(" ")
    if kind == "none":
        return None
    number, _, pickup = rest.removeprefix("sip:").partition("|")
    return SeenKey(
        kind={"line": KeyKind.LINE, "blf": KeyKind.LAMP, "speed": KeyKind.CALL}[kind],
        label=values[f"fkey[{index}].label"],
        number=number.split("@")[0],
        line=int(values[f"fkey[{index}].context"]),
        pickup=pickup,
    )


def _seen_on_grandstream(row: PhoneModel, values: dict[str, str], key: KeyProfile) -> SeenKey | None:
    on_screen = {"GRP2614": 16, "GXP2140": 16, "GXP2160": 24, "GXP2130": 12, "GRP2616": 16}.get(row.name, row.line_keys)
    position = key.position
    if key.module:
        first = 23000 + 5 * (40 * (key.module - 1) + position - 1)
        numbers = (first, first + 1, first + 2, first + 3)
    elif position <= min(6, on_screen):
        numbers = (1361 + 2 * position, 1362 + 2 * position, 1463 + 2 * position, 1464 + 2 * position)
    elif position <= on_screen:
        first = 23800 + 4 * (position - 7)
        numbers = (first, first + 1, first + 2, first + 3)
    else:
        beside = position - on_screen
        if beside <= 7:
            numbers = (322 + beside, 298 + 3 * beside, 299 + 3 * beside, 300 + 3 * beside)
        else:
            first = 353 + 4 * (beside - 8) if beside <= 18 else 1440 + 4 * (beside - 19)
            numbers = (first, first + 1, first + 2, first + 3)
    mode, account, label, value = (f"P{number}" for number in numbers)
    if values[mode] == "-1":
        return None
    is_on_screen = not key.module and position <= on_screen
    modes = {"0": KeyKind.LINE, "10": KeyKind.CALL, "11": KeyKind.LAMP} if is_on_screen else None
    kind = (modes or {"0": KeyKind.CALL, "1": KeyKind.LAMP})[values[mode]]
    code = values["P1347"] if values["P6752"] == "1" else ""
    pickup = code + values[value] if kind is KeyKind.LAMP else ""
    return SeenKey(kind=kind, label=values[label], number=values[value], line=int(values[account]) + 1, pickup=pickup)


def _seen_on_panasonic(row: PhoneModel, values: dict[str, str], key: KeyProfile) -> SeenKey | None:
    button = "DSS_BUTTON" if key.module else "FLEX_BUTTON"
    action = values[f"{button}_FACILITY_ACT{key.position}"]
    if not action:
        return None
    kind, argument = PANASONIC_ACTIONS[action], values[f"{button}_FACILITY_ARG{key.position}"]
    is_line = kind is KeyKind.LINE
    pickup = values["NUM_PLAN_PICKUP_DIRECT"] + argument if kind is KeyKind.LAMP else ""
    return SeenKey(
        kind=kind,
        label=values[f"{button}_LABEL{key.position}"],
        number="" if is_line else argument,
        line=int(argument) if is_line else None,
        pickup=pickup,
    )


@pytest.mark.feature("G2", "G5", "G7")
@pytest.mark.parametrize(("driver", "model"), EVERY_MODEL)
def test_every_key_of_every_model_reads_back(driver: PhoneDriver, model: str) -> None:
    row = driver.model(model)
    keys = every_key(row)
    profile = with_keys(driver, model, keys)
    values = read(driver, profile)
    assert driver.keys_that_do_not_fit(profile) == ()
    for key in keys:
        found = seen(driver.brand, row, values, key)
        assert found is not None
        assert (found.kind, found.label, found.number) == (key.kind, key.label, key.number)
        assert found.line in (key.line, None)
        assert found.pickup == key.pickup

    emptied = read(driver, with_keys(driver, model, ()))
    assert all(seen(driver.brand, row, emptied, key) is None for key in keys), "a key taken away stays on the phone"


@pytest.mark.feature("G5", "G7")
@pytest.mark.parametrize(("driver", "model"), FAMILIES)
def test_keys_a_phone_does_not_have_are_left_out_and_told(driver: PhoneDriver, model: str) -> None:
    row = driver.model(model)
    beyond = (
        KeyProfile(position=row.line_keys + 1, kind=KeyKind.LAMP, label="Beyond-1", number="301"),
        KeyProfile(position=1, module=row.modules + 1, kind=KeyKind.CALL, label="Beyond-2", number="302"),
        KeyProfile(position=1, kind=KeyKind.CALL, label="Beyond-3", number="303", line=row.accounts + 1),
    )
    profile = replace(a_profile(driver, model), keys=beyond)
    assert driver.keys_that_do_not_fit(profile) == beyond
    assert b"Beyond" not in driver.files(profile)[0].content


@pytest.mark.feature("G5")
@pytest.mark.parametrize("driver", ALL_DRIVERS, ids=lambda driver: driver.brand)
def test_the_handset_of_a_line_needs_no_key(driver: PhoneDriver) -> None:
    own = (KeyProfile(position=1, kind=KeyKind.LINE, label="201"),)
    for row in driver.models:
        if row.line_keys == 0 and row.kind != "desk":
            assert driver.keys_that_do_not_fit(replace(a_profile(driver, row.name), keys=own)) == ()


@pytest.mark.feature("G5")
def test_a_grandstreams_key_beside_the_screen_can_be_no_line() -> None:
    driver = DRIVER_OF[Brand.GRANDSTREAM]
    key = KeyProfile(position=17, kind=KeyKind.LINE, label="201")
    assert driver.keys_that_do_not_fit(replace(a_profile(driver, "GRP2614"), keys=(key,))) == (key,)

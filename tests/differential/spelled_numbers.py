"""Numbers in every spelling that a phone, an address book or a thief sends: right ones, odd ones, and what is none."""

from __future__ import annotations

import random
from collections.abc import Iterator

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneNumberType

from appliance.office.country import COUNTRY_PACKS, Country

_TYPES = (
    PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.TOLL_FREE, PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST, PhoneNumberType.VOIP, PhoneNumberType.PERSONAL_NUMBER, PhoneNumberType.PAGER,
    PhoneNumberType.UAN,
)  # fmt: skip
# Beginnings after the calling code that cost more, as the regulators of the five countries publish them.
_BARRED = {
    Country.BELGIUM: ("70", "77", "900", "902", "903", "905", "906", "907", "909", "7879"),
    Country.NETHERLANDS: ("900", "906", "909"),
    Country.FRANCE: ("81", "82", "89", "899"),
    Country.LUXEMBOURG: ("900", "901", "905", "801"),
    Country.GERMANY: ("900", "137", "180", "118", "10"),
}
_SHORT = ("112", "100", "101", "15", "17", "18", "110", "116000", "1712", "201", "300", "999", "*43", "1233", "7001")


def spelled_numbers(country: Country, count: int, seed: int = 0) -> Iterator[str]:
    """Yield so many dialled texts for somebody in that country."""
    dice = random.Random(f"{country} {seed}")
    world = _examples()
    for _ in range(count):
        chance = dice.random()
        if chance < 0.05:
            yield _odd(dice, dice.choice(_SHORT), country)
            continue
        code, national = _of_the_five(dice, country) if chance < 0.65 else dice.choice(world)
        if dice.random() < 0.5:
            national = national[: dice.randint(2, len(national))] + "".join(dice.choices("0123456789", k=len(national)))
            national = national[: dice.choice((6, 7, 8, 8, 8, 9, 9, 9, 10, 11, 13))]
        yield _spelled(dice, code, national, country)


def _of_the_five(dice: random.Random, country: Country) -> tuple[str, str]:
    where = country if dice.random() < 0.7 else dice.choice(list(Country))
    code = COUNTRY_PACKS[where].calling_code
    if dice.random() < 0.6:
        beginning = dice.choice(_BARRED[where])
        length = dice.choice((7, 8, 8, 8, 9, 9, 10, 11))
        return code, (beginning + "".join(dice.choices("0123456789", k=length)))[:length]
    return code, "".join(dice.choices("123456789", k=1) + dice.choices("0123456789", k=dice.randint(6, 9)))


def _spelled(dice: random.Random, code: str, national: str, country: Country) -> str:
    pack = COUNTRY_PACKS[country]
    forms = [f"+{code}{national}", f"00{code}{national}", f"+{code}0{national}", f"00{code}0{national}"]
    forms += [f"+{code}(0){national}", f"+{code} 0 {national}", f"+00{code}{national}", f"00+{code}{national}"]
    if code == pack.calling_code:
        forms += [f"{pack.national_prefix}{national}"] * 6
        forms += [f"0{national}", national, f"00{national}", f"{code}{national}", f"0{code}{national}"]
    return _odd(dice, dice.choice(forms), country)


def _odd(dice: random.Random, text: str, country: Country) -> str:
    """Leave it, or add what does not belong there."""
    chance = dice.randrange(20)
    match chance:
        case 0:
            return f"*{dice.choice(('1', '31', '9'))}*{text}"
        case 1:
            return text + "#"
        case 2:
            return text + "".join(dice.choices("0123456789", k=dice.randint(1, 5)))
        case 3:
            return text[:4] + dice.choice((" ", "-", ".", "/", "(")) + text[4:]
        case 4:
            return text[: dice.randint(1, len(text))]
        case 5:
            return text[:3] + dice.choice(("+", "*", "#", "a", "${EXTEN}", ";x=1", "%30", "٣")) + text[3:]
        case 6:
            return dice.choice(("0", "9", "+", "00", "*72", "#31#", "15000", "1550")) + text
        case _:
            return text


def _examples() -> list[tuple[str, str]]:
    found = []
    for code, regions in sorted(COUNTRY_CODE_TO_REGION_CODE.items()):
        for region in regions:
            for kind in _TYPES:
                if region == "001":
                    example = phonenumbers.example_number_for_non_geo_entity(code)
                else:
                    example = phonenumbers.example_number_for_type(region, kind)
                if example is not None:
                    found.append((str(code), phonenumbers.national_significant_number(example)))
    return sorted(set(found))

"""The ring group of all employees, which the company number rings until somebody chooses otherwise."""

from __future__ import annotations

from dataclasses import replace

from appliance.office.country import Language
from appliance.office.declared.walk import short_numbers
from appliance.office.destination import ToVoicemail
from appliance.office.numbers import ExtensionNumber
from appliance.office.office import Office
from appliance.office.ring_group import RingGroup

EVERYONE_ID = "everyone"
_NAMES = {Language.DUTCH: "Iedereen", Language.FRENCH: "Tout le monde", Language.ENGLISH: "Everyone"}
_NUMBERS = tuple(str(number) for number in range(600, 1000, 10))


def with_everyone_group(office: Office) -> tuple[Office, RingGroup]:
    """Return the office with the group, which all employees are in when it is made, and the group."""
    group = next((group for group in office.ring_groups if group.id == EVERYONE_ID), None)
    if group is not None:
        return office, group
    taken = {digits for _, digits, _ in short_numbers(office)}
    group = RingGroup(
        id=EVERYONE_ID,
        number=ExtensionNumber(next(number for number in _NUMBERS if number not in taken)),
        name=_NAMES[office.site.language],
        member_ids=tuple(extension.id for extension in office.extensions),
        no_answer=ToVoicemail(),
    )
    return replace(office, ring_groups=(*office.ring_groups, group)), group


def with_newcomer(office: Office, extension_id: str) -> Office:
    """Return the office with a new employee in the group; whom the manager took out of it stays out."""
    office, group = with_everyone_group(office)
    if extension_id in group.member_ids:
        return office
    joined = replace(group, member_ids=(*group.member_ids, extension_id))
    return replace(office, ring_groups=tuple(joined if item.id == EVERYONE_ID else item for item in office.ring_groups))

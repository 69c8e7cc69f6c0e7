"""The ring group of all employees, which the company number rings until somebody chooses otherwise."""

from __future__ import annotations

from dataclasses import replace

from appliance.office.country import Language
from appliance.office.destination import ToVoicemail
from appliance.office.numbers import ExtensionNumber
from appliance.office.office import Office
from appliance.office.ring_group import RingGroup

EVERYONE_ID = "everyone"
_NAMES = {Language.DUTCH: "Iedereen", Language.FRENCH: "Tout le monde", Language.ENGLISH: "Everyone"}
_NUMBERS = tuple(str(number) for number in range(600, 1000, 10))


def with_everyone(office: Office) -> tuple[Office, RingGroup]:
    """Return the office with the group, all employees in it, and the group."""
    members = tuple(extension.id for extension in office.extensions)
    group = next((group for group in office.ring_groups if group.id == EVERYONE_ID), None)
    if group is None:
        taken = {item.number.digits for item in office.extensions}
        taken |= {item.number.digits for item in office.ring_groups}
        number = next(number for number in _NUMBERS if number not in taken)
        group = RingGroup(
            id=EVERYONE_ID,
            number=ExtensionNumber(number),
            name=_NAMES[office.site.language],
            member_ids=members,
            no_answer=ToVoicemail(),
        )
        return replace(office, ring_groups=(*office.ring_groups, group)), group
    group = replace(group, member_ids=members)
    groups = tuple(group if item.id == EVERYONE_ID else item for item in office.ring_groups)
    return replace(office, ring_groups=groups), group

"""What each role may open: rooms of the console, and in the settings kinds of things. Nothing else is open."""

from __future__ import annotations

from collections.abc import Mapping

from appliance.office.declared.catalogue import SUBJECT_OF
from appliance.operations.accounts import Role

OBJECTS = "objects"  # the room whose pages are about one kind of thing each
_EVERYBODY = frozenset({"login", "password", "second_factor", "own_login", "portal"})
_ON_THE_WAY = frozenset({"home", "live", "jobs", "setup", "hand_over", "explain", "search", OBJECTS})
_PHONES = frozenset({"phones", "phone", "by_hand"})
_OF_THE_OFFICE = frozenset({"place", "company_number", "hours", "employees", "groups", "menu", "backup_route"})
_TECHNICAL = frozenset({"lines", "network", "firmware", "phone_password"})
_HEARD = frozenset({"messages", "recordings", "switches"})
_ROOMS: Mapping[Role, frozenset[str]] = {
    Role.MANAGER: _EVERYBODY | _ON_THE_WAY | _PHONES | _OF_THE_OFFICE | _HEARD,
    Role.TECHNICIAN: _EVERYBODY | _ON_THE_WAY | _PHONES | _TECHNICAL | {"mail_step"},
    Role.EMPLOYEE: _EVERYBODY,
}
_TECHNICAL_KINDS = frozenset({"trunk", "outbound_route", "phone", "phone_settings", "mail"})
_KINDS: Mapping[Role, frozenset[str]] = {
    Role.MANAGER: frozenset(SUBJECT_OF) - (_TECHNICAL_KINDS - {"phone"}),
    Role.TECHNICIAN: _TECHNICAL_KINDS,
    Role.EMPLOYEE: frozenset(),
}
# These change any kind at once.
_WHOLE_OFFICE = frozenset({"objects.put_back"})


def may_open(role: Role, endpoint: str, arguments: Mapping[str, object]) -> bool:
    """Tell whether a role may open a page or press its buttons; `arguments` are those of its address."""
    if role is Role.ADMINISTRATOR:
        return True
    room = endpoint.partition(".")[0]
    if room not in _ROOMS[role] or endpoint in _WHOLE_OFFICE:
        return False
    kind = arguments.get("kind") if room == OBJECTS else None
    return kind is None or kind in _KINDS[role]

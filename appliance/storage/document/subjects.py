"""Every list of the office with its table, in the order in which the file has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from appliance.storage.document.calls import (
    ATTENDANT,
    CALL_FILTER,
    CALL_PLAN,
    CALLER_RULE,
    MODE_KEY,
    RING_GROUP,
)
from appliance.storage.document.company import (
    BACKUP_ROUTE,
    DIALLING_PREFIX,
    FORWARDING_PREFIX,
    MUSIC,
    NUMBER,
    OUTBOUND_ROUTE,
    PERMISSION,
    PROMPT,
    SPEED_DIAL,
    TRUNK,
)
from appliance.storage.document.devices import CONTACT, PHONE
from appliance.storage.document.people import EXTENSION, SHARED_VOICEMAIL
from appliance.storage.document.reading import Reading
from appliance.storage.document.tables import IdKey, Table
from appliance.storage.document.times import CLOSURE, OPENING_HOURS, PUBLIC_HOLIDAYS, SCHEDULE


@dataclass(frozen=True, slots=True)
class Subject:
    """`kind` is the table's name, `attribute` the office's list. `called`: the key by which faults name a row;
    `number_key`: the one with the number by which other tables may name it.
    """

    kind: str
    attribute: str
    table: Table[Any]
    called: str = "id"
    number_key: str = ""

    @property
    def has_ids(self) -> bool:
        """Whether its objects have ids."""
        return any(isinstance(part, IdKey) for part in self.table.parts)

    def id_of(self, row: Mapping[str, object], reading: Reading) -> str | None:
        """Return a row's id, written or derived; None if there is none that can be read."""
        return next((part.of(row, reading) for part in self.table.parts if isinstance(part, IdKey)), None)


SUBJECTS = (
    Subject("trunk", "trunks", TRUNK, called="name"),
    Subject("number", "numbers", NUMBER, called="number", number_key="number"),
    Subject("extension", "extensions", EXTENSION, called="number", number_key="number"),
    Subject("phone", "phones", PHONE, called="mac"),
    Subject("contact", "contacts", CONTACT, called="name"),
    Subject("ring_group", "ring_groups", RING_GROUP, called="number", number_key="number"),
    Subject("call_plan", "call_plans", CALL_PLAN, number_key="number"),
    Subject("attendant", "attendants", ATTENDANT, number_key="number"),
    Subject("opening_hours", "opening_hours", OPENING_HOURS),
    Subject("public_holidays", "public_holidays", PUBLIC_HOLIDAYS),
    Subject("closure", "closures", CLOSURE),
    Subject("schedule", "schedules", SCHEDULE),
    Subject("backup_route", "backup_routes", BACKUP_ROUTE),
    Subject("call_filter", "call_filters", CALL_FILTER),
    Subject("caller_rule", "caller_rules", CALLER_RULE),
    Subject("mode_key", "mode_keys", MODE_KEY, called="number", number_key="number"),
    Subject("speed_dial", "speed_dials", SPEED_DIAL, called="short", number_key="short"),
    Subject("shared_voicemail", "shared_voicemails", SHARED_VOICEMAIL, number_key="number"),
    Subject("prompt", "prompts", PROMPT),
    Subject("music", "music", MUSIC),
    Subject("permission", "permissions", PERMISSION),
    Subject("outbound_route", "outbound_routes", OUTBOUND_ROUTE),
    Subject("dialling_prefix", "dialling_prefixes", DIALLING_PREFIX, called="prefix"),
    Subject("forwarding_prefix", "forwarding_prefixes", FORWARDING_PREFIX, called="prefix"),
)

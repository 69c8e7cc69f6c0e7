"""Every subject of the office, in the order in which the office file has them."""

from __future__ import annotations

from appliance.office.declared.calls import (
    ATTENDANT,
    CALL_FILTER,
    CALL_PLAN,
    CALLER_RULE,
    MODE_KEY,
    RING_GROUP,
)
from appliance.office.declared.company import (
    BACKUP_ROUTE,
    BEHAVIOUR,
    DIALLING_PREFIX,
    FORWARDING_PREFIX,
    MAIL,
    MUSIC,
    NIGHT,
    NUMBER,
    OUTBOUND_ROUTE,
    PARKING,
    PERMISSION,
    PROMPT,
    SITE,
    SPEED_DIAL,
    TRUNK,
)
from appliance.office.declared.destinations import COMPANY_VOICEMAIL as COMPANY_VOICEMAIL  # its keys stand in [site]
from appliance.office.declared.devices import CONTACT, PHONE, PHONE_SETTINGS
from appliance.office.declared.people import COMPANY_BOX_TABLE, EXTENSION, SHARED_VOICEMAIL, TEAM
from appliance.office.declared.subject import Subject
from appliance.office.declared.times import CLOSURE, OPENING_HOURS, PUBLIC_HOLIDAYS, SCHEDULE

SUBJECTS = (
    Subject(
        "site", "site", SITE, is_one=True, first=("company_name", "country", "time_zone", "language", "company_number")
    ),
    Subject(
        COMPANY_VOICEMAIL,
        "company_voicemail",
        COMPANY_BOX_TABLE,
        is_one=True,
        first=("number", "pin", "emails", "greeting", "takes_messages"),
    ),
    Subject("trunk", "trunks", TRUNK, called="name", first=("name", "host", "username", "password", "registers")),
    Subject(
        "number",
        "numbers",
        NUMBER,
        called="number",
        number_key="number",
        first=("number", "label", "destination", "opening_hours", "when_closed", "backup_route"),
    ),
    Subject(
        "extension",
        "extensions",
        EXTENSION,
        called="number",
        number_key="number",
        first=("number", "name", "email", "voicemail", "ring_seconds", "permission"),
    ),
    Subject("phone", "phones", PHONE, called="mac", first=("mac", "brand", "model", "extension", "keys")),
    Subject("contact", "contacts", CONTACT, called="name"),
    Subject(
        "ring_group",
        "ring_groups",
        RING_GROUP,
        called="number",
        number_key="number",
        first=("number", "name", "members", "policy", "ring_seconds", "no_answer"),
    ),
    Subject("team", "teams", TEAM, first=("name", "members", "opening_hours", "when_closed")),
    Subject("call_plan", "call_plans", CALL_PLAN, number_key="number"),
    Subject(
        "attendant",
        "attendants",
        ATTENDANT,
        number_key="number",
        first=("name", "number", "reception", "opening_hours", "menu"),
    ),
    Subject("opening_hours", "opening_hours", OPENING_HOURS),
    Subject("public_holidays", "public_holidays", PUBLIC_HOLIDAYS, first=("name", "country", "destination")),
    Subject("closure", "closures", CLOSURE, first=("name", "start", "end", "destination")),
    Subject("schedule", "schedules", SCHEDULE),
    Subject("backup_route", "backup_routes", BACKUP_ROUTE),
    Subject("call_filter", "call_filters", CALL_FILTER),
    Subject("caller_rule", "caller_rules", CALLER_RULE),
    Subject("mode_key", "mode_keys", MODE_KEY, called="number", number_key="number"),
    Subject("speed_dial", "speed_dials", SPEED_DIAL, called="short", number_key="short"),
    Subject(
        "shared_voicemail",
        "shared_voicemails",
        SHARED_VOICEMAIL,
        number_key="number",
        first=("name", "number", "emails", "pin"),
    ),
    Subject("prompt", "prompts", PROMPT, first=("name", "text", "language")),
    Subject("music", "music", MUSIC),
    Subject("permission", "permissions", PERMISSION),
    Subject("outbound_route", "outbound_routes", OUTBOUND_ROUTE),
    Subject("dialling_prefix", "dialling_prefixes", DIALLING_PREFIX, called="prefix"),
    Subject("forwarding_prefix", "forwarding_prefixes", FORWARDING_PREFIX, called="prefix"),
    Subject("parking", "parking", PARKING, is_one=True),
    Subject(
        "mail", "mail_server", MAIL, is_one=True, first=("host", "port", "security", "username", "password", "sender")
    ),
    Subject("night", "night", NIGHT, is_one=True),
    Subject("behaviour", "behaviour", BEHAVIOUR, is_one=True),
    Subject("phone_settings", "phone_settings", PHONE_SETTINGS, is_one=True, first=("registrar", "resync_minutes")),
)
SUBJECT_OF = {subject.kind: subject for subject in SUBJECTS}

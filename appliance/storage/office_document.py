"""The whole office as one TOML text: readable, diffable, complete; with its secrets only when asked.

Short numbers stand for extensions and ring groups, so that a person can write the file; ids may be left out
of a new file and are always written.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from zoneinfo import available_timezones

import tomli_w

from appliance.office.backup_route import BackupRoute
from appliance.office.checks import check_office, has_errors
from appliance.office.country import Country, Language
from appliance.office.destination import (
    Destination,
    HangUp,
    ToExtension,
    ToOutsideNumber,
    ToRingGroup,
    ToVoicemail,
)
from appliance.office.extension import DEFAULT_RING_SECONDS, Extension
from appliance.office.ids import check_id
from appliance.office.names import check_name
from appliance.office.number import Number
from appliance.office.numbers import ExtensionNumber, MacAddress, PhoneNumber
from appliance.office.office import Office
from appliance.office.phone import Brand, Phone
from appliance.office.problems import InvalidValueError, Problem
from appliance.office.ring_group import HuntPolicy, RingGroup
from appliance.office.schedule import OpeningHours, Period, Weekday
from appliance.office.secret import Secret
from appliance.office.site import Site
from appliance.office.trunk import SIP_PORT, Trunk, check_host, check_sip_password, check_sip_user
from appliance.office.voicemail import VoicemailBox

VOICEMAIL = "voicemail"
HANG_UP = "hang up"
LONGEST_RING_SECONDS = 300
_PIN = re.compile(r"[0-9]{4,10}", re.ASCII)
_TOKEN = re.compile(r"[0-9a-f]{32}")  # 128 bits
_MODEL = re.compile(r"[A-Za-z0-9 ._+-]{1,40}")

_T = TypeVar("_T")
_Thing = TypeVar("_Thing", Trunk, Extension, Phone, RingGroup, OpeningHours, BackupRoute, Number)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretMaker:
    """Where new secrets come from; arguments, so that reading a document stays repeatable in tests."""

    password: Callable[[], Secret]
    token: Callable[[], Secret]
    pin: Callable[[], Secret]


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """`office` is None when any problem is an error."""

    office: Office | None
    problems: tuple[Problem, ...]


def read_document(text: str, secrets: SecretMaker, keep: Office | None = None) -> ReadDocument:
    """Read an office and say every fault with its place; objects with an id of `keep` keep their secrets."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        return ReadDocument(None, (Problem(where="file", rule="not-toml", facts={"value": str(fault)}),))
    reading = _Reading(secrets, keep)
    office = reading.office(tree)
    # What refers to a row that could not be read is no second fault.
    across = tuple(problem for problem in check_office(office) if problem.facts.get("value") not in reading.unread_ids)
    problems = (*reading.problems, *across)
    return ReadDocument(None if has_errors(problems) else office, problems)


def write_document(office: Office, *, with_secrets: bool = False) -> str:
    """Return the office as TOML; read back (over the same office, if without secrets) it gives that office."""
    short = {extension.id: extension.number.digits for extension in office.extensions}
    groups = {group.id: group.number.digits for group in office.ring_groups}

    def secret(key: str, value: Secret | None) -> dict[str, str]:
        return {key: value.reveal()} if with_secrets and value else {}

    def destination(value: Destination) -> str:
        match value:
            case ToExtension(extension_id):
                return short[extension_id]
            case ToRingGroup(ring_group_id):
                return groups[ring_group_id]
            case ToVoicemail(extension_id):
                return f"{VOICEMAIL} {short[extension_id]}" if extension_id else VOICEMAIL
            case ToOutsideNumber(number):
                return number.e164
            case HangUp():
                return HANG_UP

    site = office.site
    tree: dict[str, Any] = {
        "site": {
            "company_name": site.company_name,
            "country": site.country.value,
            "time_zone": site.time_zone,
            "language": site.language.value,
            **({"company_number": site.company_number.e164} if site.company_number else {}),
            **secret("voicemail_pin", office.company_voicemail.pin),
        },
        "trunk": [
            {
                "id": trunk.id,
                "name": trunk.name,
                "host": trunk.host,
                "port": trunk.port,
                "username": trunk.username,
                **secret("password", trunk.password),
                "registers": trunk.registers,
                "answers_options": trunk.answers_options,
            }
            for trunk in office.trunks
        ],
        "extension": [
            {
                "id": extension.id,
                "number": extension.number.digits,
                "name": extension.name,
                "ring_seconds": extension.ring_seconds,
                "voicemail": extension.voicemail is not None,
                **secret("sip_password", extension.sip_password),
                **secret("voicemail_pin", extension.voicemail.pin if extension.voicemail else None),
            }
            for extension in office.extensions
        ],
        "phone": [
            {
                "id": phone.id,
                "mac": str(phone.mac),
                "brand": phone.brand.value,
                "model": phone.model,
                **secret("token", phone.token),
                **({"extension": short[phone.extension_id]} if phone.extension_id else {}),
            }
            for phone in office.phones
        ],
        "ring_group": [
            {
                "id": group.id,
                "number": group.number.digits,
                "name": group.name,
                "members": [short[member] for member in group.member_ids],
                "policy": group.policy.value,
                "ring_seconds": group.ring_seconds,
                "no_answer": destination(group.no_answer),
            }
            for group in office.ring_groups
        ],
        "opening_hours": [
            {
                "id": hours.id,
                "name": hours.name,
                **{day.name.lower(): [str(period) for period in hours.periods[day]] for day in sorted(hours.periods)},
            }
            for hours in office.opening_hours
        ],
        "backup_route": [
            {
                "id": route.id,
                "name": route.name,
                "destination": destination(route.destination),
                "watched": [short[watched] for watched in route.watched_extension_ids],
            }
            for route in office.backup_routes
        ],
        "number": [
            {
                "id": number.id,
                "number": number.number.e164,
                "destination": destination(number.destination),
                **({"opening_hours": number.opening_hours_id} if number.opening_hours_id else {}),
                "when_closed": destination(number.when_closed),
                **({"backup_route": number.backup_route_id} if number.backup_route_id else {}),
            }
            for number in office.numbers
        ],
    }
    return tomli_w.dumps({key: value for key, value in tree.items() if value})


class _Reading:
    """One pass over a document: collects every problem and returns stand-ins for values that have one."""

    def __init__(self, secrets: SecretMaker, keep: Office | None) -> None:
        self.secrets = secrets
        self.keep = keep
        self.problems: list[Problem] = []
        self.unread_ids: set[str] = set()
        self.country = Country.BELGIUM
        self.extension_ids: dict[str, str] = {}
        self.ring_group_ids: dict[str, str] = {}

    def office(self, tree: Mapping[str, Any]) -> Office:
        known = {
            "site",
            "trunk",
            "extension",
            "phone",
            "ring_group",
            "opening_hours",
            "backup_route",
            "number",
        }
        for key in tree.keys() - known:
            self.problem(key, "unknown-key", value=key)
        site = self.site(tree)
        self.country = site.country
        self.learn_numbers(tree)
        return Office(
            site=site,
            company_voicemail=self.company_voicemail,
            trunks=self.each(tree, "trunk", "name", self.trunk),
            extensions=self.each(tree, "extension", "number", self.extension),
            phones=self.each(tree, "phone", "mac", self.phone),
            ring_groups=self.each(tree, "ring_group", "number", self.ring_group),
            opening_hours=self.each(tree, "opening_hours", "id", self.hours),
            backup_routes=self.each(tree, "backup_route", "id", self.backup_route),
            numbers=self.each(tree, "number", "number", self.number),
        )

    def problem(self, where: str, rule: str, **facts: str) -> None:
        self.problems.append(Problem(where=where, rule=rule, facts=facts))

    def learn_numbers(self, tree: Mapping[str, Any]) -> None:
        """Note which short number is whose, before anything refers to one."""
        for kind, letter, ids in (
            ("extension", "e", self.extension_ids),
            ("ring_group", "g", self.ring_group_ids),
        ):
            for row in self.rows(tree, kind, tell=False):
                number = row.get("number")
                if isinstance(number, str):
                    ids[number] = str(row.get("id", f"{letter}{number}"))

    def rows(self, tree: Mapping[str, Any], kind: str, *, tell: bool = True) -> list[Mapping[str, Any]]:
        rows = tree.get(kind, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            if tell:
                self.problem(kind, "not-a-list-of-tables", value=kind)
            return []
        return rows

    def each(
        self, tree: Mapping[str, Any], kind: str, called: str, read: Callable[[_Row], _Thing]
    ) -> tuple[_Thing, ...]:
        things: list[_Thing] = []
        for index, row in enumerate(self.rows(tree, kind), start=1):
            name = row.get(called)
            place = f"{kind}[{name}]" if isinstance(name, str) and name.isprintable() else f"{kind}[{index}]"
            reader = _Row(self, row, place[:60])
            before = len(self.problems)
            thing = read(reader)
            reader.finish()
            if len(self.problems) == before:
                things.append(thing)
            else:
                self.unread_ids.add(thing.id)
        return tuple(things)

    def site(self, tree: Mapping[str, Any]) -> Site:
        table = tree.get("site")
        if not isinstance(table, dict):
            self.problem("site", "missing", value="site")
            table = {}
        row = _Row(self, table, "site")
        country = row.choice("country", Country, Country.BELGIUM)
        self.country = country
        site = Site(
            company_name=row.name("company_name"),
            country=country,
            time_zone=row.parsed("time_zone", _time_zone, "Europe/Brussels"),
            language=row.choice("language", Language, Language.DUTCH),
            company_number=row.optional("company_number", self.phone_number),
        )
        kept_box = self.keep.company_voicemail if self.keep else None
        self.company_voicemail = self.box(row, kept_box)
        if table:
            row.finish()
        return site

    def box(self, row: _Row, kept: VoicemailBox | None) -> VoicemailBox:
        pin = row.optional("voicemail_pin", _matching(_PIN, "pin-form"))
        return VoicemailBox(pin=Secret(pin)) if pin else kept or VoicemailBox(pin=self.secrets.pin())

    def phone_number(self, text: str) -> PhoneNumber:
        return PhoneNumber.parse(text, self.country)

    def trunk(self, row: _Row) -> Trunk:
        trunk_id = row.parsed("id", check_id, "line1")
        old = next((trunk for trunk in self.keep.trunks if trunk.id == trunk_id), None) if self.keep else None
        password = row.optional("password", check_sip_password)
        registers = row.flag("registers", True)
        username = row.optional("username", _username) or ""
        if registers and not username:
            self.problem(f"{row.place}.username", "missing", value="username")
        return Trunk(
            id=trunk_id,
            name=row.name("name"),
            host=row.parsed("host", check_host, "localhost"),
            port=row.count("port", SIP_PORT, least=1, most=65535),
            username=username,
            password=Secret(password) if password else old.password if old else Secret(""),
            registers=registers,
            answers_options=row.flag("answers_options", True),
        )

    def extension(self, row: _Row) -> Extension:
        number = row.parsed("number", ExtensionNumber, ExtensionNumber("99"))
        extension_id = row.parsed("id", check_id, f"e{number}", required=False)
        kept = self.keep.extensions if self.keep else ()
        old = next((extension for extension in kept if extension.id == extension_id), None)
        password = row.optional("sip_password", check_sip_password)
        box = self.box(row, old.voicemail if old else None)
        return Extension(
            id=extension_id,
            number=number,
            name=row.name("name"),
            sip_password=Secret(password) if password else old.sip_password if old else self.secrets.password(),
            ring_seconds=row.count("ring_seconds", DEFAULT_RING_SECONDS, least=1, most=LONGEST_RING_SECONDS),
            voicemail=box if row.flag("voicemail", True) else None,
        )

    def phone(self, row: _Row) -> Phone:
        mac = row.parsed("mac", MacAddress.parse, MacAddress("000000000000"))
        phone_id = row.parsed("id", check_id, f"p{mac.digits}", required=False)
        old = next((phone for phone in self.keep.phones if phone.id == phone_id), None) if self.keep else None
        token = row.optional("token", _matching(_TOKEN, "token-form"))
        # Another device under the same id is a replacement: the old one's secret dies with it.
        kept_token = old.token if old and old.mac == mac else self.secrets.token()
        return Phone(
            id=phone_id,
            mac=mac,
            brand=row.choice("brand", Brand, Brand.YEALINK),
            model=row.parsed("model", _matching(_MODEL, "model-form"), "?"),
            token=Secret(token) if token else kept_token,
            extension_id=row.optional("extension", self.extension_id),
        )

    def ring_group(self, row: _Row) -> RingGroup:
        number = row.parsed("number", ExtensionNumber, ExtensionNumber("99"))
        return RingGroup(
            id=row.parsed("id", check_id, f"g{number}", required=False),
            number=number,
            name=row.name("name"),
            member_ids=row.several("members", self.extension_id),
            policy=row.choice("policy", HuntPolicy, HuntPolicy.RING_ALL, required=False),
            ring_seconds=row.count("ring_seconds", DEFAULT_RING_SECONDS, least=1, most=LONGEST_RING_SECONDS),
            no_answer=row.optional("no_answer", self.destination) or HangUp(),
        )

    def hours(self, row: _Row) -> OpeningHours:
        periods: dict[Weekday, tuple[Period, ...]] = {}
        for day in Weekday:
            times = row.several(day.name.lower(), Period.parse)
            if times:
                periods[day] = tuple(sorted(times))
                if any(first.end > second.start for first, second in zip(periods[day], periods[day][1:], strict=False)):
                    self.problem(f"{row.place}.{day.name.lower()}", "periods-overlap")
        return OpeningHours(id=row.parsed("id", check_id, "office"), name=row.name("name"), periods=periods)

    def backup_route(self, row: _Row) -> BackupRoute:
        otherwise: Destination = ToVoicemail()
        destination = row.parsed("destination", self.destination, otherwise)
        if not isinstance(destination, ToOutsideNumber | ToVoicemail):
            self.problem(f"{row.place}.destination", "backup-needs-no-phone")
            destination = ToVoicemail()
        return BackupRoute(
            id=row.parsed("id", check_id, "backup"),
            name=row.name("name"),
            destination=destination,
            watched_extension_ids=row.several("watched", self.extension_id),
        )

    def number(self, row: _Row) -> Number:
        number = row.parsed("number", self.phone_number, PhoneNumber("+3200000000"))
        otherwise: Destination = HangUp()
        return Number(
            id=row.parsed("id", check_id, f"n{number.e164[1:]}", required=False),
            number=number,
            destination=row.parsed("destination", self.destination, otherwise),
            opening_hours_id=row.optional("opening_hours", check_id),
            when_closed=row.optional("when_closed", self.destination) or HangUp(),
            backup_route_id=row.optional("backup_route", check_id),
        )

    def extension_id(self, text: str) -> str:
        if text not in self.extension_ids:
            raise InvalidValueError("no-such-extension", value=text)
        return self.extension_ids[text]

    def destination(self, text: str) -> Destination:
        word = text.strip()
        if word == HANG_UP:
            return HangUp()
        if word == VOICEMAIL:
            return ToVoicemail()
        if word.startswith(VOICEMAIL + " "):
            return ToVoicemail(self.extension_id(word.removeprefix(VOICEMAIL).strip()))
        if word in self.extension_ids:
            return ToExtension(self.extension_ids[word])
        if word in self.ring_group_ids:
            return ToRingGroup(self.ring_group_ids[word])
        if word.startswith(("+", "00")):
            return ToOutsideNumber(self.phone_number(word))
        raise InvalidValueError("no-such-destination", value=text)


class _Row:
    """One table of the document; every method notes what is wrong and returns something usable."""

    def __init__(self, reading: _Reading, table: Mapping[str, Any], place: str) -> None:
        self.reading = reading
        self.table = table
        self.place = place
        self.read: set[str] = set()

    def finish(self) -> None:
        """Name the keys nobody asked for: a misspelt setting must not pass in silence."""
        for key in self.table.keys() - self.read:
            self.reading.problem(f"{self.place}.{key[:40]}", "unknown-key", value=key[:40])

    def parsed(self, key: str, parse: Callable[[str], _T], otherwise: _T, *, required: bool = True) -> _T:
        value = self.optional(key, parse)
        if value is not None:
            return value
        if required and key not in self.table:
            self.reading.problem(f"{self.place}.{key}", "missing", value=key)
        return otherwise

    def optional(self, key: str, parse: Callable[[str], _T]) -> _T | None:
        self.read.add(key)
        if key not in self.table:
            return None
        value = self.table[key]
        if not isinstance(value, str):
            self.reading.problem(f"{self.place}.{key}", "not-text", value=str(value)[:40])
            return None
        try:
            return parse(value)
        except InvalidValueError as fault:
            self.reading.problems.append(fault.at(f"{self.place}.{key}"))
            return None

    def name(self, key: str) -> str:
        return self.parsed(key, check_name, "?")

    def choice(self, key: str, kind: Callable[[str], _T], otherwise: _T, *, required: bool = True) -> _T:
        def choose(text: str) -> _T:
            try:
                return kind(text)
            except ValueError:
                choices = ", ".join(str(choice) for choice in kind)  # type: ignore[attr-defined]  # a StrEnum
                raise InvalidValueError("not-a-choice", value=text[:40], choices=choices) from None

        return self.parsed(key, choose, otherwise, required=required)

    def flag(self, key: str, otherwise: bool) -> bool:
        self.read.add(key)
        value = self.table.get(key, otherwise)
        if not isinstance(value, bool):
            self.reading.problem(f"{self.place}.{key}", "not-true-or-false", value=str(value)[:40])
            return otherwise
        return value

    def count(self, key: str, otherwise: int, *, least: int, most: int) -> int:
        self.read.add(key)
        value = self.table.get(key, otherwise)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            facts = {"value": str(value)[:40], "least": str(least), "most": str(most)}
            self.reading.problem(f"{self.place}.{key}", "not-in-range", **facts)
            return otherwise
        return value

    def several(self, key: str, parse: Callable[[str], _T]) -> tuple[_T, ...]:
        self.read.add(key)
        values: Sequence[object] = self.table.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            self.reading.problem(f"{self.place}.{key}", "not-a-list-of-texts", value=str(values)[:40])
            return ()
        things: list[_T] = []
        for value in values:
            try:
                things.append(parse(value))
            except InvalidValueError as fault:
                self.reading.problems.append(fault.at(f"{self.place}.{key}"))
        return tuple(things)


def _time_zone(text: str) -> str:
    if text not in available_timezones():
        raise InvalidValueError("time-zone-unknown", value=text[:40])
    return text


def _matching(pattern: re.Pattern[str], rule: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if not pattern.fullmatch(text):
            raise InvalidValueError(rule, value=text[:40])
        return text

    return parse


def _username(text: str) -> str:
    return check_sip_user(text) if text else ""

"""Grandstream: an XML file of numbered values (P-values)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from appliance.office.country import Language
from appliance.office.feature_codes import CODES, FeatureCode
from appliance.office.numbers import MacAddress
from appliance.office.phone import Parameter
from provisioning.drivers.country_tones import TONES, CountryTones, Tone
from provisioning.drivers.directory import (
    MOST_HITS,
    NAME_ATTRIBUTES,
    NUMBER_ATTRIBUTES,
    directory_entries,
    ldap_filter,
)
from provisioning.drivers.driver import Asked, PhoneDriver, PhoneKind, ProvisionedFile
from provisioning.drivers.grandstream.models import MODELS, GrandstreamModel, Lines
from provisioning.drivers.grandstream.p_values import (
    FIRST_SOCKET,
    SECOND_SOCKET,
    AccountNumbers,
    KeyNumbers,
    SocketNumbers,
    UserNumbers,
    account_numbers,
    memory_key,
    module_key,
    user_numbers,
    virtual_key,
)
from provisioning.drivers.grandstream.recognition import RULES
from provisioning.drivers.line_plan import REGISTER_SECONDS, Encryption, LinePlan, plan_lines
from provisioning.drivers.own_parameters import keep_last_of_each
from provisioning.drivers.plain_text import one_line
from provisioning.drivers.template_set import TemplateSet
from provisioning.drivers.time_zone import TimeZoneRule, time_zone_rule
from provisioning.phone_profile import BoxAddress, KeyKind, KeyProfile, PhoneProfile

DIRECTORY_FILE = "phonebook.xml"  # the phone asks for this name

_LANGUAGES: Mapping[Language, str] = {Language.DUTCH: "nl", Language.FRENCH: "fr", Language.ENGLISH: "en"}
_CODECS: Mapping[str, int] = {"pcmu": 0, "pcma": 8, "g722": 9}
_SRTP: Mapping[Encryption, int] = {Encryption.NONE: 0, Encryption.OPTIONAL: 1, Encryption.MANDATORY: 2}
_VIRTUAL_MODES: Mapping[KeyKind, int] = {KeyKind.LINE: 0, KeyKind.LAMP: 11, KeyKind.CALL: 10}
_MEMORY_MODES: Mapping[KeyKind, int] = {KeyKind.LAMP: 1, KeyKind.CALL: 0}
_NO_MODE = -1
_MELODIES = (1, 2, 3, 0)  # the custom ring tones, and the system's
_PHONE_KINDS = ("Work", "Home", "Cell")
_LEAST_POLLING_MINUTES, _MOST_POLLING_MINUTES = 60, 86400
_MOST_DIRECTORY_MINUTES = 720
_ANALOGUE_LEVEL_DB = -17

_OWN_FILE = re.compile(r"(?:cfg(?P<mac>[0-9a-f]{12})(?:\.xml|\.bin)?|dev(?P<dev>[0-9a-f]{12})\.cfg)", re.IGNORECASE)
_MODEL_FILE = re.compile(r"cfg(?P<model>[a-z]+\d+\w*)?\.xml", re.IGNORECASE)
_SETTING = re.compile(r"\s*<(?P<name>P\d+)>.*</(?P=name)>$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """What the first file and the enrolment file say; the protocol is a setting of its own."""

    box: BoxAddress
    url: str
    model: GrandstreamModel

    @property
    def path(self) -> str:
        """The URL without scheme and without the last slash, as P237 wants it."""
        return _without_scheme(self.url)

    @property
    def polling_mode(self) -> int:
        """P194 for "every P193 minutes"."""
        return _polling_mode(self.model)

    @property
    def checks_server_by_itself(self) -> bool:
        """Adapters want a certificate of a public authority unless told otherwise."""
        return self.model.kind is PhoneKind.ADAPTER


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPlace:
    """One key under its numbers; without a key it is to do nothing."""

    numbers: KeyNumbers
    mode: int
    key: KeyProfile | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One contact of the directory; it has room for one number of each kind."""

    name: str
    phones: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The profile in Grandstream's words."""

    profile: PhoneProfile
    model: GrandstreamModel
    plans: tuple[LinePlan, ...]
    zone: TimeZoneRule
    parameters: tuple[Parameter, ...]

    register_minutes = REGISTER_SECONDS // 60
    most_hits = MOST_HITS
    directory_minutes = _MOST_DIRECTORY_MINUTES
    name_filter = ldap_filter(NAME_ATTRIBUTES, "%")
    number_filter = ldap_filter(NUMBER_ATTRIBUTES, "%")
    name_attributes = " ".join(NAME_ATTRIBUTES)
    number_attributes = " ".join(NUMBER_ATTRIBUTES)
    pickup_code = CODES[FeatureCode.PICKUP].digits

    @property
    def path(self) -> str:
        """Where the settings and the directory lie, without scheme."""
        return _without_scheme(self.profile.settings_url)

    @property
    def polling_mode(self) -> int:
        """P194 for "every P193 minutes"."""
        return _polling_mode(self.model)

    @property
    def polling_minutes(self) -> int:
        """How often it fetches its settings, within what the phone takes."""
        return min(max(self.profile.resync_minutes, _LEAST_POLLING_MINUTES), _MOST_POLLING_MINUTES)

    @property
    def checks_server_by_itself(self) -> bool:
        """Adapters want a certificate of a public authority unless told otherwise."""
        return self.model.kind is PhoneKind.ADAPTER

    @property
    def firmware_folder(self) -> str:
        """The folder the firmware lies in, without scheme; the phone knows the file's name itself."""
        path = self.profile.firmware.path if self.profile.firmware else ""
        folder = str(PurePosixPath(path).parent).removeprefix(".")
        return _without_scheme(f"{self.profile.box.firmware_url}{folder}")

    @property
    def language(self) -> str:
        """The screen's language."""
        return _LANGUAGES[self.model.screen_language(self.profile.language)]

    @property
    def tones(self) -> CountryTones:
        """What the dial tone and the others sound like."""
        return TONES[self.profile.country]

    @property
    def emergency_numbers(self) -> str:
        """Numbers that can be dialled while the keypad is locked."""
        return ",".join(self.profile.emergency_numbers)

    @property
    def accounts(self) -> Iterator[tuple[LinePlan, AccountNumbers]]:
        """Each line with the numbers of its account."""
        for plan in self.plans:
            yield plan, account_numbers(plan.number)

    @property
    def unused_accounts(self) -> Iterator[int]:
        """Where the accounts are switched off that a line taken away may have left behind."""
        for account in range(len(self.plans) + 1, self.model.accounts + 1):
            yield account_numbers(account).active

    @property
    def sockets(self) -> Iterator[tuple[LinePlan, SocketNumbers]]:
        """Each line of a small adapter with the numbers of its socket."""
        return zip(self.plans, (FIRST_SOCKET, SECOND_SOCKET), strict=False)

    @property
    def unused_sockets(self) -> tuple[int, ...]:
        """Where the second socket is switched off, if there is one and no line has it."""
        return (SECOND_SOCKET.active,) if len(self.plans) < self.model.accounts else ()

    @property
    def profile_servers(self) -> Iterator[tuple[LinePlan, SocketNumbers]]:
        """The one profile all users of the table share, as the line that is to be encrypted most wants it."""
        strictest = (Encryption.MANDATORY, Encryption.NONE, Encryption.OPTIONAL)
        yield min(self.plans, key=lambda plan: strictest.index(plan.encryption)), FIRST_SOCKET

    @property
    def users(self) -> Iterator[tuple[LinePlan, UserNumbers]]:
        """Each line with the numbers of its place in the table of users."""
        for plan in self.plans:
            yield plan, user_numbers(plan.number)

    @property
    def unused_users(self) -> Iterator[int]:
        """Where the users are switched off that a line taken away may have left behind."""
        for user in range(len(self.plans) + 1, self.model.accounts + 1):
            yield user_numbers(user).active

    @property
    def is_base(self) -> bool:
        """Tell whether the users are handsets of a DECT base."""
        return self.model.kind is PhoneKind.DECT

    @property
    def no_call_waiting(self) -> int:
        """One setting for all lines; the switch keeps waiting calls from the lines that want none."""
        return int(not any(plan.line.has_call_waiting for plan in self.plans))

    @property
    def places(self) -> Iterator[KeyPlace]:
        """Every key the phone and its modules have; those of no use now are emptied."""
        keys = {(key.module, key.position): key for key in self.profile.keys if self.model.has_place_for(key)}
        for position in range(1, self.model.line_keys + 1):
            key = keys.get((0, position))
            if position <= self.model.virtual_keys:
                yield KeyPlace(
                    numbers=virtual_key(position), mode=_VIRTUAL_MODES[key.kind] if key else _NO_MODE, key=key
                )
            else:
                yield _memory_place(memory_key(position - self.model.virtual_keys), key)
        each = self.model.module_keys
        for module in range(1, self.model.modules + 1):
            for position in range(1, each + 1):
                yield _memory_place(module_key(module, position, each), keys.get((module, position)))

    @property
    def contacts(self) -> Iterator[Contact]:
        """The directory; who has more numbers than a contact has room for stands in it again."""
        room = len(_PHONE_KINDS)
        for entry in directory_entries(self.profile.phonebook):
            for start in range(0, len(entry.numbers), room):
                some = entry.numbers[start : start + room]
                yield Contact(name=entry.name, phones=tuple(zip(_PHONE_KINDS, some, strict=False)))

    def dns_mode(self, plan: LinePlan) -> int:
        """Whether the server is looked up as an address or as DNS SRV records."""
        return int(plan.finds_server_by_srv)

    def transport(self, plan: LinePlan) -> int:
        """How a line reaches its server: 2 is TLS, 0 UDP."""
        return 2 if plan.uses_tls else 0

    def srtp(self, plan: LinePlan) -> int:
        """Whether the sound is encrypted."""
        return _SRTP[plan.encryption]

    def codec(self, place: int) -> int:
        """What stands at a place of the list of codecs; the last one fills what is left."""
        return _CODECS[self.model.codecs[min(place, len(self.model.codecs) - 1)]]

    def ring_rules(self, numbers: AccountNumbers) -> Iterator[tuple[int, str, int]]:
        """What Alert-Info must say, and the melody then; there are fewer melodies than names."""
        for place, (number, tone) in enumerate(zip(numbers.ring_rules, self.profile.ring_tones, strict=False)):
            yield number, tone, _MELODIES[place % len(_MELODIES)]

    def tone(self, tone: Tone) -> str:
        """A tone as telephones want it: times in hundredths of a second."""
        cadence = f",c={round(tone.on_ms / 10)}/{round(tone.off_ms / 10)}" if tone.on_ms else ""
        return f"f1={tone.hertz},f2={tone.hertz}{cadence};"

    def analogue_tone(self, tone: Tone) -> str:
        """A tone as adapters and DECT bases want it: with its level, times in milliseconds."""
        each = f"{tone.hertz}@{_ANALOGUE_LEVEL_DB}"
        return f"f1={each},f2={each},c={tone.on_ms}/{tone.off_ms};"


class GrandstreamDriver(PhoneDriver):
    """Asks `cfg<mac>`, `cfg<mac>.xml`, `cfg<model>.xml`, `cfg.xml`; the first that comes ends the search."""

    models: tuple[GrandstreamModel, ...] = MODELS
    rules = RULES
    vendor_class_start = "Grandstream"
    resync_event = "check-sync"
    reboot_event = None
    protected_parameters = re.compile(
        r"P(?:2|212|237|1360|1361"  # administrator, provisioning
        r"|47|35|36|34|2312|967|(?:4|5|6|17|18)0[2456]|2[4-8]12|747|735|736|734|987"  # servers, users, passwords
        r"|40[69]\d|412\d"  # the table of users
        r"|8463|8502|22030|2[3-6]86|843[3-8])"  # authority
    )

    def __init__(self) -> None:
        self._templates = TemplateSet(__package__, one_line, xml=True)

    def option66(self, box: BoxAddress) -> str:
        return box.tftp_url

    def pnp_url(self, box: BoxAddress, mac: MacAddress, model: str | None) -> str:
        return box.tftp_url

    def first_files(self, box: BoxAddress, model: str) -> tuple[ProvisionedFile, ...]:
        row = self._row(model)
        text = self._templates.render("first.xml.j2", Pointer(box=box, url=box.enrolment_url, model=row))
        return (_file(f"cfg{row.name.lower()}.xml", text, secret=False),)

    def enrolment_file(self, box: BoxAddress, mac: MacAddress, model: str, settings_url: str) -> ProvisionedFile:
        pointer = Pointer(box=box, url=settings_url, model=self._row(model))
        return _file(f"cfg{mac.digits}.xml", self._templates.render("enrolment.xml.j2", pointer), secret=True)

    def files(self, profile: PhoneProfile) -> tuple[ProvisionedFile, ...]:
        row = self._row(profile.model)
        settings = Settings(
            profile=profile,
            model=row,
            plans=plan_lines(profile, row),
            zone=time_zone_rule(profile.time_zone),
            parameters=self._own_parameters(profile),
        )
        template = {
            Lines.ACCOUNTS: "settings.xml.j2",
            Lines.PORTS: "sockets.xml.j2",
            Lines.PROFILE: "users.xml.j2",
        }[row.lines]
        text = keep_last_of_each(self._templates.render(template, settings), _setting_name)
        own = _file(f"cfg{profile.mac.digits}.xml", text, secret=True)
        if row.kind is not PhoneKind.DESK:
            return (own,)
        return own, _file(DIRECTORY_FILE, self._templates.render("phonebook.xml.j2", settings), secret=True)

    def mac_and_model_asked(self, name: str, user_agent: str) -> Asked | None:
        seen = self.rules.seen_in(user_agent)
        model = self.model_name(seen) if seen else None
        if match := _OWN_FILE.fullmatch(name):
            digits = match["mac"] or match["dev"]
            return None if int(digits[:2], 16) & 1 else Asked(mac=MacAddress.parse(digits), model=model)
        if match := _MODEL_FILE.fullmatch(name):
            return Asked(model=self.model_name(match["model"]) if match["model"] else model)
        return None

    def _row(self, model: str) -> GrandstreamModel:
        name = self.model(model).name
        return next(row for row in self.models if row.name == name)


def _memory_place(numbers: KeyNumbers, key: KeyProfile | None) -> KeyPlace:
    return KeyPlace(numbers=numbers, mode=_MEMORY_MODES[key.kind] if key else _NO_MODE, key=key)


def _polling_mode(model: GrandstreamModel) -> int:
    return 3 if model.kind is PhoneKind.ADAPTER else 1


def _without_scheme(url: str) -> str:
    return url.removeprefix("https://").removesuffix("/")


def _setting_name(line: str) -> str | None:
    match = _SETTING.match(line)
    return match["name"] if match else None


def _file(name: str, text: str, *, secret: bool) -> ProvisionedFile:
    return ProvisionedFile(name=name, content=text.encode(), secret=secret, content_type="text/xml")


DRIVER = GrandstreamDriver()

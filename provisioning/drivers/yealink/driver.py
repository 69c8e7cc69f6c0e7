"""Yealink: a line `key = value` per setting, under a fixed first line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from appliance.office.country import Country, Language
from appliance.office.numbers import MacAddress
from appliance.office.phone import Parameter
from provisioning.drivers.directory import (
    MOST_HITS,
    NAME_ATTRIBUTES,
    NUMBER_ATTRIBUTES,
    DirectoryEntry,
    directory_entries,
    ldap_filter,
)
from provisioning.drivers.driver import Asked, PhoneDriver, PhoneKind, ProvisionedFile
from provisioning.drivers.line_plan import REGISTER_SECONDS, Encryption, LinePlan, plan_lines
from provisioning.drivers.own_parameters import keep_last_of_each
from provisioning.drivers.plain_text import cut_to_bytes, one_line
from provisioning.drivers.template_set import TemplateSet
from provisioning.drivers.time_zone import TimeZoneRule, time_zone_rule
from provisioning.drivers.yealink.models import MODELS, YealinkModel
from provisioning.drivers.yealink.recognition import RULES
from provisioning.phone_profile import BoxAddress, KeyKind, KeyProfile, PhoneProfile

VALUE_BYTES = 500  # ours: the vendor states no limit, and no value we write is longer in earnest
DIRECTORY_FILE = "phonebook.xml"

_LANGUAGES: Mapping[Language, str] = {
    Language.DUTCH: "Dutch",
    Language.FRENCH: "French",
    Language.ENGLISH: "English",
}
_DIRECTORY_NAMES: Mapping[Language, str] = {
    Language.DUTCH: "Telefoonboek",
    Language.FRENCH: "Annuaire",
    Language.ENGLISH: "Phonebook",
}
_TONES: Mapping[Country, str] = {
    Country.BELGIUM: "Belgium",
    Country.NETHERLANDS: "Netherlands",
    Country.FRANCE: "France",
    Country.LUXEMBOURG: "Germany",  # the vendor has no Luxembourg tones; these are the nearest
    Country.GERMANY: "Germany",
}
_KEY_TYPES: Mapping[KeyKind, int] = {KeyKind.LINE: 15, KeyKind.LAMP: 16, KeyKind.CALL: 13}
_SRTP: Mapping[Encryption, int] = {Encryption.NONE: 0, Encryption.OPTIONAL: 1, Encryption.MANDATORY: 2}
_UDP, _TLS, _DNS_NAPTR = 0, 2, 3
_MOST_RING_TONES = 8  # ringers every model has

_OWN_FILE = re.compile(r"(?P<mac>[0-9a-f]{12})(?:-local)?\.(?:boot|cfg)", re.IGNORECASE)
_COMMON_FILE = re.compile(r"y(?P<product>\d{12})\.(?P<kind>boot|cfg)", re.IGNORECASE)
_SERIES = re.compile(r"^(?:SIP[ -])?(?:VP-)?", re.IGNORECASE)
_SETTING = re.compile(r"([a-z][a-z0-9_.]*) = ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """What the first file and the enrolment file say."""

    box: BoxAddress
    url: str
    model: YealinkModel


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPlace:
    """One key of the phone or of an expansion module, under its name; without a key it is to do nothing."""

    name: str
    key: KeyProfile | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """What the XML directory says."""

    entries: tuple[DirectoryEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The profile in Yealink's words."""

    profile: PhoneProfile
    model: YealinkModel
    plans: tuple[LinePlan, ...]
    zone: TimeZoneRule
    parameters: tuple[Parameter, ...]

    most_ring_tones = _MOST_RING_TONES
    register_seconds = REGISTER_SECONDS
    most_hits = MOST_HITS
    name_filter = ldap_filter(NAME_ATTRIBUTES, "%")
    number_filter = ldap_filter(NUMBER_ATTRIBUTES, "%")
    name_attributes = " ".join(NAME_ATTRIBUTES)
    number_attributes = " ".join(NUMBER_ATTRIBUTES)

    @property
    def language(self) -> str:
        """The screen's language."""
        return _LANGUAGES[self.model.screen_language(self.profile.language)]

    @property
    def directory_name(self) -> str:
        """What the XML directory is called on the screen."""
        return _DIRECTORY_NAMES[self.model.screen_language(self.profile.language)]

    @property
    def directory_url(self) -> str:
        """Where the XML directory lies."""
        return self.profile.settings_url + DIRECTORY_FILE

    @property
    def tones(self) -> str:
        """The country whose tones it plays."""
        return _TONES[self.profile.country]

    @property
    def offset_hours(self) -> str:
        """Hours from UTC in winter: +1, 0."""
        hours = self.zone.offset_minutes // 60
        return f"{hours:+}" if hours else "0"

    @property
    def emergency_numbers(self) -> str:
        """Numbers that can be dialled while the keys are locked."""
        return ",".join(self.profile.emergency_numbers)

    @property
    def call_waiting(self) -> int:
        """One setting for all lines; the switch keeps waiting calls from the lines that want none."""
        return int(any(plan.line.has_call_waiting for plan in self.plans))

    @property
    def unused_accounts(self) -> range:
        """The accounts that no line has, which a line taken away may have left behind."""
        return range(len(self.plans) + 1, self.model.accounts + 1)

    @property
    def places(self) -> Iterator[KeyPlace]:
        """Every key the model has; those of no use now are emptied."""
        keys = {(key.module, key.position): key for key in self.profile.keys if self.model.has_place_for(key)}
        for position in range(1, self.model.line_keys + 1):
            yield KeyPlace(name=f"linekey.{position}", key=keys.get((0, position)))
        for module in range(1, self.model.modules + 1):
            for position in range(1, self.model.module_keys + 1):
                yield KeyPlace(name=f"expansion_module.{module}.key.{position}", key=keys.get((module, position)))

    @property
    def server_templates(self) -> tuple[LinePlan, ...]:
        """One plan for each different way to the servers, where accounts name such a template."""
        ways: dict[tuple[int, int | None], LinePlan] = {}
        for plan in self.plans if self.model.shares_servers else ():
            ways.setdefault(self._way(plan), plan)
        return tuple(ways.values())

    @property
    def template_of_each(self) -> Iterator[tuple[int, int]]:
        """Account and template, both from 1."""
        ways = [self._way(template) for template in self.server_templates]
        for plan in self.plans if ways else ():
            yield plan.number, ways.index(self._way(plan)) + 1

    def servers(self, plan: LinePlan) -> tuple[str, ...]:
        """The servers of a line in the order they are tried."""
        return (plan.server, plan.second) if plan.second else (plan.server,)

    def transport(self, plan: LinePlan) -> int:
        """How a line reaches its servers; what must be encrypted is not left to NAPTR records."""
        if plan.finds_server_by_srv and plan.encryption is not Encryption.MANDATORY:
            return _DNS_NAPTR
        return _TLS if plan.uses_tls else _UDP

    def srtp(self, plan: LinePlan) -> int:
        """Whether the sound is encrypted."""
        return _SRTP[plan.encryption]

    def key_type(self, key: KeyProfile) -> int:
        """What a key does."""
        return _KEY_TYPES[key.kind]

    def key_line(self, key: KeyProfile) -> int:
        """The line a key works on, as this model counts."""
        return key.line - 1 + self.model.first_line

    def _way(self, plan: LinePlan) -> tuple[int, int | None]:
        return self.transport(plan), plan.port


class YealinkDriver(PhoneDriver):
    """Asks `<mac>.boot`, `y000000000000.boot`, the common file, `<mac>.cfg`; there are no boot files here."""

    models: tuple[YealinkModel, ...] = MODELS
    rules = RULES
    vendor_class_start = "yealink"
    resync_event = "check-sync;reboot=false"
    reboot_event = "check-sync;reboot=true"
    protected_parameters = re.compile(
        r"(?:static\.)?auto_provision\.server\..*|(?:static\.)?trusted_certificates\..*"
        r"|(?:static\.)?security\.(?:trust_certificates|ca_cert|user_password|user_name\..*)"
        r"|account\.\d+\.(?:user_name|auth_name|password|sip_server\..*|sip_server_host|sip_server_port)"
        r"|template\.\d+\.sip_server\..*"
    )

    def __init__(self) -> None:
        self._templates = TemplateSet(__package__, clean)
        self._xml = TemplateSet(__package__, one_line, xml=True)

    def option66(self, box: BoxAddress) -> str:
        return box.tftp_url

    def pnp_url(self, box: BoxAddress, mac: MacAddress, model: str | None) -> str:
        return box.tftp_url

    def first_files(self, box: BoxAddress, model: str) -> tuple[ProvisionedFile, ...]:
        row = self._row(model)
        text = self._templates.render("first.cfg.j2", Pointer(box=box, url=box.enrolment_url, model=row))
        return (_file(row.common_file, text, secret=False),)

    def enrolment_file(self, box: BoxAddress, mac: MacAddress, model: str, settings_url: str) -> ProvisionedFile:
        pointer = Pointer(box=box, url=settings_url, model=self._row(model))
        text = self._templates.render("enrolment.cfg.j2", pointer)
        return _file(f"{mac.digits}.cfg", text, secret=True)

    def files(self, profile: PhoneProfile) -> tuple[ProvisionedFile, ...]:
        row = self._row(profile.model)
        settings = Settings(
            profile=profile,
            model=row,
            plans=plan_lines(profile, row),
            zone=time_zone_rule(profile.time_zone),
            parameters=self._own_parameters(profile),
        )
        template = "dect_settings.cfg.j2" if row.kind is PhoneKind.DECT else "settings.cfg.j2"
        text = keep_last_of_each(self._templates.render(template, settings), _setting_name)
        directory = self._xml.render("phonebook.xml.j2", Directory(entries=directory_entries(profile.phonebook)))
        return (
            _file(f"{profile.mac.digits}.cfg", text, secret=True),
            ProvisionedFile(name=DIRECTORY_FILE, content=directory.encode(), secret=True, content_type="text/xml"),
        )

    def mac_and_model_asked(self, name: str, user_agent: str) -> Asked | None:
        match_own = _OWN_FILE.fullmatch(name)
        match_common = _COMMON_FILE.fullmatch(name)
        if match_own and not int(match_own["mac"][:2], 16) & 1:
            seen = self.rules.seen_in(user_agent)
            return Asked(mac=MacAddress.parse(match_own["mac"]), model=self.model_name(seen) if seen else None)
        if match_common and match_common["kind"].lower() == "boot":
            return Asked()  # of no model, and nobody has one: a boot file hides every other file
        if match_common:
            product = int(match_common["product"])
            return Asked(model=next((row.name for row in self.models if row.product_number == product), None))
        return None

    def model_name(self, text: str) -> str:
        """As for every brand, whatever stands before the model (SIP-, SIP VP-) and between it and E2."""
        bare = _SERIES.sub("", text).replace(" ", "_")
        return next((row.name for row in self.models if row.is_called(bare)), text)

    def _row(self, model: str) -> YealinkModel:
        name = self.model(model).name
        return next(row for row in self.models if row.name == name)


def clean(text: str) -> str:
    """Make one value: everything up to the end of the line is taken as it stands, but %NULL% is a command."""
    return cut_to_bytes(one_line(text).replace("%NULL%", "NULL").replace("%EMPTY%", "EMPTY"), VALUE_BYTES)


def _setting_name(line: str) -> str | None:
    match = _SETTING.match(line)
    return match[1] if match else None


def _file(name: str, text: str, *, secret: bool) -> ProvisionedFile:
    return ProvisionedFile(name=name, content=text.encode(), secret=secret, content_type="text/plain")


DRIVER = YealinkDriver()

"""Snom: an XML file of settings, each with its permission."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from appliance.office.country import Country, Language
from appliance.office.numbers import MacAddress
from appliance.office.phone import Parameter
from provisioning.drivers.directory import NAME_ATTRIBUTES, NUMBER_ATTRIBUTES, directory_entries, ldap_filter
from provisioning.drivers.driver import Asked, PhoneDriver, PhoneKind, PhoneModel, ProvisionedFile
from provisioning.drivers.line_plan import REGISTER_SECONDS, Encryption, LinePlan, plan_lines
from provisioning.drivers.own_parameters import keep_last_of_each
from provisioning.drivers.plain_text import one_line
from provisioning.drivers.snom.models import MODELS
from provisioning.drivers.snom.recognition import RULES
from provisioning.drivers.template_set import TemplateSet
from provisioning.drivers.time_zone import TimeZoneRule, time_zone_rule
from provisioning.phone_profile import BoxAddress, KeyKind, KeyProfile, PhoneProfile

FIRMWARE_FILE = "firmware.xml"
DIRECTORY_FILE = "phonebook.xml"
MOST_CONTACTS = 250  # ours: the oldest phones hold few; the whole directory is there by LDAP

_LANGUAGES: Mapping[Language, str] = {
    Language.DUTCH: "Nederlands",
    Language.FRENCH: "Français",
    Language.ENGLISH: "English",
}
_TONES: Mapping[Country, str] = {
    Country.BELGIUM: "FRA",  # no Belgian scheme exists
    Country.NETHERLANDS: "NLD",
    Country.FRANCE: "FRA",
    Country.LUXEMBOURG: "GER",
    Country.GERMANY: "GER",
}
_SAVP: Mapping[Encryption, str] = {
    Encryption.NONE: "off",
    Encryption.OPTIONAL: "optional",
    Encryption.MANDATORY: "mandatory",
}
_MOST_RING_TONES = 10  # Ringer1 to Ringer10
_FILE = re.compile(
    r"snom(?P<model>[A-Za-z]*\d+)?(?:-(?P<mac>[0-9a-f]{12}))?\.(?:htm|xml)|(?P<bare>000413[0-9a-f]{6})\.(?:htm|xml)",
    re.IGNORECASE,
)
_PARAMETER = re.compile(r"(?P<name>[a-z][a-z0-9_]*)(?:\[(?P<index>\d+)\])?")
_SETTING = re.compile(r'\s*<(?P<name>[a-z][a-z0-9_]*)(?: idx="(?P<index>\d+)")?[^>]* perm="RW">.*</(?P=name)>$')


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """What the first file and the enrolment file say."""

    box: BoxAddress
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One registration. `failover` is the identity that takes over when this one's server is silent, or None."""

    number: int
    plan: LinePlan
    is_second: bool = False
    failover: int | None = None

    @property
    def host(self) -> str:
        """The server, or the domain."""
        return self.plan.second if self.is_second else self.plan.server

    @property
    def host_and_port(self) -> str:
        """The same with the port, where one is given."""
        return self.plan.second_and_port if self.is_second else self.plan.server_and_port


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPlace:
    """One key under its index; without a key it is to do nothing."""

    index: int
    key: KeyProfile | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The profile in Snom's words."""

    profile: PhoneProfile
    model: PhoneModel
    plans: tuple[LinePlan, ...]
    zone: TimeZoneRule
    parameters: tuple[Parameter, ...]

    most_ring_tones = _MOST_RING_TONES
    register_seconds = REGISTER_SECONDS
    name_filter = ldap_filter(NAME_ATTRIBUTES, "%*")
    number_filter = ldap_filter(NUMBER_ATTRIBUTES, "%*")
    name_attributes = " ".join(NAME_ATTRIBUTES)
    number_attributes = " ".join(NUMBER_ATTRIBUTES)

    @property
    def language(self) -> str:
        """The screen's language."""
        return _LANGUAGES[self.model.screen_language(self.profile.language)]

    @property
    def tones(self) -> str:
        """The country whose tones it plays."""
        return _TONES[self.profile.country]

    @property
    def resync_seconds(self) -> int:
        """How often it fetches its settings."""
        return self.profile.resync_minutes * 60

    @property
    def emergency_numbers(self) -> str:
        """Numbers that can be dialled while the keys are locked."""
        return " ".join(self.profile.emergency_numbers)

    @property
    def firmware_file_url(self) -> str:
        """Where the file lies that names the firmware."""
        return self.profile.settings_url + FIRMWARE_FILE

    @property
    def directory_url(self) -> str:
        """Where a DECT base reads the directory."""
        return self.profile.settings_url + DIRECTORY_FILE

    @property
    def identities(self) -> tuple[Identity, ...]:
        """One for each line, and behind them one for each second server as far as there is room."""
        count = len(self.plans)
        seconds = [
            Identity(number=count + plan.number, plan=plan, is_second=True)
            for plan in self.plans
            if plan.second and count + plan.number <= self.model.accounts
        ]
        failover = {identity.plan.number: identity.number for identity in seconds}
        firsts = [Identity(number=plan.number, plan=plan, failover=failover.get(plan.number)) for plan in self.plans]
        return (*firsts, *seconds)

    @property
    def unused_identities(self) -> range:
        """Those that a line or a second server taken away may have left behind."""
        return range(len(self.identities) + 1, self.model.accounts + 1)

    @property
    def unused_handsets(self) -> range:
        """The same for the handsets of a DECT base."""
        return range(len(self.plans) + 1, self.model.accounts + 1)

    @property
    def places(self) -> Iterator[KeyPlace]:
        """Every key the phone and its modules have; those of no use now are emptied."""
        keys = {(key.module, key.position): key for key in self.profile.keys if self.model.has_place_for(key)}
        for module in range(self.model.modules + 1):
            before = self.model.line_keys + (module - 1) * self.model.module_keys if module else 0
            for position in range(1, (self.model.module_keys if module else self.model.line_keys) + 1):
                yield KeyPlace(index=before + position - 1, key=keys.get((module, position)))

    @property
    def contacts(self) -> tuple[tuple[str, str], ...]:
        """Name and number, one for each number."""
        every = tuple(
            (entry.name, number) for entry in directory_entries(self.profile.phonebook) for number in entry.numbers
        )
        return every if self.model.kind is PhoneKind.DECT else every[:MOST_CONTACTS]

    @property
    def servers(self) -> tuple[LinePlan, ...]:
        """A DECT base's servers: one plan for each different way to register."""
        ways: dict[Encryption, LinePlan] = {}
        for plan in self.plans:
            ways.setdefault(plan.encryption, plan)
        return tuple(ways.values())

    def server_number(self, plan: LinePlan) -> int:
        """Which of the base's servers a line uses, from 1."""
        return [server.encryption for server in self.servers].index(plan.encryption) + 1

    def registration_code(self, plan: LinePlan) -> str:
        """What is typed on the handset that is to have this line: its number, four digits."""
        return f"{plan.number:04}"

    def transport(self, plan: LinePlan) -> str:
        """How a line reaches its server."""
        return "tls" if plan.uses_tls else "udp"

    def savp(self, plan: LinePlan) -> str:
        """Whether the sound must, may or may not be encrypted."""
        return _SAVP[plan.encryption]

    def key_value(self, key: KeyProfile) -> str:
        """What a key does."""
        match key.kind:
            case KeyKind.LINE:
                return "line"
            case KeyKind.CALL:
                return f"speed {key.number}"
            case KeyKind.LAMP:
                server = next((plan.server for plan in self.plans if plan.number == key.line), self.profile.box.ip)
                pickup = f"|{key.pickup}" if key.pickup else ""
                return f"blf sip:{key.number}@{server}{pickup}"

    def name_and_index(self, parameter: Parameter) -> tuple[str, str | None]:
        """A setting's name, and what stands in brackets behind it."""
        match = _PARAMETER.match(parameter.name)
        return (match["name"], match["index"]) if match else (parameter.name, None)

    def is_key(self, parameter: Parameter) -> bool:
        """Tell whether a setting belongs among the function keys."""
        return self.name_and_index(parameter)[0] == "fkey"


class SnomDriver(PhoneDriver):
    """Asks `snom<model>.htm`, then `snom<model>-<MAC>.htm`; over HTTP from the start."""

    models = MODELS
    rules = RULES
    vendor_class_start = "snom"
    resync_event = "check-sync;reboot=false"
    reboot_event = "check-sync;reboot=true"
    protected_parameters = re.compile(
        r"(?:setting_server|provisioning_order|check_trusted_certificate|http_pass|webserver_admin_password"
        r"|admin_mode_password(?:_confirm)?|user_(?:name|pname|pass|host|outbound))(?:\[\d+\])?"
    )

    def __init__(self) -> None:
        self._templates = TemplateSet(__package__, one_line, xml=True)

    def option66(self, box: BoxAddress) -> str:
        return box.boot_url

    def pnp_url(self, box: BoxAddress, mac: MacAddress, model: str | None) -> str:
        return box.boot_url

    def first_files(self, box: BoxAddress, model: str) -> tuple[ProvisionedFile, ...]:
        text = self._templates.render("first.htm.j2", Pointer(box=box, url=box.enrolment_url))
        return (_file(f"snom{self.model(model).name}.htm", text, secret=False),)

    def enrolment_file(self, box: BoxAddress, mac: MacAddress, model: str, settings_url: str) -> ProvisionedFile:
        text = self._templates.render("enrolment.htm.j2", Pointer(box=box, url=settings_url))
        return _file(self._own_file(mac, model), text, secret=True)

    def files(self, profile: PhoneProfile) -> tuple[ProvisionedFile, ...]:
        row = self.model(profile.model)
        settings = Settings(
            profile=profile,
            model=row,
            plans=plan_lines(profile, row),
            zone=time_zone_rule(profile.time_zone),
            parameters=self._own_parameters(profile),
        )
        is_base = row.kind is PhoneKind.DECT
        text = self._templates.render("dect_settings.htm.j2" if is_base else "settings.htm.j2", settings)
        own = _file(self._own_file(profile.mac, row.name), keep_last_of_each(text, _setting_name), secret=True)
        if is_base:
            return own, _file(DIRECTORY_FILE, self._templates.render("phonebook.xml.j2", settings), secret=True)
        if profile.firmware:
            return own, _file(FIRMWARE_FILE, self._templates.render("firmware.xml.j2", settings), secret=True)
        return (own,)

    def mac_and_model_asked(self, name: str, user_agent: str) -> Asked | None:
        match = _FILE.fullmatch(name)
        if not match:
            return None
        digits = match["mac"] or match["bare"]
        if digits and int(digits[:2], 16) & 1:
            return None
        model = match["model"] or self.rules.seen_in(user_agent)
        return Asked(mac=MacAddress.parse(digits) if digits else None, model=self.model_name(model) if model else None)

    def _own_file(self, mac: MacAddress, model: str) -> str:
        return f"snom{self.model(model).name}-{mac.digits.upper()}.htm"


def _setting_name(line: str) -> str | None:
    match = _SETTING.match(line)
    return f"{match['name']}[{match['index']}]" if match else None


def _file(name: str, text: str, *, secret: bool) -> ProvisionedFile:
    return ProvisionedFile(name=name, content=text.encode(), secret=secret, content_type="text/xml")


DRIVER = SnomDriver()

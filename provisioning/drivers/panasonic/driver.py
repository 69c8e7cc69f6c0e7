"""Panasonic: a line `NAME="value"` per setting, CR LF, under a fixed first line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

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
from provisioning.drivers.line_plan import REGISTER_SECONDS, Encryption, LinePlan, plan_lines
from provisioning.drivers.own_parameters import keep_last_of_each
from provisioning.drivers.panasonic.models import MODELS, PanasonicModel, Series
from provisioning.drivers.panasonic.recognition import RULES
from provisioning.drivers.plain_text import cut_to_bytes, one_line
from provisioning.drivers.template_set import TemplateSet
from provisioning.drivers.time_zone import TimeZoneRule, time_zone_rule
from provisioning.phone_profile import BoxAddress, KeyKind, KeyProfile, PhonebookProfile, PhoneProfile

VALUE_BYTES = 500  # KX-HDV130 Administrator Guide: value <= 500 characters, line <= 537 bytes, name <= 32
PEOPLE_EACH_PAGE = 20  # XML Application guide: a page of the network phone book holds no more
NAME_CHARACTERS = 24  # the same: of a name

_LANGUAGES: Mapping[Language, str] = {Language.DUTCH: "nl", Language.FRENCH: "fr", Language.ENGLISH: "en"}
_FIRST_LINES: Mapping[Series, str] = {
    Series.UT: "# Panasonic SIP Phone Standard Format File #",
    Series.HDV: "# Panasonic SIP Phone Standard Format File #",
    Series.TGP6: "# Panasonic SIP Phone Standard Format File #",
    Series.TGP5: "# PCC Standard Format File # DO NOT CHANGE THIS LINE!",
}
_ACTIONS: Mapping[Series, Mapping[KeyKind, str]] = {
    Series.UT: {
        KeyKind.LINE: "X_PANASONIC_IPTEL_DN",
        KeyKind.LAMP: "X_PANASONIC_IPTEL_CONTACT",
        KeyKind.CALL: "X_PANASONIC_IPTEL_ONETOUCH",
    },
    Series.HDV: {
        KeyKind.LINE: "X_PANASONIC_IPTEL_LINE",
        KeyKind.LAMP: "X_PANASONIC_IPTEL_BLF",
        KeyKind.CALL: "X_PANASONIC_IPTEL_ONETOUCH",
    },
}
_MOST_EMERGENCY_NUMBERS = 5
_TONE_BEGINS_AFTER_MS = 60
_LINES_OF_A_BASE = 8
_OWN_FILE = re.compile(r"Config(?P<mac>[0-9a-f]{12})\.cfg", re.IGNORECASE)
_MODEL_FILE = re.compile(r"(?P<model>KX-[A-Z]+\d+\w*)\.cfg", re.IGNORECASE)
_REGIONAL_SUFFIX = re.compile(r"^(KX-[A-Z]+\d+)[A-Z]\w*$", re.IGNORECASE)
_SETTING = re.compile(r'([A-Z][A-Z0-9_]*)="')


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """What the first file and the enrolment file say."""

    box: BoxAddress
    url: str
    first_line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPlace:
    """One key under its name's beginning and its number; without a key it is to do nothing."""

    prefix: str
    position: int
    key: KeyProfile | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person of the network phone book, each number with its kind."""

    name: str
    numbers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one page of the network phone book says."""

    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The profile in Panasonic's words."""

    profile: PhoneProfile
    model: PanasonicModel
    plans: tuple[LinePlan, ...]
    zone: TimeZoneRule
    parameters: tuple[Parameter, ...]

    register_seconds = REGISTER_SECONDS
    most_hits = MOST_HITS
    most_emergency_numbers = _MOST_EMERGENCY_NUMBERS
    name_filter = ldap_filter(NAME_ATTRIBUTES, "%")
    number_filter = ldap_filter(NUMBER_ATTRIBUTES, "%")
    name_attributes = ",".join(NAME_ATTRIBUTES)
    number_attributes = ",".join(NUMBER_ATTRIBUTES)
    pickup_code = CODES[FeatureCode.PICKUP].digits

    @property
    def first_line(self) -> str:
        """Without it the phone throws the file away."""
        return _FIRST_LINES[self.model.series]

    @property
    def own_file_url(self) -> str:
        """Where the phone's whole settings lie."""
        return f"{self.profile.settings_url}Config{self.profile.mac.digits.upper()}.cfg"

    @property
    def firmware_version_name(self) -> str:
        """What the version to run is called; a DECT base of the oldest series names its region."""
        return "FIRM_VER_EUDECT" if self.is_oldest else "FIRM_VERSION"

    @property
    def firmware_url(self) -> str:
        """Where the firmware lies."""
        return self.profile.box.firmware_url + (self.profile.firmware.path if self.profile.firmware else "")

    @property
    def option_infix(self) -> str:
        """What stands in the middle of the names that switch DHCP's options."""
        return "PROV_" if self.model.series is Series.HDV else ""

    @property
    def language(self) -> str:
        """The screen's language."""
        return _LANGUAGES[self.model.screen_language(self.profile.language)]

    @property
    def tones(self) -> CountryTones:
        """What the dial tone and the others sound like."""
        return TONES[self.profile.country]

    @property
    def is_oldest(self) -> bool:
        """Tell whether the time and the tones have names of their own."""
        return self.model.series is Series.TGP5

    @property
    def enables_lines(self) -> bool:
        """Tell whether lines are switched on and off."""
        return self.model.series is not Series.TGP5

    @property
    def subscribes_by_line(self) -> bool:
        """Tell whether each line has its own setting for the message lamp."""
        return self.model.series is Series.HDV

    @property
    def names_codecs(self) -> bool:
        """Tell whether codecs are chosen by these names; elsewhere the order from the factory is the wanted one."""
        return self.model.series is not Series.TGP5

    @property
    def unused_lines(self) -> range:
        """The lines that one taken away may have left behind."""
        return range(len(self.plans) + 1, self.model.accounts + 1)

    @property
    def places(self) -> Iterator[KeyPlace]:
        """Every key the phone and its module have; those of no use now are emptied."""
        keys = {(key.module, key.position): key for key in self.profile.keys if self.model.has_place_for(key)}
        for position in range(1, self.model.line_keys + 1):
            yield KeyPlace(prefix="FLEX_BUTTON", position=position, key=keys.get((0, position)))
        for position in range(1, self.model.module_keys + 1):
            yield KeyPlace(prefix="DSS_BUTTON", position=position, key=keys.get((1, position)))

    def sip_uri(self, plan: LinePlan) -> str:
        """The line's own address; without it the phone would make one of PHONE_NUMBER."""
        return f"{plan.line.sip_user}@{plan.server}"

    def port(self, plan: LinePlan) -> int:
        """The servers' port; the phone passes over it where DNS SRV names one."""
        box = self.profile.box
        return plan.port or (box.sip_tls_port if plan.uses_tls else box.sip_port)

    def srtp(self, plan: LinePlan) -> int:
        """0: encrypted sound only; 1: either. Nothing documented switches it off."""
        return 0 if plan.encryption is Encryption.MANDATORY else 1

    def frequencies(self, tone: Tone) -> str:
        """A tone's two frequencies."""
        return f"{tone.hertz},{tone.hertz}"

    def timing(self, tone: Tone) -> str:
        """A tone's times: a first pause, which the last one is shorter by, then on and off in turn."""
        if not tone.on_ms:
            return f"{_TONE_BEGINS_AFTER_MS},0"
        return f"{_TONE_BEGINS_AFTER_MS},{tone.on_ms},{tone.off_ms - _TONE_BEGINS_AFTER_MS}"

    def old_timing(self, tone: Tone) -> str:
        """The same for the oldest series: on and off, twice."""
        return f"{tone.on_ms},{tone.off_ms},{tone.on_ms},{tone.off_ms}"

    def only_line(self, plan: LinePlan) -> str:
        """This line, and no other, among those of a base."""
        return ",".join(str(int(line == plan.number)) for line in range(1, _LINES_OF_A_BASE + 1))

    def action(self, key: KeyProfile | None) -> str:
        """What a key does."""
        return _ACTIONS[self.model.series][key.kind] if key else ""

    def argument(self, key: KeyProfile | None) -> str:
        """The line or the number it does it with."""
        if key is None:
            return ""
        return str(key.line) if key.kind is KeyKind.LINE else key.number


class PanasonicDriver(PhoneDriver):
    """Asks `<model>.cfg`, with or without a regional suffix, and then the paths that file sets."""

    models: tuple[PanasonicModel, ...] = MODELS
    rules = RULES
    vendor_class_start = "Panasonic"
    resync_event = "check-sync"
    reboot_event = None
    protected_parameters = re.compile(
        r"CFG_(?:STANDARD|PRODUCT|MASTER|SYSTEM)_FILE_PATH|CFG_ROOT_CERTIFICATE_PATH|HTTP_SSL_VERIFY"
        r"|HTTP_AUTH_(?:ID|PASSWORD)|ADMIN_(?:ID|PASS)|(?:SIP_URI|PHONE_NUMBER|SIP_AUTHID|SIP_PASS|SIP_SVCDOMAIN)_\d+"
        r"|SIP_(?:2ND)?(?:RGSTR|PRXY|PROXY|PRSNC)_(?:ADDR|PORT)_\d+"
    )

    def __init__(self) -> None:
        self._templates = TemplateSet(__package__, clean)
        self._xml = TemplateSet(__package__, one_line, xml=True)

    def option66(self, box: BoxAddress) -> str:
        return box.tftp_url

    def dhcp_options(self, box: BoxAddress) -> Mapping[int, str]:
        # 160 wins over 159, and that over 66, where another server's options are still about.
        return dict.fromkeys((66, 159, 160), self.option66(box))

    def pnp_url(self, box: BoxAddress, mac: MacAddress, model: str | None) -> str:
        return f"{box.boot_url}{model}.cfg" if model else box.tftp_url

    def first_files(self, box: BoxAddress, model: str) -> tuple[ProvisionedFile, ...]:
        row = self._row(model)
        pointer = Pointer(box=box, url=box.enrolment_url + "Config{MAC}.cfg", first_line=_FIRST_LINES[row.series])
        return (_file(f"{row.name}.cfg", self._templates.render("first.cfg.j2", pointer), secret=False),)

    def enrolment_file(self, box: BoxAddress, mac: MacAddress, model: str, settings_url: str) -> ProvisionedFile:
        name = f"Config{mac.digits.upper()}.cfg"
        pointer = Pointer(box=box, url=settings_url + name, first_line=_FIRST_LINES[self._row(model).series])
        return _file(name, self._templates.render("enrolment.cfg.j2", pointer), secret=True)

    def files(self, profile: PhoneProfile) -> tuple[ProvisionedFile, ...]:
        row = self._row(profile.model)
        settings = Settings(
            profile=profile,
            model=row,
            plans=plan_lines(profile, row),
            zone=time_zone_rule(profile.time_zone),
            parameters=self._own_parameters(profile),
        )
        is_base = row.kind is PhoneKind.DECT
        text = self._templates.render("dect_settings.cfg.j2" if is_base else "settings.cfg.j2", settings)
        own = _file(f"Config{profile.mac.digits.upper()}.cfg", keep_last_of_each(text, _setting_name), secret=True)
        return (own,) if is_base else (own, *self._directory(profile.phonebook))

    def mac_and_model_asked(self, name: str, user_agent: str) -> Asked | None:
        if match := _OWN_FILE.fullmatch(name):
            if int(match["mac"][:2], 16) & 1:
                return None
            seen = self.rules.seen_in(user_agent)
            return Asked(mac=MacAddress.parse(match["mac"]), model=self.model_name(seen) if seen else None)
        if match := _MODEL_FILE.fullmatch(name):
            return Asked(model=self.model_name(match["model"]))
        return None

    def model_name(self, text: str) -> str:
        """As for every brand; a regional suffix (KX-HDV230X) names the same model."""
        known = super().model_name(text)
        return super().model_name(_REGIONAL_SUFFIX.sub(r"\1", known))

    def _row(self, model: str) -> PanasonicModel:
        name = self.model(model).name
        return next(row for row in self.models if row.name == name)

    def _directory(self, phonebook: PhonebookProfile) -> Iterator[ProvisionedFile]:
        people = _people(phonebook)
        for page, start in enumerate(range(0, max(len(people), 1), PEOPLE_EACH_PAGE), start=1):
            text = self._xml.render("phonebook.xml.j2", Page(people=people[start : start + PEOPLE_EACH_PAGE]))
            yield ProvisionedFile(
                name=f"phonebook-{page}.xml", content=text.encode(), secret=True, content_type="text/xml"
            )


def clean(text: str) -> str:
    """Make one value; the format has no way to write a double quote, so it becomes a single one."""
    return cut_to_bytes(one_line(text).replace('"', "'"), VALUE_BYTES)


def _people(phonebook: PhonebookProfile) -> tuple[Person, ...]:
    return tuple(
        Person(
            name=entry.name[:NAME_CHARACTERS],
            numbers=(
                *((("ext", entry.inside),) if entry.inside else ()),
                *(("company", number) for number in entry.outside),
            ),
        )
        for entry in directory_entries(phonebook)
    )


def _setting_name(line: str) -> str | None:
    match = _SETTING.match(line)
    return match[1] if match else None


def _file(name: str, text: str, *, secret: bool) -> ProvisionedFile:
    # The guide wants CR LF and an empty last line.
    lines = text.rstrip("\n").split("\n")
    content = "".join(f"{line}\r\n" for line in [*lines, ""])
    return ProvisionedFile(name=name, content=content.encode(), secret=secret, content_type="text/plain")


DRIVER = PanasonicDriver()

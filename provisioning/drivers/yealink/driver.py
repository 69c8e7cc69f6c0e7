"""Yealink: a line `key = value` per setting, under a fixed first line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from appliance.office.country import Country, Language
from appliance.office.numbers import MacAddress
from provisioning.drivers.driver import Asked, PhoneDriver, ProvisionedFile
from provisioning.drivers.plain_text import cut_to_bytes, one_line
from provisioning.drivers.template_set import TemplateSet
from provisioning.drivers.time_zone import TimeZoneRule, time_zone_rule
from provisioning.drivers.yealink.models import MODELS, YealinkModel
from provisioning.drivers.yealink.recognition import RULES
from provisioning.phone_profile import BoxAddress, PhoneProfile

VALUE_BYTES = 500  # ours: the vendor states no limit, and no value we write is longer in earnest

_LANGUAGES: Mapping[Language, str] = {
    Language.DUTCH: "Dutch",
    Language.FRENCH: "French",
    Language.ENGLISH: "English",
}
_TONES: Mapping[Country, str] = {
    Country.BELGIUM: "Belgium",
    Country.NETHERLANDS: "Netherlands",
    Country.FRANCE: "France",
    Country.LUXEMBOURG: "Germany",  # the vendor has no Luxembourg tones; these are the nearest
    Country.GERMANY: "Germany",
}
_OWN_FILE = re.compile(r"(?P<mac>[0-9a-f]{12})(?:-local)?\.(?:boot|cfg)", re.IGNORECASE)
_COMMON_FILE = re.compile(r"y(?P<product>\d{12})\.(?:boot|cfg)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """What the first file and the enrolment file say."""

    box: BoxAddress
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The profile in Yealink's words."""

    profile: PhoneProfile
    zone: TimeZoneRule
    language: str
    tones: str

    @property
    def offset_hours(self) -> str:
        """Hours from UTC in winter: +1, 0."""
        hours = self.zone.offset_minutes // 60
        return f"{hours:+}" if hours else "0"

    @property
    def emergency_numbers(self) -> str:
        """Numbers that can be dialled while the keys are locked."""
        return ",".join(self.profile.emergency_numbers)


class YealinkDriver(PhoneDriver):
    """Asks `<mac>.boot`, `y000000000000.boot`, the common file, `<mac>.cfg`; there are no boot files here."""

    models: tuple[YealinkModel, ...] = MODELS
    rules = RULES
    vendor_class_start = "yealink"
    resync_event = "check-sync;reboot=false"

    def __init__(self) -> None:
        self._templates = TemplateSet(__package__, clean)

    def option66(self, box: BoxAddress) -> str:
        return box.tftp_url

    def pnp_url(self, box: BoxAddress, mac: MacAddress, model: str | None) -> str:
        return box.tftp_url

    def first_files(self, box: BoxAddress, model: str) -> tuple[ProvisionedFile, ...]:
        row = next(row for row in self.models if row.name == self.model(model).name)
        text = self._templates.render("first.cfg.j2", Pointer(box=box, url=box.enrolment_url))
        return (_file(row.common_file, text, secret=False),)

    def enrolment_file(self, box: BoxAddress, mac: MacAddress, model: str, settings_url: str) -> ProvisionedFile:
        self.model(model)
        text = self._templates.render("enrolment.cfg.j2", Pointer(box=box, url=settings_url))
        return _file(f"{mac.digits}.cfg", text, secret=True)

    def files(self, profile: PhoneProfile) -> tuple[ProvisionedFile, ...]:
        self.model(profile.model)
        settings = Settings(
            profile=profile,
            zone=time_zone_rule(profile.time_zone),
            language=_LANGUAGES[profile.language],
            tones=_TONES[profile.country],
        )
        text = self._templates.render("settings.cfg.j2", settings)
        return (_file(f"{profile.mac.digits}.cfg", text, secret=True),)

    def mac_and_model_asked(self, name: str, user_agent: str) -> Asked | None:
        match_own = _OWN_FILE.fullmatch(name)
        match_common = _COMMON_FILE.fullmatch(name)
        if match_own and not int(match_own["mac"][:2], 16) & 1:
            seen = self.rules.user_agents[0].search(user_agent)
            return Asked(mac=MacAddress.parse(match_own["mac"]), model=self.model_name(seen["model"]) if seen else None)
        if match_common:
            product = int(match_common["product"])
            return Asked(model=next((row.name for row in self.models if row.product_number == product), None))
        return None


def clean(text: str) -> str:
    """Make one value: everything up to the end of the line is taken as it stands, but %NULL% is a command."""
    return cut_to_bytes(one_line(text).replace("%NULL%", "NULL").replace("%EMPTY%", "EMPTY"), VALUE_BYTES)


def _file(name: str, text: str, *, secret: bool) -> ProvisionedFile:
    return ProvisionedFile(name=name, content=text.encode(), secret=secret, content_type="text/plain")


DRIVER = YealinkDriver()

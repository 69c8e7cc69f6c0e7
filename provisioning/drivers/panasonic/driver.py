"""Panasonic: a line `NAME="value"` per setting, CR LF, under a fixed first line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from appliance.office.country import Language
from appliance.office.numbers import MacAddress
from provisioning.drivers.driver import Asked, PhoneDriver, ProvisionedFile
from provisioning.drivers.panasonic.models import MODELS
from provisioning.drivers.panasonic.recognition import RULES
from provisioning.drivers.plain_text import cut_to_bytes, one_line
from provisioning.drivers.template_set import TemplateSet
from provisioning.drivers.time_zone import TimeZoneRule, time_zone_rule
from provisioning.phone_profile import BoxAddress, PhoneProfile

VALUE_BYTES = 500  # KX-HDV130 Administrator Guide: value <= 500 characters, line <= 537 bytes, name <= 32
_LANGUAGES: Mapping[Language, str] = {Language.DUTCH: "nl", Language.FRENCH: "fr", Language.ENGLISH: "en"}
_OWN_FILE = re.compile(r"Config(?P<mac>[0-9a-f]{12})\.cfg", re.IGNORECASE)
_MODEL_FILE = re.compile(r"(?P<model>KX-[A-Z]+\d+\w*)\.cfg", re.IGNORECASE)
_REGIONAL_SUFFIX = re.compile(r"^(KX-[A-Z]+\d+)[A-Z]\w*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """What the first file and the enrolment file say."""

    box: BoxAddress
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The profile in Panasonic's words."""

    profile: PhoneProfile
    zone: TimeZoneRule
    language: str

    @property
    def sip_uri(self) -> str:
        """The line's own address; without it the phone would make one of PHONE_NUMBER."""
        return f"{self.profile.lines[0].sip_user}@{self.profile.box.ip}"

    @property
    def own_file_url(self) -> str:
        """Where the phone's whole settings lie."""
        return f"{self.profile.settings_url}Config{self.profile.mac.digits.upper()}.cfg"


class PanasonicDriver(PhoneDriver):
    """Asks `<model>.cfg`, with or without a regional suffix, and then the paths that file sets."""

    models = MODELS
    rules = RULES
    vendor_class_start = "Panasonic"
    resync_event = "check-sync"
    reboot_event = None

    def __init__(self) -> None:
        self._templates = TemplateSet(__package__, clean)

    def option66(self, box: BoxAddress) -> str:
        return box.tftp_url

    def pnp_url(self, box: BoxAddress, mac: MacAddress, model: str | None) -> str:
        return f"{box.boot_url}{model}.cfg" if model else box.tftp_url

    def first_files(self, box: BoxAddress, model: str) -> tuple[ProvisionedFile, ...]:
        text = self._templates.render("first.cfg.j2", Pointer(box=box, url=box.enrolment_url + "Config{MAC}.cfg"))
        return (_file(f"{self.model(model).name}.cfg", text, secret=False),)

    def enrolment_file(self, box: BoxAddress, mac: MacAddress, model: str, settings_url: str) -> ProvisionedFile:
        self.model(model)
        name = f"Config{mac.digits.upper()}.cfg"
        text = self._templates.render("enrolment.cfg.j2", Pointer(box=box, url=settings_url + name))
        return _file(name, text, secret=True)

    def files(self, profile: PhoneProfile) -> tuple[ProvisionedFile, ...]:
        self.model(profile.model)
        settings = Settings(
            profile=profile, zone=time_zone_rule(profile.time_zone), language=_LANGUAGES[profile.language]
        )
        text = self._templates.render("settings.cfg.j2", settings)
        return (_file(f"Config{profile.mac.digits.upper()}.cfg", text, secret=True),)

    def mac_and_model_asked(self, name: str, user_agent: str) -> Asked | None:
        seen = self.rules.user_agents[0].search(user_agent)
        if match := _OWN_FILE.fullmatch(name):
            if int(match["mac"][:2], 16) & 1:
                return None
            return Asked(mac=MacAddress.parse(match["mac"]), model=self.model_name(seen["model"]) if seen else None)
        if match := _MODEL_FILE.fullmatch(name):
            return Asked(model=self.model_name(match["model"]))
        return None

    def model_name(self, text: str) -> str:
        """As for every brand; a regional suffix (KX-HDV230X) names the same model."""
        known = super().model_name(text)
        return super().model_name(_REGIONAL_SUFFIX.sub(r"\1", known))


def clean(text: str) -> str:
    """Make one value; the format has no way to write a double quote, so it becomes a single one."""
    return cut_to_bytes(one_line(text).replace('"', "'"), VALUE_BYTES)


def _file(name: str, text: str, *, secret: bool) -> ProvisionedFile:
    # The guide wants CR LF and an empty last line.
    lines = text.rstrip("\n").split("\n")
    content = "".join(f"{line}\r\n" for line in [*lines, ""])
    return ProvisionedFile(name=name, content=content.encode(), secret=secret, content_type="text/plain")


DRIVER = PanasonicDriver()

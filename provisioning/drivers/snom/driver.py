"""Snom: an XML file of settings, each with its permission."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from appliance.office.country import Country, Language
from appliance.office.numbers import MacAddress
from provisioning.drivers.driver import Asked, PhoneDriver, ProvisionedFile
from provisioning.drivers.plain_text import one_line
from provisioning.drivers.snom.models import MODELS
from provisioning.drivers.snom.recognition import RULES
from provisioning.drivers.template_set import TemplateSet
from provisioning.drivers.time_zone import TimeZoneRule, time_zone_rule
from provisioning.phone_profile import BoxAddress, PhoneProfile

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
_FILE = re.compile(
    r"snom(?P<model>[A-Za-z]*\d+)?(?:-(?P<mac>[0-9a-f]{12}))?\.(?:htm|xml)|(?P<bare>000413[0-9a-f]{6})\.xml",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """What the first file and the enrolment file say."""

    box: BoxAddress
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The profile in Snom's words."""

    profile: PhoneProfile
    zone: TimeZoneRule
    language: str
    tones: str

    @property
    def emergency_numbers(self) -> str:
        """Numbers that can be dialled while the keys are locked."""
        return " ".join(self.profile.emergency_numbers)


class SnomDriver(PhoneDriver):
    """Asks `snom<model>.htm`, then `snom<model>-<MAC>.htm`; over HTTP from the start."""

    models = MODELS
    rules = RULES
    vendor_class_start = "snom"
    resync_event = "check-sync;reboot=false"

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
        settings = Settings(
            profile=profile,
            zone=time_zone_rule(profile.time_zone),
            language=_LANGUAGES[profile.language],
            tones=_TONES[profile.country],
        )
        text = self._templates.render("settings.htm.j2", settings)
        return (_file(self._own_file(profile.mac, profile.model), text, secret=True),)

    def mac_and_model_asked(self, name: str, user_agent: str) -> Asked | None:
        match = _FILE.fullmatch(name)
        if not match:
            return None
        digits = match["mac"] or match["bare"]
        if digits and int(digits[:2], 16) & 1:
            return None
        seen = self.rules.user_agents[0].search(user_agent)
        model = match["model"] or (seen["model"] if seen else None)
        return Asked(mac=MacAddress.parse(digits) if digits else None, model=self.model_name(model) if model else None)

    def _own_file(self, mac: MacAddress, model: str) -> str:
        return f"snom{self.model(model).name}-{mac.digits.upper()}.htm"


def _file(name: str, text: str, *, secret: bool) -> ProvisionedFile:
    return ProvisionedFile(name=name, content=text.encode(), secret=secret, content_type="text/xml")


DRIVER = SnomDriver()

"""Grandstream: an XML file of numbered values (P-values)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from appliance.office.country import Language
from appliance.office.numbers import MacAddress
from provisioning.drivers.driver import Asked, PhoneDriver, ProvisionedFile
from provisioning.drivers.grandstream.models import MODELS
from provisioning.drivers.grandstream.recognition import RULES
from provisioning.drivers.plain_text import one_line
from provisioning.drivers.template_set import TemplateSet
from provisioning.drivers.time_zone import TimeZoneRule, time_zone_rule
from provisioning.phone_profile import BoxAddress, PhoneProfile

_LANGUAGES: Mapping[Language, str] = {Language.DUTCH: "nl", Language.FRENCH: "fr", Language.ENGLISH: "en"}
_OWN_FILE = re.compile(r"(?:cfg(?P<mac>[0-9a-f]{12})(?:\.xml|\.bin)?|dev(?P<dev>[0-9a-f]{12})\.cfg)", re.IGNORECASE)
_MODEL_FILE = re.compile(r"cfg(?P<model>[a-z]+\d+\w*)?\.xml", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """What the first file and the enrolment file say; the protocol is a setting of its own."""

    box: BoxAddress
    url: str

    @property
    def path(self) -> str:
        """The URL without scheme and without the last slash, as P237 wants it."""
        return self.url.removeprefix("https://").removesuffix("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The profile in Grandstream's words."""

    profile: PhoneProfile
    zone: TimeZoneRule
    language: str

    @property
    def path(self) -> str:
        """Where the settings lie, without scheme."""
        return Pointer(box=self.profile.box, url=self.profile.settings_url).path


class GrandstreamDriver(PhoneDriver):
    """Asks `cfg<mac>`, `cfg<mac>.xml`, `cfg<model>.xml`, `cfg.xml`; the first that comes ends the search."""

    models = MODELS
    rules = RULES
    vendor_class_start = "Grandstream"
    resync_event = "check-sync"

    def __init__(self) -> None:
        self._templates = TemplateSet(__package__, one_line, xml=True)

    def option66(self, box: BoxAddress) -> str:
        return box.tftp_url

    def pnp_url(self, box: BoxAddress, mac: MacAddress, model: str | None) -> str:
        return box.tftp_url

    def first_files(self, box: BoxAddress, model: str) -> tuple[ProvisionedFile, ...]:
        text = self._templates.render("first.xml.j2", Pointer(box=box, url=box.enrolment_url))
        return (_file(f"cfg{self.model(model).name.lower()}.xml", text, secret=False),)

    def enrolment_file(self, box: BoxAddress, mac: MacAddress, model: str, settings_url: str) -> ProvisionedFile:
        self.model(model)
        text = self._templates.render("enrolment.xml.j2", Pointer(box=box, url=settings_url))
        return _file(f"cfg{mac.digits}.xml", text, secret=True)

    def files(self, profile: PhoneProfile) -> tuple[ProvisionedFile, ...]:
        self.model(profile.model)
        settings = Settings(
            profile=profile, zone=time_zone_rule(profile.time_zone), language=_LANGUAGES[profile.language]
        )
        text = self._templates.render("settings.xml.j2", settings)
        return (_file(f"cfg{profile.mac.digits}.xml", text, secret=True),)

    def mac_and_model_asked(self, name: str, user_agent: str) -> Asked | None:
        seen = self.rules.user_agents[0].search(user_agent)
        model = self.model_name(seen["model"]) if seen else None
        if match := _OWN_FILE.fullmatch(name):
            digits = match["mac"] or match["dev"]
            return None if int(digits[:2], 16) & 1 else Asked(mac=MacAddress.parse(digits), model=model)
        if match := _MODEL_FILE.fullmatch(name):
            return Asked(model=self.model_name(match["model"]) if match["model"] else model)
        return None


def _file(name: str, text: str, *, secret: bool) -> ProvisionedFile:
    return ProvisionedFile(name=name, content=text.encode(), secret=secret, content_type="text/xml")


DRIVER = GrandstreamDriver()

"""What every brand's driver can do, and the values that go in and out of it."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from appliance.errors import BelboxError
from appliance.office.country import Language
from appliance.office.numbers import MacAddress
from appliance.office.phone import Brand, Parameter
from provisioning.drivers.recognition import Evidence, Recognition, RecognitionRules
from provisioning.phone_profile import BoxAddress, KeyKind, KeyProfile, LineProfile, PhoneProfile


class UnknownModel(BelboxError):  # noqa: N818  (named for what it says)
    """The office has a phone of a model no driver has a row for."""

    exit_code = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a requested file name, helped by the User-Agent, says about who asks."""

    mac: MacAddress | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionedFile:
    """One file for a phone; `secret` files never leave by TFTP or plain HTTP."""

    name: str
    content: bytes
    secret: bool
    content_type: str


class PhoneKind(StrEnum):
    """What sort of device it is."""

    DESK = "desk"
    DECT = "dect"  # a base with cordless handsets, one line each
    ADAPTER = "adapter"  # sockets for analogue phones and faxes


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneModel:
    """One row of what a model can do.

    `also`: the other names it gives itself. `accounts`: its lines; of a DECT base, one for each handset.
    `line_keys`: programmable keys over all pages, `keys_per_page` of them at a time (0: not known); `modules` expansion
    modules can be attached, each with `module_keys`. `voice_languages`: those it speaks aloud. `codecs`: names of
    RFC 3551 and the like, lower case, the preferred first. `speaks_tls`: version 1.2 or later, as the box asks for.
    `firmware_line`: the beginning of the versions that fit it (empty: not known).
    """

    name: str
    also: tuple[str, ...] = ()
    kind: PhoneKind = PhoneKind.DESK
    accounts: int
    line_keys: int
    keys_per_page: int = 0
    modules: int = 0
    module_keys: int = 0
    screen_languages: tuple[Language, ...] = tuple(Language)
    voice_languages: tuple[Language, ...] = ()
    codecs: tuple[str, ...] = ("g722", "pcma", "pcmu")
    speaks_tls: bool = True
    firmware_line: str = ""

    def is_called(self, text: str) -> bool:
        """Tell whether the phone means this model by `text`."""
        return text.casefold() in {name.casefold() for name in (self.name, *self.also)}

    def has_place_for(self, key: KeyProfile) -> bool:
        """Tell whether the phone, or a module of it, has this position, and the phone the line the key works on."""
        most = self.line_keys if key.module == 0 else self.module_keys
        return key.module <= self.modules and 1 <= key.position <= most and key.line <= self.accounts

    def screen_language(self, wanted: Language) -> Language:
        """Return the language itself, or English where the screen does not have it."""
        return wanted if wanted in self.screen_languages else Language.ENGLISH


class PhoneDriver(ABC):
    """One brand. Everything here is a pure function of its arguments."""

    models: tuple[PhoneModel, ...]
    rules: RecognitionRules
    vendor_class_start: str  # beginning of DHCP option 60, as the DHCP server matches it
    resync_event: str  # SIP event that makes the phone fetch its settings again
    reboot_event: str | None  # that makes it start again; None: no document names one
    # Names an installer's own parameter may not have: they carry the provisioning URL, a line's server, user and
    # password, the trusted authority or the password of the phone's web page.
    protected_parameters: re.Pattern[str]

    @property
    def brand(self) -> Brand:
        """The brand this driver speaks for."""
        return self.rules.brand

    @abstractmethod
    def option66(self, box: BoxAddress) -> str:
        """Return DHCP option 66: the secret-free first place, in the form this brand wants."""

    def dhcp_options(self, box: BoxAddress) -> Mapping[int, str]:
        """Return every DHCP option that leads this brand to the first place, by its number."""
        return {66: self.option66(box)}

    @abstractmethod
    def pnp_url(self, box: BoxAddress, mac: MacAddress, model: str | None) -> str:
        """Return the same first place as the answer to a SIP PnP request, macros already written out."""

    @abstractmethod
    def first_files(self, box: BoxAddress, model: str) -> tuple[ProvisionedFile, ...]:
        """Return what a phone of this model finds in the first place: no MAC, no secret."""

    @abstractmethod
    def enrolment_file(self, box: BoxAddress, mac: MacAddress, model: str, settings_url: str) -> ProvisionedFile:
        """Return the tiny file that leads one phone to its secret folder; raises UnknownModel."""

    @abstractmethod
    def files(self, profile: PhoneProfile) -> tuple[ProvisionedFile, ...]:
        """Return the whole settings of one phone; raises UnknownModel, UnknownTimeZone."""

    @abstractmethod
    def mac_and_model_asked(self, name: str, user_agent: str) -> Asked | None:
        """Read a requested file name; None when no phone of this brand asks for such a name."""

    def keys_that_do_not_fit(self, profile: PhoneProfile) -> tuple[KeyProfile, ...]:
        """Return the keys the files leave out; the handset or socket of a line needs no key. Raises UnknownModel."""
        row = self.model(profile.model)
        return tuple(
            key
            for key in profile.keys
            if not row.has_place_for(key) and not (row.kind is not PhoneKind.DESK and key.kind is KeyKind.LINE)
        )

    def lines_that_do_not_fit(self, profile: PhoneProfile) -> tuple[LineProfile, ...]:
        """Return the lines the files leave out, as the model has fewer accounts; raises UnknownModel."""
        return profile.lines[self.model(profile.model).accounts :]

    def parameters_left_out(self, profile: PhoneProfile) -> tuple[Parameter, ...]:
        """Return the installer's own parameters that the files leave out, as their names are protected."""
        return tuple(item for item in profile.parameters if self.protected_parameters.fullmatch(item.name))

    def _own_parameters(self, profile: PhoneProfile) -> tuple[Parameter, ...]:
        left_out = self.parameters_left_out(profile)
        return tuple(item for item in profile.parameters if item not in left_out)

    def recognise(self, evidence: Evidence) -> Recognition | None:
        """Say which phone of this brand this is, or None when nothing points to the brand."""
        return self.rules.recognise(evidence, self.model_name)

    def model(self, text: str) -> PhoneModel:
        """Return the row of this model; raises UnknownModel."""
        for row in self.models:
            if row.name == self.model_name(text):
                return row
        known = ", ".join(row.name for row in self.models)
        raise UnknownModel("unknown-model", brand=self.brand, value=text, known=known)

    def model_name(self, text: str) -> str:
        """Return our name of a model, or the phone's own word when we have no row for it."""
        return next((row.name for row in self.models if row.is_called(text)), text)

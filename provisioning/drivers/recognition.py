"""How a brand's phones show themselves, as data, and the one way to grade what was seen."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from appliance.office.numbers import MacAddress
from appliance.office.phone import Brand
from appliance.office.problems import InvalidValueError


class Certainty(StrEnum):
    """How sure a recognition is."""

    EXACT = "exact"  # the phone named its own model
    BRAND = "brand"  # the brand is certain, the model is not known
    POSSIBLE = "possible"  # an address range that this brand shares with other devices


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """Which phone this is; `because` names the evidence, as a person may read it."""

    brand: Brand
    certainty: Certainty
    because: str
    model: str | None = None
    firmware: str | None = None
    mac: MacAddress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was seen of a device; every text is as it came from the wire, not checked."""

    mac: MacAddress | None = None
    user_agent: str = ""
    vendor_class: str = ""  # DHCP option 60
    pnp_vendor: str = ""
    pnp_model: str = ""
    pnp_version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognitionRules:
    """One brand's marks. Patterns may name the groups `model`, `firmware` and `mac`.

    `ouis` are the first three bytes of MAC addresses, six lower-case hexadecimal digits; `shared_ouis` those
    of them that other devices have too; `foreign_starts` longer beginnings that belong to another maker.
    """

    brand: Brand
    ouis: tuple[str, ...]
    shared_ouis: tuple[str, ...] = ()
    foreign_starts: tuple[str, ...] = ()
    user_agents: tuple[re.Pattern[str], ...]
    vendor_class: re.Pattern[str]
    pnp_vendor: re.Pattern[str]
    pnp_model: re.Pattern[str]

    def recognise(self, evidence: Evidence, model_name: Callable[[str], str]) -> Recognition | None:
        """Return the best-founded recognition, or None when nothing points to this brand.

        `model_name` turns the phone's own word for its model into ours.
        """
        for pattern in self.user_agents:
            if match := pattern.search(evidence.user_agent):
                return self._named(match, evidence.mac, "User-Agent", model_name)
        if evidence.pnp_vendor and self.pnp_vendor.fullmatch(evidence.pnp_vendor.strip()):
            model = self.pnp_model.fullmatch(evidence.pnp_model.strip())
            return Recognition(
                brand=self.brand,
                certainty=Certainty.EXACT if model else Certainty.BRAND,
                because="SIP PnP request",
                model=model_name(model["model"]) if model else None,
                firmware=evidence.pnp_version or None,
                mac=evidence.mac,
            )
        if match := self.vendor_class.match(evidence.vendor_class.strip("\0 ")):
            return self._named(match, evidence.mac, "DHCP vendor class", model_name)
        if evidence.mac is not None and self.owns(evidence.mac):
            shared = evidence.mac.digits[:6] in self.shared_ouis
            return Recognition(
                brand=self.brand,
                certainty=Certainty.POSSIBLE if shared else Certainty.BRAND,
                because="MAC address of this maker" + (", which makes other devices too" if shared else ""),
                mac=evidence.mac,
            )
        return None

    def seen_in(self, user_agent: str) -> str | None:
        """Return the phone's own word for its model in a User-Agent of this brand; None for any other."""
        for pattern in self.user_agents:
            if match := pattern.search(user_agent):
                return match.groupdict().get("model")
        return None

    def owns(self, mac: MacAddress) -> bool:
        """Tell whether the address lies in one of the brand's ranges."""
        return mac.digits[:6] in self.ouis and not mac.digits.startswith(self.foreign_starts or ("-",))

    def _named(
        self, match: re.Match[str], seen: MacAddress | None, because: str, model_name: Callable[[str], str]
    ) -> Recognition:
        groups = match.groupdict()
        model = groups.get("model")
        return Recognition(
            brand=self.brand,
            certainty=Certainty.EXACT if model else Certainty.BRAND,
            because=because,
            model=model_name(model) if model else None,
            firmware=groups.get("firmware"),
            mac=seen or _mac_or_none(groups.get("mac")),
        )


def _mac_or_none(text: str | None) -> MacAddress | None:
    try:
        return MacAddress.parse(text) if text else None
    except InvalidValueError:
        return None

"""A sighting: that a phone was there, where, and how we know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from appliance.office.numbers import MacAddress
from appliance.office.phone import Brand
from provisioning.drivers import recognise
from provisioning.drivers.recognition import Certainty, Evidence


class SeenBy(StrEnum):
    """How a phone was noticed."""

    DHCP = "dhcp"
    ARP = "arp"
    SIP_PNP = "sip-pnp"
    MDNS = "mdns"
    TFTP = "tftp"
    HTTP = "http"


class PhoneState(StrEnum):
    """How far a phone has come."""

    SEEN = "seen"
    ASKED = "asked"  # for a first file, or for its secret path in vain
    ENROLLED = "enrolled"  # was given its secret path
    FETCHED = "fetched"  # has read its whole settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """`when` is aware; `because` says what the recognition rests on."""

    mac: MacAddress
    brand: Brand
    certainty: Certainty
    because: str
    seen_by: SeenBy
    when: datetime
    address: str | None = None
    model: str | None = None
    firmware: str | None = None
    state: PhoneState = PhoneState.SEEN


def sighting_from(
    evidence: Evidence,
    seen_by: SeenBy,
    when: datetime,
    *,
    address: str | None = None,
    state: PhoneState = PhoneState.SEEN,
) -> Sighting | None:
    """Turn evidence into a sighting; None when it is none of our phones, or no MAC address is known."""
    recognition = recognise(evidence)
    mac = evidence.mac or (recognition.mac if recognition else None)
    if recognition is None or mac is None:
        return None
    return Sighting(
        mac=mac,
        brand=recognition.brand,
        certainty=recognition.certainty,
        because=f"{recognition.because} ({seen_by})",
        seen_by=seen_by,
        when=when,
        address=address,
        model=recognition.model,
        firmware=recognition.firmware,
        state=state,
    )

"""A sighting: that a phone was there, where, and how we know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from appliance.office.numbers import MacAddress
from appliance.office.phone import Brand
from provisioning.drivers import recognise
from provisioning.drivers.recognition import Certainty, Evidence

LONGEST_ASKED = 200  # letters of a request that are kept
LONGEST_WORD = 40  # of a model's name, or a firmware's


class SeenBy(StrEnum):
    """How a phone was noticed."""

    DHCP = "dhcp"
    ARP = "arp"
    SIP_PNP = "sip-pnp"
    MDNS = "mdns"
    TFTP = "tftp"
    HTTP = "http"
    LEASE = "dhcp lease"
    SIP = "sip"


class PhoneState(StrEnum):
    """How far a phone has come."""

    SEEN = "seen"
    ASKED = "asked"  # for a first file, or for its secret path in vain
    ENROLLED = "enrolled"  # was given its secret path
    FETCHED = "fetched"  # has read its whole settings


_BY_NAME = (SeenBy.TFTP, SeenBy.HTTP)


class Answer(StrEnum):
    """What a phone got for what it asked."""

    GIVEN = "given"
    NOT_THERE = "not there"
    NOT_NOW = "not now"  # the enrolment, for a phone that may not enrol at this moment


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneRequest:
    """One thing a phone asked of us, in its own bytes: a file's name, or a SIP request."""

    seen_by: SeenBy
    asked: str
    answer: Answer
    when: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """`when` is aware; `because` says what the recognition rests on; `request` what it asked for, if it did.

    `source`: which device said so, where that is not the phone itself. `is_confirmed`: it answers at that address.
    """

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
    request: PhoneRequest | None = None
    source: str = ""
    is_confirmed: bool = False


def sighting_from(
    evidence: Evidence,
    seen_by: SeenBy,
    when: datetime,
    *,
    address: str | None = None,
    state: PhoneState = PhoneState.SEEN,
    asked: str = "",
    answer: Answer = Answer.GIVEN,
    source: str = "",
    is_confirmed: bool = False,
) -> Sighting | None:
    """Turn evidence into a sighting; None when it is none of our phones, or no MAC address is known."""
    recognition = recognise(evidence)
    mac = evidence.mac or (recognition.mac if recognition else None)
    if recognition is None or mac is None:
        return None
    shown = printable(asked)
    return Sighting(
        mac=mac,
        brand=recognition.brand,
        certainty=recognition.certainty,
        because=f"asked for {shown}" if shown and seen_by in _BY_NAME else f"{recognition.because} ({seen_by})",
        seen_by=seen_by,
        when=when,
        address=address,
        model=_word(recognition.model),
        firmware=_word(recognition.firmware),
        state=state,
        request=PhoneRequest(seen_by=seen_by, asked=shown, answer=answer, when=when) if shown else None,
        source=source,
        is_confirmed=is_confirmed,
    )


def _word(text: str | None) -> str | None:
    """A name as a phone says it of itself: any bytes, of any length."""
    return printable(text)[:LONGEST_WORD] if text else None


def printable(text: str) -> str:
    """Return what was asked as one line that can be shown: what is no letter as its escape, cut when long."""
    return text[:LONGEST_ASKED].encode("unicode_escape").decode("ascii")

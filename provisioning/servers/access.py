"""The decision: may this phone be given its secret path now?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from appliance.office.numbers import MacAddress
from provisioning.enrolment import Enrolment

NOBODY = MacAddress("000000000000")


class Access(StrEnum):
    """The answer with its reason; the reason goes to the log, never to who asked."""

    GRANTED_BY_CERTIFICATE = "granted-by-certificate"
    GRANTED_BY_APPROVAL = "granted-by-approval"
    GRANTED_BY_WINDOW = "granted-by-window"
    UNKNOWN_PHONE = "unknown-phone"
    CERTIFICATE_OF_ANOTHER_PHONE = "certificate-of-another-phone"
    ASKED_BY_ANOTHER_DEVICE = "asked-by-another-device"
    SEALED = "sealed"
    WINDOW_CLOSED = "window-closed"
    GUESSING = "guessing"

    @property
    def is_granted(self) -> bool:
        """Whether the path may be given."""
        return self in (Access.GRANTED_BY_CERTIFICATE, Access.GRANTED_BY_APPROVAL, Access.GRANTED_BY_WINDOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """What is known of who asks, apart from what it says of itself.

    `certified`: the MAC address in a certificate that a phone maker's authority vouches for. `on_lan`: whose the
    asking address is (ARP), NOBODY's if it should be on this LAN and is not, None beyond it. `is_guessing`: it asked
    for many phones just now.
    """

    certified: MacAddress | None = None
    on_lan: MacAddress | None = None
    is_guessing: bool = False


NOTHING_KNOWN = Asker()


def may_enrol(enrolment: Enrolment, mac: MacAddress, now: datetime, asker: Asker = NOTHING_KNOWN) -> Access:
    """Decide for one phone at one moment."""
    if mac not in enrolment.phones:
        return Access.UNKNOWN_PHONE
    if asker.certified is not None:
        return Access.GRANTED_BY_CERTIFICATE if asker.certified == mac else Access.CERTIFICATE_OF_ANOTHER_PHONE
    if asker.on_lan is not None and asker.on_lan != mac:
        return Access.ASKED_BY_ANOTHER_DEVICE
    if mac in enrolment.approved:
        return Access.GRANTED_BY_APPROVAL
    if mac in enrolment.sealed:
        return Access.SEALED
    if enrolment.open_until is None or now >= enrolment.open_until:
        return Access.WINDOW_CLOSED
    return Access.GUESSING if asker.is_guessing else Access.GRANTED_BY_WINDOW


def may_be_led_to_first_place(enrolment: Enrolment, mac: MacAddress, now: datetime) -> bool:
    """Decide whether a SIP PnP request is answered.

    Not for a phone that works and may not enrol: the first place would take its settings URL away.
    """
    return may_enrol(enrolment, mac, now) is not Access.SEALED

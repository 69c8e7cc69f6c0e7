"""The decision: may this phone be given its secret path now?"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from appliance.office.numbers import MacAddress
from provisioning.enrolment import Enrolment


class Access(StrEnum):
    """The answer with its reason; the reason goes to the log, never to who asked."""

    GRANTED_BY_WINDOW = "granted-by-window"
    GRANTED_BY_APPROVAL = "granted-by-approval"
    UNKNOWN_PHONE = "unknown-phone"
    SEALED = "sealed"
    WINDOW_CLOSED = "window-closed"

    @property
    def is_granted(self) -> bool:
        """Whether the path may be given."""
        return self in (Access.GRANTED_BY_WINDOW, Access.GRANTED_BY_APPROVAL)


def may_enrol(enrolment: Enrolment, mac: MacAddress, now: datetime) -> Access:
    """Decide for one phone at one moment."""
    if mac not in enrolment.phones:
        return Access.UNKNOWN_PHONE
    if mac in enrolment.approved:
        return Access.GRANTED_BY_APPROVAL
    if mac in enrolment.sealed:
        return Access.SEALED
    if enrolment.open_until is not None and now < enrolment.open_until:
        return Access.GRANTED_BY_WINDOW
    return Access.WINDOW_CLOSED


def may_be_led_to_first_place(enrolment: Enrolment, mac: MacAddress, now: datetime) -> bool:
    """Decide whether a SIP PnP request is answered.

    Not for a phone that works and may not enrol: the first place would take its settings URL away.
    """
    return may_enrol(enrolment, mac, now) is not Access.SEALED

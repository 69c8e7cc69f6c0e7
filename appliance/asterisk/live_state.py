"""What the switch sees right now, as values: lines, phones, calls."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from appliance.asterisk.manager_interface import ManagerInterface, Message
from appliance.compiler.object_names import trunk_endpoint
from appliance.office.office import Office

_AT_REST = ("Not in use", "Unavailable", "Invalid", "Unknown", "")  # device states (Asterisk: devicestate.c)


class LineState(StrEnum):
    """Whether a line can be used."""

    READY = "ready"
    UNREGISTERED = "unregistered"  # the provider answers and does not let us in
    DARK = "dark"  # nobody answers
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveLine:
    """One trunk as the switch sees it."""

    id: str
    name: str
    state: LineState
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveContact:
    """One registered phone: whose line, from which address, where the switch sends to, and whether it answers now.

    `expires_at` (seconds since 1970, as text) moves on with every REGISTER.
    """

    sip_user: str
    address: str
    uri: str
    user_agent: str
    is_reachable: bool
    round_trip_milliseconds: float | None
    expires_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveState:
    """Lines in the office's order, phones, the number of calls in progress, and the users who are in one."""

    lines: tuple[LiveLine, ...]
    contacts: tuple[LiveContact, ...]
    calls: int
    talking: tuple[str, ...] = ()

    @property
    def answering(self) -> frozenset[str]:
        """The users for whom a phone answers now."""
        return frozenset(one.sip_user for one in self.contacts if one.is_reachable)


def look(manager: ManagerInterface, office: Office) -> LiveState:
    """Ask the switch."""
    contacts = manager.list("PJSIPShowContacts")  # of phones; a line's fixed address is not in it
    registrations = {
        item["ObjectName"]: item["Status"]
        for item in manager.list("PJSIPShowRegistrationsOutbound")
        if item["Event"] == "OutboundRegistrationDetail"  # each is followed by the auth it uses
    }
    device_states = {item["ObjectName"]: item["DeviceState"] for item in manager.list("PJSIPShowEndpoints")}
    lines = tuple(
        _line(
            trunk.id,
            trunk.name,
            registrations.get(trunk_endpoint(trunk.id)) if trunk.registers else None,
            device_states.get(trunk_endpoint(trunk.id), ""),
        )
        for trunk in office.trunks
    )
    phones = tuple(_contact(item) for item in contacts)
    busy = sorted(name for name, state in device_states.items() if state not in _AT_REST)
    return LiveState(lines=lines, contacts=phones, calls=calls_up(manager), talking=tuple(busy))


def calls_up(manager: ManagerInterface) -> int:
    """Return how many calls of phones and lines there are; what the switch does by itself is none."""
    channels = manager.list("CoreShowChannels")
    return len({item["Linkedid"] for item in channels if item["Channel"].startswith("PJSIP/")})


def _line(trunk_id: str, name: str, registration: str | None, device_state: str) -> LiveLine:
    if device_state == "Unavailable":  # it answers no OPTIONS
        state = LineState.DARK
    elif not device_state:
        state = LineState.UNKNOWN  # the switch does not know it: saved and not yet applied
    elif registration in {None, "Registered"}:
        state = LineState.READY
    else:
        state = LineState.UNREGISTERED
    return LiveLine(id=trunk_id, name=name, state=state, detail=registration or device_state)


def _contact(fields: Message) -> LiveContact:
    microseconds = fields.get("RoundtripUsec", "")
    return LiveContact(
        sip_user=fields["Endpoint"],
        address=fields.get("ViaAddr", ""),
        uri=fields.get("Uri", ""),
        user_agent=fields.get("UserAgent", ""),
        is_reachable=fields.get("Status", "") != "Unreachable",
        round_trip_milliseconds=int(microseconds) / 1000 if microseconds.isdigit() else None,
        expires_at=fields.get("ExpirationTime", ""),
    )

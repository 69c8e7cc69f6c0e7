"""Why a phone does not work yet: the step it stands at, what holds it up there, and what it asked for, as data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from appliance.office.problems import Problem, Severity
from provisioning.discovery.inventory import KnownPhone
from provisioning.enrolment import Enrolment
from provisioning.network_facts import DhcpRole, NetworkFacts
from provisioning.phone_identity import Answer, PhoneRequest, PhoneState, SeenBy
from provisioning.phone_profile import BoxAddress
from provisioning.servers.access import Access, may_enrol

# How long each step may take before it is said that it does not come: a phone starts in 20 to 90 s, and an unenrolled
# one asks again every minute (drivers: first files).
STARTS_WITHIN = timedelta(seconds=60)
FOLLOWS_WITHIN = timedelta(seconds=90)
REGISTERS_WITHIN = timedelta(seconds=60)
GONE_AFTER = timedelta(minutes=15)


def why_stuck(
    phone: KnownPhone,
    enrolment: Enrolment,
    network: NetworkFacts,
    now: datetime,
    *,
    is_ours: bool,
    is_registered: bool,
) -> Problem | None:
    """Return a warning at the phone's MAC, or None while all goes its way. `is_ours`: it has an extension."""
    box = BoxAddress(ip=network.address)
    if is_registered:
        return None
    last = phone.requests[-1] if phone.requests else None
    facts = {"value": str(phone.mac), "asked": _shown(last), "boot": box.boot_url}
    if now - phone.last_seen > GONE_AFTER:
        return _held(phone, "phone-gone", facts)
    if phone.state is PhoneState.FETCHED:
        return _not_registered(phone, facts, now)
    if last is None:
        late = now - phone.first_seen > STARTS_WITHIN
        rule = "phone-asks-nothing-pnp" if network.dhcp_role is DhcpRole.NEIGHBOUR else "phone-asks-nothing"
        return _held(phone, rule, facts) if late else None
    if not is_ours:
        return _held(phone, "phone-without-owner", facts)
    if phone.state is PhoneState.ENROLLED:
        return _held(phone, "phone-does-not-come-for-settings", facts) if now - last.when > FOLLOWS_WITHIN else None
    if last.answer is Answer.NOT_NOW:
        access = may_enrol(enrolment, phone.mac, now)
        rule = "phone-was-enrolled" if access is Access.SEALED else "phone-waits-for-window"
        return _held(phone, rule, facts) if not access.is_granted or now - last.when > FOLLOWS_WITHIN else None
    if all(request.answer is Answer.NOT_THERE for request in phone.requests):
        return _held(phone, "phone-asks-for-unknown", facts)
    if now - last.when > FOLLOWS_WITHIN:
        return _held(phone, "phone-does-not-follow", facts)
    return None


def _not_registered(phone: KnownPhone, facts: Mapping[str, str], now: datetime) -> Problem | None:
    fetched = max(request.when for request in phone.requests)
    if now - fetched <= REGISTERS_WITHIN:
        return None
    tries = any(request.seen_by is SeenBy.SIP for request in phone.requests)
    return _held(phone, "phone-cannot-log-in" if tries else "phone-does-not-log-in", facts)


def _held(phone: KnownPhone, rule: str, facts: Mapping[str, str]) -> Problem:
    return Problem(where=str(phone.mac), rule=rule, facts=facts, severity=Severity.WARNING)


def _shown(request: PhoneRequest | None) -> str:
    """The bytes it asked for last, and how: `tftp y000000000108.cfg: not there`."""
    return f"{request.seen_by} {request.asked}: {request.answer}" if request else "-"

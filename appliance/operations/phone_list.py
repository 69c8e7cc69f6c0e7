"""The phones on the LAN and in the office: whose each is, where it stands, why it does not get on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from appliance.changes.phones import FoundPhone
from appliance.office.numbers import MacAddress
from appliance.office.office import Office
from appliance.office.phone import Brand, Phone
from appliance.office.problems import Problem
from appliance.operations import proofs
from appliance.operations.box import Box
from appliance.operations.phone_contacts import OwnContacts
from appliance.operations.shared_look import SharedLook
from provisioning.discovery.inventory import KnownPhone
from provisioning.drivers import DRIVER_OF
from provisioning.enrolment import Enrolment, load_enrolment
from provisioning.phone_identity import PhoneState
from provisioning.stuck import why_stuck

PRESENT = timedelta(minutes=15)  # a phone speaks at least this often: its registration alone is refreshed sooner
MOST_SHOWN = 50  # phones of nobody on one page: each row offers every employee


class Standing(StrEnum):
    """How far a phone is; the first four as provisioning sees it."""

    SEEN = "seen"
    ASKED = "asked"
    ENROLLED = "enrolled"
    FETCHED = "fetched"
    REGISTERED = "registered"
    ABSENT = "absent"  # in the office, not seen lately


_STANDING = {
    PhoneState.SEEN: Standing.SEEN,
    PhoneState.ASKED: Standing.ASKED,
    PhoneState.ENROLLED: Standing.ENROLLED,
    PhoneState.FETCHED: Standing.FETCHED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPhone:
    """One phone. Empty texts are not known; `because` names how it was recognised.

    `extension_id` is None while nobody has it. `held`: why it does not get on, as a warning.
    """

    mac: MacAddress
    brand: Brand
    model: str
    firmware: str
    address: str
    state: Standing
    because: str
    extension_id: str | None
    last_seen: datetime | None
    held: Problem | None = None


@dataclass(frozen=True, slots=True)
class PhoneList:
    """The phones of one box. `look` is what the switch says, shared with the pages."""

    box: Box
    look: SharedLook

    def phones(self, enrolment: Enrolment) -> tuple[tuple[ListedPhone, ...], int]:
        """Return the phones to show, by MAC address, and how many more were seen."""
        _, office = self.box.repository.newest()
        known = self.box.seen_phones()
        shown, more = shown_phones(office, known)
        return self._listed(office, known, shown, enrolment), more

    def phone(self, mac: MacAddress) -> ListedPhone | None:
        """Return one of those to show; None for one that is not among them."""
        _, office = self.box.repository.newest()
        known = self.box.seen_phones()
        shown, _ = shown_phones(office, known)
        enrolment = load_enrolment(self.box.paths)
        return next(iter(self._listed(office, known, [mac] if mac in shown else [], enrolment)), None)

    def tested(self) -> frozenset[MacAddress]:
        """Return the phones of the office that are registered, and that a call has rung."""
        state = self.look.look()
        proven = self.box.proofs.true_ones(state)
        _, office = self.box.repository.newest()
        known, contacts = self.box.seen_phones(), OwnContacts(office, state.contacts if state else ())
        return frozenset(
            one.mac
            for one in office.phones
            if proofs.phone(one.mac) in proven and any(contacts.of(one, known.get(one.mac)))
        )

    def found(self, mac: MacAddress) -> FoundPhone | None:
        """Return what discovery, or the office, knows of a phone; None: neither does."""
        owned = self.box.repository.newest()[1].phone_by_mac(mac)
        seen = self.box.seen_phones().get(mac)
        known = seen or owned
        if known is None:
            return None
        model = known.model or (owned.model if owned else None) or DRIVER_OF[known.brand].models[0].name
        return FoundPhone(mac=mac, brand=known.brand, model=model)

    def _listed(
        self, office: Office, known: Mapping[MacAddress, KnownPhone], macs: list[MacAddress], enrolment: Enrolment
    ) -> tuple[ListedPhone, ...]:
        state = self.look.look()
        network = self.box.network
        contacts = OwnContacts(office, state.contacts if state else ())
        moment = self.box.now()
        listed = []
        for mac in macs:
            owned, seen = office.phone_by_mac(mac), known.get(mac)
            extension = office.extension(owned.extension_id) if owned and owned.extension_id else None
            contact = next(contacts.of(owned, seen), None) if owned else None
            held = None
            if seen:
                is_ours, is_here = extension is not None, contact is not None
                held = why_stuck(seen, enrolment, network, moment, is_ours=is_ours, is_registered=is_here)
            listed.append(
                ListedPhone(
                    mac=mac,
                    brand=_brand(owned, seen),
                    model=owned.model if owned else (seen.model or "") if seen else "",
                    firmware=(seen.firmware or "") if seen else "",
                    address=contact.address if contact else (seen.address or "") if seen else "",
                    state=Standing.REGISTERED if contact else standing_of(seen, moment),
                    because=seen.because if seen else "",
                    extension_id=extension.id if extension else None,
                    last_seen=seen.last_seen if seen else None,
                    held=held,
                )
            )
        return tuple(listed)


def shown_phones(office: Office, known: Mapping[MacAddress, KnownPhone]) -> tuple[list[MacAddress], int]:
    """Return whom the list shows, and how many more were seen: of those that nobody has, the surest and newest."""
    ours = {phone.mac for phone in office.phones}
    strangers = [phone for phone in known.values() if phone.mac not in ours]
    strangers.sort(key=lambda phone: (phone.is_confirmed, phone.last_seen), reverse=True)
    return sorted(ours | {phone.mac for phone in strangers[:MOST_SHOWN]}), max(0, len(strangers) - MOST_SHOWN)


def standing_of(seen: KnownPhone | None, now: datetime) -> Standing:
    """Return how far a phone is that is not registered."""
    if seen is None or seen.last_seen < now - PRESENT:
        return Standing.ABSENT
    return _STANDING[seen.state]


def _brand(owned: Phone | None, seen: KnownPhone | None) -> Brand:
    known = owned or seen
    assert known is not None  # one of the two has it
    return known.brand

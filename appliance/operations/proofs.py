"""What the wizard's ticks stand for: what is in force now, seen to work after it came into force.

Each subject of a proof has a digest of the settings that it depends on, as they are in force. Another digest is
another subject: its proof is dropped, however the change was made, and what was seen before does not count for it.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from appliance.apply.generations import Generations
from appliance.asterisk.live_state import LiveContact, LiveState
from appliance.compiler.object_names import phone_endpoint
from appliance.errors import BelboxError
from appliance.office.numbers import MacAddress
from appliance.office.office import Office
from appliance.office.phone import Phone
from appliance.office.secret import Secret
from appliance.operations.phone_contacts import OwnContacts
from appliance.paths import Paths
from appliance.storage.office_repository import OfficeRepository
from appliance.storage.proofs import Proof, ProofStore, SubjectInForce
from provisioning.discovery.inventory import KnownPhone

PLACE, COMPANY_NUMBER, EMPLOYEES, BACKUP_ROUTE = "language", "company_number", "employees", "backup_route"
HOURS, MAIL = "hours", "mail"


def line(trunk_id: str) -> str:
    """Return the subject of a line."""
    return f"line {trunk_id}"


def ring_group(group_id: str) -> str:
    """Return the subject of a ring group."""
    return f"ring_group {group_id}"


def attendant(attendant_id: str) -> str:
    """Return the subject of a menu."""
    return f"attendant {attendant_id}"


def phone(mac: MacAddress) -> str:
    """Return the subject of a phone."""
    return f"phone {mac}"


def digests(office: Office) -> Mapping[str, str]:
    """Return every subject of an office with a digest of what its proof depends on."""
    return office.once("digests", _digests)


def _digests(office: Office) -> Mapping[str, str]:
    site = office.site
    trunks = tuple(dataclasses.replace(trunk, name="") for trunk in office.trunks)  # no call depends on a name
    people = {one.id: (one.id, one.number, one.sip_user, one.sip_password) for one in office.extensions}
    subjects: dict[str, object] = {
        PLACE: (site.company_name, site.country, site.time_zone, site.language),
        EMPLOYEES: tuple(people.values()),
        BACKUP_ROUTE: (
            tuple((route.id, route.destination) for route, _ in office.backup_routes_in_use()),
            (office.behaviour.confirms_backup, office.behaviour.forward_number_id, office.behaviour.forward_shows),
            trunks,
        ),
        COMPANY_NUMBER: (
            site.company_number,
            tuple(one.id for one in office.numbers if one.number == site.company_number),
            trunks,
        ),
    }
    subjects[HOURS] = (
        office.opening_hours,
        office.public_holidays,
        office.closures,
        office.schedules,
        tuple((one.id, one.opening_hours_id, one.when_closed, one.public_holidays_id) for one in office.numbers),
    )
    subjects[MAIL] = office.mail_server
    subjects |= {ring_group(one.id): one for one in office.ring_groups}
    subjects |= {attendant(one.id): one for one in office.attendants}
    subjects |= {line(trunk.id): trunk for trunk in trunks}
    subjects |= {
        phone(one.mac): (one.mac, one.token, tuple(people[extension_id] for extension_id in one.extension_ids))
        for one in office.phones
    }
    return {name: hashlib.sha256("\n".join(_texts(value)).encode()).hexdigest() for name, value in subjects.items()}


class Proofs:
    """The proofs of one box. `registrations` asks the switch who is registered; None: it does not answer."""

    def __init__(
        self, store: ProofStore, paths: Paths, repository: OfficeRepository, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._paths = paths
        self._repository = repository
        self._clock = clock

    def office_in_force(self) -> Office | None:
        """Return the office of the generation in force; None where there is none, or none that can be read."""
        current = Generations(self._paths).current()
        if current is None:
            return None
        newest, office = self._repository.newest()
        if current.revision == newest:
            return office
        try:
            return self._repository.load(current.revision)
        except BelboxError:
            return None

    def note(self, state: LiveState | None) -> Mapping[str, SubjectInForce]:
        """Note what came into force since the last time, and return all that is; `state` is what the switch says now.

        Called after every apply, so that a change and a change back are two; and before every look at the proofs.
        """
        known = self._store.in_force()
        office = self.office_in_force()
        wanted = digests(office) if office else {}
        came = {
            subject: digest
            for subject, digest in wanted.items()
            if subject not in known or known[subject].digest != digest
        }
        gone = known.keys() - wanted.keys()
        late = [] if state is None else [one.subject for one in known.values() if one.before is None]
        if not (came or gone or late):
            return known
        registered = _registered(office, state) if office and state else {}
        if came or gone:
            now = self._clock()
            before = {subject: None if state is None else registered.get(subject, frozenset()) for subject in came}
            self._store.note(
                [
                    SubjectInForce(subject=subject, digest=digest, since=now, before=before[subject])
                    for subject, digest in came.items()
                ],
                gone,
                known,
            )
        if late:
            self._store.note_registrations({subject: registered.get(subject, frozenset()) for subject in late})
        return self._store.in_force()

    def is_in_force(self, subject: str) -> bool:
        """Tell whether a subject is in force as it was saved last: only then can it be proven."""
        office = self.office_in_force()
        _, newest = self._repository.newest()
        return office is not None and digests(office).get(subject) == digests(newest).get(subject) is not None

    def keep(self, subject: str, facts: Mapping[str, str], seen_from: datetime) -> None:
        """Keep what was seen since `seen_from`; nothing when the subject has changed meanwhile."""
        known = self._store.in_force().get(subject)
        if known is not None and known.since <= seen_from and self.is_in_force(subject):
            self._store.keep(subject, facts, self._clock())

    def drop(self, subject: str) -> None:
        """It was seen not to work."""
        self._store.drop(subject)

    def true_ones(self, state: LiveState | None) -> Mapping[str, Proof]:
        """Return the proofs that hold: of what is in force now, as it was saved last, seen since it came into force."""
        in_force = self.note(state)
        _, newest = self._repository.newest()
        saved = digests(newest)
        return {
            subject: proof
            for subject, proof in self._store.proofs().items()
            if subject in in_force
            and in_force[subject].digest == saved.get(subject)
            and proof.seen_at >= in_force[subject].since
        }

    def registered_phones(
        self, state: LiveState | None, seen: Mapping[MacAddress, KnownPhone]
    ) -> Mapping[MacAddress, str]:
        """Return the phones of the office that have registered since they are in force, each with its address.

        A phone counts where it is registered itself for every extension of it.
        """
        in_force = self.note(state)
        _, newest = self._repository.newest()
        saved = digests(newest)
        if state is None:
            return {}
        found = {}
        contacts = OwnContacts(newest, state.contacts)
        for one in newest.phones:
            known = in_force.get(phone(one.mac))
            if known is None or known.before is None or known.digest != saved[phone(one.mac)]:
                continue
            here = {
                contact.sip_user: contact.address
                for contact in contacts.of(one, seen.get(one.mac))
                if _registration(contact) not in known.before
            }
            if one.extension_ids and _users(newest, one) <= here.keys():
                found[one.mac] = next(iter(here.values()))
        return found


def _registered(office: Office, state: LiveState) -> Mapping[str, frozenset[str]]:
    """Return the registrations of each phone's extensions, by the phone's subject."""
    of_user: dict[str, set[str]] = defaultdict(set)
    for contact in state.contacts:
        of_user[contact.sip_user].add(_registration(contact))
    return {
        phone(one.mac): frozenset().union(*(of_user.get(user, ()) for user in _users(office, one)))
        for one in office.phones
    }


def _users(office: Office, one: Phone) -> set[str]:
    return {phone_endpoint(office.extension(extension_id)) for extension_id in one.extension_ids}


def _registration(contact: LiveContact) -> str:
    """Each REGISTER moves the expiry on, so that another expiry is another registration."""
    return f"{contact.sip_user} {contact.uri} {contact.expires_at}"


def _texts(value: object) -> Iterator[str]:
    """Yield a value as texts that differ where it differs; secrets too, which their `repr` hides."""
    if isinstance(value, Secret):
        yield repr(value.reveal())
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield type(value).__name__
        for field in dataclasses.fields(value):
            yield field.name
            yield from _texts(getattr(value, field.name))
    elif isinstance(value, tuple | list):
        yield f"{len(value)}"
        for one in value:
            yield from _texts(one)
    elif isinstance(value, frozenset | set):
        yield from _texts(sorted(value, key=repr))
    else:
        yield repr(value)

"""What the pages call, put together from the rooms below them (wizard/services.py says what each must do)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from appliance.apply.generations import Generations
from appliance.asterisk.live_state import LiveState
from appliance.changes import backup_routes, extensions, phones, site, trunks
from appliance.changes.outcome import Outcome
from appliance.cli.phone_console import PhoneConsole
from appliance.errors import ApplianceError
from appliance.office.checks import check_office
from appliance.office.numbers import MacAddress
from appliance.office.office import Office
from appliance.office.problems import InvalidValueError, Problem
from appliance.operations import proofs
from appliance.operations.accounts import SESSION_TIME, Accounts
from appliance.operations.box import Box, now
from appliance.operations.in_force import InForce
from appliance.operations.phone_contacts import is_own_contact
from appliance.operations.proving import Proving, StepProof, TestCallView
from appliance.operations.shared_look import SharedLook
from appliance.operations.status import parts_of
from appliance.operations.waiting_phones import WaitingPhones
from appliance.storage.console_sessions import ConsoleSessions
from appliance.storage.secrets import new_token
from provisioning.discovery.inventory import KnownPhone, read_phones
from provisioning.drivers import DRIVER_OF
from provisioning.enrolment import close_window, load_enrolment, open_window
from provisioning.stuck import what_holds_up
from wizard.services import LineView, LiveView, PartView, PhoneView

ENROLMENT_WINDOW = timedelta(minutes=10)
PRESENT = timedelta(minutes=15)  # a phone speaks at least this often: its registration alone is refreshed sooner
MOST_SHOWN = 50  # phones of nobody on one page: each row offers every employee
POLL_SECONDS = 0.3

_log = logging.getLogger(__name__)


class ConsoleServices:
    """The implementation of wizard.services.Services on one box."""

    def __init__(self, box: Box, clock: Callable[[], datetime] = now) -> None:
        self._box = box
        sessions = ConsoleSessions(box.engine, SESSION_TIME)
        self._accounts = Accounts(box.administrators, sessions, box.paths.claim_code, clock)
        self._live = SharedLook(box)
        self._proving = Proving(box, self._live, clock)
        self._waiting = WaitingPhones(box)
        self._in_force = InForce(box, self._waiting)
        self._phone_console = PhoneConsole(box, self._in_force, self._view_of, self.found_phone)

    @property
    def phone_services(self) -> PhoneConsole:
        """What the pages about phones call."""
        return self._phone_console

    @property
    def accounts(self) -> Accounts:
        """Who may open the console."""
        return self._accounts

    # the office

    def office(self) -> Office:
        return self._box.repository.newest()[1]

    def problems(self) -> tuple[Problem, ...]:
        return check_office(self.office())

    def save_place(self, *, company_name: str, country: str, time_zone: str, language: str, author: str) -> Outcome:
        return site.save_place(
            self._box.changer(author),
            company_name=company_name,
            country=country,
            time_zone=time_zone,
            language=language,
        )

    def save_company_number(self, *, number: str, author: str) -> Outcome:
        return site.save_company_number(self._box.changer(author), number=number)

    def save_trunk(
        self, *, trunk_id: str, name: str, host: str, username: str, password: str, registers: bool, author: str
    ) -> Outcome:
        return trunks.save_trunk(
            self._box.changer(author),
            trunk_id=trunk_id,
            name=name,
            host=host,
            username=username,
            password=password,
            registers=registers,
        )

    def remove_trunk(self, trunk_id: str, *, author: str) -> Outcome:
        return trunks.remove_trunk(self._box.changer(author), trunk_id)

    def save_employee(self, *, extension_id: str, name: str, number: str, author: str) -> Outcome:
        return extensions.save_employee(
            self._box.changer(author), self._box.new_secrets, extension_id=extension_id, name=name, number=number
        )

    def paste_employees(self, text: str, *, author: str) -> Outcome:
        return extensions.paste_employees(self._box.changer(author), self._box.new_secrets, text)

    def remove_employee(self, extension_id: str, *, author: str) -> Outcome:
        return extensions.remove_employee(self._box.changer(author), extension_id)

    def assign_phone(self, *, mac: str, extension_id: str, author: str) -> Outcome:
        try:
            wanted = MacAddress.parse(mac)
        except InvalidValueError as fault:
            return Outcome(None, (fault.at("extension_id"),))
        found = self.found_phone(wanted)
        if found is None:
            return Outcome(None, (Problem(where="extension_id", rule="no-such-phone", facts={"value": mac}),))
        return phones.assign_phone(self._box.changer(author), new_token, found, extension_id)

    def save_backup_route(self, *, number: str, author: str) -> Outcome:
        return backup_routes.save_backup_route(self._box.changer(author), number=number)

    # making it true, and proof

    def apply(self, *, author: str) -> tuple[Problem, ...]:
        try:
            applied = self._in_force.apply()
        except ApplianceError as fault:
            _log.exception("apply for %s failed", author)
            value = f"{fault.message} {fault.remedy}".strip()
            return (Problem(where="", rule="apply-failed", facts={"value": value}),)
        self._live.forget()
        self._proving.prove_settings(switch_was_running=applied.switch_was_running)
        return ()

    def live(self) -> LiveView:
        state = self._live.look()
        office = self.office()
        enrolment = load_enrolment(self._box.paths)
        newest, _ = self._box.repository.newest()
        current = Generations(self._box.paths).current()
        open_until = enrolment.open_until
        return LiveView(
            switch_answers=state is not None,
            lines=[
                LineView(id=line.id, name=line.name, state=line.state.value, detail=line.detail) for line in state.lines
            ]
            if state
            else [],
            phones=self._phones(office, state),
            more_phones=self._shown_phones(office, self._known_phones())[1],
            calls=state.calls if state else 0,
            enrolment_open_until=open_until if open_until and open_until > now() else None,
            unapplied_changes=current is None or (current.revision != newest and newest != 0),
        )

    def wait_for_change(self, seconds: float) -> None:
        before = self._marks()
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            time.sleep(POLL_SECONDS)  # two small files' times; inotify would be one more package
            if self._marks() != before:
                return

    def open_enrolment(self) -> None:
        open_window(self._box.paths, now() + ENROLMENT_WINDOW)
        self._waiting.nudge()

    def close_enrolment(self) -> None:
        close_window(self._box.paths)

    def scan_lan(self) -> None:
        from provisioning.discovery import address_scan  # scapy is slow to load, and seldom needed

        network = self._box.network
        try:
            address_scan.scan(network.interface, network.network)
        except (OSError, ApplianceError) as fault:
            _log.warning("the LAN was not scanned: %s", fault)

    def proofs(self) -> Mapping[str, StepProof]:
        return self._proving.steps()

    def prove_line(self, trunk_id: str) -> tuple[Problem, ...]:
        return self._proving.prove_line(trunk_id)

    def ring_phone(self, extension_id: str) -> TestCallView:
        return self._proving.ring_phone(extension_id)

    def prove_backup_route(self) -> TestCallView:
        return self._proving.prove_backup_route()

    def status(self) -> Sequence[PartView]:
        return [
            PartView(name=part.name, state=part.state, what=part.what, remedy=part.remedy, facts=part.facts)
            for part in parts_of(self._box)
        ]

    # below the list

    def _marks(self) -> tuple[float, ...]:
        paths = self._box.paths
        watched = (paths.live_state, paths.sightings, paths.enrolment)
        return tuple(path.stat().st_mtime if path.exists() else 0.0 for path in watched)

    def _view_of(self, mac: MacAddress) -> PhoneView | None:
        views = self._phones(self.office(), self._live.look())
        return next((view for view in views if view.mac == str(mac)), None)

    def _phones(self, office: Office, state: LiveState | None) -> list[PhoneView]:
        known = self._known_phones()
        contacts = state.contacts if state else ()
        shown, _ = self._shown_phones(office, known)
        enrolment, network = load_enrolment(self._box.paths), self._box.network
        proven = self._box.proofs.true_ones(state)
        views: list[PhoneView] = []
        for mac in shown:
            owned = office.phone_by_mac(mac)
            seen = known.get(mac)
            extension = office.extension(owned.extension_id) if owned and owned.extension_id else None
            contact = next(
                (one for one in contacts if owned and extension and is_own_contact(office, owned, seen, one)), None
            )
            is_here = contact is not None
            views.append(
                PhoneView(
                    mac=str(mac),
                    brand=owned.brand.value if owned else seen.brand.value if seen else "",
                    model=owned.model if owned else (seen.model or "") if seen else "",
                    firmware=(seen.firmware or "") if seen else "",
                    address=contact.address if contact and is_here else (seen.address or "") if seen else "",
                    state="registered" if is_here else _state_of(seen),
                    because=seen.because if seen else "",
                    extension_id=extension.id if extension else None,
                    last_seen=seen.last_seen if seen else None,
                    is_tested=is_here and proofs.phone(mac) in proven,
                    held=what_holds_up(
                        seen, enrolment, network, now(), is_ours=extension is not None, is_registered=is_here
                    )
                    if seen
                    else None,
                )
            )
        return views

    def _known_phones(self) -> Mapping[MacAddress, KnownPhone]:
        return {phone.mac: phone for phone in read_phones(self._box.paths.sightings)}

    def _shown_phones(self, office: Office, known: Mapping[MacAddress, KnownPhone]) -> tuple[list[MacAddress], int]:
        """Return whom the list shows, and how many more were seen: of those that nobody has, the surest and newest."""
        ours = {phone.mac for phone in office.phones}
        strangers = [phone for phone in known.values() if phone.mac not in ours]
        strangers.sort(key=lambda phone: (phone.is_confirmed, phone.last_seen), reverse=True)
        return sorted(ours | {phone.mac for phone in strangers[:MOST_SHOWN]}), max(0, len(strangers) - MOST_SHOWN)

    def found_phone(self, mac: MacAddress) -> phones.FoundPhone | None:
        owned = self.office().phone_by_mac(mac)
        seen = next((phone for phone in read_phones(self._box.paths.sightings) if phone.mac == mac), None)
        if seen is None and owned is None:
            return None
        brand = owned.brand if seen is None and owned else seen.brand if seen else None
        assert brand is not None  # one of the two is there
        model = (seen.model if seen else None) or (owned.model if owned else None) or DRIVER_OF[brand].models[0].name
        return phones.FoundPhone(mac=mac, brand=brand, model=model)


def _state_of(seen: KnownPhone | None) -> str:
    if seen is None or seen.last_seen < datetime.now(UTC) - PRESENT:  # noqa: TID251  (an entrance)
        return "absent"
    return seen.state.value

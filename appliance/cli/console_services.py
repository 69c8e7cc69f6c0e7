"""What the pages call, put together from the rooms below them (wizard/services.py says what each must do)."""

from __future__ import annotations

import hmac
import json
import logging
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error

from appliance.apply.generations import Generations
from appliance.asterisk.live_state import LineState, LiveState
from appliance.asterisk.manager_interface import ManagerInterface
from appliance.changes import backup_routes, extensions, phones, site, trunks
from appliance.changes.outcome import Outcome
from appliance.cli.in_force import InForce
from appliance.cli.phone_console import PhoneConsole
from appliance.cli.status_parts import parts_of
from appliance.cli.waiting_phones import WaitingPhones
from appliance.cli.wiring import Box, now
from appliance.compiler.object_names import trunk_endpoint
from appliance.errors import ApplianceError
from appliance.office.checks import check_office
from appliance.office.numbers import MacAddress
from appliance.office.office import Office
from appliance.office.problems import InvalidValueError, Problem
from appliance.storage.administrators import Administrator
from appliance.storage.secrets import new_token
from provisioning.discovery.inventory import KnownPhone, read_phones
from provisioning.drivers import DRIVER_OF
from provisioning.enrolment import close_window, load_enrolment, open_window
from provisioning.stuck import what_holds_up
from wizard.services import Account, LineView, LiveView, PartView, PhoneView, StepProof, TestCallView

ENROLMENT_WINDOW = timedelta(minutes=10)
LINE_WAIT_SECONDS = 15.0
PHONE_RING_SECONDS = 20.0
OUTSIDE_RING_SECONDS = 30.0
LEAST_PASSWORD_LETTERS = 12
MOST_TRIES = 5
TRIES_SECONDS = 300.0
PRESENT = timedelta(minutes=15)  # a phone speaks at least this often: its registration alone is refreshed sooner
POLL_SECONDS = 0.3

_log = logging.getLogger(__name__)


class _Tries:
    """At most MOST_TRIES wrong answers in TRIES_SECONDS for each key; kept in memory, so a restart forgets."""

    def __init__(self) -> None:
        self._wrong: dict[str, deque[float]] = {}

    def left(self, key: str) -> int:
        wrong = self._wrong.setdefault(key, deque())
        while wrong and wrong[0] < time.monotonic() - TRIES_SECONDS:
            wrong.popleft()
        return MOST_TRIES - len(wrong)

    def note_wrong(self, key: str) -> int:
        left = self.left(key) - 1
        self._wrong[key].append(time.monotonic())
        return left


class ConsoleServices:
    """The implementation of wizard.services.Services on one box."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._hasher = PasswordHasher()  # argon2id with the library's defaults (RFC 9106, low-memory profile)
        self._tries = _Tries()
        self._phone_lock = threading.Lock()  # one test phone, one call at a time
        self._live_lock = threading.Lock()
        self._live: tuple[float, LiveState | None] = (0.0, None)
        self._phones_proof: StepProof | None = None
        self._waiting = WaitingPhones(box)
        self._in_force = InForce(box, self._waiting)
        self._phone_console = PhoneConsole(box, self._in_force, self._view_of, self.found_phone)

    @property
    def phone_services(self) -> PhoneConsole:
        """What the pages about phones call."""
        return self._phone_console

    # the box and who may open it

    def is_claimed(self) -> bool:
        return self._box.administrators.is_claimed()

    def claim(self, code: str, user_name: str, password: str, language: str) -> Account | tuple[Problem, ...]:
        if self.is_claimed():
            return (Problem(where="code", rule="already-claimed"),)
        if self._tries.left("claim") <= 0:
            return (Problem(where="code", rule="claim-locked"),)
        problems = self._credential_problems(user_name, password)
        wanted = _letters(self._box.paths.claim_code.read_text())
        if not hmac.compare_digest(_letters(code).encode(), wanted.encode()):
            left = self._tries.note_wrong("claim")
            problems = (Problem(where="code", rule="claim-code-wrong", facts={"left": str(left)}), *problems)
        if problems:
            return problems
        account = self._box.administrators.add(user_name.strip(), self._hasher.hash(password), language, now())
        self._box.paths.claim_code.unlink(missing_ok=True)
        return _account(account)

    def log_in(self, user_name: str, password: str, source: str) -> Account | tuple[Problem, ...]:
        # Counted by source, so that a stranger's guesses never lock the owner out from elsewhere.
        if self._tries.left(f"login {source}") <= 0:
            return (Problem(where="password", rule="login-locked"),)
        account = self._box.administrators.by_name(user_name.strip())
        try:
            # An unknown name takes as long as a wrong password.
            self._hasher.verify(account.password_hash if account else self._nobodys_hash(), password)
        except Argon2Error:
            account = None
        if account is None:
            self._tries.note_wrong(f"login {source}")
            return (Problem(where="password", rule="login-wrong"),)
        return _account(account)

    def account(self, account_id: int) -> Account | None:
        found = self._box.administrators.by_id(account_id)
        return _account(found) if found else None

    def set_language(self, account_id: int, language: str) -> None:
        self._box.administrators.set_language(account_id, language)

    # the office

    def office(self) -> Office:
        return self._box.repository.newest()[1]

    def problems(self) -> tuple[Problem, ...]:
        return check_office(self.office())

    def save_place(self, *, company_name: str, country: str, time_zone: str, language: str, author: str) -> Outcome:
        outcome = site.save_place(
            self._box.changer(author),
            company_name=company_name,
            country=country,
            time_zone=time_zone,
            language=language,
        )
        if outcome.revision is not None:
            self._box.administrators.keep_proof("language", {"language": language, "time_zone": time_zone}, now())
        return outcome

    def save_company_number(self, *, number: str, author: str) -> Outcome:
        before = self.office().site.company_number
        outcome = site.save_company_number(self._box.changer(author), number=number)
        if before != self.office().site.company_number:
            self._box.administrators.drop_proof("company_number")
        return outcome

    def save_trunk(
        self, *, trunk_id: str, name: str, host: str, username: str, password: str, registers: bool, author: str
    ) -> Outcome:
        before = self.office().trunks
        outcome = trunks.save_trunk(
            self._box.changer(author),
            trunk_id=trunk_id,
            name=name,
            host=host,
            username=username,
            password=password,
            registers=registers,
        )
        if before != self.office().trunks:
            self._box.administrators.drop_proof("line")
        return outcome

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
        before = self.office().backup_routes
        outcome = backup_routes.save_backup_route(self._box.changer(author), number=number)
        if before != self.office().backup_routes:
            self._box.administrators.drop_proof("backup_route")
        return outcome

    # making it true, and proof

    def apply(self, *, author: str) -> tuple[Problem, ...]:
        try:
            applied = self._in_force.apply()
        except ApplianceError as fault:
            _log.exception("apply for %s failed", author)
            value = f"{fault.message} {fault.remedy}".strip()
            return (Problem(where="", rule="apply-failed", facts={"value": value}),)
        self._forget_live()
        if self.office().extensions and applied.switch_was_running:
            self._prove_employees()
        return ()

    def live(self) -> LiveView:
        state = self._state()
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
        proofs = {
            name: StepProof(seen_at=proof.seen_at, facts=proof.facts)
            for name, proof in self._box.administrators.proofs().items()
        }
        registered = [phone for phone in self.live().phones if phone.state == "registered"]
        with_extension = self.office().phones
        if with_extension and len(registered) >= len(with_extension):
            facts = {"count": str(len(registered)), "addresses": ", ".join(phone.address for phone in registered)}
            if self._phones_proof is None or self._phones_proof.facts != facts:
                self._phones_proof = StepProof(seen_at=now(), facts=facts)  # since when it is so
            proofs["phones"] = self._phones_proof
        else:
            self._phones_proof = None
        return proofs

    def prove_line(self, trunk_id: str) -> tuple[Problem, ...]:
        state = self._wait_for_line(trunk_id)
        if state is None:
            return (Problem(where="line", rule="switch-silent"),)
        line = next((line for line in state.lines if line.id == trunk_id), None)
        if line is None or line.state is not LineState.READY:
            rule = "line-dark" if line and line.state is LineState.DARK else "line-not-registered"
            self._box.administrators.drop_proof("line")
            return (Problem(where="line", rule=rule, facts={"value": line.name if line else trunk_id}),)
        self._box.administrators.keep_proof("line", {"line": line.name, "detail": line.detail}, now())
        number = self.office().site.company_number
        if number is None:
            return ()
        came_in_by = self._came_in_by(number.e164)
        if came_in_by is None:
            return (Problem(where="line", rule="loop-call-lost", facts={"value": str(number)}),)
        self._box.administrators.keep_proof("company_number", {"number": str(number), "line": came_in_by}, now())
        return ()

    def ring_phone(self, extension_id: str) -> TestCallView:
        office = self.office()
        number = office.extension(extension_id).number.digits
        seen = self._test_call(number, PHONE_RING_SECONDS)
        if seen.outcome in {"rang", "answered"}:
            for phone in office.phones:
                if extension_id in phone.extension_ids:
                    facts = {"number": number, "outcome": seen.outcome}
                    self._box.administrators.keep_proof(f"phone {phone.mac}", facts, now())
        return seen

    def prove_backup_route(self) -> TestCallView:
        route = next(iter(self.office().backup_routes), None)
        number = getattr(getattr(route, "destination", None), "number", None)
        if number is None:
            return TestCallView(outcome="failed", code=0, audio=None, seconds_to_ring=None, detail="no-backup-route")
        seen = self._test_call(number.e164, OUTSIDE_RING_SECONDS)
        if seen.outcome in {"rang", "answered"}:
            facts = {"number": number.e164, "outcome": seen.outcome}
            self._box.administrators.keep_proof("backup_route", facts, now())
        return seen

    def status(self) -> Sequence[PartView]:
        return [
            PartView(name=part.name, state=part.state, what=part.what, remedy=part.remedy, facts=part.facts)
            for part in parts_of(self._box)
        ]

    # below the list

    def _credential_problems(self, user_name: str, password: str) -> tuple[Problem, ...]:
        problems: list[Problem] = []
        if not 2 <= len(user_name.strip()) <= 64 or not user_name.isprintable():
            problems.append(Problem(where="user_name", rule="user-name-form"))
        if len(password) < LEAST_PASSWORD_LETTERS:
            problems.append(
                Problem(where="password", rule="password-short", facts={"least": str(LEAST_PASSWORD_LETTERS)})
            )
        elif len(set(password)) < 5 or (user_name.strip() and user_name.strip().lower() in password.lower()):
            problems.append(Problem(where="password", rule="password-common"))
        return tuple(problems)

    def _nobodys_hash(self) -> str:
        return self._hasher.hash("nobody has this password")

    def _state(self) -> LiveState | None:
        """Ask the switch, at most twice a second for all pages together."""
        with self._live_lock:
            seen_at, state = self._live
            if time.monotonic() - seen_at > 0.5:
                try:
                    state = self._box.look()
                except ApplianceError:
                    state = None
                self._live = (time.monotonic(), state)
            return state

    def _forget_live(self) -> None:
        with self._live_lock:
            self._live = (0.0, None)

    def _marks(self) -> tuple[float, ...]:
        paths = self._box.paths
        watched = (paths.live_state, paths.sightings, paths.enrolment)
        return tuple(path.stat().st_mtime if path.exists() else 0.0 for path in watched)

    def _view_of(self, mac: MacAddress) -> PhoneView | None:
        views = self._phones(self.office(), self._state())
        return next((view for view in views if view.mac == str(mac)), None)

    def _phones(self, office: Office, state: LiveState | None) -> list[PhoneView]:
        known = {phone.mac: phone for phone in read_phones(self._box.paths.sightings)}
        registered = {contact.sip_user: contact for contact in state.contacts if contact.is_reachable} if state else {}
        enrolment, network = load_enrolment(self._box.paths), self._box.network
        proofs = self._box.administrators.proofs()
        views: list[PhoneView] = []
        for mac in sorted(known.keys() | {phone.mac for phone in office.phones}):
            owned = office.phone_by_mac(mac)
            seen = known.get(mac)
            extension = office.extension(owned.extension_id) if owned and owned.extension_id else None
            contact = registered.get(extension.sip_user) if extension else None
            is_here = contact is not None and (seen is None or seen.address in {None, contact.address})
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
                    is_tested=is_here and f"phone {mac}" in proofs,
                    held=what_holds_up(
                        seen, enrolment, network, now(), is_ours=extension is not None, is_registered=is_here
                    )
                    if seen
                    else None,
                )
            )
        return views

    def found_phone(self, mac: MacAddress) -> phones.FoundPhone | None:
        owned = self.office().phone_by_mac(mac)
        seen = next((phone for phone in read_phones(self._box.paths.sightings) if phone.mac == mac), None)
        if seen is None and owned is None:
            return None
        brand = owned.brand if seen is None and owned else seen.brand if seen else None
        assert brand is not None  # one of the two is there
        model = (seen.model if seen else None) or (owned.model if owned else None) or DRIVER_OF[brand].models[0].name
        return phones.FoundPhone(mac=mac, brand=brand, model=model)

    def _prove_employees(self) -> None:
        """The switch itself names every extension: only then is the step ticked."""
        wanted = {extension.sip_user for extension in self.office().extensions}
        try:
            with ManagerInterface(self._box.manager) as manager:
                known = {item.get("ObjectName", "") for item in manager.list("PJSIPShowEndpoints")}
        except ApplianceError:
            return
        if wanted <= known:
            self._box.administrators.keep_proof("employees", {"count": str(len(wanted))}, now())

    def _wait_for_line(self, trunk_id: str) -> LiveState | None:
        limit = time.monotonic() + LINE_WAIT_SECONDS
        while True:
            self._forget_live()
            state = self._state()
            ready = state is not None and any(
                line.id == trunk_id and line.state is LineState.READY for line in state.lines
            )
            if ready or time.monotonic() > limit:
                return state
            time.sleep(POLL_SECONDS)  # the switch says by event that it registered, but not that it will not

    def _came_in_by(self, number: str) -> str | None:
        """Call our own number and return the name of the line it arrives on: the provider chooses among ours."""
        lines = {f"PJSIP/{trunk_endpoint(trunk.id)}-": trunk.name for trunk in self.office().trunks}
        calling = threading.Thread(target=self._test_call, args=(number, LINE_WAIT_SECONDS), daemon=True)
        with ManagerInterface(self._box.manager, events=True) as manager:
            calling.start()
            limit = time.monotonic() + LINE_WAIT_SECONDS
            while time.monotonic() < limit:
                for event in manager.events(1.0):
                    digits = event.get("Exten", "").lstrip("+").removeprefix("00").lstrip("0")
                    if event.get("Event") == "Newchannel" and digits and number.endswith(digits):
                        for channel, name in lines.items():
                            if event.get("Channel", "").startswith(channel):
                                return name
                if not calling.is_alive():
                    break
        return None

    def _test_call(self, number: str, ring_seconds: float) -> TestCallView:
        """pjsua2 keeps global state, so every call is a process of its own."""
        command = [sys.executable, "-m", "appliance.cli.main", "--root", str(self._box.paths.root)]
        command += ["test-call", number, "--ring-seconds", str(ring_seconds), "--json"]
        with self._phone_lock:
            done = subprocess.run(command, capture_output=True, text=True, timeout=ring_seconds + 30)
        try:
            seen = json.loads(done.stdout)
        except ValueError:
            detail = done.stderr.strip()[-300:]
            return TestCallView(outcome="failed", code=0, audio=None, seconds_to_ring=None, detail=detail)
        return TestCallView(
            outcome=seen["outcome"],
            code=seen["code"],
            audio=None if seen["tone_level"] is None else seen["heard_itself"],
            seconds_to_ring=seen["seconds_to_ring"],
            detail=seen["detail"],
        )


def _state_of(seen: KnownPhone | None) -> str:
    if seen is None or seen.last_seen < datetime.now(UTC) - PRESENT:  # noqa: TID251  (an entrance)
        return "absent"
    return seen.state.value


def _account(administrator: Administrator) -> Account:
    return Account(id=administrator.id, user_name=administrator.user_name, language=administrator.language)


def _letters(code: str) -> str:
    return "".join(letter for letter in code.upper() if letter.isalnum())

"""Seeing for oneself that something works: registrations and calls that prove the steps of the wizard."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from appliance.asterisk.line_check import register_anew, watch_during
from appliance.asterisk.live_state import LineState, LiveState
from appliance.asterisk.manager_interface import ManagerInterface, Message
from appliance.compiler.object_names import phone_endpoint, trunk_endpoint
from appliance.compiler.pjsip_conf import TRUNK_QUALIFY_SECONDS, TRUNK_QUALIFY_TIMEOUT_SECONDS
from appliance.errors import ApplianceError, NotRunning
from appliance.office.numbers import MacAddress
from appliance.office.office import Office
from appliance.office.problems import Problem
from appliance.office.trunk import Trunk
from appliance.operations import proofs
from appliance.operations.box import Box
from appliance.operations.phone_contacts import is_own_contact
from appliance.operations.proofs import Proofs
from appliance.operations.shared_look import SharedLook
from provisioning.discovery.inventory import KnownPhone, read_phones

LINE_WAIT_SECONDS = 15.0
PHONE_RING_SECONDS = 20.0
OUTSIDE_RING_SECONDS = 30.0
ANSWERING = frozenset({LineState.READY, LineState.UNREGISTERED})
LEAST_OWN_DIGITS = 4  # a call to fewer is a call to many a number, and may be somebody else's
POLL_SECONDS = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class StepProof:
    """What was seen that proves a step of the wizard, and when (UTC)."""

    seen_at: datetime
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TestCallView:
    """What the box's own test phone saw. `outcome`: answered, rang, busy, refused, no_answer, failed.

    `audio`: the tone was heard as it should be (None: not looked at). `code` is the SIP answer.
    """

    __test__ = False  # not a test class, whatever pytest thinks of its name

    outcome: str
    code: int
    audio: bool | None
    seconds_to_ring: float | None
    detail: str


class Proving:
    """The steps of one box. `live` is what the switch says, shared with the pages."""

    def __init__(self, box: Box, live: SharedLook, clock: Callable[[], datetime]) -> None:
        self._box = box
        self._live = live
        self._clock = clock
        self._phone_lock = threading.Lock()  # one test phone, one call at a time
        self._phones_seen: StepProof | None = None

    @property
    def _proofs(self) -> Proofs:
        return self._box.proofs

    def _office(self) -> Office:
        return self._box.repository.newest()[1]

    def steps(self) -> Mapping[str, StepProof]:
        """Return the proof of each step of the wizard that has one which holds."""
        office, state = self._office(), self._live.look()
        seen = self._proofs.true_ones(state)
        steps = {
            step: StepProof(seen_at=seen[step].seen_at, facts=seen[step].facts)
            for step in (proofs.PLACE, proofs.COMPANY_NUMBER, proofs.EMPLOYEES, proofs.BACKUP_ROUTE)
            if step in seen
        }
        lines = [seen.get(proofs.line(trunk.id)) for trunk in office.trunks]
        proven = [one for one in lines if one is not None]
        if proven and len(proven) == len(lines):
            facts = {"line": ", ".join(trunk.name for trunk in office.trunks)}
            steps["line"] = StepProof(seen_at=min(one.seen_at for one in proven), facts=facts)
        if phones := self._phones_proof(office, state):
            steps["phones"] = phones
        return steps

    def prove_line(self, trunk_id: str) -> tuple[Problem, ...]:
        """Let a line log in anew, then call the company number and see the call come in by one of ours."""
        began, office = self._clock(), self._office()
        trunk = office.trunk(trunk_id)
        if not self._proofs.is_in_force(proofs.line(trunk_id)):
            return (Problem(where="line", rule="not-in-force", facts={"value": trunk.name}),)
        try:
            state = self._line_state(trunk)
        except (ApplianceError, OSError):
            return (Problem(where="line", rule="switch-silent"),)
        if state is not LineState.READY:
            self._proofs.drop(proofs.line(trunk_id))
            rule = "line-dark" if state is LineState.DARK else "line-not-registered"
            return (Problem(where="line", rule=rule, facts={"value": trunk.name}),)
        self._proofs.keep(proofs.line(trunk_id), {}, began)
        number = office.site.company_number
        if number is None:
            return ()
        came_in_by = self._came_in_by(number.e164)
        if came_in_by is None:
            return (Problem(where="line", rule="loop-call-lost", facts={"value": str(number)}),)
        self._proofs.keep(proofs.COMPANY_NUMBER, {"number": str(number), "line": came_in_by}, began)
        return ()

    def ring_phone(self, extension_id: str) -> TestCallView:
        """Ring an extension; the one phone that is registered there, and that rings, is proven."""
        began, office, state = self._clock(), self._office(), self._live.look()
        extension = office.extension(extension_id)
        reached = [one for one in state.contacts if one.sip_user == extension.sip_user] if state else []
        seen, rang = self._watched_call(
            extension.number.digits, PHONE_RING_SECONDS, f"PJSIP/{phone_endpoint(extension)}-"
        )
        # A call rings every phone of an extension, and the switch says that one of them rings: of two it proves none.
        if rang and len(reached) == 1:
            known = self._seen()
            for phone in office.phones:
                if is_own_contact(office, phone, known.get(phone.mac), reached[0]):
                    self._proofs.keep(proofs.phone(phone.mac), {"outcome": seen.outcome}, began)
        return seen

    def prove_backup_route(self) -> TestCallView:
        """Ring the backup number through a line."""
        began = self._clock()
        route = next(iter(self._office().backup_routes), None)
        number = getattr(getattr(route, "destination", None), "number", None)
        if number is None or not self._proofs.is_in_force(proofs.BACKUP_ROUTE):
            return TestCallView(outcome="failed", code=0, audio=None, seconds_to_ring=None, detail="no-backup-route")
        lines = (f"PJSIP/{trunk_endpoint(trunk.id)}-" for trunk in self._office().trunks)
        seen, rang = self._watched_call(number.e164, OUTSIDE_RING_SECONDS, *lines)
        if rang and seen.outcome in {"rang", "answered"}:
            self._proofs.keep(proofs.BACKUP_ROUTE, {"number": number.e164, "outcome": seen.outcome}, began)
        return seen

    def prove_settings(self, *, switch_was_running: bool) -> None:
        """What is proven by being in force: the office's place, and every extension that the switch itself names."""
        began, office = self._clock(), self._proofs.office_in_force()
        if office is None or not switch_was_running:
            return
        site = office.site
        self._proofs.keep(proofs.PLACE, {"language": site.language, "time_zone": site.time_zone}, began)
        wanted = {phone_endpoint(extension) for extension in office.extensions}
        try:
            with ManagerInterface(self._box.manager) as manager:
                known = {item.get("ObjectName", "") for item in manager.list("PJSIPShowEndpoints")}
        except (ApplianceError, OSError):
            return
        if wanted and wanted <= known:
            self._proofs.keep(proofs.EMPLOYEES, {"count": str(len(wanted))}, began)

    def _phones_proof(self, office: Office, state: LiveState | None) -> StepProof | None:
        """All phones of the office are registered; the moment is that since which this is seen."""
        registered = self._proofs.registered_phones(state, self._seen())
        if not office.phones or len(registered) < len(office.phones):
            self._phones_seen = None
            return None
        facts = {"count": str(len(registered)), "addresses": ", ".join(registered.values())}
        if self._phones_seen is None or self._phones_seen.facts != facts:
            self._phones_seen = StepProof(seen_at=self._clock(), facts=facts)
        return self._phones_seen

    def _seen(self) -> dict[MacAddress, KnownPhone]:
        return {phone.mac: phone for phone in read_phones(self._box.paths.sightings)}

    def _line_state(self, trunk: Trunk) -> LineState:
        """Return how a line is, asked anew: an answer from before the change says nothing."""
        if trunk.registers:
            answer = register_anew(self._box.manager, trunk_endpoint(trunk.id), LINE_WAIT_SECONDS)
            if answer:
                self._wait_until_it_answers(trunk)
                return LineState.READY if answer == "Registered" else LineState.UNREGISTERED
        else:
            # The switch asks by itself, and says nothing when all is as it was.
            time.sleep(TRUNK_QUALIFY_SECONDS + float(TRUNK_QUALIFY_TIMEOUT_SECONDS))
        self._live.forget()
        state = self._live.look()
        if state is None:
            raise NotRunning("The switch does not answer.")
        found = next((line.state for line in state.lines if line.id == trunk.id), LineState.UNKNOWN)
        return LineState.UNREGISTERED if trunk.registers and found is LineState.READY else found

    def _wait_until_it_answers(self, trunk: Trunk) -> None:
        """The page that follows shows a line that has just answered: it must not say any more that it is dark."""
        limit = time.monotonic() + TRUNK_QUALIFY_SECONDS + float(TRUNK_QUALIFY_TIMEOUT_SECONDS)
        while time.monotonic() < limit:
            self._live.forget()
            state = self._live.look()
            if state and any(line.id == trunk.id and line.state in ANSWERING for line in state.lines):
                return
            time.sleep(POLL_SECONDS)  # the switch says by no event that a line answers again

    def _came_in_by(self, number: str) -> str | None:
        """Call our own number and return the name of the line it arrives on: the provider chooses among ours."""
        lines = {f"PJSIP/{trunk_endpoint(trunk.id)}-": trunk.name for trunk in self._office().trunks}

        def comes_in(event: Message) -> bool:
            digits = event.get("Exten", "").lstrip("+").removeprefix("00").lstrip("0")
            is_ours = len(digits) >= LEAST_OWN_DIGITS and number.endswith(digits)
            return event.get("Event") == "Newchannel" and is_ours and event.get("Channel", "").startswith(tuple(lines))

        _, event = watch_during(self._box.manager, lambda: self._test_call(number, LINE_WAIT_SECONDS), comes_in)
        return next((name for channel, name in lines.items() if event and event["Channel"].startswith(channel)), None)

    def _watched_call(self, number: str, ring_seconds: float, *channels: str) -> tuple[TestCallView, bool]:
        """Call a number, and tell whether the switch said meanwhile that one of these channels rang or was answered."""

        def rings(event: Message) -> bool:
            is_one = event.get("Channel", "").startswith(channels)
            return event.get("Event") == "Newstate" and is_one and event.get("ChannelStateDesc") in {"Ringing", "Up"}

        try:
            seen, event = watch_during(self._box.manager, lambda: self._test_call(number, ring_seconds), rings)
        except (ApplianceError, OSError) as fault:
            failed = TestCallView(outcome="failed", code=0, audio=None, seconds_to_ring=None, detail=str(fault))
            return failed, False
        return seen, event is not None

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

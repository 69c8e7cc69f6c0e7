"""The lines to the telephone company: saved, removed, and proven by a registration and a call."""

from __future__ import annotations

import time
from dataclasses import dataclass

from appliance.asterisk.line_check import register_anew, watch_during
from appliance.asterisk.live_state import LineState
from appliance.asterisk.manager_interface import Message
from appliance.changes import trunks
from appliance.changes.outcome import Outcome
from appliance.compiler.object_names import trunk_endpoint
from appliance.compiler.pjsip_conf import TRUNK_QUALIFY_SECONDS, TRUNK_QUALIFY_TIMEOUT_SECONDS
from appliance.errors import BelboxError, NotRunning
from appliance.office.office import Office
from appliance.office.problems import Problem
from appliance.office.trunk import Trunk
from appliance.operations import proofs
from appliance.operations.box import Box
from appliance.operations.job_steps import Progress, Step, unwatched
from appliance.operations.shared_look import SharedLook

LINE_WAIT_SECONDS = 15.0
ANSWERING = frozenset({LineState.READY, LineState.UNREGISTERED})
LEAST_OWN_DIGITS = 4  # a call to fewer is a call to many a number, and may be somebody else's
POLL_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of one box. `look` is what the switch says, shared with the pages."""

    box: Box
    look: SharedLook
    wait_seconds: float = LINE_WAIT_SECONDS

    def save(
        self, *, trunk_id: str, name: str, host: str, username: str, password: str, registers: bool, author: str
    ) -> Outcome:
        """Add a line (empty id), or change the one with this id; an empty password keeps the one it has."""
        return trunks.save_trunk(
            self.box.changer(author),
            trunk_id=trunk_id,
            name=name,
            host=host,
            username=username,
            password=password,
            registers=registers,
        )

    def remove(self, trunk_id: str, *, author: str) -> Outcome:
        """Remove a line."""
        return trunks.remove_trunk(self.box.changer(author), trunk_id)

    def prove(self, trunk_id: str, step: Progress = unwatched) -> tuple[Problem, ...]:
        """Let a line log in anew, then call the company number and see the call come in by one of ours.

        Ticks `line`, and `company_number` when the call came in.
        """
        began = self.box.now()
        office = self._office()
        trunk = office.trunk(trunk_id)
        if not self.box.proofs.is_in_force(proofs.line(trunk_id)):
            return (Problem(where="line", rule="not-in-force", facts={"value": trunk.name}),)
        step(Step.LOG_IN)
        try:
            state = self._state(trunk)
        except (BelboxError, OSError):
            return (Problem(where="line", rule="switch-silent"),)
        if state is not LineState.READY:
            self.box.proofs.drop(proofs.line(trunk_id))
            rule = "line-dark" if state is LineState.DARK else "line-not-registered"
            return (Problem(where="line", rule=rule, facts={"value": trunk.name}),)
        self.box.proofs.keep(proofs.line(trunk_id), {}, began)
        number = office.site.company_number
        if number is None:
            return ()
        step(Step.CALL_IN)
        came_in_by = self._came_in_by(number.e164)
        if came_in_by is None:
            return (Problem(where="line", rule="loop-call-lost", facts={"value": str(number)}),)
        self.box.proofs.keep(proofs.COMPANY_NUMBER, {"number": str(number), "line": came_in_by}, began)
        return ()

    def _office(self) -> Office:
        return self.box.repository.newest()[1]

    def _state(self, trunk: Trunk) -> LineState:
        """Return how a line is, asked anew: an answer from before the change says nothing."""
        if trunk.registers:
            answer = register_anew(self.box.manager, trunk_endpoint(trunk.id), self.wait_seconds)
            if answer:
                self._wait_until_it_answers(trunk)
                return LineState.READY if answer == "Registered" else LineState.UNREGISTERED
        else:
            # One look of the switch's own, and its answer: it tells of no look that finds all as it was.
            time.sleep(TRUNK_QUALIFY_SECONDS + float(TRUNK_QUALIFY_TIMEOUT_SECONDS))
        self.look.forget()
        state = self.look.look()
        if state is None:
            raise NotRunning("switch-not-connected")
        found = next((line.state for line in state.lines if line.id == trunk.id), LineState.UNKNOWN)
        return LineState.UNREGISTERED if trunk.registers and found is LineState.READY else found

    def _wait_until_it_answers(self, trunk: Trunk) -> None:
        """The page that follows shows a line that has just answered: it must not say any more that it is dark."""
        limit = time.monotonic() + TRUNK_QUALIFY_SECONDS + float(TRUNK_QUALIFY_TIMEOUT_SECONDS)
        while time.monotonic() < limit:
            self.look.forget()
            state = self.look.look()
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

        _, event = watch_during(
            self.box.manager, lambda: self.box.edges.test_phone.call(number, self.wait_seconds), comes_in
        )
        return next((name for channel, name in lines.items() if event and event["Channel"].startswith(channel)), None)

"""Calls by the box's own test phone: to an employee's phone, to the backup number, to any number by hand."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from appliance.asterisk.line_check import watch_during
from appliance.asterisk.manager_interface import Message
from appliance.compiler.dialplan.entrances import AS_IF_OUTSIDE, AS_IF_PHONES_GONE
from appliance.compiler.object_names import phone_endpoint, trunk_endpoint
from appliance.errors import BelboxError
from appliance.office.destination import ToOutsideNumber
from appliance.office.office import Office
from appliance.operations import proofs
from appliance.operations.box import Box
from appliance.operations.job_steps import Progress, Step, unwatched
from appliance.operations.phone_contacts import OwnContacts
from appliance.operations.shared_look import SharedLook
from appliance.test_phone.result import TestCallOutcome, TestCallResult

PHONE_RING_SECONDS = 20.0
BACKUP_SECONDS = 60.0  # for somebody to take up the mobile, hear what to press, and press it

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TestCalls:
    """The test calls of one box. `look` is what the switch says, shared with the pages."""

    __test__ = False  # not a test class, whatever pytest thinks of its name

    box: Box
    look: SharedLook

    def ring_phone(self, extension_id: str, step: Progress = unwatched) -> TestCallResult:
        """Ring an extension; the one phone that is registered there, and that rings, is proven."""
        began, state = self.box.now(), self.look.look()
        _, office = self.box.repository.newest()
        extension = office.extension(extension_id)
        reached = [one for one in state.contacts if one.sip_user == extension.sip_user] if state else []
        channel = f"PJSIP/{phone_endpoint(extension)}-"

        def rings(event: Message) -> bool:
            is_one = event.get("Channel", "").startswith(channel)
            return event.get("Event") == "Newstate" and is_one and event.get("ChannelStateDesc") in {"Ringing", "Up"}

        step(Step.RING)
        seen, rang = self._watched(extension.number.digits, PHONE_RING_SECONDS, rings)
        # A call rings every phone of an extension, and the switch says that one of them rings: of two it proves none.
        if rang and len(reached) == 1:
            known, contacts = self.box.seen_phones(), OwnContacts(office, reached)
            for phone in office.phones:
                if any(contacts.of(phone, known.get(phone.mac))):
                    self.box.proofs.keep(proofs.phone(phone.mac), {"outcome": seen.outcome}, began)
        return seen

    def prove_backup_route(self, step: Progress = unwatched) -> TestCallResult:
        """Take the backup route as a call from outside does while no phone answers.

        Who takes that call at the number outside, by 1 where the office asks for it, ticks `backup_route`; a mailbox
        that answers there does not, nor what the route does afterwards: the outcome is then `rang`.
        """
        began = self.box.now()
        _, office = self.box.repository.newest()
        outside = (
            (route.id, route.destination.number)
            for route, _ in office.backup_routes_in_use()
            if isinstance(route.destination, ToOutsideNumber)
        )
        route_id, number = next(outside, ("", None))
        if number is None or not self.box.proofs.is_in_force(proofs.BACKUP_ROUTE):
            return TestCallResult.failed("no-backup-route")
        lines = tuple(f"PJSIP/{trunk_endpoint(trunk.id)}-" for trunk in office.trunks)

        def is_through(event: Message) -> bool:
            return event.get("Event") == "BridgeEnter" and event.get("Channel", "").startswith(lines)

        step(Step.RING)
        seen, was_taken = self._watched(f"{AS_IF_PHONES_GONE}{route_id}", BACKUP_SECONDS, is_through)
        if was_taken:
            facts = {"number": number.e164, "outcome": seen.outcome}
            self.box.proofs.keep(proofs.BACKUP_ROUTE, facts, began)
        elif seen.outcome is TestCallOutcome.ANSWERED:
            return replace(seen, outcome=TestCallOutcome.RANG)
        return seen

    def ring_group(self, group_id: str, step: Progress = unwatched) -> TestCallResult:
        """Ring a group by its number; one that rings is proven."""
        _, office = self.box.repository.newest()
        number = office.ring_group(group_id).number.digits
        return self._proving(proofs.ring_group(group_id), number, step)

    def call_menu(self, attendant_id: str, step: Progress = unwatched) -> TestCallResult:
        """Call a menu by its short number; one that answers is proven."""
        _, office = self.box.repository.newest()
        number = office.attendant(attendant_id).number
        if number is None:
            return TestCallResult.failed("menu-without-number")
        return self._proving(proofs.attendant(attendant_id), number.digits, step)

    def call_when_closed(self, step: Progress = unwatched) -> TestCallResult:
        """Call the office as if from outside at its next closed hour; a call that the switch took proves the hours."""
        _, office = self.box.repository.newest()
        at, number = next_closed_hour(office, self.local_now(office)), office.site.company_number
        if at is None or number is None:
            return TestCallResult.failed("never-closed" if number else "no-company-number")
        began = self.box.now()
        step(Step.RING)
        seen, _ = self._watched(number.e164, PHONE_RING_SECONDS, lambda _event: False, as_if_at=at)
        if seen.outcome is not TestCallOutcome.FAILED:
            facts = {"outcome": seen.outcome, "closed_at": at.isoformat(timespec="minutes")}
            self.box.proofs.keep(proofs.HOURS, facts, began)
        return seen

    def local_now(self, office: Office) -> datetime:
        """Return the moment in the office's own time."""
        return self.box.now().astimezone(ZoneInfo(office.site.time_zone)).replace(tzinfo=None)

    def _proving(self, subject: str, number: str, step: Progress) -> TestCallResult:
        began = self.box.now()
        step(Step.RING)
        seen, _ = self._watched(number, PHONE_RING_SECONDS, lambda _event: False)
        if seen.reached_somebody:
            self.box.proofs.keep(subject, {"outcome": seen.outcome, "number": number}, began)
        return seen

    def _watched(
        self,
        number: str,
        ring_seconds: float,
        is_wanted: Callable[[Message], bool],
        as_if_at: datetime | None = None,
    ) -> tuple[TestCallResult, bool]:
        """Call a number, and tell whether the switch said meanwhile what is wanted."""
        call = self.box.edges.test_phone.call
        try:
            seen, event = watch_during(self.box.manager, lambda: call(number, ring_seconds, as_if_at), is_wanted)
        except BelboxError as fault:
            return TestCallResult.failed(fault.rule), False
        except OSError as fault:
            _log.warning("the test call was not made: %s", fault)
            return TestCallResult.failed("test-phone-broke"), False
        return seen, event is not None


def next_closed_hour(office: Office, now: datetime) -> datetime | None:
    """Return the next full hour (local time) at which the number of the office is closed; None: never within a week."""
    main = next((one for one in office.numbers if one.number == office.site.company_number), None)
    if main is None or main.opening_hours_id is None:
        return None
    hours = office.opening_hours_of(main.opening_hours_id)
    start = now.replace(minute=0, second=0, microsecond=0)
    week = (start + timedelta(hours=hour) for hour in range(1, 7 * 24 + 1))
    return next((at for at in week if not hours.is_open(at)), None)


def as_if_from_outside(number: str, caller: str, moment: datetime | None) -> tuple[str, Mapping[str, str]]:
    """Return what the test phone must dial, and the headers, for a call to `number` as if it came in from `caller`.

    `moment`: when it comes in; None: now.
    """
    headers = {"X-Belbox-Caller": caller}
    if moment is not None:
        headers["X-Belbox-At"] = str(int(moment.timestamp()))
    return f"{AS_IF_OUTSIDE}{number}", headers

"""Telling logins by mail what is wrong, as each chose."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from appliance.compiler.object_names import phone_endpoint
from appliance.files import make_folder
from appliance.mail.alerts import Alert, AlertKind, AlertState, Trouble, next_alerts
from appliance.mail.alerts import KeptTrouble as KeptTrouble
from appliance.mail.notices import keep_notice
from appliance.mail.offline import Notice
from appliance.office.country import Language
from appliance.office.office import Office
from appliance.operations.box import Box
from appliance.operations.live import LineState, LiveState
from appliance.operations.status import Status
from appliance.operations.status_part import PartState
from appliance.state_files import read_state, write_state
from appliance.words.texts import has_text, text

# The monitor is what tells; without mail nothing can be told.
_NOT_TOLD = frozenset({"monitor", "mail"})
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Alerts:
    """One box; its state is a file, so that a restart tells nothing twice."""

    box: Box
    status: Status

    def look(self, office: Office, state: LiveState | None) -> None:
        """Look at everything once, and write the notices that are due. `state` None: the switch does not answer."""
        path, now = self.box.paths.alerts, self.box.now()
        before = read_state(path, AlertState) or AlertState()
        seen = dict(self._of_the_box())
        unknown = frozenset({AlertKind.LINE, AlertKind.PHONE}) if state is None else frozenset()
        if state is not None:
            seen |= dict(_of_lines_and_phones(office, state))
        after, alerts = next_alerts(before, seen, unknown, now)
        if after != before:
            make_folder(path.parent, 0o750)
            write_state(path, after, 0o644)
        notices = [notice for alert in alerts for notice in self._notices(alert)]
        for position, notice in enumerate(notices):
            keep_notice(self.box.paths, notice, position, now)
        for alert in alerts:
            _log.info("alert %s: %s", alert.notice.value, ", ".join(alert.names))

    def repairs(self) -> tuple[KeptTrouble, ...]:
        """Return what is wrong, as the monitor saw it last, the oldest first."""
        state = read_state(self.box.paths.alerts, AlertState) or AlertState()
        return tuple(sorted((one for one in state.troubles.values() if one.over_since is None), key=_since))

    def _of_the_box(self) -> Iterator[tuple[str, Trouble]]:
        for part in self.status.parts():
            if part.state is PartState.FAILED and part.name not in _NOT_TOLD:
                yield f"part {part.name}", Trouble(kind=AlertKind.BOX, name=part.name)

    def _notices(self, alert: Alert) -> Iterator[Notice]:
        for login in self.box.logins.all():
            if login.email and alert.kind in login.alerts and not login.is_blocked:
                yield Notice(
                    kind=alert.notice,
                    addresses=(login.email,),
                    language=Language(login.language),
                    since=alert.since,
                    who=tuple(_called(alert.kind, name, login.language) for name in alert.names),
                )


def _since(one: KeptTrouble) -> tuple[datetime, str]:
    return one.since, one.trouble.name


def _of_lines_and_phones(office: Office, state: LiveState) -> Iterator[tuple[str, Trouble]]:
    for line in state.lines:
        if line.state in {LineState.DARK, LineState.UNREGISTERED}:
            yield f"line {line.id}", Trouble(kind=AlertKind.LINE, name=line.name)
    with_phones = {extension_id for phone in office.phones for extension_id in phone.extension_ids}
    for one in office.extensions:
        if one.id in with_phones and phone_endpoint(one) not in state.answering:
            yield f"phone {one.id}", Trouble(kind=AlertKind.PHONE, name=f"{one.number} {one.name}")


def _called(kind: AlertKind, name: str, language: str) -> str:
    key = f"part-{name}"
    return text(key, language) if kind is AlertKind.BOX and has_text(key, language) else name

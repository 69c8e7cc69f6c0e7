"""The outbox: round after round, every file that waits becomes a mail and is deleted when the server has taken it."""

from __future__ import annotations

import hashlib
import logging
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from appliance.mail.mail_fault import MailFault
from appliance.mail.mail_state import MailState, write_mail_state
from appliance.mail.notice_mail import notice_mail, read_notice
from appliance.mail.sending import MailDelayed, MailRefused, MailSession, ServerTrouble, Trouble
from appliance.mail.switch_mail import read_switch_mail
from appliance.mail.voicemail_mail import Mail, box_of, voicemail_mail
from appliance.mail.waiting import (
    FAILED,
    WaitingFile,
    addresses_done,
    last_reason,
    note_done,
    read_file,
    remove,
    set_aside,
    too_many,
    waiting_files,
)
from appliance.mail.wording import Say
from appliance.office.mail_server import MailServer
from appliance.office.office import Office
from appliance.paths import Paths

LOOK_SECONDS = 2.0
AFTER_FAULT_SECONDS = 60.0  # a full disk is not told every two seconds
# At first as soon as a server that restarts is back; at last often enough for a message of the same morning.
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (15, 60, 120, 300, 900, 1800))
FROM_SWITCH, NOTICE = ".eml", ".json"

_log = logging.getLogger(__name__)


class _Pauses:
    """Growing pauses between tries of one thing; a restart of the process forgets them, and tries at once."""

    def __init__(self) -> None:
        self._tries = 0
        self._until: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        return self._until is None or now >= self._until

    def begin(self, now: datetime) -> None:
        self._until = now + PAUSES[min(self._tries, len(PAUSES) - 1)]
        self._tries += 1


class Outbox:
    """`office` gives the office as it is now, `trust` the authorities of the mail server (None: the machine's)."""

    def __init__(
        self, paths: Paths, office: Callable[[], Office], say: Say, *, trust: ssl.SSLContext | None = None
    ) -> None:
        self._paths = paths
        self._office = office
        self._say = say
        self._trust = trust
        self._server: MailServer | None = None
        self._server_pauses = _Pauses()
        self._mail_pauses: dict[Path, _Pauses] = {}
        self._trouble: ServerTrouble | None = None
        self._dropped = 0

    def run(self, clock: Callable[[], datetime], stop: threading.Event) -> None:
        """Make rounds until told to stop."""
        while not stop.is_set():
            try:
                self.run_once(clock())
            except Exception:  # the entrance of this thread: what waits is still there in a later round
                _log.exception("the mails could not be looked at")
                stop.wait(AFTER_FAULT_SECONDS)
            stop.wait(LOOK_SECONDS)

    def run_once(self, now: datetime) -> MailState:
        """Send what is due; return how the mails stand, which is also kept in a file."""
        office = self._office()
        if office.mail_server != self._server:  # another server is asked at once, and about every mail
            self._server, self._trouble = office.mail_server, None
            self._server_pauses = _Pauses()
            self._mail_pauses.clear()
        self._drop(office, now)
        if self._server is None:
            self._trouble = ServerTrouble(Trouble.NO_SERVER)
        elif self._server_pauses.is_over(now):
            self._send_due(office, self._server, now)
        state = self._state(office)
        write_mail_state(self._paths.mail_state, state)
        return state

    def _send_due(self, office: Office, server: MailServer, now: datetime) -> None:
        due = [file for file in self._waiting() if self._pauses_of(file.path).is_over(now)]
        made = ((file.path, mail) for file in due if (mail := self._compose(file.path, office, server)))
        first = next(made, None)
        if first is None:
            return  # nobody is bothered for nothing
        try:
            with MailSession(server, self._trust) as session:
                for path, mail in _chained(first, made):
                    if not self._send(session, path, mail, now):
                        break
            self._server_pauses, self._trouble = _Pauses(), None
        except ServerTrouble as trouble:
            if self._trouble is None or self._trouble.trouble is not trouble.trouble:
                _log.warning("mails wait: %s", trouble)
            self._trouble = trouble
            self._server_pauses.begin(now)

    def _compose(self, path: Path, office: Office, server: MailServer) -> Mail | None:
        """Return the mail of a file; None if there is none and never will be, and then it is set aside."""
        try:
            data = read_file(path)
            mail = (
                voicemail_mail(read_switch_mail(data), office, server, self._say)
                if path.suffix == FROM_SWITCH
                else notice_mail(read_notice(data), office, server, self._say)
            )
            _give_name(mail.message, data, server)
        except FileNotFoundError:
            return None
        except MailFault as fault:
            self._set_aside(path, str(fault))
            return None
        except Exception:  # a stranger's bytes: one mail that cannot be made must not hold up the others
            _log.exception("%r could not be made a mail", path.name)
            self._set_aside(path, "no mail could be made of it")
            return None
        return mail

    def _send(self, session: MailSession, path: Path, mail: Mail, now: datetime) -> bool:
        """Send one mail; tell whether the session can go on."""
        done = addresses_done(path)
        left = tuple(address for address in mail.addresses if address not in done)
        if not left:
            self._forget(path)
            remove(path)
            return True
        try:
            delivery = session.send(mail.message, left)
        except MailRefused as fault:
            self._set_aside(path, str(fault))
            return True
        except MailDelayed as fault:
            self._pauses_of(path).begin(now)
            _log.warning("%r waits: %s", path.name, fault)
            return False
        for address, reason in delivery.refused.items():
            _log.warning("%r is refused for %s: %s", path.name, address, reason)
        if delivery.delayed:
            note_done(path, (*delivery.taken, *delivery.refused))
            self._pauses_of(path).begin(now)
        elif delivery.refused:
            reasons = "; ".join(f"{address}: {reason}" for address, reason in delivery.refused.items())
            self._set_aside(path, reasons)
        else:
            self._forget(path)
            remove(path)
        return True

    def _drop(self, office: Office, now: datetime) -> None:
        """Delete what has waited too long, or is too much."""
        folders = [self._paths.voicemail_mails, self._paths.notices]
        everywhere = [folder / place for folder in folders for place in ("", FAILED)]
        files = [
            file for folder in everywhere for suffix in (FROM_SWITCH, NOTICE) for file in waiting_files(folder, suffix)
        ]
        for path in too_many(files, lambda path: _is_only_copy(path, office), now):
            _log.warning("%r is deleted: it waited too long, or too much waited", path.name)
            self._forget(path)
            remove(path)
            self._dropped += 1

    def _state(self, office: Office) -> MailState:
        folders = (self._paths.voicemail_mails, self._paths.notices)
        failed = [
            file
            for folder in folders
            for suffix in (FROM_SWITCH, NOTICE)
            for file in waiting_files(folder / FAILED, suffix)
        ]
        return MailState(
            is_wanted=_is_wanted(office),
            waiting=len(self._waiting()),
            failed=len(failed),
            dropped=self._dropped,
            last_reason=last_reason(folders) if failed else "",
            trouble=self._trouble.trouble if self._trouble else None,
            code=self._trouble.code if self._trouble else 0,
        )

    def _waiting(self) -> list[WaitingFile]:
        found = [
            *waiting_files(self._paths.voicemail_mails, FROM_SWITCH),
            *waiting_files(self._paths.notices, NOTICE),
        ]
        return sorted(found, key=lambda file: file.since)

    def _set_aside(self, path: Path, reason: str) -> None:
        _log.warning("%r cannot be sent: %s", path.name, reason)
        self._forget(path)
        set_aside(path, reason)

    def _pauses_of(self, path: Path) -> _Pauses:
        return self._mail_pauses.setdefault(path, _Pauses())

    def _forget(self, path: Path) -> None:
        self._mail_pauses.pop(path, None)


def _chained(first: tuple[Path, Mail], rest: Iterator[tuple[Path, Mail]]) -> Iterator[tuple[Path, Mail]]:
    yield first
    yield from rest


def _give_name(message: EmailMessage, data: bytes, server: MailServer) -> None:
    """Give the same file the same Message-ID: a reader that gets it twice, after a power cut, can tell."""
    domain = server.sender.rpartition("@")[2]
    message["Message-ID"] = f"<{hashlib.sha256(data).hexdigest()[:32]}@{domain}>"


def _is_only_copy(path: Path, office: Office) -> bool:
    """Tell whether the box has deleted the message that a file is about."""
    if path.suffix != FROM_SWITCH:
        return False
    try:
        box = box_of(read_switch_mail(read_file(path)).mailbox, office)
    except (OSError, MailFault):
        return False
    return box is not None and box.deletes_after_mail


def _is_wanted(office: Office) -> bool:
    boxes = [office.company_voicemail, *(shared.box for shared in office.shared_voicemails)]
    boxes += [extension.voicemail for extension in office.extensions if extension.voicemail]
    return any(box.emails for box in boxes) or any(one.mails_when_offline and one.email for one in office.extensions)

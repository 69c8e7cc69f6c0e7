"""A notice as the mail to those who are told, and as the file in which it waits."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.mail.mail_fault import MailFault
from appliance.mail.offline import Notice
from appliance.mail.voicemail_mail import Mail
from appliance.mail.wording import Say, in_words, new_mail, one_line
from appliance.office.mail_server import MailServer
from appliance.office.office import Office
from appliance.state_files import from_json


class UnreadableNotice(MailFault):
    """A file among the notices is none."""


def notice_mail(notice: Notice, office: Office, server: MailServer, say: Say) -> Mail:
    """Return the mail."""
    language = notice.language
    who = ", ".join(one_line(name) for name in notice.who)
    moment = in_words(notice.since, office, language, say)

    def lines() -> Iterator[str]:
        yield say(f"mail-{notice.kind.value}-body", language, who=who, moment=moment)
        if notice.still_offline:
            yield ""
            yield say("mail-still-offline", language, who=", ".join(one_line(name) for name in notice.still_offline))

    subject = say(f"mail-{notice.kind.value}-subject", language, who=who)
    message = new_mail(office, server, notice.addresses, subject, lines(), notice.since)
    return Mail(message=message, addresses=notice.addresses)


def read_notice(data: bytes) -> Notice:
    """Read a notice; raises UnreadableNotice."""
    try:
        return from_json(data, Notice)
    except ValueError as fault:
        raise UnreadableNotice(f"not a notice ({fault})") from None

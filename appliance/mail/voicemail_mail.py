"""A message in a voicemail box as the mail to those who are told of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from appliance.compiler.object_names import mailbox
from appliance.mail.mail_fault import MailFault
from appliance.mail.switch_mail import SwitchMail
from appliance.mail.wording import Say, in_words, new_mail, one_line
from appliance.office.country import Language
from appliance.office.destination import ToSharedVoicemail, ToVoicemail
from appliance.office.mail_server import MailServer
from appliance.office.office import Office
from appliance.office.voicemail import LISTEN_NUMBER, VoicemailBox

_MOST_NAME_LETTERS = 40


class NobodyToTell(MailFault):
    """The box of a message is gone, or has no address any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail and whom it goes to: the addresses of its envelope."""

    message: EmailMessage
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Holder:
    box: VoicemailBox
    name: str
    language: Language
    has_phone: bool


def box_of(name: str, office: Office) -> VoicemailBox | None:
    """Return the box that the switch knows by a name, None if the office has none."""
    holder = _holder(name, office)
    return holder.box if holder else None


def voicemail_mail(heard: SwitchMail, office: Office, server: MailServer, say: Say) -> Mail:
    """Return the mail in the language of the box's owner; raises NobodyToTell.

    It honours `says_caller`, `says_time` and `attaches_recording` of the box as they are now.
    """
    holder = _holder(heard.mailbox, office)
    if holder is None:
        raise NobodyToTell(f"there is no voicemail box {one_line(heard.mailbox)} any more")
    box, language = holder.box, holder.language
    if not box.emails:
        raise NobodyToTell(f"the voicemail box of {one_line(holder.name)} has no e-mail address any more")
    caller = _caller(heard) or say("mail-caller-unknown", language)
    subject = (
        say("mail-voicemail-subject", language, caller=caller, box=one_line(holder.name))
        if box.says_caller
        else say("mail-voicemail-subject-plain", language, box=one_line(holder.name))
    )
    recording = heard.recording if box.attaches_recording else None
    minutes, seconds = divmod(heard.seconds, 60)
    length = say("mail-length", language, minutes=str(minutes), seconds=str(seconds))

    def lines() -> Iterator[str]:
        yield say("mail-line-box", language, box=one_line(holder.name))
        if box.says_caller:
            yield say("mail-line-caller", language, caller=caller)
        if box.says_time:
            yield say("mail-line-moment", language, moment=in_words(heard.moment, office, language, say))
        yield say("mail-line-length", language, length=length)
        yield ""
        if recording:
            yield say("mail-recording-attached", language)
        if recording and box.deletes_after_mail:
            yield say("mail-recording-only-here", language)
        elif holder.has_phone and not box.deletes_after_mail:
            yield say("mail-recording-on-phone", language, number=LISTEN_NUMBER)

    message = new_mail(office, server, box.emails, subject, lines(), heard.moment)
    if recording:
        name = _file_name(heard, box, office, say("mail-file-name", language))
        message.add_attachment(recording, maintype="audio", subtype="x-wav", filename=name)
    return Mail(message=message, addresses=box.emails)


def _holder(name: str, office: Office) -> _Holder | None:
    site = office.site
    if name == mailbox(ToVoicemail()):
        box = office.company_voicemail
        return _Holder(box=box, name=site.company_name, language=site.language, has_phone=False)
    for shared in office.shared_voicemails:
        if name == mailbox(ToSharedVoicemail(shared.id)):
            return _Holder(box=shared.box, name=shared.name, language=site.language, has_phone=False)
    for extension in office.extensions:
        if extension.voicemail and name == mailbox(ToVoicemail(extension.id)):
            return _Holder(
                box=extension.voicemail,
                name=f"{extension.name} ({extension.number})",
                language=extension.language or site.language,
                has_phone=True,
            )
    return None


def _caller(heard: SwitchMail) -> str:
    name = one_line(heard.caller_name)
    if name and heard.caller_number:
        return f"{name} ({heard.caller_number})"
    return name or heard.caller_number


def _file_name(heard: SwitchMail, box: VoicemailBox, office: Office, word: str) -> str:
    """Return a name that every computer takes: voicemail-2026-11-21-0836-32470999888.wav."""
    parts = [word]
    if box.says_time:
        parts.append(f"{heard.moment.astimezone(ZoneInfo(office.site.time_zone)):%Y-%m-%d-%H%M}")
    if box.says_caller:
        plain = unicodedata.normalize("NFKD", heard.caller_number or heard.caller_name).encode("ascii", "ignore")
        parts.append(re.sub(r"[^A-Za-z0-9]+", "-", plain.decode()).strip("-")[:_MOST_NAME_LETTERS])
    return "-".join(part for part in parts if part) + ".wav"

"""What the switch wrote about one message (compiler/voicemail_conf.py, emailbody), as values."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from email.utils import parsedate_to_datetime

from appliance.mail.mail_fault import MailFault

_BOTH = re.compile(r'"(?P<name>.*)" <(?P<number>[^<>]*)>', re.DOTALL)  # callerid.c, ast_callerid_merge
_NUMBER = re.compile(r"\+?[0-9*#]{1,32}")
_LENGTH = re.compile(r"([0-9]{1,5}):([0-5][0-9])")
_NOBODY = frozenset({"", "anonymous", "unknown", "unknown caller", "an unknown caller", "restricted", "withheld"})


class UnreadableSwitchMail(MailFault):
    """A file in the switch's outbox is not what the switch writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchMail:
    """`caller_name`, `caller_number`: empty if not shown. `moment`: the message's end. `recording`: WAV, if any."""

    mailbox: str
    caller_name: str
    caller_number: str
    moment: datetime
    seconds: int
    recording: bytes | None


def read_switch_mail(data: bytes) -> SwitchMail:
    """Read one file; raises UnreadableSwitchMail."""
    try:
        mail = email.message_from_bytes(data, policy=email.policy.compat32)
        parts = list(mail.walk())
        lines = _text(parts).strip("\n").split("\n")
        moment = parsedate_to_datetime(str(mail["Date"]))
    except (ValueError, TypeError, LookupError) as fault:
        raise UnreadableSwitchMail(f"not a mail of the switch ({fault})") from None
    # The caller's line is whatever stands between the others.
    length = _LENGTH.fullmatch(lines[-2].strip()) if len(lines) >= 4 else None
    if length is None or moment.tzinfo is None:
        raise UnreadableSwitchMail("not a mail of the switch")
    name, number = _caller(" ".join(lines[1:-2]).strip())
    return SwitchMail(
        mailbox=lines[0].strip(),
        caller_name=name,
        caller_number=number,
        moment=moment,
        seconds=int(length[1]) * 60 + int(length[2]),
        recording=_recording(parts),
    )


def _text(parts: list[Message[str, str]]) -> str:
    for part in parts:
        payload = part.get_payload(decode=True)
        if part.get_content_type() == "text/plain" and isinstance(payload, bytes):
            return payload.decode(errors="replace").replace("\r\n", "\n")
    raise ValueError("no text")


def _recording(parts: list[Message[str, str]]) -> bytes | None:
    for part in parts:
        payload = part.get_payload(decode=True)
        if part.get_content_maintype() == "audio" and isinstance(payload, bytes) and payload.startswith(b"RIFF"):
            return payload
    return None


def _caller(line: str) -> tuple[str, str]:
    both = _BOTH.fullmatch(line)
    if both:
        name, number = re.sub(r'\\([\\"])', r"\1", both["name"]), both["number"]
    elif _NUMBER.fullmatch(line):
        name, number = "", line
    else:
        name, number = line.strip('"'), ""
    if not _NUMBER.fullmatch(number):
        number = ""
    name = "" if name.strip().lower() in _NOBODY or name == number else name
    return name, number

"""What keeps a stranger's text harmless in a mail, and how people and moments are written."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Protocol
from zoneinfo import ZoneInfo

from appliance.office.country import Language
from appliance.office.mail_server import MailServer
from appliance.office.office import Office

MOST_LETTERS = 120  # of a name or reason in a line; a caller's name is 80 bytes at most in the switch
_NO_LETTER = frozenset({"Cc", "Zl", "Zp", "Cs", "Co", "Cn"})
_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\ufeff")  # Unicode UAX #9


class Say(Protocol):
    """The words of a text in a language, with its gaps filled (appliance/words/texts.py)."""

    def __call__(self, key: str, language: str, /, **facts: str) -> str: ...


def one_line(text: str) -> str:
    """Return a text in which nothing ends a line or turns the reading direction, cut at MOST_LETTERS."""
    letters = (" " if letter in _DIRECTION or unicodedata.category(letter) in _NO_LETTER else letter for letter in text)
    # "=?" would begin an encoded word (RFC 2047), which readers turn into whatever it says.
    return " ".join("".join(letters).replace("=?", "= ?").split())[:MOST_LETTERS].strip()


def in_words(moment: datetime, office: Office, language: Language, say: Say) -> str:
    """Return a moment as the office's clock showed it: Saturday 21 November 2026 at 08:36."""
    local = moment.astimezone(ZoneInfo(office.site.time_zone))
    return say(
        "mail-moment",
        language,
        weekday=say(f"mail-weekday-{local.isoweekday()}", language),
        day=str(local.day),
        month=say(f"mail-month-{local.month}", language),
        year=str(local.year),
        time=f"{local:%H:%M}",
    )


def new_mail(
    office: Office, server: MailServer, addresses: Iterable[str], subject: str, lines: Iterable[str], moment: datetime
) -> EmailMessage:
    """Return a mail from the office; `lines` are cleaned, an empty one stays as a gap."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _address(server.sender, one_line(office.site.company_name))
    mail["To"] = tuple(_address(address) for address in addresses)
    mail["Subject"] = one_line(subject)
    mail["Date"] = moment
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence answers it
    # Not 8bit: an old server need not carry it.
    mail.set_content("".join(f"{one_line_of_any_length(line)}\n" for line in lines), cte="quoted-printable")
    return mail


def one_line_of_any_length(text: str) -> str:
    """Return a line of the body: our own words may be longer than a name."""
    return "".join(" " if unicodedata.category(letter) in _NO_LETTER else letter for letter in text)


def _address(address: str, name: str = "") -> Address:
    user, _, domain = address.rpartition("@")
    return Address(name, user, domain)

"""Random values that keep the rules of their kind: names, numbers, secrets, moments; hostile ones included."""

from __future__ import annotations

import hashlib
import string
from datetime import datetime

from hypothesis import strategies as st

from appliance.office.calling_permission import DEFAULT_KINDS
from appliance.office.country import COUNTRY_PACKS, Country
from appliance.office.mail_server import MailServer, Security
from appliance.office.numbering import canonical, numbering_plan
from appliance.office.numbers import PhoneNumber
from appliance.office.schedule import (
    Period,
)
from appliance.office.secret import Secret

HOSTILE = (
    "a;b", "a]b[c", "${EXTEN}", "a&b|c", "\"'`", "<tag> & </tag>", "\\", "= , #", "😀 é ß 漢", "%s{0}{{x}}",
    "../../etc", "@include",
)  # fmt: skip
HOSTILE_TEXTS = (*HOSTILE, "two\nlines\r\n[section]\t", "\x00\x07\x1b\x7f", "'''\"\"\"", "x" * 4096)
# They turn the reading direction, or hide at the start of a file.
NO_LETTERS_OF_NAMES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
MOST_OF_A_KIND = 2
PARKING_SLOTS = range(600, 640)
FREE_SHORT = (*range(20, 60), *range(200, 560), *range(3000, 3100))
FREE_FOUR_DIGITS = range(4000, 5000)


def names() -> st.SearchStrategy[str]:
    """Names of people and things: every letter that is allowed, and those that mean something to some format."""
    letters = st.characters(
        codec="utf-8", exclude_categories=("Cc", "Zl", "Zp", "Zs", "Co"), exclude_characters=NO_LETTERS_OF_NAMES
    )
    return st.sampled_from((*HOSTILE, "Jan Jansen")) | st.text(letters, min_size=1, max_size=15)


def texts() -> st.SearchStrategy[str]:
    """Texts that no rule holds for."""
    return st.sampled_from(HOSTILE_TEXTS) | st.text(max_size=20)


def labels() -> st.SearchStrategy[str]:
    """Labels and descriptions: as names, and empty ones."""
    return st.just("") | names().map(lambda name: " ".join(name.split(" ")))


def spoken_texts() -> st.SearchStrategy[str]:
    """What the switch says: any letters on several lines."""
    return st.lists(labels(), max_size=3).map("\n".join)


def ids() -> st.SearchStrategy[str]:
    """Ids, and among them words that mean something else in the office file."""
    words = st.sampled_from(("voicemail", "all", "plan", "main", "e201", "x" * 32))
    return words | st.text("abz09-", max_size=6).map(lambda rest: f"i{rest}")


OTHERS_LAST_DIGITS, OWN_LAST_DIGIT = "012345678", "9"


def phone_numbers(country: Country, last_digits: str = OTHERS_LAST_DIGITS) -> st.SearchStrategy[PhoneNumber]:
    """Numbers that an office may call, of the country and abroad; by their last digit none of them is its own."""
    pack = COUNTRY_PACKS[country]

    def inside(digits: int) -> st.SearchStrategy[str]:
        return st.integers(10 ** (digits - 2), 10 ** (digits - 1) - 1).map(
            lambda all_but_last: f"+{pack.calling_code}{all_but_last}"
        )

    enough = numbering_plan(pack.calling_code).lengths
    abroad = st.integers(10**5, 10**6 - 1).map(lambda rest: f"+3120{rest}")
    beginnings = st.sampled_from(enough).flatmap(inside) | abroad
    numbers = st.builds(lambda beginning, last: PhoneNumber(beginning + last), beginnings, st.sampled_from(last_digits))
    return numbers.filter(
        lambda number: canonical(number.e164) == number.e164 and number.kind(country) in DEFAULT_KINDS
    )


def secrets(alphabet: str, least: int, most: int) -> st.SearchStrategy[Secret]:
    """Passwords, PINs and tokens."""
    return st.text(alphabet, min_size=least, max_size=most).map(Secret)


def pins() -> st.SearchStrategy[Secret]:
    """PINs of voicemail boxes and of logging in."""
    return secrets(string.digits, 4, 10)


def passwords() -> st.SearchStrategy[Secret]:
    """Every sign that SIP carries."""
    return secrets("".join(map(chr, range(0x21, 0x7F))), 1, 30)


def recordings() -> st.SearchStrategy[str]:
    """Names of recordings: SHA-256 in hex."""
    return st.integers(0, 2**16).map(lambda number: hashlib.sha256(str(number).encode()).hexdigest())


def tokens() -> st.SearchStrategy[Secret]:
    """Secret paths of phones."""
    return st.integers(0, 2**128 - 1).map(lambda number: Secret(f"{number:032x}"))


def emails() -> st.SearchStrategy[str]:
    """Addresses with the odd signs that are allowed in them."""
    return st.sampled_from(("jan@example.com", "o'neil+belbox@mail.example.be", "{x}`y@a-b.example"))


@st.composite
def mail_servers(draw: st.DrawFn) -> MailServer:
    """Servers with and without a login."""
    security = draw(st.sampled_from(Security))
    logs_in = security is not Security.NONE and draw(st.booleans())
    printable = "".join(map(chr, range(0x20, 0x7F)))
    return MailServer(
        host=draw(st.sampled_from(("mail.example.be", "192.0.2.25"))),
        sender=draw(emails()),
        port=draw(st.integers(1, 65535)),
        security=security,
        username=draw(st.text(printable, min_size=1, max_size=20)) if logs_in else "",
        password=draw(secrets(printable, 1, 30)) if logs_in else Secret(""),
    )


def periods(most: int = 3) -> st.SearchStrategy[list[Period]]:
    """Periods of one day in order, none over another."""
    ends = st.lists(st.integers(0, 24 * 60), unique=True, max_size=2 * most).map(sorted)
    return ends.map(lambda times: [Period(*pair) for pair in zip(times[::2], times[1::2], strict=False)])


def moments() -> st.SearchStrategy[datetime]:
    """Moments of the office's own clock."""
    return st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1))


def stretches() -> st.SearchStrategy[tuple[datetime, datetime]]:
    """Two moments, the earlier one first."""
    return st.lists(moments(), min_size=2, max_size=2, unique=True).map(lambda both: (min(both), max(both)))

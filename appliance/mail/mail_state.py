"""How the mails stand, kept in a small file for whoever shows it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from appliance.errors import BelboxError
from appliance.mail.sending import Trouble
from appliance.state_files import from_json, write_state


@dataclass(frozen=True, slots=True, kw_only=True)
class MailState:
    """`trouble` keeps all mails waiting, `code` is the server's. `failed` lie aside, the newest for `last_reason`.

    `dropped`: deleted unsent since the start, because of age or size.
    """

    is_wanted: bool
    waiting: int
    failed: int
    dropped: int
    last_reason: str = ""
    trouble: Trouble | None = None
    code: int = 0


class NoMailState(BelboxError):  # noqa: N818  (named for what it says)
    """The mails have not been looked at yet."""


def write_mail_state(path: Path, state: MailState) -> None:
    """Keep the state, whole or not at all."""
    write_state(path, state, 0o644)


def read_mail_state(path: Path) -> MailState:
    """Return the state; raises NoMailState."""
    try:
        return from_json(path.read_bytes(), MailState)
    except (OSError, ValueError) as fault:
        raise NoMailState("mails-not-looked-at", cause=fault) from None

"""How the mails stand, kept in a small file for whoever shows it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from appliance.errors import BelboxError
from appliance.files import replace_file
from appliance.mail.sending import Trouble


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
    replace_file(path, json.dumps(asdict(state)).encode(), 0o644)


def read_mail_state(path: Path) -> MailState:
    """Return the state; raises NoMailState."""
    try:
        facts = json.loads(path.read_text())
        trouble = Trouble(facts.pop("trouble")) if facts["trouble"] else None
        facts.pop("trouble", None)
        return MailState(**facts, trouble=trouble)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise NoMailState("mails-not-looked-at", cause=fault) from None

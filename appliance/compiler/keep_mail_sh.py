"""keep-mail.sh: keeps each mail of a mailbox for our own sender: no mailer, network or secret inside the switch."""

from __future__ import annotations

from appliance.compiler.config_file import WHEN_ASKED
from appliance.compiler.target import AsteriskTarget

PATH = "keep-mail.sh"
RELOAD = WHEN_ASKED
MODULES = ""
SECRET = False
OUTBOX = "outmail"  # below the spool folder


def render(target: AsteriskTarget) -> str:
    """Return the program; a mail comes in on its standard input."""
    outbox = f"{target.directories.spool}/{OUTBOX}"
    return f'#!/bin/sh\nmkdir -p {outbox} && mail=$(mktemp -p {outbox}) && cat >"$mail" && mv "$mail" "$mail.eml"\n'

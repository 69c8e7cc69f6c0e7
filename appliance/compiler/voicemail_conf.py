"""voicemail.conf: one mailbox for each extension that has one, and the company's."""

from __future__ import annotations

from appliance.compiler.conf_text import HEADER, comment_line
from appliance.compiler.object_names import VOICEMAIL_CONTEXT, mailbox
from appliance.office.office import Office

LONGEST_MESSAGE_SECONDS = 300
MOST_MESSAGES = 100


def render(office: Office) -> str:
    """Return the text of voicemail.conf; it holds PINs.

    The line of a mailbox is split at commas and has no escape (app_voicemail, append_mailbox), so a person's
    name stands in the comment above and not in the line.
    """
    lines = [
        HEADER,
        "\n[general]\n",
        "format = wav\n",
        f"maxsecs = {LONGEST_MESSAGE_SECONDS}\n",
        f"maxmsg = {MOST_MESSAGES}\n",
        "minsecs = 1\n",
        "maxsilence = 0\n",
        "skipms = 3000\n",
        "moveheard = yes\n",
        f"\n[{VOICEMAIL_CONTEXT}]\n",
        f"{mailbox(None)} => {office.company_voicemail.pin.reveal()}\n",
    ]
    for extension in office.extensions:
        if extension.voicemail:
            lines.append(comment_line(f"{extension.number} {extension.name}"))
            lines.append(f"{mailbox(extension.id)} => {extension.voicemail.pin.reveal()}\n")
    return "".join(lines)

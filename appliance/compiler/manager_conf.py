"""manager.conf: the one door by which our processes look at the switch, on loopback only."""

from __future__ import annotations

from appliance.compiler.conf_text import Section, render_sections
from appliance.compiler.target import AsteriskTarget

MANAGER_USER = "belbox"


def render(target: AsteriskTarget) -> str:
    """Return the text of manager.conf; it holds a password."""
    general = (("enabled", "yes"), ("bindaddr", "127.0.0.1"), ("port", str(target.manager_port)))
    account = (
        ("secret", target.manager_password.reveal()),
        ("deny", "0.0.0.0/0.0.0.0"),
        ("permit", "127.0.0.1/255.255.255.255"),
        ("read", "system,call,reporting"),
        ("write", "system,command,reporting,call,originate"),
        ("writetimeout", "5000"),
    )
    return render_sections([Section("general", general), Section(MANAGER_USER, account)])

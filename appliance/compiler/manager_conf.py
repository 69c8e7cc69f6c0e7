"""manager.conf: the one door by which our processes look at the switch, on loopback only."""

from __future__ import annotations

from appliance.compiler.conf_text import Section, render_sections
from appliance.compiler.target import AsteriskTarget
from appliance.office.secret import Secret

PATH = "manager.conf"
RELOAD = "manager"
MODULES = "res_manager_devicestate"
SECRET = True

MANAGER_USER = "belbox"
_PASSWORD = "secret"


def render(target: AsteriskTarget) -> str:
    """Return the text of manager.conf; it holds a password."""
    general = (("enabled", "yes"), ("bindaddr", "127.0.0.1"), ("port", str(target.manager_port)))
    account = (
        (_PASSWORD, target.manager_password.reveal()),
        ("deny", "0.0.0.0/0.0.0.0"),
        ("permit", "127.0.0.1/255.255.255.255"),
        ("read", "system,call,reporting"),
        # user: messages are removed and copied (app_voicemail.c, VoicemailRemove)
        ("write", "system,command,reporting,call,originate,user"),
        ("writetimeout", "5000"),
    )
    return render_sections([Section("general", general), Section(MANAGER_USER, account)])


def password_in(text: str) -> Secret | None:
    """Return the password that stands in a manager.conf of ours, None if none does."""
    for line in text.splitlines():
        key, equals, value = line.partition(" = ")
        if key == _PASSWORD and equals and value:
            return Secret(value)
    return None

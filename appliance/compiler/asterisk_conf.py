"""asterisk.conf: where the switch finds its own folders."""

from __future__ import annotations

from appliance.compiler.conf_text import Section, render_sections
from appliance.compiler.config_file import RESTART
from appliance.compiler.target import AsteriskTarget

PATH = "asterisk.conf"
RELOAD = RESTART
MODULES = ""
SECRET = False


def render(target: AsteriskTarget) -> str:
    """Return the text of asterisk.conf."""
    directories = target.directories
    places = (
        ("astetcdir", directories.configuration),
        ("astmoddir", directories.modules),
        ("astvarlibdir", directories.library),
        ("astdbdir", directories.library),
        ("astkeydir", directories.library),
        ("astdatadir", directories.data),
        ("astagidir", f"{directories.data}/agi-bin"),
        ("astspooldir", directories.spool),
        ("astrundir", directories.run),
        ("astlogdir", directories.log),
        ("astsbindir", "/usr/sbin"),
    )
    options = (
        ("verbose", "0"),
        ("defaultlanguage", "en"),
        # Without one Asterisk looks for a network card's address and warns where the jail shows none.
        ("entityid", "02:be:1b:0c:00:01"),
        ("hideconnect", "yes"),
        # Only the app that asks may change files or run programs: no live_dangerously.
        ("live_dangerously", "no"),
    )
    return render_sections([Section("directories", places), Section("options", options)])

"""logger.conf: warnings and errors in a file, nothing that names a password."""

from __future__ import annotations

from appliance.compiler.conf_text import Section, render_sections


def render() -> str:
    """Return the text of logger.conf."""
    log_files = (("messages", "notice,warning,error"), ("security", "security"))
    general = (("dateformat", "%F %T.%3q"), ("queue_log", "no"))
    return render_sections([Section("general", general), Section("logfiles", log_files)])

"""logger.conf: warnings and errors in a file, nothing that names a password.

Who tries to get in stands in another one (`security`), which the monitor reads and empties: appliance/monitor.
"""

from __future__ import annotations

from appliance.compiler.conf_text import Section, render_sections

PATH = "logger.conf"
RELOAD = "logger"
MODULES = "res_security_log"
SECRET = False


def render() -> str:
    """Return the text of logger.conf."""
    log_files = (("messages", "warning,error"), ("security", "security"))
    # Not a notice for each request without a login: anybody can send those by the thousand.
    general = (("dateformat", "%F %T.%3q"), ("queue_log", "no"), ("rotatestrategy", "none"))
    return render_sections([Section("general", general), Section("logfiles", log_files)])

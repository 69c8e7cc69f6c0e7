"""rtp.conf: the ports on which voices travel."""

from __future__ import annotations

from appliance.compiler.conf_text import Section, render_sections
from appliance.compiler.target import AsteriskTarget

PATH = "rtp.conf"
RELOAD = "res_rtp_asterisk.so"
MODULES = "res_rtp_asterisk res_srtp"
SECRET = False


def render(target: AsteriskTarget) -> str:
    """Return the text of rtp.conf."""
    ports = (("rtpstart", str(target.first_rtp_port)), ("rtpend", str(target.last_rtp_port)))
    # Strict RTP: a stranger's packets do not reach an ear once the true source is known.
    return render_sections([Section("general", (*ports, ("strictrtp", "yes"), ("icesupport", "no")))])

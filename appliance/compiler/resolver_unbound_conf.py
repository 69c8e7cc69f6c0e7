"""resolver_unbound.conf, and the addresses of lines that speak TLS, so that the switch asks no name server for them.

A line's certificate names its host, and Asterisk compares it with the host in the URI it calls (measured with 22.10:
"The server identity does not match" for an address). So a TLS line is called by its name, and the switch finds that
name's address in a file of ours, without a network (res_resolver_unbound, option `hosts`).
"""

from __future__ import annotations

from appliance.compiler import line_hosts
from appliance.compiler.conf_text import Section, render_sections
from appliance.compiler.target import AsteriskTarget
from appliance.office.office import Office

PATH = "resolver_unbound.conf"
RELOAD = "res_resolver_unbound.so"
MODULES = "res_resolver_unbound"
SECRET = False


def render(office: Office, target: AsteriskTarget) -> str:
    """Return the text of resolver_unbound.conf; it holds the names too, since a reload looks at this file alone."""
    options = (("hosts", f"{target.directories.configuration}/{line_hosts.PATH}"),)
    known = " ".join(f"{name}={address}" for address, name in line_hosts.hosts(office, target))
    return render_sections([Section("general", options, comment=f"Lines: {known}" if known else "No lines")])

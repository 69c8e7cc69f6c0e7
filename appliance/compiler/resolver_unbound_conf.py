"""resolver_unbound.conf, and the addresses of lines that speak TLS, so that the switch asks no name server for them.

A line's certificate names its host, and Asterisk compares it with the host in the URI it calls (measured with 22.10:
"The server identity does not match" for an address). So a TLS line is called by its name, and the switch finds that
name's address in a file of ours, without a network (res_resolver_unbound, option `hosts`).
"""

from __future__ import annotations

from appliance.compiler.conf_text import Section, render_sections
from appliance.compiler.target import AsteriskTarget
from appliance.office.office import Office
from appliance.office.trunk import Transport

HOSTS_PATH = "line-hosts"


def render(office: Office, target: AsteriskTarget) -> str:
    """Return the text of resolver_unbound.conf; it holds the names too, since a reload looks at this file alone."""
    options = (("hosts", f"{target.directories.configuration}/{HOSTS_PATH}"),)
    known = " ".join(f"{name}={address}" for address, name in _hosts(office, target))
    return render_sections([Section("general", options, comment=f"Lines: {known}" if known else "No lines")])


def render_hosts(office: Office, target: AsteriskTarget) -> str:
    """Return the text of the hosts file (hosts(5))."""
    lines = [("127.0.0.1", "localhost"), *_hosts(office, target)]
    return "".join(f"{address} {name}\n" for address, name in lines)


def _hosts(office: Office, target: AsteriskTarget) -> list[tuple[str, str]]:
    names = {trunk.host for trunk in office.trunks if trunk.transport is Transport.TLS}
    return [(target.resolved[name], name) for name in sorted(names) if target.resolved.get(name, name) != name]

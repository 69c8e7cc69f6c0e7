"""line-hosts: the addresses of lines that speak TLS, for the switch's resolver (resolver_unbound_conf.py says why)."""

from __future__ import annotations

from appliance.compiler.config_file import WHEN_ASKED
from appliance.compiler.target import AsteriskTarget
from appliance.office.office import Office
from appliance.office.trunk import Transport

PATH = "line-hosts"
RELOAD = WHEN_ASKED
MODULES = ""
SECRET = False


def render(office: Office, target: AsteriskTarget) -> str:
    """Return the text of a hosts file (hosts(5))."""
    lines = [("127.0.0.1", "localhost"), *hosts(office, target)]
    return "".join(f"{address} {name}\n" for address, name in lines)


def hosts(office: Office, target: AsteriskTarget) -> list[tuple[str, str]]:
    """Return address and name of each line's host that has a name, by name."""
    names = {trunk.host for trunk in office.trunks if trunk.transport is Transport.TLS}
    return [(target.resolved[name], name) for name in sorted(names) if target.resolved.get(name, name) != name]

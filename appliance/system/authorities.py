"""Who may vouch for a line that speaks TLS: this machine's list of authorities, where the switch sees it."""

from __future__ import annotations

import logging
from pathlib import Path

SYSTEM_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")  # Debian's ca-certificates

_log = logging.getLogger(__name__)


def provide_authorities(place: Path, system: Path = SYSTEM_AUTHORITIES) -> None:
    """Copy the list to `place` if it is another one; the switch's own root has none."""
    try:
        wanted = system.read_bytes()
    except OSError as fault:
        _log.warning("no line can speak TLS: %s", fault)
        return
    if place.exists() and place.read_bytes() == wanted:
        return
    partial = place.with_suffix(".new")
    partial.write_bytes(wanted)
    partial.chmod(0o644)
    partial.rename(place)

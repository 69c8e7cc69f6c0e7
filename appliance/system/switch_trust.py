"""What the switch needs for TLS, where it sees it: who may vouch for a line, and the box's own certificate."""

from __future__ import annotations

import logging
from pathlib import Path

from appliance.files import make_folder, replace_file, set_mode

SYSTEM_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")  # Debian's ca-certificates

_log = logging.getLogger(__name__)


def provide_authorities(place: Path, system: Path = SYSTEM_AUTHORITIES) -> None:
    """Copy this machine's list of authorities to `place` if it is another one; the switch's own root has none."""
    try:
        wanted = system.read_bytes()
    except OSError as fault:
        _log.warning("no line can speak TLS: %s", fault)
        return
    _replace(place, wanted, 0o644)


def provide_certificate(place: Path, key: Path, certificate: Path) -> bool:
    """Write key and certificate into one file that only the switch's group reads; False if there are none yet."""
    try:
        wanted = key.read_bytes() + certificate.read_bytes()
    except OSError as fault:
        _log.warning("no phone can speak TLS: %s", fault)
        return False
    _replace(place, wanted, 0o640)
    return True


def _replace(place: Path, wanted: bytes, mode: int) -> None:
    if place.is_file() and place.read_bytes() == wanted:
        set_mode(place, mode)
        return
    make_folder(place.parent)
    replace_file(place, wanted, mode)

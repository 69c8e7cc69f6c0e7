"""While the box runs: certificates are renewed in time, and shown at once by all who show them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path

from appliance.errors import BelboxError
from appliance.operations.box import Box
from appliance.operations.phone_signals import PhoneSignals
from provisioning.certificate_authority import certificate_files, ensure_certificates

EVERY_SECONDS = 600.0  # reading two certificates is a few milliseconds
# systemd-timesyncd: the clock was set by a time server since the start.
CLOCK_WAS_SET = Path("/run/systemd/timesync/synchronized")

_log = logging.getLogger(__name__)


class CertificateRounds:
    """Called after every look at the switch; looks itself every EVERY_SECONDS, and once after the start."""

    def __init__(self, box: Box, signals: PhoneSignals) -> None:
        self._box = box
        self._signals = signals
        self._next_round = 0.0

    def run_once(self) -> None:
        """Do what is due."""
        if time.monotonic() < self._next_round:
            return
        self._next_round = time.monotonic() + EVERY_SECONDS
        self.renew()

    def renew(self) -> bool:
        """Renew what is near its end and show it; True if something was."""
        paths = self._box.paths
        authority = _content(certificate_files(paths).authority)
        if not ensure_certificates(
            paths, self._box.network.address, self._box.now(), is_clock_sure=CLOCK_WAS_SET.exists()
        ):
            return False
        _log.warning("the certificates were renewed")
        self._box.provide_trust()
        self._shown(self._box.restart_web_server)
        self._shown(self._box.restart_phonebook)
        self._shown(self._box.load_again)
        if _content(certificate_files(paths).authority) != authority:
            # They take the new authority while the old one still vouches for it.
            phones = self._box.repository.newest()[1].phones
            self._signals.resync_later({phone.mac for phone in phones})
        return True

    def _shown(self, act: Callable[[], None]) -> None:
        try:
            act()
        except BelboxError as fault:
            _log.warning("a renewed certificate is not shown everywhere yet: %s", fault)


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""

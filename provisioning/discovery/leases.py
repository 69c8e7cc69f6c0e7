"""Who has an address from our own DHCP server: dnsmasq's list of leases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from appliance.office.numbers import MacAddress
from appliance.office.problems import InvalidValueError
from provisioning.discovery.inventory import SightingNoted
from provisioning.drivers.recognition import Evidence
from provisioning.phone_identity import SeenBy, Sighting, sighting_from

LOOK_EVERY_SECONDS = 1.0


def watch_leases(
    lease_file: Path,
    noted: SightingNoted,
    clock: Callable[[], datetime],
    stop: threading.Event,
    started: Callable[[], None],
) -> None:
    """Report the phones that have a lease, each time the list changes, until `stop`; no list is an empty one."""
    read_at: float | None = None
    started()
    while True:
        try:
            changed_at = lease_file.stat().st_mtime
        except FileNotFoundError:
            changed_at = None
        if changed_at is not None and changed_at != read_at:
            read_at = changed_at
            for sighting in sightings_in(lease_file.read_text(errors="replace"), clock()):
                noted(sighting)
        if stop.wait(LOOK_EVERY_SECONDS):
            return


def sightings_in(leases: str, now: datetime) -> tuple[Sighting, ...]:
    """Return the phones in dnsmasq's list: `expiry MAC address name client-id` on each line (dnsmasq(8))."""
    found = []
    for line in leases.splitlines():
        fields = line.split(" ")
        if len(fields) < 4:
            continue
        try:
            mac = MacAddress.parse(fields[1])
        except InvalidValueError:
            continue
        sighting = sighting_from(Evidence(mac=mac), SeenBy.LEASE, now, address=fields[2])
        if sighting is not None:
            found.append(sighting)
    return tuple(found)

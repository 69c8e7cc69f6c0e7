"""The kernel's own list of who has which address (ARP cache)."""

from __future__ import annotations

from pathlib import Path

from appliance.office.numbers import MacAddress
from appliance.office.problems import InvalidValueError

ARP_CACHE = Path("/proc/net/arp")  # proc_net(5); columns: address, type, flags, MAC, mask, interface
_COMPLETE = 0x2  # linux/if_arp.h ATF_COM


def mac_at(address: str, cache: Path = ARP_CACHE) -> MacAddress | None:
    """Return who has this IPv4 address now, if the kernel knows."""
    try:
        lines = cache.read_text().splitlines()[1:]
    except OSError:
        return None
    for line in lines:
        fields = line.split()
        if len(fields) >= 4 and fields[0] == address and int(fields[2], 16) & _COMPLETE:
            try:
                return MacAddress.parse(fields[3])
            except InvalidValueError:
                return None
    return None

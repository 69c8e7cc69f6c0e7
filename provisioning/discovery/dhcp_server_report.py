"""The DHCP servers that were found last: written by whoever asked the LAN, read by the status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from appliance.office.numbers import MacAddress
from appliance.state_files import read_state, write_state


@dataclass(frozen=True, slots=True, kw_only=True)
class DhcpServerFound:
    """A DHCP server on the LAN. `hands_out`: option number -> its text, of the options that lead phones."""

    address: str
    mac: MacAddress
    hands_out: Mapping[int, str] = field(default_factory=dict)


def keep_report(report: Path, servers: Sequence[DhcpServerFound]) -> None:
    """Write down who was found; whoever asks does so, that nobody is shown an older answer."""
    write_state(report, servers, 0o644)


def read_report(report: Path) -> tuple[DhcpServerFound, ...]:
    """Return the servers that were found last; none where nobody looked."""
    return read_state(report, tuple[DhcpServerFound, ...]) or ()

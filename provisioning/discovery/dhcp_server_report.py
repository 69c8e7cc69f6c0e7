"""The DHCP servers that were found last: written by whoever asked the LAN, read by the status."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from appliance.files import read_state, replace_file
from appliance.office.numbers import MacAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class DhcpServerFound:
    """A DHCP server on the LAN. `hands_out`: option number -> its text, of the options that lead phones."""

    address: str
    mac: MacAddress
    hands_out: Mapping[int, str] = field(default_factory=dict)


def keep_report(report: Path, servers: Sequence[DhcpServerFound]) -> None:
    """Write down who was found; whoever asks does so, that nobody is shown an older answer."""
    rows = [
        {
            "address": one.address,
            "mac": str(one.mac),
            "hands_out": {str(code): text for code, text in one.hands_out.items()},
        }
        for one in servers
    ]
    replace_file(report, json.dumps(rows).encode(), 0o644)


def read_report(report: Path) -> tuple[DhcpServerFound, ...]:
    """Return the servers that were found last; none where nobody looked."""
    return read_state(report, lambda rows: tuple(_from_json(row) for row in rows)) or ()


def _from_json(row: dict[str, Any]) -> DhcpServerFound:
    return DhcpServerFound(
        address=row["address"],
        mac=MacAddress.parse(row["mac"]),
        hands_out={int(code): text for code, text in row["hands_out"].items()},
    )

"""A virtual desk phone as a process: `python -m tests.virtual_office.desk_phone --brand yealink --mac ... `.

It runs in a network namespace of its own, starts with nothing but the MAC address of its interface, and shows what
it does in DIR/state.json; once it has an account, DIR/phone.sock controls it (see `sip_phone`).
"""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType

from tests.virtual_office.desk_phone.kinds import KINDS, phone_of_kind
from tests.virtual_office.desk_phone.phone import DeskPhone
from tests.virtual_office.desk_phone.resolver import use_own_resolver


def main(arguments: list[str]) -> None:
    """Run until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="desk_phone", description="A virtual desk phone.")
    parser.add_argument("--brand", choices=("yealink", "snom", "grandstream", "panasonic"), required=True)
    parser.add_argument("--kind", choices=sorted(KINDS), help="a model and its generation; else the brand's usual one")
    parser.add_argument("--mac", required=True, help="the interface's address, as on the label")
    parser.add_argument("--interface", default="eth0", help="an interface of a namespace of its own")
    parser.add_argument("--state", type=Path, required=True, help="folder for its state, flash and control socket")
    parser.add_argument("--url", help="the provisioning URL, typed in by hand when it leaves its carton")
    parser.add_argument("--no-pnp", action="store_true", help="never ask by SIP PnP multicast")
    parser.add_argument("--patience", type=float, help="longest time in seconds between two fetches")
    parser.add_argument("--tone", type=float, default=440, help="the tone it speaks with, in Hz")
    chosen = parser.parse_args(arguments)
    chosen.state.mkdir(parents=True, exist_ok=True)
    use_own_resolver(chosen.state / "resolv.conf")
    phone = DeskPhone(
        phone_of_kind(chosen.kind or chosen.brand, chosen.mac),
        interface=chosen.interface,
        folder=chosen.state,
        uses_pnp=not chosen.no_pnp,
        typed_url=chosen.url,
        patience_seconds=chosen.patience,
        tone_hz=chosen.tone,
    )
    for end in (signal.SIGTERM, signal.SIGINT):
        signal.signal(end, _leave)
    try:
        phone.run()
    finally:
        phone.power_off()


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])

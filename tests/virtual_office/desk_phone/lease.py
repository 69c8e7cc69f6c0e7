"""The phone's DHCP client: dhclient, with a script of its own that touches only this namespace's interface."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# The system's own script would rewrite /etc/resolv.conf, which namespaces share.
_SCRIPT = """#!/bin/sh
# Written by the virtual desk phone.
case "$reason" in
PREINIT)
    ip link set dev "$interface" up ;;
BOUND|RENEW|REBIND|REBOOT)
    if ! ip -4 addr show dev "$interface" | grep -q " inet $new_ip_address/"; then
        ip -4 addr flush dev "$interface"
        ip addr add "$new_ip_address/${new_subnet_mask:-255.255.255.0}" dev "$interface"
    fi
    for router in $new_routers; do ip route replace default via "$router" dev "$interface"; break; done
    for server in $new_domain_name_servers; do echo "nameserver $server"; done > '%(folder)s/../resolv.conf'
    env | sed -n 's/^new_//p' > '%(lease)s.part' && mv '%(lease)s.part' '%(lease)s' ;;
EXPIRE|FAIL|RELEASE|STOP)
    ip -4 addr flush dev "$interface"
    rm -f '%(lease)s' ;;
esac
exit 0
"""

_CONFIGURATION = """option option_150 code 150 = ip-address;
option option_159 code 159 = text;
option option_160 code 160 = text;
option option_242 code 242 = text;
send vendor-class-identifier "%(vendor_class)s";
request subnet-mask, routers, domain-name-servers, domain-name, ntp-servers, vendor-encapsulated-options,
    tftp-server-name, bootfile-name, option_150, option_159, option_160, option_242;
timeout 30;
retry 3;
initial-interval 1;
backoff-cutoff 4;
"""


@dataclass(frozen=True, kw_only=True)
class Lease:
    """What a DHCP server gave; options by dhclient's names with `_` (`tftp_server_name` is option 66)."""

    address: str
    server: str
    options: Mapping[str, str]


class DhcpClient:
    """One dhclient for one interface, with its files in a folder of the phone."""

    def __init__(self, interface: str, folder: Path, vendor_class: str) -> None:
        self._interface = interface
        self._folder = folder.resolve()
        self._vendor_class = vendor_class
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Ask for an address anew, as a phone does at boot or when its cable is put back."""
        self.stop()
        self._folder.mkdir(parents=True, exist_ok=True)
        self._lease_file.unlink(missing_ok=True)
        script = self._folder / "dhclient-script"
        script.write_text(_SCRIPT % {"lease": self._lease_file, "folder": self._folder})
        script.chmod(0o755)
        configuration = self._folder / "dhclient.conf"
        configuration.write_text(_CONFIGURATION % {"vendor_class": self._vendor_class})
        leases = self._folder / "dhclient.leases"
        leases.touch()
        command = [
            "setpriv",
            "--pdeathsig",
            "KILL",
            "dhclient",
            "-4",
            "-d",
            "-q",
            "-cf",
            str(configuration),
            "-lf",
            str(leases),
        ]
        command += ["-pf", str(self._folder / "dhclient.pid"), "-sf", str(script), self._interface]
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def look(self) -> Lease | None:
        """The lease held now."""
        try:
            lines = self._lease_file.read_text().splitlines()
        except FileNotFoundError:
            return None
        options = {name: _text(value) for name, _, value in (line.partition("=") for line in lines)}
        server = options.get("dhcp_server_identifier", "")
        return Lease(address=options.get("ip_address", ""), server=server, options=options)

    def wait(self) -> Lease:
        """The lease, however long it takes."""
        while (lease := self.look()) is None:
            if self._process is None or self._process.poll() is not None:
                self.start()
            time.sleep(0.1)  # no event tells that dhclient has written its file; between two looks
        return lease

    def stop(self) -> None:
        """End the client without giving the address back, as a phone that loses power does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @property
    def _lease_file(self) -> Path:
        return self._folder / "lease"


def _text(value: str) -> str:
    # dhclient quotes some texts; option 66 may carry a NUL or a newline at its end, which phones strip.
    return value.strip().strip('"').removesuffix("\\000").removesuffix("\\n").strip()

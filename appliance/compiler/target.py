"""What the compiler must know of the machine the files are for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from appliance.office.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchDirectories:
    """Where the switch sees its own places; the defaults are those inside its root (Debian's build)."""

    configuration: str = "/var/lib/belbox/switch/current/asterisk"
    modules: str = "/usr/lib/x86_64-linux-gnu/asterisk/modules"
    data: str = "/usr/share/asterisk"
    library: str = "/var/lib/asterisk"
    spool: str = "/var/spool/asterisk"
    run: str = "/run/asterisk"
    log: str = "/var/log/asterisk"
    prompts: str = "/var/lib/belbox/switch/prompts"  # the office's own, and its music
    authorities: str = "/var/lib/belbox/switch/authorities.pem"  # who may vouch for a line that speaks TLS
    certificate: str = "/var/lib/belbox/switch/certificate.pem"  # the box's own, with its key


@dataclass(frozen=True, slots=True, kw_only=True)
class AsteriskTarget:
    """`has_certificate`: the box has one to show to phones, so they may speak TLS.

    `resolved` gives an IPv4 address for each line's host: the switch itself never asks a name server.
    `test_phone_password`: of the box's own test phone. `manager_password`: of our AMI account.
    """

    address: str
    test_phone_password: Secret
    manager_password: Secret
    sip_port: int = 5060
    sip_tls_port: int = 5061
    has_certificate: bool = False
    manager_port: int = 5038
    first_rtp_port: int = 10000
    last_rtp_port: int = 10999
    directories: SwitchDirectories = SwitchDirectories()
    resolved: Mapping[str, str] = field(default_factory=dict)

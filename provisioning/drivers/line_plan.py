"""Where each line of a phone registers and whether its calls are encrypted, decided once for every brand."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from appliance.office.extension import SecureCalling
from appliance.office.phone_settings import Registrar
from provisioning.drivers.driver import PhoneModel
from provisioning.phone_profile import LineProfile, PhoneProfile

REGISTER_SECONDS = 300  # ours: how long a phone that vanished may still be counted as there


class Encryption(StrEnum):
    """What a line asks for: TLS for the signalling comes with either kind of SRTP for the sound."""

    NONE = "none"
    OPTIONAL = "optional"
    MANDATORY = "mandatory"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePlan:
    """`port` is None where DNS SRV records name it; `second` is empty where there is no second server."""

    number: int  # which line of the phone, from 1
    line: LineProfile
    encryption: Encryption
    server: str
    port: int | None
    second: str = ""

    @property
    def uses_tls(self) -> bool:
        """Tell whether the signalling goes by TLS."""
        return self.encryption is not Encryption.NONE

    @property
    def finds_server_by_srv(self) -> bool:
        """Tell whether DNS SRV records name the servers (RFC 3263 section 4)."""
        return self.port is None

    @property
    def server_and_port(self) -> str:
        """The server with its port, as brands without a field for the port want it."""
        return _with_port(self.server, self.port)

    @property
    def second_and_port(self) -> str:
        """The second server with its port; empty where there is none."""
        return _with_port(self.second, self.port) if self.second else ""


def plan_lines(profile: PhoneProfile, model: PhoneModel) -> tuple[LinePlan, ...]:
    """Return a plan for each line the model has room for."""
    return tuple(
        _plan(profile, model, number, line) for number, line in enumerate(profile.lines[: model.accounts], start=1)
    )


def _plan(profile: PhoneProfile, model: PhoneModel, number: int, line: LineProfile) -> LinePlan:
    encryption = _encryption(line.secure_calling, model)
    box, registrar = profile.box, profile.registrar
    port = box.sip_port if encryption is Encryption.NONE else box.sip_tls_port
    if registrar.way is Registrar.SRV:
        return LinePlan(number=number, line=line, encryption=encryption, server=registrar.domain, port=None)
    second = registrar.second if registrar.way is Registrar.TWO else ""
    return LinePlan(number=number, line=line, encryption=encryption, server=box.ip, port=port, second=second)


def _encryption(wanted: SecureCalling, model: PhoneModel) -> Encryption:
    match wanted:
        case SecureCalling.ALWAYS:
            return Encryption.MANDATORY
        case SecureCalling.AUTO:
            return Encryption.OPTIONAL if model.speaks_tls else Encryption.NONE
        case SecureCalling.NEVER:
            return Encryption.NONE


def _with_port(host: str, port: int | None) -> str:
    return host if port is None else f"{host}:{port}"

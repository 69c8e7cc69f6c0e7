"""A trunk: the connection to the telephone company."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.office.ids import check_id
from appliance.office.secret import Secret

SIP_PORT = 5060  # RFC 3261 section 19.1.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Trunk:
    """A SIP line. Trunks are tried in the order of the office's list.

    `registers`: the box logs in with user name and password (RFC 3261 section 10); otherwise the
    provider knows the box by its address. `answers_options`: the provider answers OPTIONS, so a dark
    line is known before a call is tried on it.
    """

    id: str
    name: str
    host: str
    port: int = SIP_PORT
    username: str = ""
    password: Secret = Secret("")
    registers: bool = True
    answers_options: bool = True

    def __post_init__(self) -> None:
        check_id(self.id)

"""Where the test phone registers."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.office.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class TestPhoneAccount:
    """Where the test phone registers, and as whom; `address` is its own."""

    __test__ = False

    address: str
    server: str
    port: int
    user: str
    password: Secret

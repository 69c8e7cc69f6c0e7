"""Which numbered value is what: accounts, sockets and keys each have their own arithmetic (SOURCES.md)."""

from __future__ import annotations

from dataclasses import dataclass

_RULES_OF_ACCOUNT_1 = (1488, 1490, 1492, 6716, 6718, 6720)
_RULES_OF_ACCOUNT_2 = (1494, 1496, 1498, 6722, 6724, 6726)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountNumbers:
    """The numbers of one account. `ring_rules`: what Alert-Info must say; the ring tone is one higher."""

    active: int
    name: int
    server: int
    second: int
    user: int
    auth: int
    password: int
    display: int
    voicemail: int
    dns: int
    expires: int
    mwi: int
    transport: int
    tls_scheme: int
    srtp: int
    auto_answer: int
    pickup_mode: int
    pickup_prefix: int
    no_call_waiting: int
    codecs: tuple[int, ...]
    dtmf: tuple[int, int, int]  # in the sound, RFC 4733, SIP INFO
    ring_rules: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketNumbers:
    """The numbers of one socket of an adapter with one or two; also the profile of DECT bases and larger ones."""

    active: int
    server: int
    second: int
    user: int
    auth: int
    password: int
    display: int
    dns: int
    expires: int
    transport: int
    tls_scheme: int
    srtp: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UserNumbers:
    """The numbers of one user of the table that DECT bases and larger adapters have.

    `handset_mode`: which handset rings, `handset_line`: what that handset dials out with.
    """

    user: int
    auth: int
    password: int
    profile: int
    name: int
    active: int
    handset_name: int
    handset_mode: int
    handset_line: int | None


@dataclass(frozen=True, slots=True)
class KeyNumbers:
    """The numbers of one key."""

    mode: int
    account: int
    label: int
    value: int


def account_numbers(account: int) -> AccountNumbers:
    """Return the numbers of account 1 to 6; those from 2 on follow one pattern."""
    if account == 1:
        return AccountNumbers(
            active=271, name=270, server=47, second=2312, user=35, auth=36, password=34, display=3, voicemail=33,
            dns=103, expires=32, mwi=99, transport=130, tls_scheme=2329, srtp=183, auto_answer=298, pickup_mode=6752,
            pickup_prefix=1347, no_call_waiting=26063, codecs=(57, 58, 59, 60, 61, 62, 46, 98),
            dtmf=(2301, 2302, 2303), ring_rules=_RULES_OF_ACCOUNT_1,
        )  # fmt: skip
    base = {2: 400, 3: 500, 4: 600, 5: 1700, 6: 1800}[account]
    further = 2200 + 100 * account
    return AccountNumbers(
        active=base + 1, name=base + 17, server=base + 2, second=further + 12, user=base + 4, auth=base + 5,
        password=base + 6, display=base + 7, voicemail=base + 26, dns=base + 8, expires=base + 12, mwi=base + 15,
        transport=base + 48, tls_scheme=further + 29, srtp=base + 43, auto_answer=base + 38,
        pickup_mode=6751 + account, pickup_prefix=base + 81, no_call_waiting=25963 + 100 * account,
        codecs=tuple(range(base + 51, base + 59)), dtmf=(further + 1, further + 2, further + 3),
        ring_rules=_RULES_OF_ACCOUNT_2 if account == 2 else (),
    )  # fmt: skip


FIRST_SOCKET = SocketNumbers(
    active=271, server=47, second=967, user=35, auth=36, password=34, display=3, dns=103, expires=32, transport=130,
    tls_scheme=2329, srtp=183,
)  # fmt: skip
SECOND_SOCKET = SocketNumbers(
    active=401, server=747, second=987, user=735, auth=736, password=734, display=703, dns=702, expires=732,
    transport=830, tls_scheme=2429, srtp=443,
)  # fmt: skip

_FIRST_LINE_OF_HANDSET = (4300, 4310, 4320, 4250, 21328)


def user_numbers(user: int) -> UserNumbers:
    """Return the numbers of user 1, 2, ... of the table; more than five have no handset."""
    place = user - 1
    return UserNumbers(
        user=4060 + place,
        auth=4090 + place,
        password=4120 + place,
        profile=4150 + place,
        name=4180 + place,
        active=4595 + place,
        handset_name=27020 + place,
        handset_mode=27080 + place,
        handset_line=_FIRST_LINE_OF_HANDSET[place] if place < len(_FIRST_LINE_OF_HANDSET) else None,
    )


def virtual_key(position: int) -> KeyNumbers:
    """Return the numbers of a key on the screen, from 1 to 48."""
    if position <= 6:
        mode = 1361 + 2 * position
        return KeyNumbers(mode, mode + 1, mode + 102, mode + 103)
    first = 23800 + 4 * (position - 7)
    return KeyNumbers(first, first + 1, first + 2, first + 3)


def memory_key(position: int) -> KeyNumbers:
    """Return the numbers of a key beside the screen, from 1 to 24."""
    if position <= 7:
        account = 298 + 3 * position
        return KeyNumbers(322 + position, account, account + 1, account + 2)
    first = 353 + 4 * (position - 8) if position <= 18 else 1440 + 4 * (position - 19)
    return KeyNumbers(first, first + 1, first + 2, first + 3)


def module_key(module: int, position: int, keys_each: int) -> KeyNumbers:
    """Return the numbers of a key of an expansion module; modules are counted through."""
    first = 23000 + 5 * ((module - 1) * keys_each + position - 1)
    return KeyNumbers(first, first + 1, first + 2, first + 3)

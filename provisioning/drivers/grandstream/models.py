"""Grandstream models: what each can do (SOURCES.md)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from provisioning.drivers.driver import PhoneKind, PhoneModel
from provisioning.phone_profile import KeyKind, KeyProfile


class Lines(StrEnum):
    """Where a model keeps who its lines are."""

    ACCOUNTS = "accounts"  # each line an account with its own servers
    PORTS = "ports"  # the same, with other numbers for the second: adapters with one or two sockets
    PROFILE = "profile"  # one profile with the servers, and a table of users: DECT bases, larger adapters


@dataclass(frozen=True, slots=True, kw_only=True)
class GrandstreamModel(PhoneModel):
    """The first `virtual_keys` of `line_keys` stand on the screen; the others have no line of their own."""

    virtual_keys: int = 0
    lines: Lines = Lines.ACCOUNTS
    first_account: int = 1  # how the directory counts accounts

    def has_place_for(self, key: KeyProfile) -> bool:
        """As for every brand; only a key on the screen can be a line."""
        fits = PhoneModel.has_place_for(self, key)  # a dataclass with slots has no super() here
        return fits and (key.kind is not KeyKind.LINE or (key.module == 0 and key.position <= self.virtual_keys))


def _desk(name: str, accounts: int, virtual_keys: int, memory_keys: int = 0, *, modules: int = 0) -> GrandstreamModel:
    """Return a row; each expansion module (GXP2200EXT) has 40 keys."""
    return GrandstreamModel(
        name=name,
        accounts=accounts,
        line_keys=virtual_keys + memory_keys,
        virtual_keys=virtual_keys,
        modules=modules,
        module_keys=40 if modules else 0,
        first_account=0 if name.startswith("GRP") else 1,
    )


def _adapter(name: str, sockets: int) -> GrandstreamModel:
    return GrandstreamModel(
        name=name,
        kind=PhoneKind.ADAPTER,
        accounts=sockets,
        line_keys=0,
        screen_languages=(),
        codecs=("pcma", "pcmu"),
        lines=Lines.PORTS if sockets <= 2 else Lines.PROFILE,
    )


def _dect(name: str, handsets: int) -> GrandstreamModel:
    return GrandstreamModel(name=name, kind=PhoneKind.DECT, accounts=handsets, line_keys=0, lines=Lines.PROFILE)


MODELS = (
    _desk("GRP2614", 4, 16, 24),
    _desk("GRP2601", 2, 2),
    _desk("GRP2602", 2, 2),
    _desk("GRP2603", 3, 3),
    _desk("GRP2604", 3, 3),
    _desk("GRP2612", 4, 16),
    _desk("GRP2613", 6, 24),
    _desk("GRP2615", 6, 40),
    _desk("GRP2616", 6, 16, 24),
    _desk("GRP2624", 4, 4),
    _desk("GRP2634", 4, 4),
    _desk("GRP2636", 6, 6),
    _desk("GRP2650", 6, 6),
    _desk("GRP2670", 6, 6),
    _desk("GXP1610", 1, 1),
    _desk("GXP1615", 1, 1),
    _desk("GXP1620", 2, 2),
    _desk("GXP1625", 2, 2),
    _desk("GXP1628", 2, 2),
    _desk("GXP1630", 3, 3),
    _desk("GXP1760", 3, 3),
    _desk("GXP1780", 4, 4),
    _desk("GXP1782", 4, 4),
    _desk("GXP2130", 3, 12, 8),
    _desk("GXP2135", 4, 32),
    _desk("GXP2140", 4, 16, modules=4),
    _desk("GXP2160", 6, 24, 24),
    _desk("GXP2170", 6, 48, modules=4),
    _adapter("HT801", 1),
    _adapter("HT802", 2),
    _adapter("HT812", 2),
    _adapter("HT814", 4),
    _adapter("HT818", 8),
    _dect("DP750", 5),
    _dect("DP752", 5),
)

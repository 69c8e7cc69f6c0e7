"""Snom models: what each can do (SOURCES.md)."""

from __future__ import annotations

from provisioning.drivers.driver import PhoneKind, PhoneModel


def _desk(
    name: str, accounts: int, line_keys: int, *, per_page: int = 0, modules: int = 0, speaks_tls: bool = True
) -> PhoneModel:
    """Return a row; each expansion module has 18 keys."""
    return PhoneModel(
        name=name,
        also=(f"snom{name}",),
        accounts=accounts,
        line_keys=line_keys,
        keys_per_page=per_page or line_keys,
        modules=modules,
        module_keys=18 if modules else 0,
        speaks_tls=speaks_tls,
    )


def _dect(name: str, handsets: int) -> PhoneModel:
    """Return a row of a base; how it is told to encrypt where the other side can is not documented."""
    return PhoneModel(
        name=name,
        also=(f"snom{name}",),
        kind=PhoneKind.DECT,
        accounts=handsets,
        line_keys=0,
        codecs=("g722", "pcma", "pcmu"),
        speaks_tls=False,
    )


# The 3xx speak TLS 1.0 at most; the box asks for 1.2.
MODELS = (
    _desk("D785", 12, 24, per_page=6, modules=4),
    _desk("D765", 12, 16),
    _desk("D745", 12, 32, per_page=8),
    _desk("D735", 12, 32, per_page=8, modules=3),
    _desk("D725", 12, 18, modules=3),
    _desk("D717", 6, 3, modules=3),
    _desk("D715", 4, 5),
    _desk("D713", 4, 4, modules=3),
    _desk("D712", 4, 5, modules=3),
    _desk("D710", 4, 5),
    _desk("D865", 12, 36, modules=3),
    _desk("D862", 12, 28, modules=3),
    _desk("D815", 10, 36, modules=3),
    _desk("D812", 8, 28, modules=3),
    _desk("D385", 12, 48, per_page=12),
    _desk("D375", 12, 12),
    _desk("D345", 12, 48, per_page=12, modules=3),
    _desk("D335", 12, 32, per_page=8),
    _desk("D315", 4, 5),
    _desk("D305", 4, 5),
    _desk("D150", 2, 2),
    _desk("D140", 2, 2),
    _desk("D120", 2, 2),
    _desk("760", 12, 16),
    _desk("725", 12, 18),
    _desk("720", 12, 18),
    _desk("715", 4, 5),
    _desk("710", 4, 5),
    _desk("370", 12, 12, speaks_tls=False),
    _desk("360", 12, 12, speaks_tls=False),
    _desk("320", 12, 12, speaks_tls=False),
    _desk("300", 4, 6, speaks_tls=False),
    _dect("M900", 50),
    _dect("M700", 30),
    _dect("M400", 20),
    _dect("M300", 20),
)

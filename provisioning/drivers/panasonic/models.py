"""Panasonic models: what each can do (SOURCES.md)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from provisioning.drivers.driver import PhoneKind, PhoneModel


class Series(StrEnum):
    """Which Administrator Guide names a model's parameters."""

    UT = "UT"
    HDV = "HDV"
    TGP5 = "TGP5"  # older than the others: another first line, parameters of its own for the time and tones
    TGP6 = "TGP6"


@dataclass(frozen=True, slots=True, kw_only=True)
class PanasonicModel(PhoneModel):
    """`series` decides between names that differ."""

    series: Series


def _desk(
    name: str, series: Series, accounts: int, line_keys: int, *, per_page: int = 0, modules: int = 0
) -> PanasonicModel:
    """Return a row; each expansion module (KX-HDV20) has 40 keys."""
    return PanasonicModel(
        name=name,
        accounts=accounts,
        line_keys=line_keys,
        keys_per_page=per_page,
        modules=modules,
        module_keys=40 if modules else 0,
        speaks_tls=series is Series.HDV,
        series=series,
    )


def _dect(name: str, series: Series, handsets: int, *also: str) -> PanasonicModel:
    return PanasonicModel(
        name=name,
        also=also,
        kind=PhoneKind.DECT,
        accounts=handsets,
        line_keys=0,
        speaks_tls=False,
        series=series,
    )


# TLS 1.2 is known of the HDV series alone; that is what the box asks for.
MODELS = (
    _desk("KX-HDV230", Series.HDV, 6, 24, per_page=12, modules=1),
    _desk("KX-HDV430", Series.HDV, 6, 24, per_page=8),
    _desk("KX-HDV330", Series.HDV, 6, 24, per_page=8),
    _desk("KX-HDV130", Series.HDV, 2, 2, per_page=2),
    _desk("KX-HDV100", Series.HDV, 1, 0),
    _desk("KX-UT670", Series.UT, 4, 24),
    _desk("KX-UT248", Series.UT, 4, 24),
    _desk("KX-UT136", Series.UT, 4, 24),
    _desk("KX-UT133", Series.UT, 4, 24),
    _desk("KX-UT123", Series.UT, 2, 0),
    _desk("KX-UT113", Series.UT, 2, 0),
    _dect("KX-TGP600", Series.TGP6, 8),
    _dect("KX-TGP550", Series.TGP5, 6),
    _dect("KX-TGP500", Series.TGP5, 6),
)

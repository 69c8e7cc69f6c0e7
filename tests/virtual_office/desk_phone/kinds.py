"""Every kind of phone by its name."""

from __future__ import annotations

from tests.virtual_office.desk_phone import grandstream, panasonic, snom, yealink
from tests.virtual_office.desk_phone.brand import Brand, Kind

_BRANDS: tuple[tuple[type[Brand], tuple[Kind, ...]], ...] = (
    (yealink.Yealink, yealink.KINDS),
    (snom.Snom, snom.KINDS),
    (grandstream.Grandstream, grandstream.KINDS),
    (panasonic.Panasonic, panasonic.KINDS),
)
KINDS: dict[str, tuple[type[Brand], Kind]] = {kind.name: (brand, kind) for brand, kinds in _BRANDS for kind in kinds}


def phone_of_kind(name: str, mac: str) -> Brand:
    """A phone of this kind (the brand's name: its usual one) with this address."""
    brand, kind = KINDS[name]
    return brand(mac, kind)

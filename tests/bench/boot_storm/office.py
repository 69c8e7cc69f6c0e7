"""The office of a boot storm: phones of four brands in turns, each with lamps for the colleagues after it."""

from __future__ import annotations

from tests.system.furnished import MODELS
from tests.virtual_office.desk_phone.brand import Brand
from tests.virtual_office.desk_phone.kinds import phone_of_kind

BRANDS = ("yealink", "snom", "grandstream", "panasonic")
OUIS = {"yealink": "80:5e:c0", "snom": "00:04:13", "grandstream": "c0:74:ad", "panasonic": "bc:c3:42"}
FIRST_EXTENSION = 2000
POOL = "192.168.77.3-192.168.77.254"  # the lab's own pool has a hundred


def brand_of(place: int) -> str:
    """Return the brand of a phone by its place in the office."""
    return BRANDS[place % len(BRANDS)]


def mac_of(place: int) -> str:
    """Return its MAC address."""
    return f"{OUIS[brand_of(place)]}:78:{place >> 8:02x}:{place & 255:02x}"


def phone_of(place: int) -> Brand:
    """Return the phone itself."""
    return phone_of_kind(brand_of(place), mac_of(place))


def number_of(place: int) -> str:
    """Return its extension."""
    return str(FIRST_EXTENSION + place)


def storm_document(phones: int, lamps: int) -> str:
    """Return the office file. The bench's telephone speaks plain SIP over UDP, so calls are never encrypted."""
    text = """
[site]
company_name = "Storm"
country = "BE"
time_zone = "Europe/Brussels"
language = "nl"
"""
    for place in range(phones):
        watched = [number_of((place + step) % phones) for step in range(1, min(lamps, phones - 1) + 1)]
        keys = ", ".join(f'{{ position = {at}, does = "colleague {who}" }}' for at, who in enumerate(watched, 2))
        brand = brand_of(place)
        text += f'\n[[extension]]\nnumber = "{number_of(place)}"\nname = "Person {place}"\nsecure_calling = "never"\n'
        text += f'\n[[phone]]\nmac = "{mac_of(place)}"\nbrand = "{brand}"\nmodel = "{MODELS[brand]}"\n'
        text += f'extension = "{number_of(place)}"\nkeys = [{keys}]\n'
    return text

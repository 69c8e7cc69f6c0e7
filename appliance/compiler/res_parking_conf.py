"""res_parking.conf: the office's parking slots."""

from __future__ import annotations

from appliance.compiler.conf_text import HEADER, Section, render_sections
from appliance.compiler.dialplan.parking import TIMEOUT_CONTEXT
from appliance.compiler.object_names import PARKING_LOT
from appliance.office.office import Office

PATH = "res_parking.conf"
RELOAD = "res_parking.so"
MODULES = "res_parking"
SECRET = False


def render(office: Office) -> str:
    """Return the text of res_parking.conf; the dial plan itself parks and fetches."""
    parking = office.parking
    if parking is None:
        return HEADER
    options = (
        ("context", f"{PARKING_LOT}-slots"),
        ("parkpos", f"{parking.first}-{parking.last}"),
        ("parkingtime", str(parking.timeout_seconds)),
        ("comebacktoorigin", "no"),
        ("comebackcontext", TIMEOUT_CONTEXT),
        ("findslot", "first"),
        ("parkedmusicclass", "default"),
    )
    return render_sections([Section(PARKING_LOT, options, comment=parking.name)])

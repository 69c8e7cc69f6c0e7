"""indications.conf: dial, busy and ringing tones as people of the country know them."""

from __future__ import annotations

from appliance.compiler.conf_text import Section, render_sections
from appliance.office.country import Country
from appliance.office.office import Office

PATH = "indications.conf"
RELOAD = "indications"
MODULES = ""
SECRET = False

# ITU-T E.180 supplement 2, "Various tones used in national networks": frequency in Hz / on,off in ms.
_TONES = {
    Country.BELGIUM: ("425/1000,0/3000", "425", "425/500,0/500", "425/167,0/167"),
    Country.NETHERLANDS: ("425/1000,0/4000", "425", "425/500,0/500", "425/250,0/250"),
    Country.FRANCE: ("440/1500,0/3500", "440", "440/500,0/500", "440/250,0/250"),
    Country.LUXEMBOURG: ("425/1000,0/4000", "425", "425/480,0/480", "425/240,0/240"),
    Country.GERMANY: ("425/1000,0/4000", "425", "425/480,0/480", "425/240,0/240"),
}


def render(office: Office) -> str:
    """Return the text of indications.conf."""
    ring, dial, busy, congestion = _TONES[office.site.country]
    code = office.site.country.value.lower()
    cadence = ring.split("/")[1].split(",")[0], ring.split("0/")[-1]
    tones = (
        ("description", office.site.country.name.title()),
        ("ringcadence", ",".join(cadence)),
        ("dial", dial),
        ("ring", ring),
        ("busy", busy),
        ("congestion", congestion),
        ("info", "950/330,1400/330,1800/330,0/1000"),
        ("record", "1400/500,0/15000"),
        ("callwaiting", "425/200,0/600,425/200,0/3000"),
        ("dialrecall", dial),
        ("stutter", dial),
    )
    return render_sections([Section("general", (("country", code),)), Section(code, tones)])

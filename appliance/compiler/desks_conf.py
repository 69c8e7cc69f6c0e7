"""desks.conf: the PINs with which people log in at any phone; the dial plan asks for one at a time."""

from __future__ import annotations

from appliance.compiler.conf_text import Section, render_sections
from appliance.compiler.config_file import WHEN_ASKED
from appliance.office.office import Office

PATH = "desks.conf"
RELOAD = WHEN_ASKED
MODULES = "func_config"
SECRET = True


def render(office: Office) -> str:
    """Return the text of desks.conf; it holds PINs."""
    return render_sections(
        Section(extension.id, (("pin", extension.login_pin.reveal()),))
        for extension in office.extensions
        if extension.login_pin is not None
    )

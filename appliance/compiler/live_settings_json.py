"""live-settings.json: what apply gives the switch's own store; not read by Asterisk."""

from __future__ import annotations

import json

from appliance.compiler.config_file import WHEN_ASKED
from appliance.office.live_settings import live_settings
from appliance.office.office import Office

PATH = "live-settings.json"
RELOAD = WHEN_ASKED
MODULES = ""
SECRET = False


def render(office: Office) -> str:
    """Return an object of `family/key` to value, sorted."""
    return json.dumps(live_settings(office), indent=1, sort_keys=True) + "\n"

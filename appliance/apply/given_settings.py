"""Give the switch's own store what the console has set, without undoing what was set at a phone since.

Kept beside the journal: what was given last. Only what differs from that is given again, so that a forward made at a
phone lives until somebody changes that same forward in the console.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from appliance.asterisk.manager_interface import ManagerInterface, ManagerRefused
from appliance.compiler import live_settings_json
from appliance.office.live_settings import SPECIAL
from appliance.paths import Paths


def give_settings(manager: ManagerInterface, paths: Paths) -> None:
    """Bring the switch's store up to the generation in force; NotRunning if the switch stops answering."""
    wanted_file = paths.current_generation / "asterisk" / live_settings_json.PATH
    wanted = _read(wanted_file.read_text()) if wanted_file.exists() else {}
    given = _read(paths.given_settings.read_text()) if paths.given_settings.exists() else {}
    if wanted == given:
        return
    for place in sorted(given.keys() - wanted.keys()):
        family, _, key = place.partition("/")
        if family == SPECIAL:
            continue  # stays: a code at the phone may rely on it
        try:
            manager.act("DBDel", Family=family, Key=key)
        except ManagerRefused:
            continue  # a code at a phone was quicker
    for place in sorted(wanted):
        if given.get(place) != wanted[place]:
            family, _, key = place.partition("/")
            manager.act("DBPut", Family=family, Key=key, Val=wanted[place])
    partial = paths.given_settings.with_suffix(".new")
    partial.write_text(json.dumps(wanted, sort_keys=True))
    partial.rename(paths.given_settings)


def _read(text: str) -> Mapping[str, str]:
    found = json.loads(text)
    return {str(key): str(value) for key, value in found.items()}

"""Give the switch's own store what the console has set, without undoing what was set at a phone since.

Kept beside the journal: what was given last. Only what differs from that is given again, so that a forward made at a
phone lives until somebody changes that same forward in the console.
"""

from __future__ import annotations

from collections.abc import Mapping

from appliance.asterisk.manager_interface import ManagerInterface, ManagerRefused
from appliance.compiler import live_settings_json
from appliance.compiler.switch_clock import CLOCK_CHANNEL
from appliance.office.live_settings import SPECIAL
from appliance.paths import Paths
from appliance.state_files import read_state, write_state

_NOT_THERE = "Database entry not found"  # what the switch answers to DBGet then (main/db.c)


def given_settings(paths: Paths) -> Mapping[str, str]:
    """Return what was given last, by `family/key`; nothing where that is not known."""
    return read_state(paths.given_settings, dict[str, str]) or {}


def settings_to_give(paths: Paths) -> Mapping[str, str]:
    """Return what the generation in force wants to be given."""
    return read_state(paths.current_generation / "asterisk" / live_settings_json.PATH, dict[str, str]) or {}


def places_to_change(paths: Paths) -> tuple[str, ...]:
    """Return the `family/key`s in which `give_settings` would change the switch's store."""
    wanted, given = settings_to_give(paths), given_settings(paths)
    gone = (place for place in given.keys() - wanted.keys() if not place.startswith(f"{SPECIAL}/"))
    return tuple(sorted({*gone, *(place for place in wanted if given.get(place) != wanted[place])}))


def give_settings(manager: ManagerInterface, paths: Paths) -> None:
    """Bring the switch's store, and the lamp of night mode, up to the generation in force.

    NotRunning if the switch stops answering.
    """
    wanted = settings_to_give(paths)
    for place in places_to_change(paths):
        put_in_store(manager, place, wanted.get(place))
    if wanted != given_settings(paths):
        note_given(paths, wanted)
    manager.act("Originate", Channel=CLOCK_CHANNEL, Application="Hangup", Async="true")  # it looks at its clock now


def note_given(paths: Paths, given: Mapping[str, str]) -> None:
    """Keep what the console has given."""
    write_state(paths.given_settings, given, 0o644)


def store_values(manager: ManagerInterface, places: tuple[str, ...]) -> Mapping[str, str | None]:
    """Return what the switch's store holds in these places; None: nothing."""
    return {place: _stored(manager, place) for place in places}


def put_in_store(manager: ManagerInterface, place: str, value: str | None) -> None:
    """Put a value in the switch's store; None removes it."""
    family, _, key = place.partition("/")
    if value is not None:
        manager.act("DBPut", Family=family, Key=key, Val=value)
        return
    try:
        manager.act("DBDel", Family=family, Key=key)
    except ManagerRefused:
        if _stored(manager, place) is not None:  # else it was not there: a code at a phone was quicker
            raise


def _stored(manager: ManagerInterface, place: str) -> str | None:
    family, _, key = place.partition("/")
    try:
        found = manager.list("DBGet", Family=family, Key=key)
    except ManagerRefused as refusal:
        if refusal.said != _NOT_THERE:
            raise
        return None
    return found[0]["Val"] if found else None

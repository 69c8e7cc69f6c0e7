"""Undo an apply, from what its journal says: the same for one that failed and for one that was cut."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from appliance.apply.box_pins import bring_phones_pins_back
from appliance.apply.generations import Generation, Generations
from appliance.apply.given_settings import note_given, put_in_store
from appliance.apply.journal import JournalEntry, clear_entry
from appliance.apply.loaded import forget_loaded, has_loaded, note_loaded, reload
from appliance.apply.reload_plan import RELOAD_ORDER, plan_reload
from appliance.apply.stand import stand_before
from appliance.asterisk.manager_interface import ManagerAddress, ManagerInterface, ManagerRefused, SwitchSilent
from appliance.errors import BelboxError, NotRunning
from appliance.office.numbers import MacAddress
from appliance.office.office import Office
from appliance.paths import Paths

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PutBackTools:
    """What undoing needs of its neighbours, given by the composition root.

    `load` reads a revision. `remove_sounds` removes the prompts that no prompt of an office names. `publish` writes the
    phone files of an office and returns the phones whose files changed. `restart_switch` is the last resort for a
    switch that is deaf.
    """

    manager: Callable[[], ManagerAddress]
    load: Callable[[int], Office]
    remove_sounds: Callable[[Office], None]
    publish: Callable[[Office], frozenset[MacAddress]]
    restart_switch: Callable[[], None]


def put_back(paths: Paths, entry: JournalEntry, tools: PutBackTools) -> bool:
    """Make so what was so before the apply of this entry; True when all of it is, and the journal is cleared.

    Never raises for a switch, disk or database that does not do its part: what could be undone is, and with the
    journal kept the rest is tried again later.
    """
    generations = Generations(paths)
    earlier = stand_before(generations, entry)
    if earlier is None:
        clear_entry(paths.apply_journal)
        return True
    undone = _tried("the switch", lambda: _switch_back(paths, generations, earlier, entry, tools))
    undone &= _tried("phone files and prompts", lambda: _files_back(earlier, tools))
    if undone:
        if entry.later not in (earlier.number, generations.linked()):
            generations.remove(entry.later)
        clear_entry(paths.apply_journal)
    return undone


def _switch_back(
    paths: Paths, generations: Generations, earlier: Generation, entry: JournalEntry, tools: PutBackTools
) -> None:
    bring_phones_pins_back(paths)
    folder = generations.folder(earlier.number) / "asterisk"
    later = generations.whole(entry.later)
    try:
        with ManagerInterface(tools.manager()) as manager:
            if not has_loaded(manager, earlier, folder):
                forget_loaded(manager)
                if later is None or plan_reload(later.checksums, earlier.checksums).restart:
                    tools.restart_switch()
                    return
                for module in RELOAD_ORDER:
                    reload(manager, module)
                note_loaded(manager, earlier)
            for place, value in sorted(entry.store_before.items()):
                put_in_store(manager, place, value)
            if entry.store_before:
                note_given(paths, entry.given_before)
    except SwitchSilent:
        tools.restart_switch()  # it is deaf: it starts again with the earlier generation
        raise
    except NotRunning:
        if entry.store_before:
            raise  # its store cannot be put right before it runs
    except ManagerRefused:
        tools.restart_switch()
        raise


def _files_back(earlier: Generation, tools: PutBackTools) -> None:
    if not earlier.revision:
        return  # a box just unpacked has no phones
    office = tools.load(earlier.revision)
    tools.publish(office)
    tools.remove_sounds(office)


def _tried(what: str, act: Callable[[], None]) -> bool:
    try:
        act()
    except (BelboxError, OSError) as fault:
        _log.warning("%s could not be put back yet: %s", what, fault)
        return False
    return True

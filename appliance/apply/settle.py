"""Nothing new is applied here: what is in force is made so everywhere, after a start, a cut or a new certificate."""

from __future__ import annotations

from appliance.apply.generations import Generations
from appliance.apply.given_settings import give_settings
from appliance.apply.journal import read_entry
from appliance.apply.loaded import forget_loaded, has_loaded, note_loaded, reload
from appliance.apply.put_back import PutBackTools, put_back
from appliance.apply.reload_plan import RELOAD_ORDER
from appliance.asterisk.manager_interface import ManagerInterface
from appliance.errors import ApplyFailed
from appliance.files import locked
from appliance.paths import Paths


def finish_cut_apply(paths: Paths, tools: PutBackTools) -> bool:
    """Undo an apply that was cut (its process was ended, or the power failed); True unless something is left to undo.

    Waits for an apply that is under way, and finds no journal then.
    """
    try:
        with locked(paths.apply_lock):
            cut = read_entry(paths.apply_journal)
            return cut is None or put_back(paths, cut, tools)
    except OSError as fault:
        raise ApplyFailed("cut-apply-not-undone", cause=fault) from fault


def settle(paths: Paths, tools: PutBackTools, *, everything: bool = False) -> None:
    """Let the running switch load the generation in force if it has not, and give its store what the console set.

    `everything`: load it again in any case, since a file beside the generation changed. Raises NotRunning,
    ManagerRefused.
    """
    finish_cut_apply(paths, tools)
    generations = Generations(paths)
    with locked(paths.apply_lock):
        current = generations.current()
        if current is None:
            return
        with ManagerInterface(tools.manager()) as manager:
            if everything or not has_loaded(manager, current, generations.folder(current.number) / "asterisk"):
                forget_loaded(manager)
                for module in RELOAD_ORDER:
                    reload(manager, module)
                note_loaded(manager, current)
            give_settings(manager, paths)

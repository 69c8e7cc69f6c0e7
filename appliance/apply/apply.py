"""Make an office true on this machine, or put everything back."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from appliance.apply.confirm import confirm, note
from appliance.apply.generations import Generation, Generations, checksums_of
from appliance.apply.given_settings import give_settings
from appliance.apply.journal import JournalEntry, clear_entry, write_entry
from appliance.apply.reload_plan import ReloadPlan, plan_reload
from appliance.asterisk.manager_interface import ManagerAddress, ManagerInterface, ManagerRefused
from appliance.compiler.compile_office import compile_office
from appliance.compiler.config_file import ConfigFileSet
from appliance.compiler.object_names import phone_endpoint
from appliance.compiler.target import AsteriskTarget
from appliance.errors import ApplianceError, ApplyFailed, NotRunning, OfficeHasProblems
from appliance.office.checks import check_office, has_errors
from appliance.office.office import Office
from appliance.paths import Paths


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyTools:
    """What an apply needs of its neighbours, given by the composition root.

    `publish` writes the phone files of an office; `provide_sounds` makes its prompts before the switch hears of them;
    `restart_switch` is the last resort for a switch that is deaf.
    """

    manager: ManagerAddress
    provide_sounds: Callable[[Office], None]
    publish: Callable[[Office], None]
    restart_switch: Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What an apply did. `switch_was_running` False: the switch will start with these settings."""

    generation: int
    revision: int
    changed: tuple[str, ...]
    reloaded: tuple[str, ...]
    restarted: bool
    switch_was_running: bool
    seconds: float


def apply_office(
    office: Office, revision: int, target: AsteriskTarget, paths: Paths, tools: ApplyTools, now: datetime
) -> Applied:
    """Compile, write a generation, put it in force, reload what changed, prove it; go back if it does not hold.

    Raises OfficeHasProblems (nothing was done) or ApplyFailed (the earlier generation is in force again).
    """
    started = time.monotonic()
    if has_errors(check_office(office)):
        raise OfficeHasProblems("The office has faults.", "See `belbox office check`.")
    wanted = compile_office(office, target)
    tools.provide_sounds(office)
    generations = Generations(paths)
    with _one_at_a_time(paths):
        earlier = generations.current()
        plan = plan_reload(earlier.checksums if earlier else {}, checksums_of(wanted))
        if earlier is not None and not plan.changed:
            tools.publish(office)
            generations.note_revision(earlier, revision)
            return _applied(earlier.number, revision, plan, started, restarted=False, running=True)
        later = generations.write(wanted, revision, now)
        write_entry(
            paths.apply_journal,
            JournalEntry(earlier=earlier.number if earlier else None, later=later.number),
        )
        restarted, running = False, True
        try:
            restarted, running = _make_true(generations, later, plan, office, wanted, tools, paths)
            tools.publish(office)
        except ApplianceError as fault:
            _go_back(generations, earlier, plan, tools)
            clear_entry(paths.apply_journal)
            what = "The earlier settings are in force." if earlier else "The box has no settings in force yet."
            raise ApplyFailed(f"The new settings did not hold: {fault.message}", what) from fault
        clear_entry(paths.apply_journal)
        generations.prune()
        return _applied(later.number, revision, plan, started, restarted=restarted, running=running)


def _make_true(
    generations: Generations,
    later: Generation,
    plan: ReloadPlan,
    office: Office,
    wanted: ConfigFileSet,
    tools: ApplyTools,
    paths: Paths,
) -> tuple[bool, bool]:
    """Return whether the switch was restarted, and whether it was running at all."""
    try:
        with ManagerInterface(tools.manager) as manager:
            before = note(manager)
    except NotRunning:
        generations.put_in_force(later.number)
        return False, False
    generations.put_in_force(later.number)
    if plan.restart:
        tools.restart_switch()
        return True, True
    with ManagerInterface(tools.manager) as manager:
        for module in plan.modules:
            _reload(manager, module)
        endpoints = frozenset(phone_endpoint(extension) for extension in office.extensions)
        confirm(manager, wanted, before, endpoints)
        give_settings(manager, paths)
    return False, True


def _reload(manager: ManagerInterface, module: str) -> None:
    try:
        manager.act("Reload", Module=module)
    except ManagerRefused as refusal:
        raise ApplyFailed(f"the switch could not reload {module} ({refusal.message}).") from refusal


def _go_back(generations: Generations, earlier: Generation | None, plan: ReloadPlan, tools: ApplyTools) -> None:
    if earlier is None:
        return
    generations.put_in_force(earlier.number)
    try:
        with ManagerInterface(tools.manager) as manager:
            for module in plan.modules:
                manager.act("Reload", Module=module)
            manager.act("Ping")
    except NotRunning:
        tools.restart_switch()


def _applied(
    generation: int, revision: int, plan: ReloadPlan, started: float, *, restarted: bool, running: bool
) -> Applied:
    return Applied(
        generation=generation,
        revision=revision,
        changed=plan.changed,
        reloaded=plan.modules if running and not restarted else (),
        restarted=restarted,
        switch_was_running=running,
        seconds=time.monotonic() - started,
    )


@contextmanager
def _one_at_a_time(paths: Paths) -> Iterator[None]:
    """Two managers who press the button together wait for each other."""
    paths.apply_journal.parent.mkdir(parents=True, exist_ok=True)
    with (paths.apply_journal.parent / "apply.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

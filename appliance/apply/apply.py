"""Make the newest office true on this machine, or put everything back: one act, under one lock."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import datetime

from appliance.apply.box_pins import forget_phones_pins, set_phones_pins_aside
from appliance.apply.confirm import confirm, contacts_of
from appliance.apply.generations import Generation, Generations, checksums_of
from appliance.apply.given_settings import give_settings, given_settings, places_to_change, store_values
from appliance.apply.journal import JournalEntry, clear_entry, read_entry, write_entry
from appliance.apply.loaded import forget_loaded, has_loaded, note_loaded, reload
from appliance.apply.pace import applied_now, rest_before_apply
from appliance.apply.put_back import PutBackTools, put_back
from appliance.apply.reload_plan import plan_reload
from appliance.asterisk.live_state import calls_up
from appliance.asterisk.manager_interface import ManagerInterface, ManagerRefused, SwitchSilent
from appliance.compiler.compile_office import compile_office
from appliance.compiler.object_names import phone_endpoint
from appliance.compiler.pjsip_conf import passwords_in
from appliance.compiler.target import AsteriskTarget
from appliance.errors import ApplyFailed, BelboxError, NotRunning, OfficeHasProblems
from appliance.files import locked
from appliance.office.checks import check_office, has_errors
from appliance.office.numbers import MacAddress
from appliance.office.office import Office
from appliance.paths import Paths

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyTools(PutBackTools):
    """What an apply needs of its neighbours besides; called with the lock held.

    `newest` reads the office's newest revision. `provide_sounds` makes an office's prompts before the switch hears of
    them. `keep_office` keeps a copy of an office that was proven.
    """

    newest: Callable[[], tuple[int, Office]]
    target: Callable[[Office], AsteriskTarget]
    provide_sounds: Callable[[Office], None]
    keep_office: Callable[[Office], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What an apply did. `switch_was_running` False: the switch will start with these settings.

    `new_passwords`: SIP users whose password is another one now. `seconds`: from the reading of the newest revision
    until the switch ran it and the phones' files lay ready.
    """

    generation: int
    revision: int
    changed: tuple[str, ...]
    reloaded: tuple[str, ...]
    restarted: bool
    switch_was_running: bool
    changed_phones: frozenset[MacAddress]
    new_passwords: frozenset[str]
    seconds: float


@dataclass(frozen=True, slots=True)
class _AtTheSwitch:
    reloaded: tuple[str, ...] = ()
    restarted: bool = False
    was_running: bool = True


def apply_newest(paths: Paths, tools: ApplyTools, now: Callable[[], datetime]) -> Applied:
    """Read the newest revision, check, compile, write a generation, put it in force, reload what changed, prove it.

    Whoever asks meanwhile waits, and then finds the newest revision in force. If anything fails, everything that was
    done is undone. Raises OfficeHasProblems (nothing was done) or ApplyFailed (what was so before is so again, or is
    made so as soon as the switch answers).
    """
    try:
        with locked(paths.apply_lock):
            rest_before_apply(paths.apply_lock)
            try:
                return _apply(paths, tools, now)
            finally:
                applied_now(paths.apply_lock)
    except OSError as fault:
        raise ApplyFailed("settings-not-written", cause=fault) from fault


def _apply(paths: Paths, tools: ApplyTools, now: Callable[[], datetime]) -> Applied:
    started = time.monotonic()
    cut = read_entry(paths.apply_journal)
    if cut is not None and not put_back(paths, cut, tools):
        _log.warning("an earlier apply that was cut is not wholly undone yet; this one takes its place")
    revision, office = tools.newest()
    if has_errors(check_office(office)):
        raise OfficeHasProblems("office-has-faults")
    wanted = compile_office(office, tools.target(office))
    generations = Generations(paths)
    earlier = generations.current()
    is_new = earlier is None or earlier.checksums != checksums_of(wanted)
    entry = JournalEntry(
        earlier=earlier.number if earlier else None,
        later=generations.next_number() if earlier is None or is_new else earlier.number,
        given_before=given_settings(paths),
    )
    try:
        write_entry(paths.apply_journal, entry)
        later = generations.write(wanted, revision, now()) if earlier is None or is_new else earlier
        tools.provide_sounds(office)
        set_phones_pins_aside(paths, earlier, later)
        done = _at_the_switch(generations, earlier, later, office, tools, paths, entry)
        changed_phones = tools.publish(office)
        if not is_new:
            generations.note_revision(later, revision)
        forget_phones_pins(paths)
        clear_entry(paths.apply_journal)
    except BaseException as fault:
        put_back(paths, _read_or(entry, paths), tools)
        if not isinstance(fault, BelboxError | OSError):
            raise
        raise ApplyFailed("settings-did-not-hold" if earlier else "first-settings-did-not-hold", cause=fault) from fault
    seconds = time.monotonic() - started
    _tidy_up(generations, replace(later, revision=revision), office, tools)
    return Applied(
        generation=later.number,
        revision=revision,
        changed=plan_reload(earlier.checksums if earlier else {}, later.checksums).changed,
        reloaded=done.reloaded,
        restarted=done.restarted,
        switch_was_running=done.was_running,
        changed_phones=changed_phones,
        new_passwords=_users_with_new_passwords(generations, earlier, later),
        seconds=seconds,
    )


def _at_the_switch(
    generations: Generations,
    earlier: Generation | None,
    later: Generation,
    office: Office,
    tools: ApplyTools,
    paths: Paths,
    entry: JournalEntry,
) -> _AtTheSwitch:
    """Let the switch run the later generation and prove it; a switch that does not run will start with it."""
    with ExitStack() as opened:
        try:
            manager = opened.enter_context(ManagerInterface(tools.manager()))
        except SwitchSilent:
            raise
        except NotRunning:
            generations.put_in_force(later.number)
            return _AtTheSwitch(was_running=False)
        is_sure = earlier is not None and has_loaded(manager, earlier, generations.folder(earlier.number) / "asterisk")
        plan = plan_reload(earlier.checksums if earlier else {}, later.checksums, everything=not is_sure)
        before = contacts_of(manager)
        if plan.restart and calls_up(manager):
            raise ApplyFailed("restart-would-end-calls")
        if later != earlier or not is_sure:
            forget_loaded(manager)
        generations.put_in_force(later.number)
        if not plan.restart:
            for module in plan.modules:
                _reload(manager, module)
            endpoints = frozenset(phone_endpoint(extension) for extension in office.extensions)
            confirm(manager, generations.folder(later.number) / "asterisk", before, endpoints)
            _give_settings(manager, paths, entry)
            note_loaded(manager, later)
            return _AtTheSwitch(reloaded=plan.modules)
    tools.restart_switch()
    return _AtTheSwitch(restarted=True)


def _give_settings(manager: ManagerInterface, paths: Paths, entry: JournalEntry) -> None:
    """Write down what the store holds before it is changed."""
    if places := places_to_change(paths):
        write_entry(paths.apply_journal, replace(entry, store_before=store_values(manager, places)))
    give_settings(manager, paths)


def _reload(manager: ManagerInterface, module: str) -> None:
    try:
        reload(manager, module)
    except ManagerRefused as refusal:
        raise ApplyFailed("reload-refused", module=module, cause=refusal) from refusal


def _users_with_new_passwords(
    generations: Generations, earlier: Generation | None, later: Generation
) -> frozenset[str]:
    if earlier is None or earlier.number == later.number:
        return frozenset()
    before, after = (
        passwords_in((generations.folder(one.number) / "asterisk" / "pjsip.conf").read_text())
        for one in (earlier, later)
    )
    return frozenset(user for user in before.keys() & after.keys() if before[user] != after[user])


def _tidy_up(generations: Generations, later: Generation, office: Office, tools: ApplyTools) -> None:
    """What is in force stays so, whatever goes wrong here."""
    with suppress(OSError):
        generations.prune()
        generations.keep_copy(later)
        tools.keep_office(office)
        # Not before: a call may be listening to an old prompt while the new settings are still being proved.
        tools.remove_sounds(office)


def _read_or(entry: JournalEntry, paths: Paths) -> JournalEntry:
    """Return the entry as it was written last: it may know more by now."""
    written = read_entry(paths.apply_journal)
    return written if written is not None and written.later == entry.later else entry

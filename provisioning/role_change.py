"""A change of the DHCP role on trial: it holds when an administrator says so in time, or is undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from appliance.files import remove_file
from appliance.paths import Paths
from appliance.state_files import read_state, write_state
from provisioning import network_facts
from provisioning.network_facts import NetworkFacts

# Long enough to renew the address of one's own computer and to log in again.
ANSWER_WITHIN = timedelta(minutes=3)


def begin(paths: Paths, wanted: NetworkFacts, now: datetime) -> datetime:
    """Put the wanted facts in force on trial and return until when to say that they are kept.

    What was in force is written down first, so that a power cut between the two steps undoes and never forgets.
    """
    before = network_facts.load(paths.network_facts)
    until = now + ANSWER_WITHIN
    on_trial = _read(paths)
    # A second change on top of one on trial goes back to what was kept.
    kept = on_trial.before if on_trial else before
    write_state(paths.role_change, _OnTrial(until=until, before=kept), 0o644)
    network_facts.save(wanted, paths.network_facts)
    return until


def on_trial_until(paths: Paths) -> datetime | None:
    """Return until when the change must be kept, None when none is on trial."""
    on_trial = _read(paths)
    return on_trial.until if on_trial else None


def keep(paths: Paths) -> bool:
    """Let the change hold; False when none was on trial any more."""
    was_on_trial = _read(paths) is not None
    remove_file(paths.role_change)
    return was_on_trial


def undo(paths: Paths) -> NetworkFacts | None:
    """Put back what was in force before the change; return it, or None when nothing was on trial."""
    on_trial = _read(paths)
    if on_trial is None:
        return None
    network_facts.save(on_trial.before, paths.network_facts)
    remove_file(paths.role_change)
    return on_trial.before


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnTrial:
    until: datetime
    before: NetworkFacts


def _read(paths: Paths) -> _OnTrial | None:
    """Return the change on trial; one whose file is damaged is taken as kept."""
    return read_state(paths.role_change, _OnTrial)

"""A change of the DHCP role on trial: it holds when an administrator says so in time, or is undone."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta

from appliance.paths import Paths
from provisioning import network_facts
from provisioning.atomic_file import write_atomically
from provisioning.network_facts import DhcpRole, NetworkFacts, NetworkFactsUnreadable

# Long enough to renew the address of one's own computer and to log in again.
ANSWER_WITHIN = timedelta(minutes=3)


def begin(paths: Paths, wanted: NetworkFacts, now: datetime) -> datetime:
    """Put the wanted facts in force on trial and return until when to say that they are kept.

    What was in force is written down first, so that a power cut between the two steps undoes and never forgets.
    """
    before = network_facts.load(paths.network_facts)
    until = now + ANSWER_WITHIN
    if not paths.role_change.exists():  # a second change on top of one on trial goes back to what was kept
        entry = {"until": until.isoformat(), "before": {**asdict(before), "dhcp_role": before.dhcp_role.value}}
    else:
        entry = {**json.loads(paths.role_change.read_text()), "until": until.isoformat()}
    write_atomically(paths.role_change, json.dumps(entry).encode(), 0o644)
    network_facts.save(wanted, paths.network_facts)
    return until


def on_trial_until(paths: Paths) -> datetime | None:
    """Return until when the change must be kept, None when none is on trial."""
    try:
        return datetime.fromisoformat(json.loads(paths.role_change.read_text())["until"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as fault:
        raise NetworkFactsUnreadable(f"{paths.role_change} cannot be read: {fault}") from fault


def keep(paths: Paths) -> bool:
    """Let the change hold; False when none was on trial any more."""
    try:
        paths.role_change.unlink()
    except FileNotFoundError:
        return False
    return True


def undo(paths: Paths) -> NetworkFacts | None:
    """Put back what was in force before the change; return it, or None when nothing was on trial."""
    try:
        before = json.loads(paths.role_change.read_text())["before"]
    except FileNotFoundError:
        return None
    kept = tuple(before.get("reservations", ()))
    facts = NetworkFacts(**{**before, "dhcp_role": DhcpRole(before["dhcp_role"]), "reservations": kept})
    network_facts.save(facts, paths.network_facts)
    paths.role_change.unlink()
    return facts

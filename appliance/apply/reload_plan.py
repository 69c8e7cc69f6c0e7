"""PURE: what must be reloaded when one set of files takes another's place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from appliance.compiler.compile_office import FILES
from appliance.compiler.config_file import RESTART, WHEN_ASKED

# File -> module whose reload reads it again. A reload without a change costs 3-30 ms, with one 9-117 ms for
# 50-1,000 extensions; calls, registrations and subscriptions stay (measured on Asterisk 22.10).
RELOADS: Mapping[str, str] = {file.PATH: file.RELOAD for file in FILES if file.RELOAD not in (RESTART, WHEN_ASKED)}
READ_WHEN_ASKED = frozenset(file.PATH for file in FILES if file.RELOAD == WHEN_ASKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReloadPlan:
    """`changed`: paths of files that differ. `modules`: what to reload, in order. `restart`: a reload is not enough."""

    changed: tuple[str, ...]
    modules: tuple[str, ...]
    restart: bool


# Lines and phones first, so that the dial plan never names an endpoint that is not there yet.
RELOAD_ORDER = tuple(RELOADS[path] for path in sorted(RELOADS, reverse=True))


def plan_reload(running: Mapping[str, str], wanted: Mapping[str, str], *, everything: bool = False) -> ReloadPlan:
    """Compare two sets, each a mapping of path to checksum.

    `everything`: what the switch has loaded is not sure, so that it must read all that it can read again.
    """
    changed = tuple(sorted(path for path in running.keys() | wanted.keys() if running.get(path) != wanted.get(path)))
    modules = [RELOADS[path] for path in sorted(RELOADS, reverse=True) if everything or path in changed]
    restart = any(path not in RELOADS and path not in READ_WHEN_ASKED for path in changed)
    return ReloadPlan(changed=changed, modules=tuple(modules), restart=restart)

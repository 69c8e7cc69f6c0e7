"""Where the switch finds its files, and writes its own."""

from __future__ import annotations

from pathlib import Path

from appliance.compiler.target import SwitchDirectories
from appliance.paths import Paths
from provisioning.network_facts import NetworkFacts


def switch_directories(network: NetworkFacts, paths: Paths) -> SwitchDirectories:
    """Return fixed places inside its root; ours where it runs without a jail (loopback only)."""
    if not network.switch_root:
        return SwitchDirectories()
    root, state = Path(network.switch_root), paths.switch_state
    return SwitchDirectories(
        configuration=str(paths.current_generation / "asterisk"),
        modules=str(next(root.glob("usr/lib/*/asterisk/modules"))),
        data=str(root / "usr/share/asterisk"),
        library=str(state / "lib"),
        spool=str(state / "spool"),
        run=str(state / "run"),
        log=str(state / "log"),
        prompts=str(paths.prompts),
        authorities=str(paths.authorities),
        certificate=str(paths.switch_certificate),
    )

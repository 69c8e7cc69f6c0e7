"""Which files the running switch has loaded: asked of the switch, never concluded from files."""

from __future__ import annotations

from pathlib import Path

from appliance.apply.generations import Generation
from appliance.asterisk.manager_interface import ManagerInterface, ManagerRefused
from appliance.compiler import resolver_unbound_conf
from appliance.compiler.checksum import DIALPLAN_CHECKSUM, dialplan_mark, phones_mark
from appliance.compiler.object_names import TEST_PHONE

# Set by an apply once everything is loaded. A reload keeps it (pbx_config: clearglobalvars is off), a start forgets it.
LOADED = "BELBOX_LOADED"


def has_loaded(manager: ManagerInterface, generation: Generation, folder: Path) -> bool:
    """Tell whether the switch runs this generation, whose files lie in `folder`.

    A switch that started since the last apply has loaded all files of one generation; two of them hold a mark that
    tells of which.
    """
    said = global_value(manager, LOADED)
    if said:
        return said == generation.checksum
    return running_marks(manager) == marks_in(folder)


def note_loaded(manager: ManagerInterface, generation: Generation) -> None:
    """Let the switch remember that it has loaded all of this generation."""
    manager.act("Setvar", Variable=LOADED, Value=generation.checksum)


def forget_loaded(manager: ManagerInterface) -> None:
    """Let the switch remember that what it runs is being changed: only a whole apply makes it sure again."""
    manager.act("Setvar", Variable=LOADED, Value="-")


def reload(manager: ManagerInterface, module: str) -> None:
    """Let the switch read a module's files again; ManagerRefused if it does not."""
    try:
        manager.act("Reload", Module=module)
    except ManagerRefused as refusal:
        if module != resolver_unbound_conf.RELOAD or refusal.said != "No such module":
            raise


def running_marks(manager: ManagerInterface) -> tuple[str, str]:
    """Return the marks of the dial plan and of the phones that the switch runs; empty texts where it has none."""
    return global_value(manager, DIALPLAN_CHECKSUM), _endpoint_account_code(manager)


def marks_in(folder: Path) -> tuple[str, str]:
    """Return the marks that a generation's files hold."""
    return dialplan_mark((folder / "extensions.conf").read_text()), phones_mark((folder / "pjsip.conf").read_text())


def global_value(manager: ManagerInterface, name: str) -> str:
    """Return a global variable of the switch, empty if it has none of this name."""
    return manager.act("Getvar", Variable=name).get("Value", "")


def _endpoint_account_code(manager: ManagerInterface) -> str:
    try:
        shown = manager.list("PJSIPShowEndpoint", Endpoint=TEST_PHONE)
    except ManagerRefused:  # it knows no such endpoint: it runs files of another kind
        return ""
    return next((item.get("Accountcode", "") for item in shown if item.get("Event") == "EndpointDetail"), "")

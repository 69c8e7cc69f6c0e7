"""What phones have set, read from the switch's own store."""

from __future__ import annotations

from appliance.asterisk.manager_interface import ManagerInterface, ManagerRefused
from appliance.compiler.object_names import mode_key_device
from appliance.office.live_settings import families
from appliance.office.office import Office
from appliance.office.so_now import SoNow, so_now

_DEVICES = "CustomDevstate"  # func_devstate.c: the states that the dial plan sets, without "Custom:"
_IS_RED, _IS_GREEN = "INUSE", "NOT_INUSE"
_NOTHING = "Database entry not found"  # what the switch answers for a family that holds nothing (main/db_manager)


def read_so_now(manager: ManagerInterface, office: Office) -> SoNow:
    """Ask the switch; NotRunning if it stops answering."""
    store = {place: value for family in families() for place, value in _family(manager, family).items()}
    states = _family(manager, _DEVICES)
    devices = {key.id: mode_key_device(key.id).partition(":")[2] for key in office.mode_keys}
    red = frozenset(key_id for key_id, device in devices.items() if states.get(f"{_DEVICES}/{device}") == _IS_RED)
    return so_now(office, store, red)


def turn_mode_key(manager: ManagerInterface, mode_key_id: str, *, is_red: bool) -> None:
    """Set the state of a mode key and so its lamp, as its code does (func_devstate.c)."""
    device = mode_key_device(mode_key_id)
    manager.act("Setvar", Variable=f"DEVICE_STATE({device})", Value=_IS_RED if is_red else _IS_GREEN)


def _family(manager: ManagerInterface, family: str) -> dict[str, str]:
    try:
        found = manager.list("DBGetTree", Family=family)
    except ManagerRefused as refusal:
        if refusal.said != _NOTHING:
            raise
        return {}
    return {item["Key"].removeprefix("/"): item.get("Val", "") for item in found if "Key" in item}

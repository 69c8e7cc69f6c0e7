"""Night mode and mode keys, turned as a code or a key at a phone turns them."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.apply.given_settings import put_in_store
from appliance.asterisk.manager_interface import ManagerInterface
from appliance.asterisk.switch_store import turn_mode_key
from appliance.compiler.switch_clock import CLOCK_CHANNEL
from appliance.office.live_settings import NIGHT_STATE
from appliance.office.night import NightSetting
from appliance.operations.box import Box


@dataclass(frozen=True, slots=True)
class Switches:
    """Those of one box. The settings of the office stay as they are; NotRunning where the switch does not answer."""

    box: Box

    def turn_night(self, setting: NightSetting) -> None:
        """Turn night mode on or off by hand, or leave it to its hours; its lamp follows at once."""
        with ManagerInterface(self.box.manager) as manager:
            put_in_store(manager, NIGHT_STATE, None if setting is NightSetting.AUTO else setting.value)
            manager.act("Originate", Channel=CLOCK_CHANNEL, Application="Hangup", Async="true")

    def turn_mode_key(self, mode_key_id: str, *, is_red: bool) -> None:
        """Turn a mode key red or green; its lamp follows at once."""
        with ManagerInterface(self.box.manager) as manager:
            turn_mode_key(manager, mode_key_id, is_red=is_red)

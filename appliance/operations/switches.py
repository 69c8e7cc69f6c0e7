"""What codes and keys at phones turn, turned from elsewhere: night mode, mode keys, forwards of one extension."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.apply.given_settings import put_in_store
from appliance.asterisk.manager_interface import ManagerInterface
from appliance.asterisk.switch_store import turn_mode_key
from appliance.compiler.switch_clock import CLOCK_CHANNEL
from appliance.office.forwarding import ForwardCase
from appliance.office.live_settings import DO_NOT_DISTURB, NIGHT_STATE, forward_family, live_settings
from appliance.office.night import NightSetting
from appliance.office.office import Office
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

    def as_configured(self, office: Office, extension_id: str) -> None:
        """Let forwards and do not disturb of an extension be what the office says, whatever a phone has set since."""
        wanted = live_settings(office)
        families = (*(forward_family(case) for case in ForwardCase), DO_NOT_DISTURB)
        with ManagerInterface(self.box.manager) as manager:
            for place in (f"{family}/{extension_id}" for family in families):
                put_in_store(manager, place, wanted.get(place))

    def turn_mode_key(self, mode_key_id: str, *, is_red: bool) -> None:
        """Turn a mode key red or green; its lamp follows at once."""
        with ManagerInterface(self.box.manager) as manager:
            turn_mode_key(manager, mode_key_id, is_red=is_red)

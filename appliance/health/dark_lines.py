"""A call caught on a line in the moment it goes dark: ended there, so that the switch takes the next line.

By itself the switch waits 6.4 s for a first answer (pjsip_conf.py, timer B); a dark line is known after at most 3.5 s.
"""

from __future__ import annotations

from collections.abc import Iterable

from appliance.asterisk.live_state import LineState, LiveLine
from appliance.asterisk.manager_interface import ManagerInterface, ManagerRefused
from appliance.compiler.object_names import emergency_endpoint, trunk_endpoint

_NO_ANSWER_YET = "0"  # Asterisk channel state Down: neither 180 nor an answer has come
_DESTINATION_OUT_OF_ORDER = "27"  # Q.850


def end_unanswered_calls(manager: ManagerInterface, lines: Iterable[LiveLine]) -> int:
    """End every call going out on a dark line that has heard nothing yet; return how many."""
    dark = [line.id for line in lines if line.state is LineState.DARK]
    if not dark:
        return 0
    prefixes = tuple(f"PJSIP/{name(line)}-" for line in dark for name in (trunk_endpoint, emergency_endpoint))
    ended = 0
    for channel in manager.list("CoreShowChannels"):
        if channel["Channel"].startswith(prefixes) and channel["ChannelState"] == _NO_ANSWER_YET:
            try:
                manager.act("Hangup", Channel=channel["Channel"], Cause=_DESTINATION_OUT_OF_ORDER)
                ended += 1
            except ManagerRefused:
                continue  # it ended by itself
    return ended

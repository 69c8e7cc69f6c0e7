"""Making the newest office true, with all that belongs to it: the one way for pages, command line and monitor."""

from __future__ import annotations

from collections.abc import Collection

from appliance.apply.apply import Applied
from appliance.office.numbers import MacAddress
from appliance.operations.box import Box
from appliance.operations.phone_signals import PhoneSignals
from appliance.operations.waiting_phones import WaitingPhones


class InForce:
    """One box. `phones` tells them, `waiting` asks those that have not registered yet."""

    def __init__(self, box: Box, waiting: WaitingPhones | None = None) -> None:
        self._box = box
        self._phones = PhoneSignals(box)
        self._waiting = waiting or WaitingPhones(box)

    def apply(self, *, also_tell: Collection[MacAddress] = (), wait: bool = False) -> Applied:
        """Apply the newest revision and tell the phones whose settings changed; raises what Box.apply does.

        `also_tell`: phones to be told whatever changed. `wait`: until they are told, for a caller that ends then.
        """
        applied = self._box.apply()
        told = applied.changed_phones | frozenset(also_tell)
        if wait:
            self._phones.resync(told, applied.new_passwords)
        else:
            self._phones.resync_later(told, applied.new_passwords)
        self._waiting.nudge()
        return applied

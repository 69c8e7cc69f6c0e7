"""Making the newest office true, with all that belongs to it: the one way for pages, command line and monitor."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from appliance.apply.apply import Applied as Applied  # what the faces, which may not reach further, are told
from appliance.office.numbers import MacAddress
from appliance.operations.box import Box
from appliance.operations.phone_signals import PhoneSignals
from appliance.operations.shared_look import SharedLook
from appliance.operations.steps import Steps
from appliance.operations.waiting_phones import WaitingPhones


@dataclass(frozen=True, slots=True)
class InForce:
    """One box. `signals` tells phones, `waiting` asks those that have not registered yet."""

    box: Box
    signals: PhoneSignals
    waiting: WaitingPhones
    look: SharedLook
    steps: Steps

    def apply(self, *, also_tell: Collection[MacAddress] = (), wait: bool = False) -> Applied:
        """Apply the newest revision, tell the phones whose settings changed, tick what is proven by it.

        Raises what Box.apply does. `also_tell`: phones to be told whatever changed. `wait`: until they are told, for a
        caller that ends then.
        """
        applied = self.box.apply()
        told = applied.changed_phones | frozenset(also_tell)
        if wait:
            self.signals.resync(told, applied.new_passwords)
        else:
            self.signals.resync_later(told, applied.new_passwords)
        self.waiting.nudge()
        self.look.forget()
        self.steps.prove_settings(switch_was_running=applied.switch_was_running)
        return applied

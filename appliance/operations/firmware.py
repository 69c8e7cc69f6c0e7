"""Runs a rollout of firmware: looks at the phones now and then, lets the next ones have it, and tells them."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from appliance.asterisk.live_state import LiveState
from appliance.errors import ApplianceError
from appliance.office.numbers import MacAddress
from appliance.office.office import Office
from appliance.operations.box import Box, now
from appliance.operations.in_force import InForce
from provisioning.discovery.inventory import read_phones
from provisioning.firmware_library import Firmware, FirmwareRefused, read_catalogue
from provisioning.firmware_rollout import (
    Rollout,
    RolloutState,
    SeenPhone,
    next_step,
    plan,
    read_rollout,
    stopped,
    write_rollout,
)

LOOK_SECONDS = 5.0

_log = logging.getLogger(__name__)


class FirmwareRunner:
    """The rollout of one box."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._next_look = 0.0

    def begin(self, name: str, *, by_night: bool = True) -> Rollout:
        """Begin over all phones of the office that this firmware is for; FirmwareRefused while another one runs."""
        paths = self._box.paths
        running = read_rollout(paths)
        if running is not None and running.state is RolloutState.RUNNING:
            raise FirmwareRefused(f"{running.firmware} is still going over the phones.", "Wait, or stop it first.")
        firmware = self._named(name)
        _, office = self._box.repository.newest()
        macs = [
            phone.mac for phone in office.phones if phone.brand is firmware.brand and phone.model in firmware.models
        ]
        if not macs:
            raise FirmwareRefused(f"No phone of the office is a {firmware.brand} {', '.join(firmware.models)}.", "")
        rollout = plan(name, firmware.version, macs, by_night=by_night)
        write_rollout(paths, rollout)
        return rollout

    def stop(self, because: str) -> Rollout | None:
        """Let no further phone begin; None when nothing runs."""
        rollout = read_rollout(self._box.paths)
        if rollout is None or rollout.state is not RolloutState.RUNNING:
            return None
        rollout = stopped(rollout, because)
        write_rollout(self._box.paths, rollout)
        return rollout

    def look(self, state: LiveState) -> None:
        """Do what is due, at most every LOOK_SECONDS."""
        if time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + LOOK_SECONDS
        rollout = read_rollout(self._box.paths)
        if rollout is None or rollout.state is not RolloutState.RUNNING:
            return
        _, office = self._box.repository.newest()
        local = now().astimezone(ZoneInfo(office.site.time_zone))
        changed, chosen = next_step(rollout, self._seen(office, state), local)
        if changed == rollout:
            return
        write_rollout(self._box.paths, changed)
        if changed.state is RolloutState.STOPPED:
            _log.error("new firmware stopped: %s did not come back with %s", changed.because, changed.version)
        if chosen:
            try:
                InForce(self._box).apply(also_tell=chosen)
            except ApplianceError as fault:
                _log.warning("new firmware could not be given out: %s", fault.message)

    def _named(self, name: str) -> Firmware:
        found = next((one for one in read_catalogue(self._box.paths) if one.name == name), None)
        if found is None:
            raise FirmwareRefused(f"The library has no {name[:60]}.", "See `belbox firmware`.")
        return found

    def _seen(self, office: Office, state: LiveState) -> Mapping[MacAddress, SeenPhone]:
        known = {phone.mac: phone for phone in read_phones(self._box.paths.sightings)}
        registered = {(one.sip_user, one.address) for one in state.contacts if one.is_reachable}
        seen = {}
        for phone in office.phones:
            found = known.get(phone.mac)
            users = {office.extension(extension_id).sip_user for extension_id in phone.extension_ids}
            seen[phone.mac] = SeenPhone(
                firmware=found.firmware if found else None,
                is_registered=found is not None and any((user, found.address) in registered for user in users),
                is_talking=bool(users & set(state.talking)),
            )
        return seen

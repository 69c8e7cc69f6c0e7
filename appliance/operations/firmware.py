"""The firmware library, and a rollout of it: which phones may have it now, and telling them."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from appliance.asterisk.live_state import LiveState
from appliance.errors import BelboxError
from appliance.office.numbers import MacAddress
from appliance.office.office import Office
from appliance.office.phone import Brand
from appliance.operations.box import Box
from appliance.operations.in_force import InForce
from provisioning.firmware_library import Firmware, FirmwareRefused, add, read_catalogue, remove
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

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelvedFirmware:
    """One file of the library, and how many phones of the office it is for."""

    firmware: Firmware
    phones: int


@dataclass(frozen=True, slots=True)
class FirmwareShelf:
    """The library of one box, and the rollout of one of its files."""

    box: Box
    in_force: InForce

    def library(self) -> tuple[ShelvedFirmware, ...]:
        """Return what the library holds."""
        _, office = self.box.repository.newest()
        return tuple(
            ShelvedFirmware(
                firmware=one,
                phones=sum(phone.brand is one.brand and phone.model in one.models for phone in office.phones),
            )
            for one in read_catalogue(self.box.paths)
        )

    def add(self, file: Path, *, brand: Brand, models: Sequence[str], version: str, digest: str) -> Firmware:
        """Check a file and take it in; FirmwareRefused, UnknownModel. `digest`: the maker's own, in hexadecimal."""
        return add(self.box.paths, file, brand=brand, models=models, version=version, digest=digest)

    def remove(self, name: str) -> None:
        """Take a file out; FirmwareRefused when there is none."""
        remove(self.box.paths, name)

    def rollout(self) -> Rollout | None:
        """Return what goes over the phones, or went over them last."""
        return read_rollout(self.box.paths)

    def begin(self, name: str, *, by_night: bool = True) -> Rollout:
        """Begin over all phones of the office that this firmware is for; FirmwareRefused while another one runs."""
        paths = self.box.paths
        running = read_rollout(paths)
        if running is not None and running.state is RolloutState.RUNNING:
            raise FirmwareRefused("firmware-still-going", value=running.firmware)
        firmware = self._named(name)
        _, office = self.box.repository.newest()
        macs = [
            phone.mac for phone in office.phones if phone.brand is firmware.brand and phone.model in firmware.models
        ]
        if not macs:
            raise FirmwareRefused("firmware-for-no-phone", brand=firmware.brand, value=", ".join(firmware.models))
        rollout = plan(name, firmware.version, macs, by_night=by_night)
        write_rollout(paths, rollout)
        return rollout

    def stop(self, because: str) -> Rollout | None:
        """Let no further phone begin; None when nothing runs."""
        rollout = read_rollout(self.box.paths)
        if rollout is None or rollout.state is not RolloutState.RUNNING:
            return None
        rollout = stopped(rollout, because)
        write_rollout(self.box.paths, rollout)
        return rollout

    def go_on(self, state: LiveState) -> None:
        """Do what is due now, as the switch says that the phones are."""
        rollout = read_rollout(self.box.paths)
        if rollout is None or rollout.state is not RolloutState.RUNNING:
            return
        _, office = self.box.repository.newest()
        local = self.box.now().astimezone(ZoneInfo(office.site.time_zone))
        changed, chosen = next_step(rollout, self._seen(office, state), local)
        if changed == rollout:
            return
        write_rollout(self.box.paths, changed)
        if changed.state is RolloutState.STOPPED:
            _log.error("new firmware stopped: %s did not come back with %s", changed.because, changed.version)
        if chosen:
            try:
                self.in_force.apply(also_tell=chosen)
            except BelboxError as fault:
                _log.warning("new firmware could not be given out: %s", fault)

    def _named(self, name: str) -> Firmware:
        found = next((one for one in read_catalogue(self.box.paths) if one.name == name), None)
        if found is None:
            raise FirmwareRefused("firmware-not-there", value=name[:60])
        return found

    def _seen(self, office: Office, state: LiveState) -> Mapping[MacAddress, SeenPhone]:
        known = self.box.seen_phones()
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

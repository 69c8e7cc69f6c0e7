"""The office: one immutable snapshot of everything a customer has; the compiler's only input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from appliance.office.backup_route import BackupRoute
from appliance.office.extension import Extension
from appliance.office.number import Number
from appliance.office.numbers import MacAddress
from appliance.office.phone import Phone
from appliance.office.ring_group import RingGroup
from appliance.office.schedule import OpeningHours
from appliance.office.site import Site
from appliance.office.trunk import Trunk
from appliance.office.voicemail import VoicemailBox


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Trunks stand in the order in which they are tried; the other tuples in the order they are shown."""

    site: Site
    company_voicemail: VoicemailBox
    trunks: tuple[Trunk, ...] = ()
    numbers: tuple[Number, ...] = ()
    extensions: tuple[Extension, ...] = ()
    phones: tuple[Phone, ...] = ()
    ring_groups: tuple[RingGroup, ...] = ()
    opening_hours: tuple[OpeningHours, ...] = ()
    backup_routes: tuple[BackupRoute, ...] = ()

    def extension(self, extension_id: str) -> Extension:
        """Return the extension with this id; KeyError if there is none."""
        return _by_id(self.extensions, extension_id)

    def ring_group(self, ring_group_id: str) -> RingGroup:
        """Return the ring group with this id; KeyError if there is none."""
        return _by_id(self.ring_groups, ring_group_id)

    def trunk(self, trunk_id: str) -> Trunk:
        """Return the trunk with this id; KeyError if there is none."""
        return _by_id(self.trunks, trunk_id)

    def opening_hours_of(self, opening_hours_id: str) -> OpeningHours:
        """Return the opening hours with this id; KeyError if there are none."""
        return _by_id(self.opening_hours, opening_hours_id)

    def backup_route(self, backup_route_id: str) -> BackupRoute:
        """Return the backup route with this id; KeyError if there is none."""
        return _by_id(self.backup_routes, backup_route_id)

    def phone_by_mac(self, mac: MacAddress) -> Phone | None:
        """Return the phone with this MAC address, if the office has it."""
        return next((phone for phone in self.phones if phone.mac == mac), None)


_T = TypeVar("_T", Trunk, Extension, RingGroup, OpeningHours, BackupRoute)


def _by_id(things: tuple[_T, ...], wanted: str) -> _T:
    for thing in things:
        if thing.id == wanted:
            return thing
    raise KeyError(wanted)

"""What the pages about phones call (wizard/services.py, PhoneServices)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from appliance.changes import phones
from appliance.changes.outcome import Outcome
from appliance.errors import ApplianceError
from appliance.office.numbers import MacAddress
from appliance.office.office import Office
from appliance.office.phone import Phone
from appliance.office.phone_key import (
    Colleague,
    Group,
    KeyFunction,
    ModeSwitch,
    NightSwitch,
    OutsideNumber,
    OwnLine,
    ParkingPlace,
    PickUp,
)
from appliance.office.problems import InvalidValueError, Problem
from appliance.operations.box import Box
from appliance.operations.firmware import FirmwareRunner
from appliance.operations.in_force import InForce
from appliance.operations.network import AnotherServerRules, DhcpRoleChange
from appliance.operations.phone_signals import PhoneSignals, Signal
from appliance.storage.secrets import new_token
from provisioning.discovery.inventory import KnownPhone, read_phones
from provisioning.drivers import DRIVER_OF
from provisioning.drivers.driver import PhoneModel, UnknownModel
from provisioning.enrolment import approve
from provisioning.firmware_library import read_catalogue
from provisioning.firmware_rollout import read_rollout
from provisioning.network_facts import DhcpRole, NetworkFactsUnreadable
from provisioning.phone_profile import KeyProfile, build_profile
from wizard.services import (
    DhcpServerView,
    FirmwareView,
    KeyView,
    NetworkView,
    PhoneDetail,
    PhoneView,
    RequestView,
    RolloutView,
    ToldView,
    TypedKey,
)


class PhoneConsole:
    """One box. `view_of` and `found_phone` are those of the console's own list of phones."""

    def __init__(
        self,
        box: Box,
        in_force: InForce,
        view_of: Callable[[MacAddress], PhoneView | None],
        found_phone: Callable[[MacAddress], phones.FoundPhone | None],
    ) -> None:
        self._box = box
        self._in_force = in_force
        self._view_of = view_of
        self._found_phone = found_phone

    def detail(self, mac: str) -> PhoneDetail | None:
        try:
            wanted = MacAddress.parse(mac)
        except InvalidValueError:
            return None
        view = self._view_of(wanted)
        if view is None:
            return None
        _, office = self._box.repository.newest()
        owned = office.phone_by_mac(wanted)
        seen = next((one for one in read_phones(self._box.paths.sightings) if one.mac == wanted), None)
        requests = _requests(seen) if seen else ()
        if owned is None:
            return PhoneDetail(view=view, is_known_model=True, requests=requests)
        driver = DRIVER_OF[owned.brand]
        try:
            row = driver.model(owned.model)
        except UnknownModel:
            return PhoneDetail(view=view, is_known_model=False, requests=requests)
        written = self._written_keys(office, owned)
        chosen = {(key.module, key.position): _typed(key.does) for key in owned.keys}
        labels = {(key.module, key.position): key.label for key in owned.keys}
        keys = [_key_view(place, written.get(place), chosen.get(place), labels) for place in _places(row, owned)]
        shown = {(key.module, key.position) for key in keys}
        dropped = [
            _key_view(place, written.get(place), kind, labels)
            for place, kind in sorted(chosen.items())
            if place not in shown
        ]
        return PhoneDetail(
            view=view,
            is_known_model=True,
            line_keys=row.line_keys,
            keys_per_page=row.keys_per_page,
            modules=row.modules,
            module_keys=row.module_keys,
            lines=[office.extension(extension_id).number.digits for extension_id in owned.extension_ids],
            keys=keys,
            dropped=dropped,
            requests=requests,
            can_reboot=driver.reboot_event is not None,
        )

    def save_keys(self, mac: str, keys: Sequence[TypedKey], *, author: str) -> Outcome:
        typed = [
            phones.TypedKey(module=key.module, position=key.position, kind=key.kind, value=key.value, label=key.label)
            for key in keys
        ]
        return phones.save_keys(self._box.changer(author), MacAddress.parse(mac), typed)

    def tell(self, mac: str, what: str) -> ToldView:
        told = PhoneSignals(self._box).tell(MacAddress.parse(mac), Signal(what))
        return ToldView(way=told.way.value, code=told.code, fetched_after=told.fetched_after)

    def approve(self, mac: str) -> None:
        approve(self._box.paths, MacAddress.parse(mac))

    def replace(self, old: str, new: str, *, author: str) -> Outcome:
        try:
            broken, wanted = MacAddress.parse(old), MacAddress.parse(new)
        except InvalidValueError as fault:
            return Outcome(None, (fault.at("new"),))
        found = self._found_phone(wanted)
        if found is None:
            return Outcome(None, (Problem(where="new", rule="no-such-phone", facts={"value": new}),))
        outcome = phones.replace_phone(self._box.changer(author), new_token, broken, found)
        if outcome.revision is not None:
            try:
                self._in_force.apply(also_tell={wanted})
            except ApplianceError as fault:
                value = f"{fault.message} {fault.remedy}".strip()
                return Outcome(None, (Problem(where="new", rule="apply-failed", facts={"value": value}),))
            approve(self._box.paths, wanted)
        return outcome

    def network(self) -> NetworkView:
        facts = self._box.network
        return NetworkView(
            address=facts.address,
            authority_url=self._box.address.ca_url,
            network=str(facts.network),
            role=facts.dhcp_role.value,
            pool_start=facts.pool_start,
            pool_end=facts.pool_end,
            on_trial_until=DhcpRoleChange(self._box).on_trial_until(),
            sip_port=facts.sip_port,
            sip_tls_port=facts.sip_tls_port,
        )

    def other_dhcp_servers(self) -> Sequence[DhcpServerView]:
        return [
            DhcpServerView(address=one.address, mac=str(one.mac), hands_out=one.hands_out)
            for one in DhcpRoleChange(self._box).other_servers()
        ]

    def change_dhcp_role(self, role: str, pool_start: str, pool_end: str) -> tuple[Problem, ...]:
        if role not in list(DhcpRole):
            facts = {"value": role, "choices": ", ".join(DhcpRole)}
            return (Problem(where="role", rule="not-a-choice", facts=facts),)
        try:
            DhcpRoleChange(self._box).change(DhcpRole(role), pool_start.strip(), pool_end.strip())
        except AnotherServerRules as fault:
            facts = {"value": ", ".join(server.address for server in fault.servers)}
            return (Problem(where="role", rule="another-dhcp-server", facts=facts),)
        except NetworkFactsUnreadable:
            facts = {"value": f"{pool_start}-{pool_end}", "network": str(self._box.network.network)}
            return (Problem(where="pool_start", rule="pool-form", facts=facts),)
        return ()

    def keep_dhcp_role(self) -> bool:
        return DhcpRoleChange(self._box).keep()

    def firmware(self) -> Sequence[FirmwareView]:
        _, office = self._box.repository.newest()
        return [
            FirmwareView(
                name=one.name,
                brand=one.brand.value,
                models=one.models,
                version=one.version,
                phones=sum(phone.brand is one.brand and phone.model in one.models for phone in office.phones),
            )
            for one in read_catalogue(self._box.paths)
        ]

    def rollout(self) -> RolloutView | None:
        rollout = read_rollout(self._box.paths)
        if rollout is None:
            return None
        return RolloutView(
            firmware=rollout.firmware,
            state=rollout.state.value,
            because=rollout.because,
            by_night=rollout.by_night,
            phones=[(str(phone.mac), phone.progress.value) for phone in rollout.phones],
        )

    def start_firmware(self, name: str, *, by_night: bool) -> tuple[Problem, ...]:
        try:
            FirmwareRunner(self._box).begin(name, by_night=by_night)
        except ApplianceError as fault:
            return (Problem(where="firmware", rule="firmware-not-begun", facts={"value": fault.message}),)
        return ()

    def stop_firmware(self, *, author: str) -> None:
        FirmwareRunner(self._box).stop(author)

    def _written_keys(self, office: Office, phone: Phone) -> dict[tuple[int, int], KeyProfile]:
        if not phone.extension_ids:
            return {}
        profile = build_profile(office, phone, self._box.around_phones)
        return {(key.module, key.position): key for key in profile.keys}


def _places(row: PhoneModel, phone: Phone) -> list[tuple[int, int]]:
    """Every key of the phone; of modules those up to the last one in use, and one more that may be attached."""
    in_use = max((key.module for key in phone.keys), default=0)
    modules = range(1, min(row.modules, in_use + 1) + 1)
    own = [(0, position) for position in range(1, row.line_keys + 1)]
    return own + [(module, position) for module in modules for position in range(1, row.module_keys + 1)]


def _key_view(
    place: tuple[int, int],
    written: KeyProfile | None,
    typed: tuple[str, str] | None,
    labels: dict[tuple[int, int], str],
) -> KeyView:
    module, position = place
    kind, value = typed or (("line", str(written.line)) if written else ("", ""))
    shown = written.label if written else ""
    return KeyView(module=module, position=position, kind=kind, value=value, label=labels.get(place, ""), shown=shown)


def _typed(does: KeyFunction) -> tuple[str, str]:
    match does:
        case OwnLine(line):
            return "line", str(line)
        case Colleague(one):
            return "colleague", one
        case Group(one):
            return "group", one
        case ModeSwitch(one):
            return "mode", one
        case NightSwitch():
            return "night", ""
        case ParkingPlace(slot):
            return "parking", slot.digits
        case OutsideNumber(number):
            return "call", number.e164
        case PickUp():
            return "pickup", ""


def _requests(seen: KnownPhone) -> tuple[RequestView, ...]:
    return tuple(
        RequestView(seen_by=one.seen_by.value, asked=one.asked, answer=one.answer.value, when=one.when)
        for one in reversed(seen.requests)
    )

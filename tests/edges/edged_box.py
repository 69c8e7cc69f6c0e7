"""A whole box below a folder of its own, with real operations and pages, and fakes of its edges."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher
from flask import Flask

from appliance.changes.phones import FoundPhone, assign_phone
from appliance.office.numbers import MacAddress
from appliance.office.office import Office
from appliance.office.phone import Brand
from appliance.office.secret import Secret
from appliance.operations.accounts import Account
from appliance.operations.box import Box
from appliance.operations.box_start import BoxStart
from appliance.operations.composition import operations_of
from appliance.operations.edges import Edges
from appliance.operations.lines import Lines
from appliance.operations.phone_signals import PhoneSignals
from appliance.operations.steps import StepProof
from appliance.paths import Paths
from appliance.storage.proofs import ProofStore
from provisioning import network_facts
from provisioning.discovery.inventory import Inventory
from provisioning.drivers.recognition import Certainty
from provisioning.network_facts import DhcpRole, NetworkFacts
from provisioning.phone_identity import Answer, PhoneRequest, PhoneState, SeenBy, Sighting
from tests.edges.helper import FakeHelper
from tests.edges.lan import FakeLan
from tests.edges.switch import FakeSwitch
from tests.edges.telephone import FakeTestPhone
from wizard.app import create_app

USER_NAME = "sandra"
PASSWORD = "vier woorden na elkaar"
MAC = MacAddress.parse("80:5e:c0:00:02:01")
ADDRESS = "192.168.77.100"
NOON = datetime(2026, 11, 21, 13, 3, 22, tzinfo=UTC)
# Instead of a quarter of a minute: the fakes answer at once, or never.
LINE_SECONDS, FETCH_SECONDS = 0.2, 1.0
_CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Clock:
    """The moment, which only a test moves."""

    def __init__(self) -> None:
        self.moment = NOON

    def __call__(self) -> datetime:
        return self.moment

    def go_on(self, seconds: float) -> None:
        """Let time pass."""
        self.moment += timedelta(seconds=seconds)


class EdgedBox:
    """One box, a copy of the one in `started`.

    `office`: what is saved; it is in force when `applied`. `is_claimed`: Sandra has the account.
    """

    def __init__(
        self,
        started: Path,
        folder: Path,
        office: Office | None = None,
        *,
        applied: bool = True,
        is_claimed: bool = True,
        language: str = "nl",
    ) -> None:
        root = folder / "box"
        shutil.copytree(started, root, symlinks=True)
        self.clock = Clock()
        self.lan = FakeLan()
        self.switch = FakeSwitch(Paths(root=root).current_generation / "asterisk")
        self.test_phone = FakeTestPhone(self.switch)
        self.box = Box(root, Edges(clock=self.clock, lan=self.lan, test_phone=self.test_phone))
        network_facts.save(replace(_facts(), manager_port=self.switch.port), self.box.paths.network_facts)
        self.helper = FakeHelper(self.box.helper_socket)
        asked = operations_of(self.box, _CHEAP)
        lines, signals = Lines(self.box, asked.in_force.look, LINE_SECONDS), PhoneSignals(self.box, FETCH_SECONDS)
        acts = replace(asked.long_acts, lines=lines, signals=signals)
        self.operations = replace(asked, lines=lines, phone_signals=signals, long_acts=acts)
        self._inventory = Inventory(self.box.paths.sightings)
        if is_claimed:
            self.claim(language)
        if office is not None:
            self.save(office)
            if applied:
                self._make_true()

    def close(self) -> None:
        """End the fakes, and let go of the database."""
        self.switch.close()
        self.helper.close()
        self.box.engine.dispose()

    @property
    def claim_code(self) -> str:
        """What the box shows while nobody has claimed it."""
        return self.box.paths.claim_code.read_text().strip()

    @property
    def office(self) -> Office:
        """The newest office."""
        return self.operations.offices.newest()

    def claim(self, language: str = "nl") -> Account:
        """Make Sandra's account."""
        made = self.operations.accounts.claim(self.claim_code, USER_NAME, PASSWORD, language, "192.0.2.9")
        assert isinstance(made, Account), made
        return made

    def app(self) -> Flask:
        """The pages over these operations."""
        return create_app(self.operations, session_key=b"k" * 32)

    def save(self, office: Office) -> None:
        """Save an office as it is, and make nothing true."""
        newest, _ = self.box.repository.newest()
        self.box.repository.save(office, based_on=newest, author="a test", summary="", now=self.clock())

    def apply(self, office: Office) -> None:
        """Save an office and make it true."""
        self.save(office)
        self._make_true()

    def _make_true(self) -> None:
        """Apply what is saved, and wait until the phones were told: that goes on behind an apply's back."""
        self.operations.in_force.apply()
        for thread in threading.enumerate():
            if thread.name == "resync":
                thread.join()

    def see(
        self,
        mac: MacAddress = MAC,
        *,
        brand: Brand = Brand.YEALINK,
        model: str | None = "SIP-T46U",
        firmware: str | None = "108.86.0.90",
        address: str | None = ADDRESS,
        state: PhoneState = PhoneState.SEEN,
        asked: str = "",
        answer: Answer = Answer.GIVEN,
    ) -> None:
        """Let discovery see a phone at this moment."""
        if state is PhoneState.FETCHED:
            asked = asked or f"{mac.digits}.cfg"
        request = PhoneRequest(seen_by=SeenBy.TFTP, asked=asked, answer=answer, when=self.clock()) if asked else None
        sighting = Sighting(
            mac=mac, brand=brand, certainty=Certainty.EXACT, because="User-Agent (http)", seen_by=SeenBy.HTTP,
            when=self.clock(), address=address, model=model, firmware=firmware, state=state, request=request,
        )  # fmt: skip
        self._inventory.record(sighting)
        self._inventory.write()

    def assign(self, mac: MacAddress = MAC, extension_id: str = "e201") -> None:
        """Give a phone to somebody, and make that true."""
        found = FoundPhone(mac=mac, brand=Brand.YEALINK, model="SIP-T46U")
        outcome = assign_phone(self.box.changer("a test"), lambda: Secret("0123456789abcdef" * 2), found, extension_id)
        assert outcome.problems == ()
        self._make_true()

    def register(self, extension_id: str = "e201", address: str = ADDRESS) -> None:
        """Let a phone of an employee be registered from now on."""
        self.switch.register(self.office.extension(extension_id).sip_user, address)
        self.look_anew()

    def line_is(self, registration: str, device_state: str = "Not in use", trunk_id: str = "line1") -> None:
        """Let the switch say how a line is."""
        self.switch.registrations[f"trunk-{trunk_id}"] = registration
        self.switch.device_states[f"trunk-{trunk_id}"] = device_state
        self.look_anew()

    def look_anew(self) -> None:
        """What the switch said before counts no more."""
        self.operations.in_force.look.forget()

    def prove(self, subject: str, **facts: str) -> None:
        """Keep a proof of what is in force, as if it had just been seen."""
        self.box.proofs.keep(subject, facts, self.clock())
        assert subject in ProofStore(self.box.engine).proofs(), f"{subject} is not in force"

    def proven(self) -> dict[str, StepProof]:
        """The steps that have their tick."""
        return dict(self.operations.steps.proven())


MakeBox = Callable[..., EdgedBox]  # the fixture `make_box`


def start_for_the_first_time(root: Path) -> None:
    """Make a box below `root` as its first start leaves it; `EdgedBox` copies it."""
    box = Box(root)
    network_facts.save(_facts(), box.paths.network_facts)
    BoxStart(box).make_ready()
    box.engine.dispose()


def _facts() -> NetworkFacts:
    return NetworkFacts(
        interface="lo",
        address="192.0.2.2",
        prefix_length=24,
        router="192.0.2.1",
        dns="192.0.2.1",
        dhcp_role=DhcpRole.NEIGHBOUR,
        pool_start="192.0.2.100",
        pool_end="192.0.2.199",
        manager_port=1,
    )

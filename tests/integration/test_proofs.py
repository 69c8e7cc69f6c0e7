"""A tick is of what is in force now, and was seen after it came into force: on a real box and a real switch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appliance.asterisk.line_check import register_anew, watch_during
from appliance.asterisk.live_state import LiveContact, LiveState, look
from appliance.cli.main import main
from appliance.office.behaviour import Behaviour
from appliance.office.destination import ToOutsideNumber
from appliance.office.forwarding import Forwarding
from appliance.office.numbers import ExtensionNumber, MacAddress, PhoneNumber
from appliance.office.office import Office
from appliance.office.phone import Brand
from appliance.office.secret import Secret
from appliance.operations import proofs
from appliance.operations.proofs import Proofs, digests
from appliance.storage.office_document import write_document
from appliance.storage.proofs import ProofStore
from provisioning.discovery.inventory import KnownPhone
from provisioning.drivers.recognition import Certainty
from provisioning.phone_identity import PhoneState
from tests.integration.console_box import ConsoleBox
from tests.offices import a_trunk, an_extension, two_phones
from tests.switch.calls import opened
from tests.switch.offices import person, small_office
from tests.switch_bench.bench import SwitchBench
from tests.switch_bench.diary import What

MAC = MacAddress.parse("80:5e:c0:00:02:01")
NOW = datetime(2026, 6, 1, tzinfo=UTC)
ADDRESS = "192.168.77.100"
SEEN = KnownPhone(
    mac=MAC, brand=Brand.YEALINK, model=None, firmware=None, address=ADDRESS, state=PhoneState.FETCHED,
    certainty=Certainty.EXACT, because="", first_seen=NOW, last_seen=NOW,
)  # fmt: skip
LINE = proofs.line("line1")
PHONE = proofs.phone(MAC)
SUBJECTS = (proofs.PLACE, proofs.COMPANY_NUMBER, proofs.EMPLOYEES, proofs.BACKUP_ROUTE, LINE, PHONE)


def with_trunk(office: Office, **changed: object) -> Office:
    return replace(office, trunks=tuple(replace(trunk, **changed) for trunk in office.trunks))  # type: ignore[arg-type]


def with_site(office: Office, **changed: object) -> Office:
    return replace(office, site=replace(office.site, **changed))  # type: ignore[arg-type]


def with_number(office: Office, digits: str) -> Office:
    number = PhoneNumber(digits)
    numbers = tuple(replace(one, number=number) for one in office.numbers)
    return with_site(replace(office, numbers=numbers), company_number=number)


# A change of the office, and the proofs that it takes away; all others stay.
CHANGES: dict[str, tuple[Callable[[Office], Office], set[str]]] = {
    "another password of the line": (
        lambda office: with_trunk(office, password=Secret("other")),
        {LINE, proofs.COMPANY_NUMBER, proofs.BACKUP_ROUTE},
    ),
    "another host of the line": (
        lambda office: with_trunk(office, host="203.0.113.99"),
        {LINE, proofs.COMPANY_NUMBER, proofs.BACKUP_ROUTE},
    ),
    "no line": (
        lambda office: replace(office, trunks=()), {LINE, proofs.COMPANY_NUMBER, proofs.BACKUP_ROUTE},
    ),
    "a line more": (
        lambda office: replace(office, trunks=(*office.trunks, a_trunk("line2", "203.0.113.20"))),
        {proofs.COMPANY_NUMBER, proofs.BACKUP_ROUTE},
    ),
    "another name of the line": (lambda office: with_trunk(office, name="Other"), set()),
    "another company number": (lambda office: with_number(office, "+3225551009"), {proofs.COMPANY_NUMBER}),
    "another language": (lambda office: with_site(office, company_name="Other"), {proofs.PLACE}),
    "an employee more": (
        lambda office: replace(office, extensions=(*office.extensions, an_extension("203", "An"))), {proofs.EMPLOYEES},
    ),
    "another password of the phone": (
        lambda office: replace(office, extensions=(replace(office.extensions[0], sip_password=Secret("x" * 24)),
                                                   *office.extensions[1:])),
        {proofs.EMPLOYEES, PHONE},
    ),
    "another owner of the phone": (
        lambda office: replace(office, phones=(replace(office.phones[0], extension_id="e202"),)), {PHONE},
    ),
    "no 1 to press at the mobile": (
        lambda office: replace(office, behaviour=Behaviour(confirms_backup=False)), {proofs.BACKUP_ROUTE},
    ),
    "another backup number": (
        lambda office: replace(office, backup_routes=(replace(
            office.backup_routes[0], destination=ToOutsideNumber(PhoneNumber("+32470000000"))),)),
        {proofs.BACKUP_ROUTE},
    ),
}  # fmt: skip


class ProvenBox(ConsoleBox):
    """A box whose office is in force, with a proof of everything."""

    def __init__(self, root: Path, switch_root: Path) -> None:
        super().__init__(root, switch_root)
        self.store = ProofStore(self.box.engine)
        self.proofs = Proofs(self.store, self.box.paths, self.box.repository, self.moment)
        self.save(two_phones())
        self.box.apply()
        for subject in SUBJECTS:
            self.proofs.keep(subject, {}, self.moment())
        assert self.true() == set(SUBJECTS)

    def save(self, office: Office) -> int:
        newest, _ = self.box.repository.newest()
        return self.box.repository.save(office, based_on=newest, author="test", summary="", now=self.moment())

    def true(self) -> set[str]:
        return set(self.proofs.true_ones(None))


@pytest.fixture
def proven(tmp_path: Path, switch_root: Path) -> ProvenBox:
    return ProvenBox(tmp_path / "box", switch_root)


@pytest.mark.feature("A13")
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_takes_away_the_proofs_of_what_it_changes_and_no_other(proven: ProvenBox, change: str) -> None:
    edit, lost = CHANGES[change]
    proven.save(edit(two_phones()))
    assert proven.true() == set(SUBJECTS) - lost, "saved and not in force: neither is proven"
    proven.box.apply()
    assert proven.true() == set(SUBJECTS) - lost
    proven.save(two_phones())
    proven.box.apply()
    assert proven.true() == set(SUBJECTS) - lost, "what is in force again was not seen since"


@pytest.mark.feature("A13")
def test_a_change_that_is_taken_back_before_it_was_in_force_costs_no_proof(proven: ProvenBox) -> None:
    proven.save(with_trunk(two_phones(), host="203.0.113.99"))
    proven.save(two_phones())
    proven.box.apply()
    assert proven.true() == set(SUBJECTS)


@pytest.mark.feature("A13", "I3")
@pytest.mark.parametrize("way", ["import", "rollback"])
def test_an_import_and_a_rollback_take_proofs_away_as_a_page_does(proven: ProvenBox, tmp_path: Path, way: str) -> None:
    root = ["--root", str(proven.box.paths.root)]
    if way == "import":
        document = tmp_path / "office.toml"
        document.write_text(write_document(with_number(two_phones(), "+3225551009"), with_secrets=True))
        assert main([*root, "office", "import", str(document)]) == 0
        assert main([*root, "apply"]) == 0
    else:
        revision, _ = proven.box.repository.newest()
        proven.save(with_number(two_phones(), "+3225551009"))
        proven.box.apply()
        for subject in SUBJECTS:
            proven.proofs.keep(subject, {}, proven.moment())
        assert main([*root, "rollback", str(revision)]) == 0
    assert proven.true() == set(SUBJECTS) - {proofs.COMPANY_NUMBER}


@pytest.mark.feature("A13")
def test_what_was_seen_before_it_came_into_force_is_no_proof(proven: ProvenBox) -> None:
    before = proven.moment()
    proven.save(with_trunk(two_phones(), host="203.0.113.99"))
    proven.box.apply()
    proven.proofs.keep(LINE, {}, before)
    assert LINE not in proven.true()
    proven.proofs.keep(LINE, {}, proven.moment())
    assert LINE in proven.true()


@pytest.mark.feature("A13")
def test_a_line_that_is_saved_and_not_in_force_is_not_proven_by_the_old_one(proven: ProvenBox) -> None:
    proven.save(with_trunk(two_phones(), host="203.0.113.99"))
    assert [problem.rule for problem in proven.operations.lines.prove("line1")] == ["not-in-force"]
    proven.proofs.keep(LINE, {}, proven.moment())
    assert LINE not in proven.true()


@pytest.mark.feature("A13")
def test_every_line_of_the_office_is_proven_or_the_step_is_not(proven: ProvenBox) -> None:
    assert "line" in proven.operations.steps.proven()
    proven.save(replace(two_phones(), trunks=(*two_phones().trunks, a_trunk("line2", "203.0.113.20"))))
    proven.box.apply()
    assert "line" not in proven.operations.steps.proven()


def a_state(*contacts: LiveContact) -> LiveState:
    return LiveState(lines=(), contacts=contacts, calls=0)


def a_contact(**given: object) -> LiveContact:
    contact = LiveContact(
        sip_user="ext-e201", address=ADDRESS, uri=f"sip:ext-e201@{ADDRESS}:5060", user_agent="", is_reachable=True,
        round_trip_milliseconds=1.0, expires_at="1000",
    )  # fmt: skip
    return replace(contact, **given)  # type: ignore[arg-type]


@pytest.mark.feature("A9", "A13")
@pytest.mark.parametrize(
    ("later", "counts"),
    [
        ({"expires_at": "1060"}, True),
        ({}, False),  # the same registration, from before
        ({"expires_at": "1060", "is_reachable": False}, False),
        ({"expires_at": "1060", "address": "192.168.77.101"}, False),  # somebody else's phone
        ({"expires_at": "1060", "sip_user": "ext-e202"}, False),
    ],
)
def test_a_phone_is_proven_by_a_registration_from_after_it_came_into_force(
    proven: ProvenBox, later: dict[str, object], counts: bool
) -> None:
    changed = replace(two_phones().extensions[0], sip_password=Secret("y" * 24))
    proven.save(replace(two_phones(), extensions=(changed, *two_phones().extensions[1:])))
    proven.box.apply()  # no switch here: who was registered is asked as soon as it answers
    assert proven.proofs.registered_phones(None, {MAC: SEEN}) == {}
    assert proven.proofs.registered_phones(a_state(a_contact()), {MAC: SEEN}) == {}
    found = proven.proofs.registered_phones(a_state(a_contact(**later)), {MAC: SEEN})
    assert found == ({MAC: ADDRESS} if counts else {})
    assert proven.proofs.registered_phones(a_state(a_contact(expires_at="1060")), {}) == {}, "not seen anywhere"


def test_every_setting_of_a_line_is_in_its_digest() -> None:
    office = two_phones()
    other = {"host": "h", "port": 1, "username": "u", "password": Secret("p"), "registers": False, "channels": 3}
    first = digests(office)[LINE]
    assert {digests(with_trunk(office, **{key: value}))[LINE] != first for key, value in other.items()} == {True}


# A real switch


@pytest.fixture
def registering(needs_namespaces: None, switch_root: Path, tmp_path: Path) -> SwitchBench:
    return SwitchBench(small_office(trunks=(a_trunk("line1", "203.0.113.10"),)), tmp_path, switch_root=switch_root)


@pytest.mark.feature("A7", "A13")
def test_a_registration_from_before_does_not_prove_a_line_that_lets_nobody_in_any_more(
    registering: SwitchBench,
) -> None:
    with registering as bench:
        bench.line("line1").wait_registered()
        bench.wait_until(lambda: look(bench.ami, bench.office).lines[0].state == "ready", "the line is ready")
        assert register_anew(bench.manager_address, "trunk-line1", 5.0) == "Registered"
        bench.line("line1").registers_with = 403
        assert look(bench.ami, bench.office).lines[0].state == "ready", "the switch has not asked since"
        assert register_anew(bench.manager_address, "trunk-line1", 5.0) == "Rejected"
        bench.line("line1").go_dark()
        assert register_anew(bench.manager_address, "trunk-line1", 1.0) == ""


@pytest.mark.feature("A9", "A13")
def test_a_call_that_rings_elsewhere_does_not_prove_the_phone_that_was_called(
    needs_namespaces: None, switch_root: Path, tmp_path: Path
) -> None:
    away = person("202", forwarding=Forwarding(always=ExtensionNumber("203")))
    office = small_office()
    office = replace(office, extensions=tuple(away if one.id == "e202" else one for one in office.extensions))
    (tmp_path / "office").mkdir()
    with opened(office, tmp_path, switch_root) as bench:
        bench.ami.command("database put forward-always e202 203")
        for called, rings in (("202", "203"), ("204", "204")):

            def call(called: str = called) -> None:
                bench.phones.call("201", called).wait_for(What.HEARS_RINGING)
                bench.hang_up_all()

            for endpoint in ("202", "203", "204"):
                _, event = watch_during(
                    bench.manager_address,
                    call,
                    lambda event, endpoint=endpoint: (  # type: ignore[misc]
                        event.get("Event") == "Newstate"
                        and event.get("ChannelStateDesc") == "Ringing"
                        and event.get("Channel", "").startswith(f"PJSIP/ext-e{endpoint}-")
                    ),
                )
                assert (event is not None) == (endpoint == rings), (called, endpoint)


def test_moments_of_proofs_are_utc(proven: ProvenBox) -> None:
    seen = proven.proofs.true_ones(None)[LINE].seen_at
    assert seen.utcoffset() == timedelta(0)
    assert isinstance(seen, datetime)

"""The role on the LAN is taken on trial, kept by who still reaches the console, and never beside another server."""

from __future__ import annotations

import pytest

from appliance.errors import BelboxError
from appliance.office.numbers import MacAddress
from appliance.operations.network import AnotherServerRules
from appliance.system.helper import RestartableUnit
from provisioning.discovery.dhcp_server_report import DhcpServerFound, read_report
from provisioning.network_facts import DhcpRole
from tests.edges.edged_box import MAC, EdgedBox, MakeBox

OTHER = DhcpServerFound(address="192.0.2.1", mac=MacAddress.parse("3c:00:00:00:00:01"))


@pytest.fixture
def box(make_box: MakeBox) -> EdgedBox:
    made: EdgedBox = make_box()
    return made


def test_a_role_that_nobody_keeps_goes_back(box: EdgedBox) -> None:
    network = box.operations.network
    until = network.change(DhcpRole.SERVER, "192.0.2.100", "192.0.2.150")
    assert (network.facts().dhcp_role, network.facts().pool_end) == (DhcpRole.SERVER, "192.0.2.150")
    assert not network.undo_if_due()
    box.clock.moment = until
    assert network.undo_if_due()
    assert network.facts().dhcp_role is DhcpRole.NEIGHBOUR
    assert box.helper.restarted == [RestartableUnit.DNSMASQ] * 2
    assert not network.keep()


def test_a_role_that_somebody_keeps_stays(box: EdgedBox) -> None:
    network = box.operations.network
    box.clock.moment = network.change(DhcpRole.SERVER)
    assert network.keep()
    assert not network.undo_if_due()
    assert network.facts().dhcp_role is DhcpRole.SERVER


def test_a_box_that_starts_in_the_middle_of_a_trial_goes_back(box: EdgedBox) -> None:
    box.operations.network.change(DhcpRole.SERVER)
    assert box.operations.network.undo_if_due(at_boot=True)
    assert box.helper.restarted == [RestartableUnit.DNSMASQ], "at a start the server is not running yet"


def test_where_another_server_answers_the_role_is_refused_and_the_report_kept(box: EdgedBox) -> None:
    box.lan.others = (OTHER,)
    with pytest.raises(AnotherServerRules, match=r"192\.0\.2\.1"):
        box.operations.network.change(DhcpRole.SERVER)
    assert box.operations.network.facts().dhcp_role is DhcpRole.NEIGHBOUR
    assert read_report(box.box.paths.dhcp_servers) == (OTHER,)


@pytest.mark.parametrize(
    ("role", "pool", "expected"),
    [
        ("king", ("", ""), ("role", "not-a-choice")),
        ("server", ("10.0.0.1", "10.0.0.9"), ("pool_start", "pool-form")),
        ("server", ("nonsense", ""), ("pool_start", "pool-form")),
    ],
)
def test_what_cannot_be_is_named_at_its_field(
    box: EdgedBox, role: str, pool: tuple[str, str], expected: tuple[str, str]
) -> None:
    (problem,) = box.operations.network.change_as_typed(role, *pool)
    assert (problem.where, problem.rule) == expected
    assert box.helper.restarted == []


def test_a_lan_that_cannot_be_asked_is_a_fault_of_the_world(box: EdgedBox) -> None:
    box.lan.fault = PermissionError("no right to")
    with pytest.raises(BelboxError, match="no right to"):
        box.operations.network.other_servers()


def test_reservations_and_the_voice_vlan_reach_a_server_only_while_it_serves(box: EdgedBox) -> None:
    network = box.operations.network
    network.keep_address(MAC, "192.0.2.50")
    network.set_voice_vlan(20)
    assert (network.facts().reserved(), network.facts().voice_vlan) == (((MAC, "192.0.2.50"),), 20)
    assert box.helper.restarted == []
    network.change(DhcpRole.SERVER)
    network.keep_address(MAC, "")
    assert network.facts().reserved() == ()
    assert len(box.helper.restarted) == 2

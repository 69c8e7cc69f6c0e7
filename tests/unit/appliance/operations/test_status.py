"""Every part of the box is asked for itself, and says in words what is wrong and what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from appliance.errors import BelboxError
from appliance.operations.loud_senders import LoudSender, keep_loud_senders, read_loud_senders
from appliance.operations.start_report import write_start_report
from appliance.operations.status import SHOWN_FOR
from appliance.operations.status_part import Part, PartState
from appliance.operations.switch_watch import write_live_state
from appliance.words.texts import cause_text
from provisioning.discovery.dhcp_server_report import DhcpServerFound
from provisioning.network_facts import DhcpRole
from tests.edges.edged_box import MAC, EdgedBox, MakeBox
from tests.offices import two_phones


@pytest.fixture
def box(make_box: MakeBox) -> EdgedBox:
    made: EdgedBox = make_box(two_phones())
    return made


def part(box: EdgedBox, name: str) -> Part:
    (found,) = [one for one in box.operations.status.parts() if one.name == name]
    return found


def state_and_what(box: EdgedBox, name: str) -> tuple[PartState, str]:
    found = part(box, name)
    return found.state, found.what


def test_each_part_has_a_name_of_its_own(box: EdgedBox) -> None:
    names = [one.name for one in box.operations.status.parts()]
    assert len(names) == len(set(names)) == 14


def test_a_switch_that_is_gone_is_said_to_be_silent(box: EdgedBox) -> None:
    assert state_and_what(box, "switch") == (PartState.OK, "answers")
    box.switch.close()
    assert state_and_what(box, "switch") == (PartState.FAILED, "silent")


def test_a_service_without_its_socket_is_silent(box: EdgedBox) -> None:
    for name in ("web", "provisioning", "nginx"):
        assert state_and_what(box, name) == (PartState.FAILED, "silent")


def test_a_monitor_that_looked_long_ago_is_late(box: EdgedBox) -> None:
    assert state_and_what(box, "monitor") == (PartState.FAILED, "monitor-never")
    write_live_state(box.box.paths.live_state, None, box.clock())
    assert state_and_what(box, "monitor") == (PartState.OK, "monitor-looks")
    box.clock.go_on(60)
    assert part(box, "monitor").facts == {"seconds": "60"}


def test_a_replaced_store_is_told_for_a_day_from_the_first_look_on(box: EdgedBox) -> None:
    note = box.box.paths.store_replaced
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text('{"replaced_at": "2026-05-30T02:00:00+00:00", "damage": "not a database"}')
    for _ in range(2):
        told = part(box, "switch-store")
        assert (told.state, told.what, told.facts) == (PartState.WARNING, "store-replaced", {"day": "30-05-2026"})
        box.clock.go_on(SHOWN_FOR.total_seconds())
    assert state_and_what(box, "switch-store") == (PartState.OK, "store-whole")
    note.write_text("[]")
    assert state_and_what(box, "switch-store") == (PartState.OK, "store-whole")


def test_settings_are_in_force_waiting_or_not_loaded(box: EdgedBox) -> None:
    assert state_and_what(box, "settings") == (PartState.OK, "settings-in-force")
    box.save(replace(two_phones(), site=replace(two_phones().site, company_name="Other")))
    assert state_and_what(box, "settings") == (PartState.WARNING, "settings-waiting")
    box.switch.forget_what_is_loaded()
    assert state_and_what(box, "settings") == (PartState.WARNING, "settings-not-loaded")


def test_two_dhcp_servers_are_a_failure_and_one_that_leads_phones_away_a_warning(box: EdgedBox) -> None:
    assert state_and_what(box, "dhcp") == (PartState.OK, "dhcp-neighbour")
    box.lan.others = (DhcpServerFound(address="192.0.2.1", mac=MAC, hands_out={66: "tftp.example"}),)
    box.operations.network.other_servers()
    assert state_and_what(box, "dhcp") == (PartState.WARNING, "dhcp-leads-away")
    box.lan.others = ()
    box.operations.network.change(DhcpRole.SERVER)
    box.lan.others = (DhcpServerFound(address="192.0.2.1", mac=MAC),)
    box.operations.network.other_servers()
    assert state_and_what(box, "dhcp") == (PartState.FAILED, "dhcp-two")


def test_what_a_start_could_not_make_ready_is_told(box: EdgedBox) -> None:
    write_start_report(box.box.paths, {"disk": BelboxError("disk-takes-nothing", value="No space left")})
    (told,) = part(box, "start").causes
    assert cause_text(told, "nl") == (
        "De schijf kon niet in gereedheid worden gebracht: De schijf neemt niets aan (No space left). "
        "Wat nu wordt geschreven, is bij de volgende start weg."
    )


def test_the_cause_of_what_a_start_could_not_do_is_kept_and_said(box: EdgedBox) -> None:
    silent = BelboxError("helper-silent", cause=ConnectionRefusedError("nobody listens"))
    write_start_report(box.box.paths, {"settings": BelboxError("settings-did-not-hold", cause=silent)})
    (told,) = part(box, "start").causes
    assert cause_text(told, "nl") == (
        "De nieuwste instellingen konden niet in werking worden gesteld: De nieuwe instellingen hielden geen stand: "
        "De hulpdienst die diensten herstart, antwoordt niet (nobody listens). De vorige instellingen zijn in werking."
    )


def test_who_tries_to_get_in_is_told_for_a_day(box: EdgedBox) -> None:
    assert state_and_what(box, "loud") == (PartState.OK, "loud-none")
    loud = LoudSender(address="192.168.77.66", requests=120, last=box.clock().isoformat())
    keep_loud_senders(box.box.paths.loud_senders, [loud])
    assert part(box, "loud").facts == {"address": "192.168.77.66", "requests": "120"}
    box.clock.go_on(timedelta(days=1).total_seconds())
    assert state_and_what(box, "loud") == (PartState.OK, "loud-none")
    assert read_loud_senders(box.box.paths.loud_senders) == (loud,)


def test_a_database_that_is_gone_is_said_to_be(box: EdgedBox) -> None:
    assert state_and_what(box, "database") == (PartState.OK, "database-whole")
    box.box.paths.database.unlink()
    assert state_and_what(box, "database") == (PartState.FAILED, "database-gone")

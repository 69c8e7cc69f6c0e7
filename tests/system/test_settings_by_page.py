"""Rows set on a page of a running box, and heard by a call or read at a phone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.page_forms import form_of
from tests.sounds import HERTZ, wav_file
from tests.system.console_visitor import ConsoleVisitor
from tests.virtual_office.lab import VirtualOffice
from tests.virtual_office.provider import NUMBERS
from tests.virtual_office.sip_phone_client import SipPhoneClient

SALES = "310"
UNHEARD_HZ = 1800.0  # of no phone of this office, nor of the greeting
NUMBER = f"/settings/number/of/n{NUMBERS[0][1:]}"


@pytest.fixture(autouse=True)
def as_before(office: VirtualOffice, manager: ConsoleVisitor) -> Iterator[None]:
    """The office as it was before each test, put back on the page of its history."""
    before = newest_revision(office)
    yield
    if newest_revision(office) != before:
        manager.press(f"/settings/history/{before}", "/settings/history")


def rings(phone: SipPhoneClient, caller: SipPhoneClient, number: str, seconds: float = 10) -> None:
    """Call a number from one phone and see it ring at another; then hang up."""
    mark = phone.last_sequence()
    call = caller.call(number)
    phone.wait_for("incoming", timeout=seconds, after=mark)
    caller.hangup(call)
    phone.wait_for("ended", timeout=10, after=mark)


@pytest.mark.feature("B8", by="page")
def test_a_speed_dial_of_the_page_is_called_from_a_desk(
    manager: ConsoleVisitor, phones: dict[str, SipPhoneClient]
) -> None:
    manager.fill_in("/settings/speed_dial/add", {"short": "8001", "name": "Mobile of Jan", "number": "0470 12 34 56"})
    rings(phones["mobile"], phones["snom"], "8001")


@pytest.mark.feature("F12", by="page")
def test_a_caller_rule_of_the_page_sends_who_hides_the_number_elsewhere(
    manager: ConsoleVisitor, phones: dict[str, SipPhoneClient]
) -> None:
    rule = {"name": "Without a number", "callers": "anonymous", "destination": "203"}
    manager.fill_in("/settings/caller_rule/add", rule)
    manager.fill_in(NUMBER, {"caller_rules": "without-a-number"})
    mark = phones["snom"].last_sequence()
    rings(phones["grandstream"], phones["mobile"], NUMBERS[0])
    assert [one for one in phones["snom"].events(mark) if one["event"] == "incoming"] == []


@pytest.mark.feature("H2", by="page")
def test_a_contact_of_the_page_is_in_the_directory_of_the_phones(
    office: VirtualOffice, manager: ConsoleVisitor
) -> None:
    manager.fill_in("/settings/contact/add", {"name": "Café Het Anker", "numbers": "02 555 77 88\n0470 99 88 77"})
    directories = [path.read_text() for path in office.box_root.rglob("*.xml") if "Het Anker" in path.read_text()]
    assert directories
    assert all("25557788" in text.replace(" ", "") for text in directories)


@pytest.mark.feature("E5", "A10", by="page")
def test_a_ring_group_of_the_page_rings_its_members_alone(
    manager: ConsoleVisitor, phones: dict[str, SipPhoneClient]
) -> None:
    group = {"number": [SALES], "name": ["Sales"], "members": ["203", "202"], "no_answer": ["voicemail"]}
    manager.fill_in("/settings/ring_group/add", group)
    rings(phones["snom"], phones["yealink"], SALES)
    rings(phones["grandstream"], phones["yealink"], SALES)


@pytest.mark.feature("D1", by="page")
def test_a_call_plan_of_the_page_goes_from_step_to_step(
    manager: ConsoleVisitor, phones: dict[str, SipPhoneClient]
) -> None:
    path = "/settings/call_plan/add"
    form = manager.build(path, "add steps ring", {**_form(manager, path), "name": ["Two steps"], "number": ["360"]})
    form = manager.build(path, "add steps ring", form)
    form = manager.build(path, "add steps go_to", form)
    form |= {
        "steps.0.ring": ["202"], "steps.0.seconds": ["3"],
        "steps.1.ring": ["203"], "steps.1.seconds": ["20"], "steps.2.go_to": ["voicemail"],
    }  # fmt: skip
    manager.send(path, form)
    mark = phones["snom"].last_sequence()
    rings(phones["grandstream"], phones["yealink"], "360", seconds=15)
    assert [one for one in phones["snom"].events(mark) if one["event"] == "incoming"]


@pytest.mark.feature("E2", by="page")
def test_a_forward_of_the_page_is_followed_and_undone_by_a_button(
    office: VirtualOffice, manager: ConsoleVisitor, phones: dict[str, SipPhoneClient]
) -> None:
    path = "/settings/extension/of/e202"
    manager.fill_in(path, {"forward_always": "203"})
    rings(phones["grandstream"], phones["yealink"], "202")
    revision = newest_revision(office)
    manager.press("/settings/extension/undo", path, {"name": "e202", "revision": revision})
    rings(phones["snom"], phones["yealink"], "202")


@pytest.mark.feature("B5", by="page")
def test_a_permission_of_the_page_keeps_a_desk_from_calling_mobiles(
    manager: ConsoleVisitor, phones: dict[str, SipPhoneClient]
) -> None:
    manager.fill_in("/settings/permission/add", {"name": ["Inside alone"], "kinds": ["inside", "national"]})
    manager.fill_in("/settings/extension/of/e202", {"permission": "inside-alone"})
    call = phones["snom"].call("0470123456")
    assert phones["snom"].wait_for("ended", timeout=10, call=call)["code"] >= 400
    rings(phones["mobile"], phones["yealink"], "0470123456")


@pytest.mark.feature("B11", by="page")
def test_a_filter_of_the_page_refuses_who_hides_the_number(
    manager: ConsoleVisitor, phones: dict[str, SipPhoneClient]
) -> None:
    manager.fill_in("/settings/call_filter/add", {"name": "No number", "callers": "anonymous"})
    manager.fill_in(NUMBER, {"call_filters": "no-number"})
    mark = phones["snom"].last_sequence()
    call = phones["mobile"].call(NUMBERS[0])
    phones["mobile"].wait_for("ended", timeout=10, call=call)
    assert [one for one in phones["snom"].events(mark) if one["event"] == "incoming"] == []


@pytest.mark.feature("B11", by="page")
def test_a_filter_of_the_page_sends_its_callers_elsewhere_in_a_period(
    manager: ConsoleVisitor, phones: dict[str, SipPhoneClient]
) -> None:
    path = "/settings/call_filter/add"
    filled = {**_form(manager, path), "name": ["By period"], "callers": ["anonymous"], "opening_hours": ["never"]}
    form = manager.build(path, "add period ", filled)
    form |= {"period.0.opening_hours": ["always"], "period.0.destination": ["203"]}
    manager.send(path, form)
    manager.fill_in(NUMBER, {"call_filters": "by-period"})
    mark = phones["snom"].last_sequence()
    rings(phones["grandstream"], phones["mobile"], NUMBERS[0])
    assert [one for one in phones["snom"].events(mark) if one["event"] == "incoming"] == []
    manager.fill_in("/settings/call_filter/of/by-period", {"period.0.opening_hours": "never"})
    rings(phones["snom"], phones["mobile"], NUMBERS[0])


@pytest.mark.feature("C2", by="page")
def test_a_closure_of_the_page_sends_calls_elsewhere_while_it_lasts(
    manager: ConsoleVisitor, phones: dict[str, SipPhoneClient]
) -> None:
    now = datetime.now()  # noqa: DTZ005, TID251  (the wall clock of the box)
    lasts = {"start": now - timedelta(days=1), "end": now + timedelta(days=1)}
    moments = {name: when.isoformat(timespec="minutes") for name, when in lasts.items()}
    manager.fill_in("/settings/closure/add", {"name": "Holiday", "destination": "203", **moments})
    manager.fill_in(NUMBER, {"closures": "holiday"})
    mark = phones["snom"].last_sequence()
    rings(phones["grandstream"], phones["mobile"], NUMBERS[0])
    assert [one for one in phones["snom"].events(mark) if one["event"] == "incoming"] == []


@pytest.mark.feature("C3", by="page")
def test_hours_of_the_page_decide_where_a_call_goes(manager: ConsoleVisitor, phones: dict[str, SipPhoneClient]) -> None:
    manager.fill_in(NUMBER, {"opening_hours": "never", "when_closed": "203"})
    rings(phones["grandstream"], phones["mobile"], NUMBERS[0])
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    manager.fill_in("/settings/opening_hours/of/never", dict.fromkeys(days, "00:00-24:00"))
    rings(phones["snom"], phones["mobile"], NUMBERS[0])


@pytest.mark.feature("E14", by="page")
def test_a_team_of_the_page_works_at_its_hours(manager: ConsoleVisitor, phones: dict[str, SipPhoneClient]) -> None:
    team = {"name": ["Support"], "members": ["202"], "opening_hours": ["never"], "when_closed": ["203"]}
    manager.fill_in("/settings/team/add", team)
    mark = phones["snom"].last_sequence()
    rings(phones["grandstream"], phones["yealink"], "202")
    assert [one for one in phones["snom"].events(mark) if one["event"] == "incoming"] == []
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    manager.fill_in("/settings/opening_hours/of/never", dict.fromkeys(days, "00:00-24:00"))
    rings(phones["snom"], phones["yealink"], "202")


@pytest.mark.feature("F5", by="page")
def test_a_mode_key_of_the_page_sends_calls_elsewhere_once_it_is_red(
    manager: ConsoleVisitor, phones: dict[str, SipPhoneClient]
) -> None:
    manager.fill_in("/settings/mode_key/add", {"number": "2001", "name": "Meeting", "red": "203"})
    manager.fill_in(NUMBER, {"mode_key": "2001"})
    rings(phones["snom"], phones["mobile"], NUMBERS[0])
    switched = phones["yealink"].call("2001")
    phones["yealink"].wait_for("ended", timeout=10, call=switched)
    mark = phones["snom"].last_sequence()
    rings(phones["grandstream"], phones["mobile"], NUMBERS[0])
    assert [one for one in phones["snom"].events(mark) if one["event"] == "incoming"] == []


@pytest.mark.feature("F1", by="page")
def test_a_menu_of_the_page_leads_where_its_key_says(
    manager: ConsoleVisitor, phones: dict[str, SipPhoneClient]
) -> None:
    path = "/settings/attendant/add"
    form = manager.build(path, "add menu.key ", {**_form(manager, path), "name": ["Main menu"], "number": ["370"]})
    form |= {
        "menu.key.0.key": ["1"], "menu.key.0.does": ["forward"], "menu.key.0.go_to": ["203"],
        "menu.timeout_seconds": ["5"], "menu.tries": ["2"],
    }  # fmt: skip
    manager.send(path, form)
    mark = phones["grandstream"].last_sequence()
    call = phones["yealink"].call("370")
    phones["yealink"].wait_for("answered", timeout=10, call=call)
    phones["yealink"].send_dtmf(call, "1")
    phones["grandstream"].wait_for("incoming", timeout=15, after=mark)
    phones["yealink"].hangup(call)


@pytest.mark.feature("D3", by="page")
def test_the_page_tells_beforehand_who_rings(manager: ConsoleVisitor, phones: dict[str, SipPhoneClient]) -> None:
    manager.fill_in("/settings/extension/of/e202", {"forward_always": "203"})
    told = manager.see("/explain?called=202&caller=201")
    assert "doorgeschakeld naar 203" in told
    assert "Rinkelt bij 203" in told
    rings(phones["grandstream"], phones["yealink"], "202")


@pytest.mark.feature("F5", by="page")
def test_a_mode_key_is_switched_on_its_page_and_its_lamp_and_the_calls_follow(
    manager: ConsoleVisitor, phones: dict[str, SipPhoneClient]
) -> None:
    manager.fill_in("/settings/mode_key/add", {"number": "2002", "name": "Closing day", "red": "203"})
    manager.fill_in(NUMBER, {"mode_key": "2002"})
    page = "/settings/mode_key/of/k2002"
    mark = phones["snom"].last_sequence()
    phones["snom"].watch("2002")
    phones["snom"].wait_for("lamp", timeout=10, after=mark, number="2002")
    mark = phones["snom"].last_sequence()
    manager.press("/switches/mode_key/k2002", page, {"colour": "red", "back": page})
    phones["snom"].wait_for("lamp", timeout=5, after=mark, number="2002", note="On the phone")
    assert "staat op rood" in manager.see(page)
    rings(phones["grandstream"], phones["mobile"], NUMBERS[0])
    manager.press("/switches/mode_key/k2002", page, {"colour": "green", "back": page})
    assert "staat op groen" in manager.see(page)
    rings(phones["snom"], phones["mobile"], NUMBERS[0])


@pytest.mark.feature("H3", "A11", by="page")
def test_a_greeting_given_as_a_file_is_heard_in_a_menu(
    manager: ConsoleVisitor, phones: dict[str, SipPhoneClient], tmp_path: Path
) -> None:
    greeting = wav_file(tmp_path / "Greeting.wav", seconds=20.0)
    manager.give("/settings/recordings/prompt", "/settings/prompt", greeting)
    path = "/settings/attendant/add"
    form = manager.build(path, "add menu.key ", {**_form(manager, path), "name": ["Greeted"], "number": ["371"]})
    form |= {
        "menu.greeting": ["greeting"], "menu.key.0.key": ["1"], "menu.key.0.does": ["forward"],
        "menu.key.0.go_to": ["203"], "menu.timeout_seconds": ["5"], "menu.tries": ["2"],
    }  # fmt: skip
    manager.send(path, form)
    call = phones["yealink"].call("371")
    phones["yealink"].wait_for("answered", timeout=10, call=call)
    phones["yealink"].wait_to_hear(call, HERTZ, UNHEARD_HZ)
    phones["yealink"].hangup(call)


def _form(manager: ConsoleVisitor, path: str) -> dict[str, list[str]]:
    return form_of(manager.see(path))


def newest_revision(office: VirtualOffice) -> str:
    return str(json.loads(office.belbox("history", "--json").stdout)[0]["revision"])

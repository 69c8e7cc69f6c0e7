"""What a page sets and a phone shows or hears, and what a phone sets and a page tells."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.system.console_visitor import ConsoleVisitor
from tests.system.furnished import wait_until
from tests.virtual_office.lab import VirtualOffice
from tests.virtual_office.sip_phone_client import SipPhoneClient

TWO_SECONDS = 32_000  # bytes at 8 kHz
LIT, DARK = "On the phone", "Ready"  # the switch's words in presence
COMPANY = "/settings/company_voicemail"


@pytest.mark.feature("E3", by="page")
def test_the_companys_box_is_opened_with_the_pin_of_the_page_or_the_one_changed_at_a_phone_since(
    office: VirtualOffice, manager: ConsoleVisitor, phones: dict[str, SipPhoneClient]
) -> None:
    """E3: number and PIN of the page; a PIN of the phone, kept when an address changes; again one of the page."""
    phones_pin = office.box_root / "switch-state" / "spool" / "voicemail" / "default" / "company" / "secret.conf"
    manager.fill_in(COMPANY, {"pin": "8642", "number": "777"})
    _choose_pin(phones["snom"], "8642", "9753", phones_pin)
    manager.fill_in(COMPANY, {"emails": "info@example.test"})
    _choose_pin(phones["snom"], "9753", "1470", phones_pin)
    manager.fill_in(COMPANY, {"pin": "3691"})
    assert not phones_pin.exists()
    _choose_pin(phones["snom"], "3691", "2580", phones_pin)


@pytest.mark.feature("E3", by="page")
def test_a_message_for_the_company_is_heard_in_the_console(
    office: VirtualOffice, manager: ConsoleVisitor, phones: dict[str, SipPhoneClient]
) -> None:
    """E3: a colleague leaves one in the box whose number the page has set; the console shows who, and plays it."""
    manager.fill_in(COMPANY, {"number": "778"})
    mark = phones["snom"].last_sequence()
    call = phones["snom"].call("778")
    phones["snom"].wait_for("answered", timeout=10, call=call)
    box = office.box_root / "switch-state" / "spool" / "voicemail" / "default" / "company"
    wait_until(lambda: any(path.stat().st_size > TWO_SECONDS for path in box.rglob("*.wav")), 40)
    phones["snom"].hangup(call)
    phones["snom"].wait_for("ended", timeout=10, after=mark)
    wait_until(lambda: "Sandra Achterberg" in manager.see("/messages"), 15)
    address = re.search(r'<audio[^>]* src="([^"]+)"', manager.see("/messages"))
    assert address is not None
    assert manager.fetch(address[1]).startswith(b"RIFF")
    message = address[1].removesuffix(".wav")
    manager.press(f"{message}/send-on", "/messages", {"to": "e203"})
    colleagues = box.parent / "box-e203" / "INBOX"
    wait_until(lambda: [path.stat().st_size for path in colleagues.glob("*.wav")] != [], 15)
    manager.press(f"{message}/remove", "/messages")
    wait_until(lambda: list(box.rglob("msg*.wav")) == [], 15)
    assert "Sandra Achterberg" not in manager.see("/messages")


def _choose_pin(phone: SipPhoneClient, pin: str, new_pin: str, kept: Path) -> None:
    """Open the company's box, and choose another PIN in its menu: only who is in can."""
    call = phone.call("1233777")
    phone.wait_for("answered", timeout=10, call=call)
    for digits in (f"{pin}#", "05", f"{new_pin}#", f"{new_pin}#"):
        phone.send_dtmf(call, digits)
    wait_until(lambda: kept.exists() and new_pin in kept.read_text(), 30)
    phone.hangup(call)
    phone.wait_for("ended", timeout=10, call=call)


@pytest.mark.feature("C5", by="page")
def test_the_night_lamp_shows_what_the_page_sets_and_the_page_what_the_code_sets(
    office: VirtualOffice, manager: ConsoleVisitor, phones: dict[str, SipPhoneClient]
) -> None:
    watcher = phones["grandstream"]
    mark = watcher.last_sequence()
    watcher.watch("*28")
    assert watcher.wait_for("lamp", timeout=10, after=mark, number="*28")["note"] == DARK
    for setting, note in (("on", LIT), ("off", DARK)):
        mark = watcher.last_sequence()
        manager.fill_in("/settings/night", {"setting": setting})
        assert watcher.wait_for("lamp", timeout=10, after=mark, number="*28")["note"] == note
    mark = watcher.last_sequence()
    _dial_code(phones["snom"], "*281")
    assert watcher.wait_for("lamp", timeout=5, after=mark, number="*28")["note"] == LIT
    assert "De nachtschakeling staat aan, met de hand." in manager.see("/settings/night")
    _dial_code(phones["snom"], "*280")
    assert "De nachtschakeling staat uit, met de hand." in manager.see("/settings/night")


@pytest.mark.feature("E2", by="page")
def test_a_forward_by_code_is_told_by_pages_status_and_explain(
    office: VirtualOffice, manager: ConsoleVisitor, phones: dict[str, SipPhoneClient]
) -> None:
    """E2: explain says where the call goes now; the page says it beside what is set, which is nothing."""
    _dial_code(phones["snom"], "*72203")
    asked = json.loads(office.belbox("explain", "--from", "201", "--to", "202", "--json").stdout)
    assert asked["as"] == "now"
    assert "203" in {step["name"].partition(" ")[0] for step in asked["steps"]}
    told = json.loads(office.belbox("status", "--json").stdout)["now"]
    assert {"kind": "extension", "id": "e202", "key": "forward-always"}.items() <= next(
        fact for fact in told if fact["id"] == "e202"
    ).items()
    assert "202 Sandra Achterberg" in manager.see("/")
    assert "oproepen gaan naar 203" in manager.see("/settings/extension/of/e202")
    _dial_code(phones["snom"], "*73")
    assert "oproepen gaan naar 203" not in manager.see("/settings/extension/of/e202")


def _dial_code(phone: SipPhoneClient, code: str) -> None:
    call = phone.call(code)
    phone.wait_for("ended", timeout=15, call=call)

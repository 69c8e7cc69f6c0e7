"""Who may be given a secret path, and when."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appliance.office.numbers import MacAddress
from appliance.office.phone import Brand
from appliance.office.secret import Secret
from appliance.paths import Paths
from provisioning.enrolment import (
    Enrolment,
    PublishedPhone,
    approve,
    close_window,
    load_enrolment,
    open_window,
    seal,
    set_phones,
)
from provisioning.servers.access import NOBODY, NOTHING_KNOWN, Access, Asker, may_be_led_to_first_place, may_enrol

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=30)
MAC = MacAddress("805ec0000001")
STRANGER = MacAddress("805ec0000002")
PHONES = {MAC: PublishedPhone(brand=Brand.YEALINK, model="SIP-T46U", token=Secret("t" * 32))}


@pytest.mark.feature("G8")
@pytest.mark.parametrize(
    ("enrolment", "mac", "expected"),
    [
        (Enrolment(phones=PHONES), MAC, Access.WINDOW_CLOSED),
        (Enrolment(phones=PHONES, open_until=LATER), MAC, Access.GRANTED_BY_WINDOW),
        (Enrolment(phones=PHONES, open_until=NOW), MAC, Access.WINDOW_CLOSED),
        (Enrolment(phones=PHONES, open_until=LATER), STRANGER, Access.UNKNOWN_PHONE),
        (Enrolment(phones=PHONES, open_until=LATER, sealed=frozenset({MAC})), MAC, Access.SEALED),
        (Enrolment(phones=PHONES, approved=frozenset({MAC})), MAC, Access.GRANTED_BY_APPROVAL),
    ],
)
def test_access_follows_window_seal_and_approval(enrolment: Enrolment, mac: MacAddress, expected: Access) -> None:
    assert may_enrol(enrolment, mac, NOW) is expected


@pytest.mark.feature("G8")
@pytest.mark.parametrize(
    ("enrolment", "asker", "expected"),
    [
        (Enrolment(phones=PHONES), Asker(certified=MAC), Access.GRANTED_BY_CERTIFICATE),
        (Enrolment(phones=PHONES, sealed=frozenset({MAC})), Asker(certified=MAC), Access.GRANTED_BY_CERTIFICATE),
        (Enrolment(phones=PHONES), Asker(certified=MAC, on_lan=STRANGER), Access.GRANTED_BY_CERTIFICATE),
        (Enrolment(), Asker(certified=MAC), Access.UNKNOWN_PHONE),
        (Enrolment(phones=PHONES, open_until=LATER), Asker(certified=STRANGER), Access.CERTIFICATE_OF_ANOTHER_PHONE),
        (Enrolment(phones=PHONES, open_until=LATER), Asker(on_lan=STRANGER), Access.ASKED_BY_ANOTHER_DEVICE),
        (Enrolment(phones=PHONES, approved=frozenset({MAC})), Asker(on_lan=STRANGER), Access.ASKED_BY_ANOTHER_DEVICE),
        (Enrolment(phones=PHONES, open_until=LATER), Asker(on_lan=NOBODY), Access.ASKED_BY_ANOTHER_DEVICE),
        (Enrolment(phones=PHONES, open_until=LATER), Asker(on_lan=MAC), Access.GRANTED_BY_WINDOW),
        (Enrolment(phones=PHONES, open_until=LATER), Asker(is_guessing=True), Access.GUESSING),
        (Enrolment(phones=PHONES, approved=frozenset({MAC})), Asker(is_guessing=True), Access.GRANTED_BY_APPROVAL),
        (Enrolment(phones=PHONES, open_until=LATER), NOTHING_KNOWN, Access.GRANTED_BY_WINDOW),
    ],
)
def test_access_follows_what_is_known_of_who_asks(enrolment: Enrolment, asker: Asker, expected: Access) -> None:
    access = may_enrol(enrolment, MAC, NOW, asker)
    assert access is expected
    assert access.is_granted == access.value.startswith("granted")


@pytest.mark.feature("G3")
def test_a_working_phone_is_not_led_back_to_the_first_place() -> None:
    working = Enrolment(phones=PHONES, sealed=frozenset({MAC}))
    assert not may_be_led_to_first_place(working, MAC, NOW)
    assert may_be_led_to_first_place(working, STRANGER, NOW)
    assert may_be_led_to_first_place(Enrolment(phones=PHONES), MAC, NOW)


@pytest.mark.feature("G8")
def test_the_window_s_life_on_the_disk(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    assert load_enrolment(paths) == Enrolment()
    set_phones(paths, PHONES)
    open_window(paths, LATER)
    assert load_enrolment(paths) == Enrolment(phones=PHONES, open_until=LATER)
    seal(paths, MAC)
    assert may_enrol(load_enrolment(paths), MAC, NOW) is Access.SEALED
    close_window(paths)
    approve(paths, MAC)
    assert may_enrol(load_enrolment(paths), MAC, NOW) is Access.GRANTED_BY_APPROVAL
    seal(paths, MAC)
    assert may_enrol(load_enrolment(paths), MAC, NOW) is Access.SEALED
    open_window(paths, LATER)
    assert may_enrol(load_enrolment(paths), MAC, NOW) is Access.GRANTED_BY_WINDOW
    set_phones(paths, {})
    assert may_enrol(load_enrolment(paths), MAC, NOW) is Access.UNKNOWN_PHONE
    assert paths.enrolment.stat().st_mode & 0o777 == 0o640


@pytest.mark.feature("G8")
def test_two_writers_lose_nothing(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    macs = [MacAddress(f"805ec000{number:04x}") for number in range(60)]
    set_phones(paths, dict.fromkeys(macs, PHONES[MAC]))
    writers = [threading.Thread(target=seal, args=(paths, mac)) for mac in macs]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert load_enrolment(paths).sealed == frozenset(macs)


@pytest.mark.feature("G8")
@pytest.mark.parametrize("text", ["", "[]", "{}", '{"open_until": "2026-06-01T12:00:00"}', "\x00"])
def test_a_damaged_file_opens_nothing(tmp_path: Path, text: str) -> None:
    paths = Paths(tmp_path)
    paths.enrolment.parent.mkdir()
    paths.enrolment.write_text(text)
    assert load_enrolment(paths) == Enrolment()

"""What the office manager does with phones, seen at the phones: keys G6 G7, reload and reboot G6, replace G11."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from appliance.office.numbers import MacAddress
from appliance.operations.box import Box
from appliance.paths import Paths
from provisioning.enrolment import load_enrolment
from tests.system.furnished import EXTENSION_OF, furnish, office_document, phone_rows, wait_until
from tests.virtual_office.lab import VirtualOffice
from tests.virtual_office.network import PHONES
from tests.virtual_office.sip_phone_client import SipPhoneClient
from tests.virtual_office.units import CHECKOUT
from wizard.console.by_hand import settings_of

KEY_SECONDS = 30.0
NEW_MAC = "80:5e:c0:77:01:aa"
OLD_MAC = next(phone.mac for phone in PHONES if phone.name == "yealink")


@pytest.fixture(scope="module")
def office(make_office: Callable[[], VirtualOffice]) -> VirtualOffice:
    """Four phones of four brands, all registered."""
    office = make_office()
    office.start()
    furnish(office)
    return office


def _state(office: VirtualOffice, name: str) -> dict[str, Any]:
    state: dict[str, Any] = json.loads((office.directory / f"phone-{name}" / "state.json").read_text())
    return state


def _apply(office: VirtualOffice, document: str) -> None:
    place = office.directory.parent / "office.toml"
    place.write_text(document)
    office.belbox("office", "import", str(place))
    office.belbox("apply")


@pytest.mark.feature("G6", "G7")
def test_a_new_key_reaches_every_phone_without_a_reboot(
    office: VirtualOffice, capsys: pytest.CaptureFixture[str]
) -> None:
    """One key on each phone, the mobile of the director; the phone has it within seconds and has not started again."""
    boots = {phone.name: _state(office, phone.name)["boots"] for phone in PHONES}
    document = office_document()
    for phone in PHONES:
        line = f'extension = "{EXTENSION_OF[phone.brand]}"\n'
        keys = '[{ position = 2, does = "call 0470 99 88 77", label = "Director" }]'
        document = document.replace(line, f"{line}keys = {keys}\n", 1)
    _apply(office, document)
    applied_at, after = time.monotonic(), {}
    for phone in PHONES:
        wait_until(
            lambda name=phone.name: _has_setting(_state(office, name)["settings"], "0470998877"),  # type: ignore[misc]
            KEY_SECONDS,
            lambda name=phone.name: f"{name}: {_state(office, name)}",  # type: ignore[misc]
        )
        after[phone.name] = round(time.monotonic() - applied_at, 1)
        assert _state(office, phone.name)["boots"] == boots[phone.name], f"{phone.name} started again"
    with capsys.disabled():
        print(f"\na new key at the phone, seconds after the apply: {after}")


def _has_setting(settings: dict[str, str], value: str) -> bool:
    return any(value in text for text in settings.values())


@pytest.mark.feature("G6")
def test_a_phone_is_told_to_fetch_again_and_says_so_by_fetching(office: VirtualOffice) -> None:
    for phone in PHONES:
        before = _state(office, phone.name)["resyncs"]
        told = json.loads(office.belbox("phones", "--json", "resync", phone.mac).stdout)
        assert told["way"] == "switch"
        assert 0 <= told["fetched_after"] < 10, phone.name
        assert _state(office, phone.name)["resyncs"] == before + 1


@pytest.mark.feature("G6")
def test_a_phone_starts_again_when_told_where_its_maker_documents_how(office: VirtualOffice) -> None:
    for phone in PHONES:
        before = _state(office, phone.name)["boots"]
        told = json.loads(office.belbox("phones", "--json", "reboot", phone.mac, check=False).stdout)
        if phone.name in ("yealink", "snom"):
            wait_until(lambda name=phone.name, count=before: _state(office, name)["boots"] > count, 20)  # type: ignore[misc]
        else:
            assert told["way"] == "not documented"
    wait_until(
        lambda: {row["state"] for row in phone_rows(office)} == {"registered"}, 60, lambda: str(phone_rows(office))
    )


@pytest.mark.feature("G11", "G8")
def test_a_new_phone_takes_the_place_of_a_broken_one(office: VirtualOffice) -> None:
    """Lines and keys in one step; what the old one was given opens nothing any more."""
    old_url = _state(office, "yealink")["url"]
    with _other_phone(office) as place:
        wait_until(lambda: NEW_MAC in {row["mac"] for row in phone_rows(office)}, 20)
        office.belbox("phones", "replace", OLD_MAC, NEW_MAC)

        def state() -> dict[str, Any]:
            return dict(json.loads((place / "state.json").read_text()))

        wait_until(lambda: state()["step"] == "registered", 60, lambda: str(state()))
        assert state()["account"]["user"] == "ext-e201"
        assert _has_setting(state()["settings"], "0470998877"), "the key came along"
        assert state()["url"] != old_url
        opened = office.run("router", "curl", "-sk", "-o", "/dev/null", "-w", "%{http_code}", f"{old_url}{_own_file()}")
        assert opened.stdout == "404"
        wait_until(lambda: MacAddress.parse(NEW_MAC) in load_enrolment(Paths(office.box_root)).sealed, 10)
        (row,) = [row for row in phone_rows(office) if row["extension"] == "201"]
        assert row["mac"] == NEW_MAC
        history = json.loads(office.belbox("history", "--json").stdout)
        assert any(OLD_MAC in entry["summary"] and NEW_MAC in entry["summary"] for entry in history)


def _own_file() -> str:
    return OLD_MAC.replace(":", "") + ".cfg"


@contextmanager
def _other_phone(office: VirtualOffice) -> Iterator[Any]:
    """The Yealink is unplugged, and another one from its carton put on the same cable."""
    office.ask("stop", name="yealink")
    office.run("phone-yealink", "ip", "link", "set", "eth0", "down")
    office.run("phone-yealink", "ip", "link", "set", "eth0", "address", NEW_MAC)
    office.run("phone-yealink", "ip", "link", "set", "eth0", "up")
    place = office.directory / "phone-new"
    place.mkdir()
    command = [sys.executable, "-m", "tests.virtual_office.desk_phone", "--brand", "yealink", "--mac", NEW_MAC]
    command += ["--interface", "eth0", "--state", str(place)]
    with (office.directory / "logs" / "new.log").open("wb") as log:
        phone = subprocess.Popen(office.in_place("phone-yealink", command), stdout=log, stderr=log, cwd=CHECKOUT)
    try:
        wait_until(lambda: (place / "state.json").exists(), 20)
        yield place
    finally:
        phone.terminate()
        phone.wait()


@pytest.mark.feature("E12")
def test_a_phone_set_up_by_hand_with_what_the_page_says_registers_and_calls(office: VirtualOffice) -> None:
    """A softphone on another machine of the LAN: the values of the page are all it is given."""
    box = Box(office.box_root)
    person = box.repository.newest()[1].extension("e204")
    shown = settings_of(person, box.address)
    control = office.directory / "softphone.sock"
    command = [sys.executable, "-m", "tests.virtual_office.sip_phone", "--control", str(control)]
    command += ["--address", "192.168.77.1", "--port", "5080"]
    softphone = subprocess.Popen(office.in_place("router", command), cwd=CHECKOUT)
    try:
        with SipPhoneClient(control) as phone:
            phone.connect(20)
            code = phone.register(shown["server"], shown["user"], person.sip_password.reveal(), port=int(shown["port"]))
            assert code == 200
            call = phone.call("*43")
            phone.wait_for("answered", call=call)
    finally:
        softphone.terminate()
        softphone.wait()

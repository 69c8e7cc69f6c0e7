"""A new box and four phones out of their cartons, set up in a browser by the wizard alone; then everybody calls.

BELBOX_SCREENSHOTS names a folder for pictures of every step; without it they go to pytest's own.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.chromium import running_chromium
from tests.system.furnished import EXTENSION_OF
from tests.system.person import Person, dutch
from tests.system.talking import assert_both_hear, handles_on_phones, talk
from tests.virtual_office.lab import VirtualOffice
from tests.virtual_office.network import PHONES, PROVIDER_ADDRESSES
from tests.virtual_office.provider import LINE_PASSWORDS, MOBILE_NUMBER, NUMBERS
from tests.virtual_office.sip_phone_client import SipPhoneClient
from wizard.first_boot.steps import StepName

USER_NAME, PASSWORD = "sandra", "vier woorden na elkaar"
PEOPLE = {"201": "Jan Jansen", "202": "Sandra Achterberg", "203": "Kees van de Heuvel", "204": "Monique"}
LINE_NAMES = {"line1": "Eerste lijn", "line2": "Tweede lijn"}
LINE_SECONDS = 40.0  # 15 for the registration, 15 for the call that comes back, and the apply
CALL_SECONDS = 60.0  # the page waits for the whole test call
BACKUP_SECONDS = 70.0  # the same; somebody presses 1 meanwhile
REGISTERED_SECONDS = 60.0


@pytest.fixture(scope="module")
def box(make_office: Callable[[], VirtualOffice]) -> VirtualOffice:
    """A new box, and phones that have nothing but a MAC address; not started yet."""
    return make_office()


@pytest.fixture(scope="module")
def person(box: VirtualOffice, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """Somebody at the console of the new box."""
    pictures = Path(os.environ.get("BELBOX_SCREENSHOTS", tmp_path_factory.mktemp("pictures")))
    pictures.mkdir(parents=True, exist_ok=True)
    console_port = box.start().console_port
    with running_chromium(tmp_path_factory.mktemp("chromium")) as driver:
        yield Person(driver, f"http://127.0.0.1:{console_port}", pictures)


@pytest.fixture(scope="module")
def office(box: VirtualOffice, person: Person) -> VirtualOffice:
    """The box as the wizard has set it up: nothing is done to it by any other way."""
    claim_the_box(person, (box.box_root / "office" / "claim-code").read_text().strip())
    say_where_it_stands(person)
    give_the_company_number(person)
    give_the_lines(person)
    say_when_it_is_open(person)
    name_the_employees(person)
    hand_out_the_phones(person)
    with handles_on_phones(box) as phones:
        ring_a_phone(person, phones["snom"])
        ring_the_group(person, phones["yealink"])
        do_without(person, StepName.MENU, "Iedereen neemt op")
        give_the_backup_route(person, phones["mobile"])
        person.press(f"{dutch('step-mail')} →")
        do_without(person, StepName.MAIL, "Voicemail beluisteren wij aan het toestel")
    return box


@pytest.fixture
def phones(office: VirtualOffice) -> Iterator[dict[str, SipPhoneClient]]:
    """Handles on every phone, all idle afterwards."""
    with handles_on_phones(office) as handles:
        yield handles


def claim_the_box(person: Person, code: str) -> None:
    """A wrong code is refused at its field, and what was typed stays; the right one lets in."""
    person.driver.get(person.address + "/")
    person.press("NL", within="header")
    person.fill_in(code="AAAA-BBBB-CCCC", user_name=USER_NAME, password=PASSWORD)
    person.keep_picture("claim")
    person.press(dutch("claim-button"))
    assert person.find("#code-faults").text == dutch("problem-claim-code-wrong", left="4")
    assert person.find("#user_name").get_attribute("value") == USER_NAME
    person.keep_picture("claim-wrong-code")
    person.fill_in(code=code.lower(), password=PASSWORD)
    person.press(dutch("claim-button"))
    assert person.find("h1").text == dutch("step-language")
    assert ticks(person) == {StepName.CLAIM}


def say_where_it_stands(person: Person) -> None:
    """Language, name, country and time zone."""
    person.fill_in(language="nl", company_name="De Mooi bvba", country="BE", time_zone="Europe/Brussels")
    person.keep_picture("place")
    person.press(dutch("place-button"))
    assert StepName.LANGUAGE in ticks(person)


def give_the_company_number(person: Person) -> None:
    """Without its area code it is refused at its field, and stays there; the right one has no tick before a call."""
    person.fill_in(number="555 10 01")
    person.press(dutch("company_number-button"))
    assert person.find("#number-faults").text == dutch("problem-phone-number-form", value="555 10 01")
    assert person.find("#number").get_attribute("value") == "555 10 01"
    person.keep_picture("company-number-wrong")
    person.fill_in(number=NUMBERS[0])
    person.press(dutch("company_number-button"))
    assert person.find("h1").text == dutch("step-line")
    assert StepName.COMPANY_NUMBER not in ticks(person)


def give_the_lines(person: Person) -> None:
    """With a wrong password the line says so; with the right one it is registered and a call comes in by it."""
    person.keep_picture("line-empty")
    give_a_line(person, "line1", password="not-the-password")
    person.press(dutch("line-add"), seconds=LINE_SECONDS)
    assert dutch("problem-line-not-registered", value=LINE_NAMES["line1"]) in person.find(".notice.bad").text
    assert person.find("#lines .badge").text == dutch("line-state-unregistered")
    assert not ticks(person) & {StepName.LINE, StepName.COMPANY_NUMBER}
    person.keep_picture("line-wrong-password")

    person.press(dutch("line-edit"))
    person.keep_picture("line-edit")
    person.fill_in(password=LINE_PASSWORDS["line1"])
    person.press(dutch("line-save"), seconds=LINE_SECONDS)
    assert dutch("line-works", name=LINE_NAMES["line1"], number=NUMBERS[0]) in person.find(".notice.good").text
    assert ticks(person) >= {StepName.LINE, StepName.COMPANY_NUMBER}
    person.keep_picture("line")

    person.unfold(dutch("line-add-another"))
    give_a_line(person, "line2", password=LINE_PASSWORDS["line2"])
    person.press(dutch("line-add"), seconds=LINE_SECONDS)
    assert dutch("line-works", name=LINE_NAMES["line2"], number=NUMBERS[0]) in person.find(".notice.good").text
    assert [badge.text for badge in person.find_all("#lines .badge")] == [dutch("line-state-ready")] * 2
    assert ticks(person) >= {StepName.LINE, StepName.COMPANY_NUMBER}
    person.keep_picture("lines")


def give_a_line(person: Person, line: str, *, password: str) -> None:
    """Type the letter of the telephone company."""
    host = PROVIDER_ADDRESSES[line]
    person.fill_in(name=LINE_NAMES[line], host=host, username=f"belbox-{line}", password=password)


def say_when_it_is_open(person: Person) -> None:
    """Hours that end before they begin are refused; the tick comes after a call as if the office were closed."""
    person.press(f"{dutch('step-hours')} →")
    person.keep_picture("hours-empty")
    person.fill_in(periods="17:00-09:00")
    person.press(dutch("hours-button"))
    assert person.find("#periods-faults").text == dutch("problem-period-order", value="17:00-09:00")
    for day in ("saturday", "sunday"):
        person.find(f'input[name="days"][value="{day}"]').click()
    person.fill_in(periods=all_day_but_an_hour())
    person.press(dutch("hours-button"))
    assert StepName.HOURS not in ticks(person)
    person.press(dutch("hours-prove"), seconds=CALL_SECONDS)
    assert StepName.HOURS in ticks(person)
    person.keep_picture("hours")


def all_day_but_an_hour() -> str:
    """Return hours in which the office is open now, whenever the test runs, and closed for one hour later on."""
    closed = (datetime.now(ZoneInfo("Europe/Brussels")).hour + 6) % 24  # noqa: TID251  the switch's own clock
    around = [(0, closed), (closed + 1, 24)]
    return ", ".join(f"{start:02}:00-{end:02}:00" for start, end in around if start < end)


def ring_the_group(person: Person, yealink: SipPhoneClient) -> None:
    """The group of everyone rings, and then has its tick."""
    person.press(f"{dutch('step-groups')} →")
    assert StepName.GROUPS not in ticks(person)
    mark = yealink.last_sequence()
    person.press(dutch("setup-test-ring_group", name="600 Iedereen"), seconds=CALL_SECONDS)
    yealink.wait_for("incoming", timeout=1, after=mark)
    assert StepName.GROUPS in ticks(person)
    person.keep_picture("groups")
    person.press(f"{dutch('step-menu')} →")


def do_without(person: Person, step: StepName, reason: str) -> None:
    """The step is passed, for a reason that the checklist and the report tell."""
    assert person.find("h1").text == dutch(f"step-{step}")
    person.unfold(dutch("setup-pass"))
    person.fill_in(reason=reason)
    person.keep_picture(f"{step}-passed")
    person.press(dutch("setup-pass-button"))
    assert step not in ticks(person)


def name_the_employees(person: Person) -> None:
    """One is typed, three are pasted."""
    person.press(f"{dutch('step-employees')} →")
    person.fill_in(name=PEOPLE["201"], number="201")
    person.keep_picture("employees-empty")
    person.press(dutch("employee-add"))
    assert StepName.EMPLOYEES in ticks(person)
    person.unfold(dutch("employee-paste-open"))
    person.fill_in(list="\n".join(f"{number} {name}" for number, name in list(PEOPLE.items())[1:]))
    person.press(dutch("employee-paste"))
    assert [number.text for number in person.find_all(".rows .number")] == list(PEOPLE)
    person.keep_picture("employees")


def hand_out_the_phones(person: Person) -> None:
    """The four appear by themselves; each is given to somebody, and has its green tick without a reload."""
    person.press(f"{dutch('step-phones')} →")
    person.press(dutch("window-button"))
    person.wait_for(lambda: len(person.find_all("#phones > li .mac")) == len(PHONES), REGISTERED_SECONDS)
    assert not person.find_all("#phones .badge.registered")
    person.keep_picture("phones-found")
    for phone in PHONES:
        digits = phone.mac.replace(":", "")
        person.type_in_row(f"#phone-{digits}", str(EXTENSION_OF[phone.brand]), dutch("phone-assign"))
    person.keep_picture("phones-assigned")
    person.driver.execute_script("document.body.dataset.samePage = 'yes'")
    person.wait_for(lambda: len(person.find_all("#phones .badge.registered")) == len(PHONES), REGISTERED_SECONDS)
    person.wait_for(lambda: StepName.PHONES in ticks(person))
    assert {badge.text for badge in person.find_all("#phones .badge")} == {f"✓ {dutch('phone-state-registered')}"}
    assert person.find("body").get_attribute("data-same-page") == "yes"
    person.keep_picture("phones-registered")


def ring_a_phone(person: Person, snom: SipPhoneClient) -> None:
    """The phone that is pointed at rings and is answered, and the page says so."""
    mark = snom.last_sequence()
    snom.set_behaviour(auto_answer_after=1.0)
    person.press(dutch("phone-ring", number="202"), seconds=CALL_SECONDS)
    snom.wait_for("incoming", timeout=1, after=mark)
    person.keep_picture("phone-rung")
    assert person.find(".notice.good").text.startswith(f"{dutch('notice-good')} 202")


def give_the_backup_route(person: Person, mobile: SipPhoneClient) -> None:
    """The tick comes when whoever carries the mobile answers it and presses 1; its mailbox is nobody."""
    assert person.find("h1").text == dutch("step-backup_route")
    person.fill_in(number="0470 12 34 56")
    person.keep_picture("backup-route-empty")
    person.press(dutch("backup_route-button"))
    assert StepName.BACKUP_ROUTE not in ticks(person)
    person.keep_picture("backup-route-saved")
    mobile.set_behaviour(auto_answer_after=1.0)
    person.press(dutch("backup_route-test"), seconds=BACKUP_SECONDS)
    assert person.find(".notice.bad").text.endswith(dutch("problem-backup-not-taken", value=MOBILE_NUMBER))
    assert StepName.BACKUP_ROUTE not in ticks(person)
    with ThreadPoolExecutor(1) as carrier:
        pressed = carrier.submit(press_one, mobile, mobile.last_sequence())
        person.press(dutch("backup_route-test"), seconds=BACKUP_SECONDS)
        pressed.result()
    assert StepName.BACKUP_ROUTE in ticks(person)
    person.keep_picture("backup-route")


def press_one(mobile: SipPhoneClient, mark: int) -> None:
    """Take the next call at the mobile, as the voice asks."""
    call = mobile.wait_for("incoming", timeout=BACKUP_SECONDS, after=mark)["call"]
    mobile.wait_for("answered", timeout=10, call=call)
    mobile.send_dtmf(call, "1")


def ticks(person: Person) -> set[StepName]:
    """Return the steps with a tick in the checklist."""
    marks = {step.find_element("css selector", ".name").text: step for step in person.find_all(".checklist li")}
    return {name for name in StepName if "proven" in str(marks[dutch(f"step-{name}")].get_attribute("class"))}


@pytest.mark.feature("A2", "A3", "A5", "A6", "A7", "A8", "A9", "A10", "A12", "A13", by="page")
def test_the_wizard_ends_with_every_tick_and_the_paper_for_the_office(office: VirtualOffice, person: Person) -> None:
    """A2, A3, A5, A7-A9, A12, A13: the hand-over page names everybody, every number and every proof."""
    person.driver.get(person.address + "/setup/hand-over")
    person.keep_picture("hand-over")
    assert ticks(person) == set(StepName) - {StepName.MENU, StepName.MAIL}
    page = person.read()
    assert "Iedereen neemt op" in page
    for words in (*PEOPLE, *PEOPLE.values(), NUMBERS[0], MOBILE_NUMBER, *LINE_NAMES.values(), "De Mooi bvba", "112"):
        assert words in page, words
    labels = {label.find_element("css selector", ".mac").text for label in person.find_all(".label")}
    assert labels == {phone.mac for phone in PHONES}
    pictures = person.find_all(".label img")
    assert [picture.get_attribute("naturalWidth") for picture in pictures].count("0") == 0
    person.press(f"{dutch('home-title')} →")
    assert "good" in str(person.find("#sentence").get_attribute("class"))
    person.keep_picture("home")
    said = person.driver.get_log("browser")  # type: ignore[no-untyped-call]  # selenium gives it no types
    assert [entry for entry in said if " 422 " not in entry["message"]] == []


@pytest.mark.feature("A13")
def test_the_command_line_says_the_same(office: VirtualOffice) -> None:
    """A13: all parts, both lines and the four phones are right."""
    status = json.loads(office.belbox("status", "--json").stdout)
    assert status["ok"]
    assert status["lines"] == [{"name": name, "state": "ready"} for name in LINE_NAMES.values()]
    assert status["phones"] == {"seen": len(PHONES), "registered": len(PHONES)}


@pytest.mark.feature("A9", "G8")
def test_each_phone_has_its_settings_from_its_own_secret_path(office: VirtualOffice) -> None:
    """A9, G8: four different paths, by HTTPS, for phones that knew nothing."""
    states = [json.loads((office.directory / f"phone-{phone.name}" / "state.json").read_text()) for phone in PHONES]
    assert {state["step"] for state in states} == {"registered"}
    assert all(state["url"].startswith("https://192.168.77.2/p/") for state in states)
    assert len({state["url"].split("/p/")[1].split("/")[0] for state in states}) == len(PHONES)


@pytest.mark.feature("A8", "A9")
@pytest.mark.parametrize(
    ("caller", "callee"),
    [("yealink", "snom"), ("snom", "grandstream"), ("grandstream", "panasonic"), ("panasonic", "yealink")],
)
def test_the_phones_call_each_other(phones: dict[str, SipPhoneClient], caller: str, callee: str) -> None:
    """A8, A9: each brand calls and is called, and both hear each other."""
    outgoing, incoming = talk(phones[caller], EXTENSION_OF[callee], phones[callee])
    assert_both_hear((caller, phones[caller], outgoing), (callee, phones[callee], incoming))


@pytest.mark.feature("A5", "A7")
def test_a_phone_calls_the_mobile(phones: dict[str, SipPhoneClient]) -> None:
    """A5, A7: the mobile sees the company number; both hear each other."""
    outgoing, incoming = talk(phones["yealink"], "0470123456", phones["mobile"])
    seen = next(call for call in phones["mobile"].calls() if call["call"] == incoming)
    assert seen["number"] == NUMBERS[0]
    assert_both_hear(("yealink", phones["yealink"], outgoing), ("mobile", phones["mobile"], incoming))


@pytest.mark.feature("A5", "A7")
def test_the_mobile_calls_the_company_and_all_phones_ring(phones: dict[str, SipPhoneClient]) -> None:
    """A5, A7: the company number rings everybody; who answers talks."""
    marks = {name: phones[name].last_sequence() for name in EXTENSION_OF}
    outgoing = phones["mobile"].call(NUMBERS[0])
    ringing = {name: phones[name].wait_for("incoming", timeout=10, after=marks[name])["call"] for name in EXTENSION_OF}
    phones["panasonic"].answer(ringing["panasonic"])
    phones["mobile"].wait_for("answered", timeout=10, call=outgoing)
    assert_both_hear(("mobile", phones["mobile"], outgoing), ("panasonic", phones["panasonic"], ringing["panasonic"]))

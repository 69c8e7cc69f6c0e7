"""The pages about one phone, the network and firmware: what is shown, what is asked of the services."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from defusedxml.ElementTree import fromstring

from appliance.office.extension import SecureCalling
from appliance.office.numbers import MacAddress
from appliance.office.phone_key import Colleague, PhoneKey
from appliance.office.problems import Problem
from appliance.office.voicemail import LISTEN_NUMBER
from tests.fakes import FakeServices, a_phone_view
from tests.offices import two_phones
from tests.strategies_of_values import HOSTILE_TEXTS
from tests.unit.wizard.browser import Person
from wizard.key_words import read_key, show_key, suggestions
from wizard.phone_picture import phone_picture
from wizard.services import KeyView, PhoneDetail, ToldView
from wizard.texts import LANGUAGES

MAC = "80:5e:c0:00:02:01"
PAGE = f"/phones/{MAC}"


@pytest.fixture
def services() -> FakeServices:
    """A phone of Jan with one key."""
    office = two_phones()
    phone = replace(office.phones[0], keys=(PhoneKey(position=3, does=Colleague("e202"), label="Sandra"),))
    return FakeServices(
        the_office=replace(office, phones=(phone,)),
        account_language="en",
        phones=[a_phone_view(state="registered", extension_id="e201"), a_phone_view("80:5e:c0:00:02:09")],
    )


@pytest.mark.feature("G7")
def test_keys_stand_on_a_picture_and_in_a_form(services: FakeServices) -> None:
    page = Person(services).see(PAGE)
    assert "<svg" in page
    assert 'value="202 Sandra Achterberg"' in page
    assert '<option value="300 Reception">' in page
    assert page.count('name="key-') == 3 * 5, "one key in use and four lines to fill in"


@pytest.mark.feature("G7", "G6")
def test_keys_are_saved_as_typed_and_the_phone_is_told_on_request(services: FakeServices) -> None:
    fields = {
        "key-1-position": "3", "key-1-does": "202 Sandra Achterberg", "key-1-label": "",
        "key-2-position": "4", "key-2-does": "", "key-2-label": "gone",
        "key-3-position": "5", "key-3-does": "0470 99 88 77", "key-3-label": "Director",
        "reload": "1",
    }  # fmt: skip
    answer = Person(services).send(f"{PAGE}/keys", fields, page=PAGE)
    assert answer.status_code == 303
    assert f"save_keys {MAC} [(3, 'colleague', 'e202', ''), (5, 'call', '0470 99 88 77', 'Director')]" in services.asked
    assert f"resync {MAC}" in services.asked


@pytest.mark.feature("G7")
def test_fault_stands_at_its_line_and_nothing_typed_is_lost(services: FakeServices) -> None:
    fields = {
        "key-1-position": "3", "key-1-does": "", "key-1-label": "",
        "key-2-position": "4", "key-2-does": "nonsense <b>", "key-2-label": "My label",
    }  # fmt: skip
    answer = Person(services).send(f"{PAGE}/keys", fields, page=PAGE)
    assert answer.status_code == 422
    assert 'id="key-2-faults"' in answer.text
    assert 'value="nonsense &lt;b&gt;"' in answer.text
    assert 'value="My label"' in answer.text
    assert 'id="key-1-faults"' not in answer.text


@pytest.mark.feature("G6")
@pytest.mark.parametrize(
    ("told", "says"),
    [
        (ToldView(way="switch", code=None, fetched_after=1.2), "1.2 s later"),
        (ToldView(way="direct", code=200, fetched_after=None), "has not fetched"),
        (ToldView(way="none", code=None, fetched_after=None), "is not there"),
        (ToldView(way="not documented", code=None, fetched_after=None), "documents no way"),
    ],
)
def test_what_came_back_of_a_restart_is_said(services: FakeServices, told: ToldView, says: str) -> None:
    services.phone_services.told = told
    person = Person(services)
    assert person.send(f"{PAGE}/reboot", page=PAGE).status_code == 303
    assert f"reboot {MAC}" in services.asked
    assert says in person.see(PAGE)


@pytest.mark.feature("G11")
def test_a_broken_phone_is_replaced_by_one_that_nobody_has(services: FakeServices) -> None:
    answer = Person(services).send(f"{PAGE}/replace", {"new": "80:5e:c0:00:02:09"}, page=PAGE)
    assert answer.status_code == 303
    assert answer.location.endswith("/phones/80:5e:c0:00:02:09")
    assert f"replace {MAC} by 80:5e:c0:00:02:09" in services.asked


@pytest.mark.feature("G1", "G8")
def test_a_stuck_phone_says_why_and_can_be_let_in(services: FakeServices) -> None:
    held = Problem(where=MAC, rule="phone-waits-for-window", facts={"value": MAC, "asked": "tftp x.cfg: not now"})
    services.phones[0] = replace(services.phones[0], state="asked", held=held)
    person = Person(services)
    assert "tftp x.cfg: not now" in person.see(PAGE)
    person.send(f"{PAGE}/approve", page=PAGE)
    assert f"approve {MAC}" in services.asked


@pytest.mark.feature("G3", "A4")
def test_a_new_dhcp_role_is_tried_and_kept(services: FakeServices) -> None:
    person = Person(services)
    fields = {"role": "server", "pool_start": "192.0.2.100", "pool_end": "192.0.2.150"}
    assert person.send("/network", fields).status_code == 303
    assert "role server 192.0.2.100-192.0.2.150" in services.asked
    services.phone_services.on_trial_until = datetime(2026, 11, 21, 13, 6, tzinfo=UTC)
    assert "14:06" in person.see("/network"), "the office's own time"
    person.send("/network/keep", page="/network")
    assert "14:06" not in person.see("/network")
    services.phone_services.role_problems = (
        Problem(where="role", rule="another-dhcp-server", facts={"value": "192.0.2.1"}),
    )
    answer = person.send("/network", fields)
    assert answer.status_code == 422
    assert "192.0.2.1" in answer.text


@pytest.mark.feature("G10")
def test_firmware_is_started_by_night_and_stopped(services: FakeServices) -> None:
    person = Person(services)
    person.send("/firmware/start", {"firmware": "a.rom", "when": "night"}, page=PAGE)
    person.send("/firmware/start", {"firmware": "a.rom", "when": "now"}, page=PAGE)
    person.send("/firmware/stop", page=PAGE)
    assert services.asked[-3:] == ["start a.rom by night", "start a.rom now", "stop firmware"]


def test_a_phone_that_is_not_there_has_no_page(services: FakeServices) -> None:
    assert Person(services).client.get("/phones/00:00:00:00:00:00").status_code == 404


@pytest.mark.feature("G7")
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_person_chooses_from_is_what_is_read_back(services: FakeServices, language: str) -> None:
    office = services.the_office
    for shown in suggestions(office, 2, language):
        kind, value = read_key(office, shown)
        assert kind != "call"
        assert show_key(office, KeyView(module=0, position=1, kind=kind, value=value), language) == shown
    assert read_key(office, "202") == ("colleague", "e202")
    assert read_key(office, "0470 12 34 56") == ("call", "0470 12 34 56")
    assert read_key(office, "2025 550 10 01") == ("call", "2025 550 10 01")


@pytest.mark.feature("G7", "R6")
@pytest.mark.parametrize("hostile", HOSTILE_TEXTS)
def test_hostile_labels_stay_text_in_the_picture(services: FakeServices, hostile: str) -> None:
    text = "".join(letter for letter in hostile if letter.isprintable())
    keys = [KeyView(module=module, position=1, kind="call", value="1", shown=text) for module in (0, 1)]
    view = replace(services.phones[0], model=text[:40])
    detail = PhoneDetail(view=view, is_known_model=True, line_keys=1, modules=1, module_keys=1, keys=keys)
    picture = fromstring(phone_picture(detail, "en"))
    names = {element.tag.partition("}")[2] for element in picture.iter()}
    assert names == {"svg", "title", "rect", "text", "g"}


@pytest.mark.feature("G9")
def test_a_phone_of_the_office_without_an_owner_is_not_offered_in_place_of_another(services: FakeServices) -> None:
    """It stands in an office file and has keys of its own: replacing by it is refused."""
    office = services.the_office
    unowned = replace(office.phones[0], id="p9", mac=MacAddress.parse("80:5e:c0:00:02:09"), extension_id=None, keys=())
    services.phones.append(a_phone_view("80:5e:c0:00:02:0a"))
    services.the_office = replace(office, phones=(*office.phones, unowned))
    page = Person(services).see(PAGE)
    assert '<option value="80:5e:c0:00:02:0a">' in page
    assert "80:5e:c0:00:02:09" not in page


@pytest.mark.feature("E12")
def test_a_softphone_is_set_up_by_text_and_qr_and_the_password_only_on_request(services: FakeServices) -> None:
    person = Person(services)
    secret = services.the_office.extensions[0].sip_password.reveal()
    page = person.see("/by-hand/e201")
    assert secret not in page
    for value in ("192.0.2.2", "5060", "UDP", "ext-e201", "Jan Jansen", f">{LISTEN_NUMBER}<"):
        assert value in page
    assert "ca.pem" not in page, "what is in clear needs no authority"
    answer = person.send("/by-hand/e201")
    assert secret in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    picture = answer.text[answer.text.index('<div class="qr">') :]
    assert picture.startswith('<div class="qr"><svg')
    assert person.client.get("/by-hand/nobody").status_code == 404


@pytest.mark.feature("E12", "E4")
def test_an_extension_that_must_be_secure_is_told_so(services: FakeServices) -> None:
    office = services.the_office
    secure = replace(office.extensions[0], secure_calling=SecureCalling.ALWAYS)
    services.the_office = replace(office, extensions=(secure, *office.extensions[1:]))
    page = Person(services).see("/by-hand/e201")
    assert "5061" in page
    assert "SRTP (SDES)" in page
    assert 'href="http://192.0.2.2/ca.pem"' in page

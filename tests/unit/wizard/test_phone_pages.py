"""The pages about one phone, the network and firmware: what is shown, and what is so afterwards."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from defusedxml.ElementTree import fromstring

from appliance.changes.phones import TypedKey
from appliance.office.extension import SecureCalling
from appliance.office.numbers import MacAddress, PhoneNumber
from appliance.office.office import Office
from appliance.office.phone import Brand
from appliance.office.phone_key import Colleague, OutsideNumber, PhoneKey
from appliance.office.secret import Secret
from appliance.office.voicemail import LISTEN_NUMBER
from appliance.operations.phone_keys import PhoneDetail, PlacedKey
from appliance.operations.phone_signals import PhoneSignals
from appliance.system.helper import RestartableUnit
from appliance.words.texts import LANGUAGES
from provisioning.discovery.dhcp_server_report import DhcpServerFound
from provisioning.enrolment import load_enrolment
from provisioning.firmware_rollout import RolloutState
from provisioning.network_facts import DhcpRole
from provisioning.phone_identity import Answer, PhoneState
from tests.edges.edged_box import ADDRESS, MAC, USER_NAME, EdgedBox, MakeBox
from tests.offices import two_phones
from tests.strategies_of_values import HOSTILE_TEXTS
from tests.unit.wizard.browser import Person
from wizard.key_words import read_key, show_key, suggestions
from wizard.phone_picture import phone_picture

NOBODYS = MacAddress.parse("80:5e:c0:00:02:09")
PAGE = f"/phones/{MAC}"


@pytest.fixture
def box(make_box: MakeBox) -> EdgedBox:
    """A phone of Jan with one key, registered; and one that nobody has."""
    made: EdgedBox = make_box(with_one_key(), language="en")
    made.see(NOBODYS, address="192.168.77.109")
    made.see(state=PhoneState.FETCHED)
    made.register()
    return made


def with_one_key() -> Office:
    office = two_phones()
    phone = replace(office.phones[0], keys=(PhoneKey(position=3, does=Colleague("e202"), label="Sandra"),))
    return replace(office, phones=(phone,))


def keys_of(box: EdgedBox) -> list[tuple[int, object, str]]:
    """The keys that are saved."""
    return [(key.position, key.does, key.label) for key in box.office.phones[0].keys]


@pytest.mark.feature("G7")
def test_keys_stand_on_a_picture_and_in_a_form(box: EdgedBox) -> None:
    page = Person(box).see(PAGE)
    assert "<svg" in page
    assert 'value="202 Sandra Achterberg"' in page
    assert '<option value="300 Reception">' in page
    assert page.count('name="key-') == 4 * 6, "a line, one key in use and four to fill in, each with its module"


@pytest.mark.feature("G7", "G6")
def test_keys_are_saved_as_typed_and_the_phone_is_told_on_request(box: EdgedBox) -> None:
    fields = {
        "key-1-position": "3", "key-1-does": "202 Sandra Achterberg", "key-1-label": "",
        "key-2-position": "4", "key-2-does": "", "key-2-label": "gone",
        "key-3-position": "5", "key-3-does": "0470 99 88 77", "key-3-label": "Director",
        "reload": "1",
    }  # fmt: skip
    answer = Person(box).send(f"{PAGE}/keys", fields, page=PAGE)
    assert answer.status_code == 303
    assert keys_of(box) == [
        (3, Colleague("e202"), ""),
        (5, OutsideNumber(PhoneNumber("+32470998877")), "Director"),
    ]
    assert [one["URI"] for one in box.switch.heard if one["Action"] == "PJSIPNotify"]


@pytest.mark.feature("G7")
def test_fault_stands_at_its_line_and_nothing_typed_is_lost(box: EdgedBox) -> None:
    fields = {
        "key-1-position": "3", "key-1-does": "", "key-1-label": "",
        "key-2-position": "4", "key-2-does": "nonsense <b>", "key-2-label": "My label",
    }  # fmt: skip
    answer = Person(box).send(f"{PAGE}/keys", fields, page=PAGE)
    assert answer.status_code == 422
    assert 'id="key-2-faults"' in answer.text
    assert 'value="nonsense &lt;b&gt;"' in answer.text
    assert 'value="My label"' in answer.text
    assert 'id="key-1-faults"' not in answer.text
    assert keys_of(box) == [(3, Colleague("e202"), "Sandra")], "nothing is saved"


def fetch_once_told(box: EdgedBox) -> None:
    """As a phone does that is told to fetch its settings again."""
    box.switch.wait_heard("PJSIPNotify")
    box.clock.go_on(1.2)
    box.see(state=PhoneState.FETCHED, asked="805ec0000201.cfg")


@pytest.mark.feature("G6")
def test_a_phone_that_reads_its_settings_is_said_to(box: EdgedBox) -> None:
    # It fetches at once; a busy machine may take its time to say so.
    box.operations = replace(box.operations, phone_signals=PhoneSignals(box.box, 30.0))
    person = Person(box)
    fetched = threading.Thread(target=fetch_once_told, args=(box,))
    fetched.start()
    assert person.send(f"{PAGE}/resync", page=PAGE).status_code == 303
    fetched.join()
    assert "1.2 s later" in person.see(PAGE)


@pytest.mark.feature("G6")
@pytest.mark.parametrize(("answers", "says"), [(True, "has not fetched"), (False, "is not there")])
def test_what_came_back_of_a_phone_that_is_not_registered_is_said(box: EdgedBox, answers: bool, says: str) -> None:
    box.clock.go_on(1)
    box.switch.contacts = []
    box.look_anew()
    box.lan.answers = {ADDRESS: 200} if answers else {}
    person = Person(box)
    assert person.send(f"{PAGE}/reboot", page=PAGE).status_code == 303
    assert box.lan.notified[-1][0] == ADDRESS
    assert says in person.see(PAGE)


@pytest.mark.feature("G6")
def test_a_brand_that_documents_no_way_to_restart_has_no_button_for_it(box: EdgedBox) -> None:
    panasonic = replace(box.office.phones[0], brand=Brand.PANASONIC, model="KX-HDV230", keys=())
    box.apply(replace(box.office, phones=(panasonic,)))
    person = Person(box)
    assert f"{PAGE}/reboot" not in person.see(PAGE)
    person.send(f"{PAGE}/reboot", page=PAGE)
    assert "documents no way" in person.see(PAGE)


@pytest.mark.feature("G11")
def test_a_broken_phone_is_replaced_by_one_that_nobody_has(box: EdgedBox) -> None:
    before = box.office.phones[0]
    answer = Person(box).send(f"{PAGE}/replace", {"new": str(NOBODYS)}, page=PAGE)
    assert answer.status_code == 303
    assert answer.location.endswith(f"/phones/{NOBODYS}")
    (after,) = box.office.phones
    assert (after.mac, after.id, after.extension_id, after.keys) == (NOBODYS, before.id, "e201", before.keys)
    assert after.token != before.token
    assert NOBODYS in load_enrolment(box.box.paths).approved


@pytest.mark.feature("G1", "G8")
def test_a_stuck_phone_says_why_and_can_be_let_in(box: EdgedBox) -> None:
    box.switch.contacts = []
    box.look_anew()
    box.clock.go_on(1)
    box.see(state=PhoneState.ASKED, asked="x.cfg", answer=Answer.NOT_NOW)
    person = Person(box)
    assert "tftp x.cfg: not now" in person.see(PAGE)
    person.send(f"{PAGE}/approve", page=PAGE)
    assert MAC in load_enrolment(box.box.paths).approved
    assert "tftp x.cfg: not now" not in person.see(PAGE)


@pytest.mark.feature("G3", "A4")
def test_a_new_dhcp_role_is_tried_and_kept(box: EdgedBox) -> None:
    person = Person(box)
    fields = {"role": "server", "pool_start": "192.0.2.100", "pool_end": "192.0.2.150"}
    assert person.send("/network", fields).status_code == 303
    assert box.box.network.dhcp_role is DhcpRole.SERVER
    assert RestartableUnit.DNSMASQ in box.helper.restarted
    until = box.operations.network.on_trial_until()
    assert until is not None
    hour = until.astimezone(ZoneInfo("Europe/Brussels")).strftime("%H:%M")
    assert hour in person.see("/network"), "the office's own time"
    person.send("/network/keep", page="/network")
    assert hour not in person.see("/network")


@pytest.mark.feature("G3", "A4")
def test_another_dhcp_server_is_named_and_never_joined(box: EdgedBox) -> None:
    box.lan.others = (DhcpServerFound(address="192.0.2.1", mac=NOBODYS, hands_out={66: "tftp.old.example"}),)
    person = Person(box)
    answer = person.send("/network", {"role": "server", "pool_start": "192.0.2.100", "pool_end": "192.0.2.150"})
    assert answer.status_code == 422
    assert "192.0.2.1" in answer.text
    assert box.box.network.dhcp_role is DhcpRole.NEIGHBOUR
    assert "tftp.old.example" not in person.see("/network")
    assert "tftp.old.example" in person.send_and_follow("/network/look", page="/network")


@pytest.mark.feature("G10")
@pytest.mark.parametrize("when", ["night", "now"])
def test_firmware_is_started_and_stopped(box: EdgedBox, tmp_path: Path, when: str) -> None:
    image = tmp_path / "a.rom"
    image.write_bytes(b"firmware")
    digest = hashlib.sha256(b"firmware").hexdigest()
    box.operations.firmware.add(image, brand=Brand.YEALINK, models=["SIP-T46U"], version="108.86.0.118", digest=digest)
    person = Person(box)
    assert 'value="a.rom"' in person.see("/firmware")
    person.send("/firmware/start", {"firmware": "a.rom", "when": when}, page=PAGE)
    rollout = box.operations.firmware.rollout()
    assert rollout is not None
    assert (rollout.firmware, rollout.by_night, rollout.state) == ("a.rom", when == "night", RolloutState.RUNNING)
    assert [phone.mac for phone in rollout.phones] == [MAC]
    person.send("/firmware/stop", page=PAGE)
    stopped = box.operations.firmware.rollout()
    assert stopped is not None
    assert (stopped.state, stopped.because) == (RolloutState.STOPPED, USER_NAME)


def test_firmware_that_the_library_does_not_have_is_not_started(box: EdgedBox) -> None:
    answer = Person(box).send("/firmware/start", {"firmware": "b.rom", "when": "now"}, page=PAGE)
    assert answer.status_code == 422
    assert "b.rom" in answer.text
    assert box.operations.firmware.rollout() is None


def test_a_phone_that_is_not_there_has_no_page(box: EdgedBox) -> None:
    assert Person(box).client.get("/phones/00:00:00:00:00:00").status_code == 404


@pytest.mark.feature("G7")
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_person_chooses_from_is_what_is_read_back(box: EdgedBox, language: str) -> None:
    office = box.office
    for shown in suggestions(office, 2, language):
        kind, value = read_key(office, shown)
        assert kind != "call"
        assert show_key(office, TypedKey(position=1, kind=kind, value=value), language) == shown
    assert read_key(office, "202") == ("colleague", "e202")
    assert read_key(office, "0470 12 34 56") == ("call", "0470 12 34 56")
    assert read_key(office, "2025 550 10 01") == ("call", "2025 550 10 01")


@pytest.mark.feature("G7", "R6")
@pytest.mark.parametrize("hostile", HOSTILE_TEXTS)
def test_hostile_labels_stay_text_in_the_picture(box: EdgedBox, hostile: str) -> None:
    text = "".join(letter for letter in hostile if letter.isprintable())
    keys = [PlacedKey(module=module, position=1, kind="call", value="1", shown=text) for module in (0, 1)]
    listed = box.operations.live.now().phones[0]
    detail = PhoneDetail(
        phone=replace(listed, model=text[:40]), is_known_model=True, line_keys=1, modules=1, module_keys=1, keys=keys
    )
    picture = fromstring(phone_picture(detail, "en"))
    names = {element.tag.partition("}")[2] for element in picture.iter()}
    assert names == {"svg", "title", "rect", "text", "g"}


@pytest.mark.feature("G9")
def test_a_phone_of_the_office_without_an_owner_is_not_offered_in_place_of_another(box: EdgedBox) -> None:
    """It stands in an office file and has keys of its own: replacing by it is refused."""
    unowned = replace(box.office.phones[0], id="p9", mac=NOBODYS, token=Secret("f" * 32), extension_id=None, keys=())
    box.see(MacAddress.parse("80:5e:c0:00:02:0a"))
    box.apply(replace(box.office, phones=(*box.office.phones, unowned)))
    page = Person(box).see(PAGE)
    assert '<option value="80:5e:c0:00:02:0a">' in page
    assert "80:5e:c0:00:02:09" not in page


@pytest.mark.feature("E12")
def test_a_softphone_is_set_up_by_text_and_qr_and_the_password_only_on_request(box: EdgedBox) -> None:
    person = Person(box)
    secret = box.office.extensions[0].sip_password.reveal()
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
def test_an_extension_that_must_be_secure_is_told_so(box: EdgedBox) -> None:
    office = box.office
    secure = replace(office.extensions[0], secure_calling=SecureCalling.ALWAYS)
    box.apply(replace(office, extensions=(secure, *office.extensions[1:])))
    page = Person(box).see("/by-hand/e201")
    assert "5061" in page
    assert "SRTP (SDES)" in page
    assert 'href="http://192.0.2.2/ca.pem"' in page

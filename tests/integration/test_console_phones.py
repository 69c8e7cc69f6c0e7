"""What the pages show of phones, whatever is said of them on the LAN."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.asterisk.live_state import LiveContact, LiveState
from appliance.office.numbers import MacAddress
from appliance.office.phone import Brand
from appliance.operations.edges import now
from provisioning.discovery.inventory import MOST_STRANGERS, Inventory, read_phones
from provisioning.drivers.recognition import Certainty
from provisioning.phone_identity import Answer, PhoneRequest, PhoneState, SeenBy, Sighting
from tests.integration.console_box import Browser, ConsoleBox
from tests.offices import an_extension, two_phones

MAC = MacAddress.parse("80:5e:c0:00:02:01")
ADDRESS, ELSEWHERE = "192.168.77.100", "192.168.77.66"
MOST_PAGE_BYTES = 1_500_000  # with 250 employees, whom each row offers
USER_AGENT = "Yealink SIP-T46U 108.86.0.20"


def a_sighting(mac: MacAddress = MAC, **given: object) -> Sighting:
    whole = Sighting(
        mac=mac, brand=Brand.YEALINK, certainty=Certainty.EXACT, because="User-Agent (http)", seen_by=SeenBy.HTTP,
        when=now(), address=ADDRESS, model="SIP-T46U", firmware="108.86.0.20", state=PhoneState.FETCHED,
    )  # fmt: skip
    return replace(whole, **given)  # type: ignore[arg-type]


CLAIMS: dict[str, dict[str, object]] = {
    "dhcp": {"seen_by": SeenBy.DHCP, "state": PhoneState.SEEN, "model": None, "firmware": None},
    "arp": {"seen_by": SeenBy.ARP, "state": PhoneState.SEEN, "certainty": Certainty.BRAND},
    "pnp": {"seen_by": SeenBy.SIP_PNP, "state": PhoneState.ASKED, "model": "SIP-T31P", "firmware": "9" * 40},
    "tftp": {
        "seen_by": SeenBy.TFTP, "state": PhoneState.ASKED, "brand": Brand.SNOM,
        "request": PhoneRequest(seen_by=SeenBy.TFTP, asked="x.cfg", answer=Answer.NOT_THERE, when=now()),
    },
    "http": {"seen_by": SeenBy.HTTP, "state": PhoneState.ENROLLED, "because": "asked for x"},
    "sip": {"seen_by": SeenBy.SIP, "state": PhoneState.ASKED, "brand": Brand.GRANDSTREAM},
}  # fmt: skip


@pytest.fixture
def box(tmp_path: Path, switch_root: Path, monkeypatch: pytest.MonkeyPatch) -> ConsoleBox:
    """A box whose switch says that Jan's phone is registered."""
    box = ConsoleBox(tmp_path / "box", switch_root)
    box.box.repository.save(two_phones(), based_on=0, author="test", summary="", now=box.moment())
    box.box.apply()
    contact = LiveContact(
        sip_user="ext-e201", address=ADDRESS, uri=f"sip:ext-e201@{ADDRESS}:5060", user_agent=USER_AGENT,
        is_reachable=True, round_trip_milliseconds=1.0, expires_at="1000",
    )  # fmt: skip
    state = LiveState(lines=(), contacts=(contact,), calls=0)
    monkeypatch.setattr(type(box.box), "look", lambda _: state)
    return box


def shown(person: Browser) -> str:
    """All that the pages say of the phone, without the tokens of their forms."""
    pages = [person.client.get(page).text for page in ("/setup/phones", f"/phones/{MAC}", "/")]
    return re.sub(r'name="csrf_token" value="[^"]*"', "", "\n".join(pages))


@pytest.mark.feature("G1", "G8")
@pytest.mark.parametrize("way", CLAIMS)
def test_what_is_said_of_a_registered_phone_from_elsewhere_changes_nothing_that_is_shown(
    box: ConsoleBox, way: str
) -> None:
    inventory = Inventory(box.box.paths.sightings, {MAC}.__contains__, lambda: frozenset({ADDRESS}))
    inventory.record(a_sighting())
    inventory.write()
    person = box.administrator()
    before = shown(person)
    assert "badge registered" in before
    for address in (ELSEWHERE, ADDRESS, None):  # the last two are said from elsewhere, and lie about it
        inventory.record(replace(a_sighting(address=address), **CLAIMS[way]))  # type: ignore[arg-type]
        inventory.write()
        assert shown(person) == before, address


@pytest.mark.feature("G1", "G8")
@pytest.mark.parametrize("known", [True, False])
def test_a_phone_that_is_registered_is_shown_so_wherever_it_was_said_to_be_before(box: ConsoleBox, known: bool) -> None:
    """The list knew nothing of it, or lost it, when somebody else spoke in its name."""
    inventory = Inventory(box.box.paths.sightings)
    if known:
        inventory.record(a_sighting(address="192.168.77.200"))
    inventory.record(a_sighting(address=ELSEWHERE, state=PhoneState.ASKED))
    inventory.write()
    page = box.administrator().client.get("/setup/phones").text
    assert "badge registered" in page
    assert ADDRESS in page


@pytest.mark.feature("G1")
def test_a_phone_that_reads_its_settings_by_its_secret_path_has_moved(tmp_path: Path) -> None:
    inventory = Inventory(tmp_path / "s.sqlite", {MAC}.__contains__, lambda: frozenset({ADDRESS}))
    inventory.record(a_sighting())
    inventory.record(a_sighting(address=ELSEWHERE, firmware="108.86.0.30"))
    inventory.write()
    (phone,) = read_phones(tmp_path / "s.sqlite")
    assert (phone.address, phone.proven_address, phone.firmware) == (ELSEWHERE, ELSEWHERE, "108.86.0.30")


@pytest.mark.feature("G1", "G8")
def test_a_full_list_of_strangers_makes_no_page_without_end(box: ConsoleBox, tmp_path: Path) -> None:
    people = tuple(an_extension(str(number), f"Person {number}") for number in range(203, 453))
    office = replace(two_phones(), extensions=(*two_phones().extensions, *people))
    newest, _ = box.box.repository.newest()
    box.box.repository.save(office, based_on=newest, author="test", summary="", now=box.moment())
    inventory = Inventory(box.box.paths.sightings)
    for number in range(20_000):
        mac = MacAddress(f"805ec0{number + 0xA00000:06x}")
        inventory.record(a_sighting(mac, address=None, state=PhoneState.SEEN, firmware="9" * 40))
    honest = MacAddress("805ec0000909")
    inventory.record(a_sighting(honest, address="192.168.77.9", state=PhoneState.ASKED, is_confirmed=True))
    for number in range(20_000):
        inventory.record(a_sighting(MacAddress(f"805ec0{number + 0xB00000:06x}"), address=None, state=PhoneState.SEEN))
    inventory.write()
    person = box.administrator()
    sizes = {page: len(person.client.get(page).data) for page in ("/setup/phones", "/", f"/phones/{MAC}")}
    print(sizes)
    assert max(sizes.values()) < MOST_PAGE_BYTES
    page = person.client.get("/setup/phones").text
    assert f'id="phone-{honest.digits}"' in page
    assert 'id="phone-more"' in page
    assert str(MOST_STRANGERS - 50) in page

"""A phone that changes hands, is replaced or taken away: what it knew is dead that moment."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from appliance.asterisk.manager_interface import ManagerInterface
from appliance.changes import phones
from appliance.changes.phones import FoundPhone
from appliance.office.numbers import MacAddress
from appliance.office.phone import Brand
from appliance.operations.composition import in_force_of
from appliance.storage.secrets import new_token
from tests.integration.loopback_box import LoopbackBox
from tests.switch_bench.diary import Diary, NotSeenError
from tests.switch_bench.network_thread import NetworkThread
from tests.switch_bench.phones import Phone
from tests.switch_bench.telephone import Circumstances, call_numbers

OWN, OTHER = MacAddress.parse("805ec0000001"), MacAddress.parse("805ec0000002")

OFFICE = """
[site]
company_name = "Hands"
country = "BE"
time_zone = "Europe/Brussels"
language = "nl"
[[extension]]
number = "201"
name = "Jan"
[[extension]]
number = "202"
name = "Els"
[[phone]]
mac = "80:5e:c0:00:00:01"
brand = "yealink"
model = "T54W"
extension = "201"
"""

pytestmark = [pytest.mark.feature("G8", "G9", "R4"), pytest.mark.usefixtures("without_rest")]


@pytest.fixture
def here(tmp_path: Path, switch_root: Path) -> Iterator[LoopbackBox]:
    """A box with two people, the first with a phone."""
    with LoopbackBox(tmp_path / "box", switch_root) as here:
        here.save(OFFICE)
        here.box.apply()
        yield here


@pytest.fixture
def phone(here: LoopbackBox) -> Iterator[Phone]:
    """The phone of 201, registered with what it was given."""
    thread = NetworkThread()
    thread.start()
    network = here.box.network
    given = Circumstances(
        server=(network.address, 5060), thread=thread, diary=Diary(), call_numbers=call_numbers(), tone_hz=400
    )
    phone = Phone("201", f"{network.address.rpartition('.')[0]}.51", **given)
    owner = here.box.repository.newest()[1].extension("e201")
    phone.user, phone.password = owner.sip_user, owner.sip_password.reveal()
    phone.open()
    phone.register()
    yield phone
    phone.close()
    thread.stop()


def _given_to_another(here: LoopbackBox) -> object:
    found = FoundPhone(mac=OWN, brand=Brand.YEALINK, model="T54W")
    return phones.assign_phone(here.box.changer("test"), new_token, found, "e202").revision


def _taken_away(here: LoopbackBox) -> object:
    found = FoundPhone(mac=OWN, brand=Brand.YEALINK, model="T54W")
    return phones.assign_phone(here.box.changer("test"), new_token, found, "").revision


def _replaced(here: LoopbackBox) -> object:
    found = FoundPhone(mac=OTHER, brand=Brand.YEALINK, model="T54W")
    return phones.replace_phone(here.box.changer("test"), new_token, OWN, found).revision


def _gone_from_the_file(here: LoopbackBox) -> object:
    return here.save(OFFICE[: OFFICE.index("[[phone]]")])


@pytest.mark.parametrize("change", [_given_to_another, _taken_away, _replaced, _gone_from_the_file])
def test_its_registration_and_its_password_are_dead(
    here: LoopbackBox, phone: Phone, change: Callable[[LoopbackBox], object]
) -> None:
    token = here.box.repository.newest()[1].phones[0].token.reveal()
    assert _registrations(here) == ["ext-e201"]
    assert change(here) == 2
    applied = in_force_of(here.box).apply(wait=True)
    assert applied.new_passwords == {"ext-e201"}
    limit = time.monotonic() + 2
    while _registrations(here) and time.monotonic() < limit:
        time.sleep(0.05)  # the switch commits its store once a second, and tells nobody
    assert _registrations(here) == []
    call = phone.call("*43")
    assert call.wait_ended(5.0) == "401"
    with pytest.raises(NotSeenError):
        phone.register(1.0)
    known = [path.name for path in here.box.paths.phone_files.iterdir()]
    assert (token in known) == (change is _given_to_another), "the device itself stays known while it is ours"


def test_a_phone_that_comes_back_gets_another_secret_path(here: LoopbackBox) -> None:
    found = FoundPhone(mac=OWN, brand=Brand.YEALINK, model="T54W")
    first = here.box.repository.newest()[1].phones[0].token
    _taken_away(here)
    phones.assign_phone(here.box.changer("test"), new_token, found, "e201")
    assert here.box.repository.newest()[1].phones[0].token != first


def test_what_does_not_touch_a_phone_leaves_passwords_alone(here: LoopbackBox, phone: Phone) -> None:
    before = here.box.repository.newest()[1].extensions
    here.save(OFFICE.replace("Jan", "Jan Jansen"))
    applied = in_force_of(here.box).apply(wait=True)
    assert applied.new_passwords == frozenset()
    after = here.box.repository.newest()[1].extensions
    assert [one.sip_password for one in after] == [one.sip_password for one in before]
    assert _registrations(here) == ["ext-e201"]


def _registrations(here: LoopbackBox) -> list[str]:
    with ManagerInterface(here.manager) as manager:
        return [item["Endpoint"] for item in manager.list("PJSIPShowContacts")]

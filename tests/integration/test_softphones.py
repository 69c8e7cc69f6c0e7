"""Softphones from Debian, set up with nothing but what the page "by hand" says, by UDP and by TLS with SRTP.

What each can, by what is shown here (tests/README.md has the table).
"""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from appliance.asterisk.manager_interface import ManagerInterface
from provisioning.certificate_authority import certificate_files
from tests.integration.baresip import Baresip
from tests.integration.linphone import Linphone
from tests.integration.loopback_box import LoopbackBox
from tests.integration.softphone import SAMPLES, TONE_HZ, Softphone, SoftphoneFailedError
from tests.switch_bench.behaviour import RINGS, Answers
from tests.switch_bench.diary import Diary, What
from tests.switch_bench.network_thread import NetworkThread
from tests.switch_bench.phones import Phone
from tests.switch_bench.telephone import Circumstances, call_numbers
from wizard.console.by_hand import settings_of

OFFICE = """
[site]
company_name = "Softphones"
country = "BE"
time_zone = "Europe/Brussels"
language = "nl"
[[extension]]
number = "201"
name = "Jan"
[[extension]]
number = "202"
name = "Els"
[[extension]]
number = "203"
name = "An"
secure_calling = "always"
[[extension]]
number = "204"
name = "Bo"
has_call_waiting = false
voicemail = false
[[extension]]
number = "205"
name = "Cis"
voicemail_all_calls = true
[[extension]]
number = "206"
name = "Dee"
secure_calling = "always"
voicemail_all_calls = true
[parking]
name = "Parking"
first = "701"
last = "703"
"""
KINDS = [
    pytest.param(kind, number, id=f"{kind.__name__.lower()}-{how}")
    for kind in (Baresip, Linphone)
    for number, how in (("202", "udp"), ("203", "tls-srtp"))
]
# What says nothing new in clear goes that way with --all.
KINDS_BY_TLS = [
    pytest.param(*one.values, id=one.id, marks=[] if one.values[1] == "203" else pytest.mark.slow) for one in KINDS
]
WATCHED = ("201", "205")  # one has a phone, the other none
DESK_HZ = 700
LOUD = 3000.0  # of 32767; the tones are at about 8000
SILENT = 50.0
MUSIC_SECONDS = 1.0
HEARD_SECONDS = 5.0
MESSAGE_SECONDS = 20.0  # the greeting, and two seconds of a message
SPOKEN_BYTES = 24_000

pytestmark = [pytest.mark.feature("E12", "E4", "I5")]

Start = Callable[[type[Softphone], str], Softphone]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory, switch_root: Path) -> Iterator[LoopbackBox]:
    """A box with people who have a softphone, and two with a desk phone."""
    with LoopbackBox(tmp_path_factory.mktemp("softphones") / "box", switch_root) as here:
        here.save(OFFICE)
        here.box.apply()
        yield here


@pytest.fixture(scope="module")
def desk(here: LoopbackBox) -> Iterator[dict[str, Phone]]:
    """Desk phones of 201 and 204, in clear."""
    thread = NetworkThread()
    thread.start()
    given = Circumstances(
        server=(here.box.network.address, 5060),
        thread=thread,
        diary=Diary(),
        call_numbers=call_numbers(),
        tone_hz=DESK_HZ,
    )
    phones = {}
    for number, last in (("201", 51), ("204", 52)):
        phone = Phone(number, _neighbour(here, last), **given)
        person = here.box.repository.newest()[1].extension(f"e{number}")
        phone.user, phone.password = person.sip_user, person.sip_password.reveal()
        phone.open()
        phone.register()
        phones[number] = phone
    yield phones
    for phone in phones.values():
        phone.close()
    thread.stop()


@pytest.fixture
def start(here: LoopbackBox, tmp_path: Path) -> Iterator[Start]:
    """Start a softphone for a number; it ends with the test."""
    opened: list[Softphone] = []

    def start(kind: type[Softphone], number: str) -> Softphone:
        _need(kind)
        phone = kind(tmp_path / "softphone", _neighbour(here, 61), _page(here, number), _authority(here))
        if isinstance(phone, Baresip):
            phone.watched = WATCHED
        opened.append(phone.__enter__())
        return phone

    yield start
    for phone in opened:
        phone.__exit__(None, None, None)


@pytest.mark.parametrize(("kind", "number"), KINDS)
def test_it_registers_calls_holds_and_gives_away(
    here: LoopbackBox, desk: dict[str, Phone], start: Start, kind: type[Softphone], number: str
) -> None:
    """Who is held hears music instead of the softphone's tone, in the sound that arrives; 204 gets the call at last."""
    softphone = start(kind, number)
    softphone.wait_registered()
    assert f"ext-e{number}" in _registrations(here)
    jan, bo = desk["201"], desk["204"]
    jan.behaviour, bo.behaviour = Answers(), Answers()
    softphone.call("201")
    call = jan.calls[-1]
    _wait_until(lambda: call.level(TONE_HZ) > LOUD)
    softphone.hold()
    _wait_until(lambda: call.level(TONE_HZ) < LOUD and bool(call.hears_sound(MUSIC_SECONDS)))
    softphone.resume()
    _wait_until(lambda: call.level(TONE_HZ) > LOUD)
    after = bo.diary.last
    softphone.transfer("204")
    given = bo.wait_for(What.ANSWERED, after=after)
    _wait_until(lambda: given.level(DESK_HZ) > LOUD)
    given.hang_up()
    call.wait_ended()


@pytest.mark.parametrize("number", ["202", "203"])
def test_the_message_lamp_of_baresip_is_told_of_an_empty_box(start: Start, number: str) -> None:
    """It subscribes (RFC 3842) at the name that it is registered by."""
    softphone = start(Baresip, number)
    assert isinstance(softphone, Baresip)
    softphone.wait_registered()
    softphone.wait_printed("Messages-Waiting: no")


@pytest.mark.parametrize("number", [pytest.param("205", marks=pytest.mark.slow), "206"])
def test_the_message_lamp_of_baresip_goes_on_with_a_message(
    here: LoopbackBox, desk: dict[str, Phone], start: Start, number: str
) -> None:
    softphone = start(Baresip, number)
    assert isinstance(softphone, Baresip)
    softphone.wait_printed("Messages-Waiting: no")
    box = here.box.paths.root / "switch-state" / "spool" / "voicemail" / "default" / f"box-e{number}"
    call = desk["201"].call(number)
    _wait_until(lambda: any(path.stat().st_size > SPOKEN_BYTES for path in box.rglob("*.wav")), MESSAGE_SECONDS)
    call.hang_up()
    softphone.wait_printed("Messages-Waiting: yes")
    softphone.wait_printed("Voice-Message: 1/0")


@pytest.mark.parametrize("number", ["202", "203"])
def test_baresip_shows_which_colleagues_can_be_reached(desk: dict[str, Phone], start: Start, number: str) -> None:
    """By the presence event (RFC 3856). Who talks is open too there (RFC 3863), and its note is not shown."""
    softphone = start(Baresip, number)
    assert isinstance(softphone, Baresip)
    softphone.wait_registered()
    _wait_until(lambda: (softphone.lamp(desk["201"].name), softphone.lamp("205")) == ("Online", "Offline"))


@pytest.mark.parametrize(("kind", "number"), KINDS_BY_TLS)
def test_it_is_called_back_when_a_busy_colleague_is_free(
    desk: dict[str, Phone], start: Start, kind: type[Softphone], number: str
) -> None:
    """*37: who was busy hangs up, the softphone rings, and once it has answered the colleague is called."""
    softphone = start(kind, number)
    softphone.wait_registered()
    jan, bo = desk["201"], desk["204"]
    bo.behaviour = Answers()
    talking = jan.call("204")
    talking.wait_for(What.ANSWERED)
    softphone.dial("204")
    softphone.dial("*37")
    after = bo.diary.last
    talking.hang_up()
    softphone.answer()
    called = bo.wait_for(What.ANSWERED, after=after)
    _wait_until(lambda: called.level(TONE_HZ) > LOUD)
    called.hang_up()
    called.wait_ended()


@pytest.mark.parametrize(("kind", "number"), KINDS_BY_TLS)
def test_it_picks_up_what_rings_in_its_group(
    desk: dict[str, Phone], start: Start, kind: type[Softphone], number: str
) -> None:
    softphone = start(kind, number)
    softphone.wait_registered()
    jan, bo = desk["201"], desk["204"]
    jan.behaviour = RINGS
    after = jan.diary.last
    ringing = bo.call("201")
    jan.wait_for(What.RINGS, after=after)
    softphone.call("*8")
    _wait_until(lambda: ringing.level(TONE_HZ) > LOUD)
    ringing.hang_up()
    ringing.wait_ended()


@pytest.mark.parametrize("number", ["202", "203"])
def test_linphone_asks_first_and_then_gives_away(desk: dict[str, Phone], start: Start, number: str) -> None:
    """baresip 1.0 can only give away without a word."""
    softphone = start(Linphone, number)
    assert isinstance(softphone, Linphone)
    softphone.wait_registered()
    jan, bo = desk["201"], desk["204"]
    jan.behaviour, bo.behaviour = Answers(), Answers()
    softphone.call("201")
    call = jan.calls[-1]
    softphone.transfer_to_second("204")
    given = bo.calls[-1]
    _wait_until(lambda: given.level(DESK_HZ) > LOUD and call.level(DESK_HZ) > LOUD)
    given.hang_up()
    call.wait_ended()


@pytest.mark.parametrize(("kind", "number"), KINDS)
def test_it_parks_and_picks_up(
    here: LoopbackBox, desk: dict[str, Phone], start: Start, kind: type[Softphone], number: str
) -> None:
    softphone = start(kind, number)
    softphone.wait_registered()
    jan, bo = desk["201"], desk["204"]
    jan.behaviour = Answers()
    softphone.call("201")
    call = jan.calls[-1]
    _wait_until(lambda: call.level(TONE_HZ) > LOUD)
    softphone.transfer("0701")
    _wait_until(lambda: call.level(TONE_HZ) < LOUD and bool(call.hears_sound(MUSIC_SECONDS)))
    taken = bo.call("701")
    taken.wait_for(What.ANSWERED)
    _wait_until(lambda: taken.level(DESK_HZ) > LOUD)
    taken.hang_up()
    call.wait_ended()
    jan.behaviour = RINGS
    after = jan.diary.last
    ringing = bo.call("201")
    jan.wait_for(What.RINGS, after=after)
    softphone.call("*8201")
    _wait_until(lambda: ringing.level(TONE_HZ) > LOUD)
    ringing.hang_up()
    ringing.wait_ended()


@pytest.mark.parametrize(("kind", "number"), KINDS)
def test_it_is_called_and_held(
    here: LoopbackBox, desk: dict[str, Phone], start: Start, kind: type[Softphone], number: str
) -> None:
    softphone = start(kind, number)
    softphone.wait_registered()
    jan = desk["201"]
    call = jan.call(number)
    softphone.answer()
    call.wait_for(What.ANSWERED)
    if isinstance(softphone, Baresip):  # linphone's daemon records nothing
        assert _level(softphone.heard(1.0), DESK_HZ) > LOUD
        call.hold()
        softphone.heard(0.5)  # what was under way
        music = softphone.heard(2.0)
        assert _level(music, DESK_HZ) < LOUD / 4
        assert music.std() > SILENT, "music"
    call.hang_up()
    call.wait_ended()


def test_linphone_refuses_a_server_whose_authority_it_was_not_given(here: LoopbackBox, tmp_path: Path) -> None:
    """Else the tests above would say nothing of the certificate."""
    _need(Linphone)
    other = Path("/etc/ssl/certs/ca-certificates.crt")
    phone = Linphone(tmp_path / "softphone", _neighbour(here, 61), _page(here, "203"), other)
    with phone, pytest.raises(SoftphoneFailedError):
        phone.wait_registered()
    assert "certificate" in (phone.folder / "log").read_text(errors="replace").lower()


def _page(here: LoopbackBox, number: str) -> dict[str, str]:
    person = here.box.repository.newest()[1].extension(f"e{number}")
    settings = settings_of(person, here.box.address)
    return settings | {"password": person.sip_password.reveal()}


def _authority(here: LoopbackBox) -> Path:
    """What is served where the page says."""
    return certificate_files(here.box.paths).authority


def _need(kind: type[Softphone]) -> None:
    program = "baresip" if kind is Baresip else "linphone-daemon"
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed here")  # ./belbox test installs it as root
    if kind is Linphone and not _has_way_out():
        pytest.skip("linphone does nothing on a machine without a default route")


def _has_way_out() -> bool:
    """linphone looks for the address by which it would reach the internet; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("198.51.100.1", 9))  # RFC 5737
        except OSError:
            return False
    return True


def _wait_until(is_so: Callable[[], bool], seconds: float = HEARD_SECONDS) -> None:
    """Wait until it is so in what a desk phone hears, or in what the switch records of it."""
    limit = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < limit
        time.sleep(0.05)  # sound is no event


def _level(samples: np.ndarray[tuple[int], np.dtype[np.int16]], frequency_hz: int) -> float:
    window = np.hanning(samples.size)
    turns = np.exp(-2j * np.pi * frequency_hz / SAMPLES * np.arange(samples.size))
    return float(2 * abs(np.sum(samples * window * turns)) / window.sum())


def _neighbour(here: LoopbackBox, last: int) -> str:
    return f"{here.box.network.address.rpartition('.')[0]}.{last}"


def _registrations(here: LoopbackBox) -> list[str]:
    with ManagerInterface(here.manager) as manager:
        return [item["Endpoint"] for item in manager.list("PJSIPShowContacts")]

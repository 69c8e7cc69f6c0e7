"""Secure calling E4: TLS and SRTP between the box and its phones, by a phone that is not the bench's (pjsua2)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.office.extension import SecureCalling
from appliance.office.feature_codes import ECHO_TEST_NUMBER
from tests.certificates import Authority
from tests.switch.offices import person, small_office
from tests.switch_bench.bench import SwitchBench
from tests.virtual_office.sip_phone_client import SipPhoneClient

pytestmark = pytest.mark.feature("E4")

SIPS_PORT = 5061
TONE_HZ = 440.0
LOUD = 2000.0


@pytest.fixture(scope="module")
def authority() -> Authority:
    """The authority of this box."""
    return Authority("A box of the tests")


@pytest.fixture(scope="module")
def open_bench(
    needs_namespaces: None, switch_root: Path, authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SwitchBench]:
    """201 as delivered, 202 always secure, 203 never, 204 with video."""
    office = small_office(
        extensions=(
            person("201"),
            person("202", secure_calling=SecureCalling.ALWAYS),
            person("203", secure_calling=SecureCalling.NEVER),
            person("204", has_video=True),
        ),
        ring_groups=(),
    )
    folder = tmp_path_factory.mktemp("secure")
    with SwitchBench(office, folder, switch_root=switch_root, certify=authority.certify) as bench:
        bench.phones.register_extensions(*bench.office.extensions)
        yield bench


@pytest.fixture
def trusted(authority: Authority, tmp_path: Path) -> Path:
    """The authority as a file of the phone."""
    place = tmp_path / "authority.pem"
    place.write_text(authority.pem)
    return place


@pytest.fixture
def phone(bench: SwitchBench, tmp_path: Path) -> Iterator[SipPhoneClient]:
    """A second phone, at an address of its own."""
    with SipPhoneClient.start(tmp_path / "p.sock", bench.place.phone(40), tone_hz=TONE_HZ) as phone:
        yield phone


def _register(bench: SwitchBench, phone: SipPhoneClient, number: str, trusted: Path, srtp: str) -> int:
    extension = next(item for item in bench.office.extensions if item.number.digits == number)
    password = extension.sip_password.reveal()
    return phone.register(
        bench.place.switch,
        extension.sip_user,
        password,
        port=SIPS_PORT,
        transport="tls",
        srtp=srtp,
        ca_file=str(trusted),
    )


def _wait_encrypted_contact(bench: SwitchBench, number: str) -> None:
    def is_known() -> bool:
        contacts = [item for item in bench.ami.list("PJSIPShowContacts") if item["Endpoint"] == f"ext-e{number}"]
        return any("transport=tls" in item["Uri"].lower() and item["Status"] == "Reachable" for item in contacts)

    bench.wait_until(is_known, f"the switch reaches a phone of {number} by TLS", seconds=10)


def _legs(bench: SwitchBench, number: str) -> set[tuple[str, str]]:
    """Of each call leg of an extension, as the switch says: whether signalling and sound are encrypted, `1` or `0`."""
    legs = [item["Channel"] for item in bench.ami.list("CoreShowChannels") if f"ext-e{number}-" in item["Channel"]]
    asked = ("CHANNEL(pjsip,secure)", "CHANNEL(rtp,secure,audio)")
    return {
        (signalling, sound)
        for signalling, sound in (
            [bench.ami.act("Getvar", Channel=leg, Variable=name).get("Value", "") for name in asked] for leg in legs
        )
    }


@pytest.mark.parametrize(("number", "srtp"), [("201", "optional"), ("202", "mandatory")])
def test_phone_that_speaks_tls_calls_with_srtp(
    bench: SwitchBench, phone: SipPhoneClient, trusted: Path, number: str, srtp: str
) -> None:
    """The phone's own voice comes back from the echo test, and every packet of it was encrypted."""
    assert _register(bench, phone, number, trusted, srtp) == 200
    _wait_encrypted_contact(bench, number)
    call = phone.call(ECHO_TEST_NUMBER)
    phone.wait_for("answered", call=call)
    bench.wait_until(lambda: phone.listen(call, 0.3, [TONE_HZ])["440"] > LOUD, "the phone hears its own voice")
    assert _legs(bench, number) == {("1", "1")}
    phone.hangup(call)


def test_both_kinds_of_phone_work_on_one_extension(bench: SwitchBench, phone: SipPhoneClient, trusted: Path) -> None:
    """As delivered: the same call rings at a phone with TLS and at one without; the first is spoken to encrypted."""
    assert _register(bench, phone, "201", trusted, "optional") == 200
    _wait_encrypted_contact(bench, "201")
    caller = bench.phones.call("203", "201")
    ringing = phone.wait_for("incoming")
    bench.wait_until(lambda: bench.phones["201"].is_ringing, "the phone without TLS rings as well")
    phone.answer(ringing["call"])
    bench.wait_until(lambda: caller.level(int(TONE_HZ)) > LOUD, "203 hears 201")
    assert _legs(bench, "201") == {("1", "1")}
    assert _legs(bench, "203") == {("0", "0")}


def test_extension_that_must_be_secure_makes_no_call_without_srtp(
    bench: SwitchBench, phone: SipPhoneClient, trusted: Path
) -> None:
    assert _register(bench, phone, "202", trusted, "off") == 200
    phone.call(ECHO_TEST_NUMBER)
    assert phone.wait_for("ended")["code"] == 488


def test_extension_that_is_never_secure_takes_no_srtp(bench: SwitchBench, phone: SipPhoneClient, trusted: Path) -> None:
    assert _register(bench, phone, "203", trusted, "mandatory") == 200
    phone.call(ECHO_TEST_NUMBER)
    assert phone.wait_for("ended")["code"] == 488


def test_certificate_of_another_authority_is_refused_by_the_phone(
    bench: SwitchBench, phone: SipPhoneClient, tmp_path: Path
) -> None:
    """Whoever stands between a phone and the box is not the box."""
    other = tmp_path / "other.pem"
    other.write_text(Authority("Somebody else").pem)
    assert _register(bench, phone, "201", other, "mandatory") != 200


def test_video_is_taken_for_the_extension_that_has_it(bench: SwitchBench) -> None:
    assert "h264" in bench.console("pjsip show endpoint ext-e204")
    assert "h264" not in bench.console("pjsip show endpoint ext-e201")

"""A line by TLS and SRTP: who is trusted, what is encrypted, and that nothing goes out in the clear instead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.office.office import Office
from appliance.office.trunk import Transport
from tests.certificates import Authority
from tests.hunting.encrypted_provider import CALLS_IN, NUMBER_OF_202, SHORT_CALL, SIPS_PORT, EncryptedProvider
from tests.hunting.outgoing_office import answered, outgoing_office, with_trunk
from tests.switch_bench.behaviour import ANSWERS
from tests.switch_bench.bench import SwitchBench
from tests.switch_bench.diary import What

pytestmark = pytest.mark.feature("B2")

HOST, OTHER_HOST = "sip.provider.example", "sip.other.example"
MOBILE, WRITTEN_THERE = "0470123456", "+32470123456"
_LOUD = 3000.0  # a bench's tone comes at 8000 through G.711
_EXPIRED = datetime(2021, 1, 1, tzinfo=UTC)
# What is wrong with the certificate, and how the switch says so.
_COMPLAINTS = {
    "unknown authority": "issuer",
    "another name": "identity does not match",
    "expired": "expired",
}


@pytest.fixture(scope="module")
def trusted() -> Authority:
    """The authority that the switch trusts."""
    return Authority("An authority of the tests")


@pytest.fixture(scope="module")
def bench(
    needs_namespaces: None, switch_root: Path, trusted: Authority, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SwitchBench]:
    """Line 1 is encrypted, line 2 is not; the office had no such line at first."""
    folder = tmp_path_factory.mktemp("bench")
    with SwitchBench(outgoing_office(), folder, switch_root=switch_root, authorities=trusted.pem) as bench:
        bench.phones.register_extensions(*bench.office.extensions)
        bench.change(_office())
        yield bench


@pytest.fixture(autouse=True)
def _at_rest(bench: SwitchBench) -> Iterator[None]:
    bench.at_rest()
    bench.problems()
    yield
    bench.hang_up_all()
    if bench.office != _office():
        bench.change(_office())


def _office() -> Office:
    office = with_trunk(
        outgoing_office(),
        "line1",
        host=HOST,
        port=SIPS_PORT,
        transport=Transport.TLS,
        encrypts_media=True,
        registers=False,
    )
    return replace(office, trunks=office.trunks[:2])


@contextmanager
def _provider(
    bench: SwitchBench, switch_root: Path, folder: Path, certificate: str, media: str = "sdes"
) -> Iterator[EncryptedProvider]:
    """Run the provider at line 1's address; the switch has asked it at least once."""
    address = bench.line("line1").address
    with EncryptedProvider(folder, switch_root, address, certificate, media=media) as provider:
        yield provider


def test_call_goes_by_tls_with_srtp_and_sound_both_ways(
    bench: SwitchBench, switch_root: Path, trusted: Authority, tmp_path: Path
) -> None:
    """The certificate names the host, as a provider's does; nobody is asked for that host's address."""
    with _provider(bench, switch_root, tmp_path, trusted.certify(HOST)) as provider:
        bench.wait_line("line1", up=True)
        call = answered(bench, "201", MOBILE)
        own_tone = call.telephone.tone_hz  # the provider sends back what it hears
        bench.wait_until(lambda: call.level(own_tone) > _LOUD, "what 201 says comes back")
        (source, invite), *others = provider.requests("INVITE")
        assert not others
        assert source.startswith("TLS:")
        assert invite.startswith(f"INVITE sip:{WRITTEN_THERE}@{HOST}:{SIPS_PORT};transport=tls SIP/2.0")
        assert re.search(r"^m=audio \d+ RTP/SAVP ", invite, re.MULTILINE)
        assert re.search(r"^a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:\S{40}", invite, re.MULTILINE)
        assert not bench.line("line2").invites


def test_line_at_another_host_needs_no_restart(
    bench: SwitchBench, switch_root: Path, trusted: Authority, tmp_path: Path
) -> None:
    """Its new name is known after a reload."""
    before = bench.process.pid
    bench.change(with_trunk(_office(), "line1", host=OTHER_HOST))
    with _provider(bench, switch_root, tmp_path, trusted.certify(OTHER_HOST)):
        bench.wait_line("line1", up=True)
    assert bench.process.pid == before


def test_provider_calls_in_and_ends_calls_by_the_connection_of_the_box(
    bench: SwitchBench, switch_root: Path, trusted: Authority, tmp_path: Path
) -> None:
    with _provider(bench, switch_root, tmp_path, trusted.certify(HOST)):
        bench.wait_line("line1", up=True)
        answered(bench, "201", SHORT_CALL).wait_ended()
        bench.phones.behave("202", ANSWERS)
        call = answered(bench, "201", CALLS_IN)
        own_tone = call.telephone.tone_hz
        second = bench.phones["202"].calls[-1]
        bench.wait_until(lambda: second.level(own_tone) > _LOUD, "202 hears 201, through the provider")


@pytest.mark.parametrize("fault", sorted(_COMPLAINTS))
def test_call_never_goes_to_a_line_that_cannot_prove_its_name(
    bench: SwitchBench, switch_root: Path, trusted: Authority, tmp_path: Path, fault: str
) -> None:
    """The call is tried there, for nobody has asked the line before; nothing arrives, and the next line takes it."""
    bench.change(with_trunk(_office(), "line1", answers_options=False))
    certificate = {
        "unknown authority": lambda: Authority("An authority of the tests").certify(HOST),
        "another name": lambda: trusted.certify(OTHER_HOST),
        "expired": lambda: trusted.certify(HOST, until=_EXPIRED),
    }[fault]()
    with _provider(bench, switch_root, tmp_path, certificate) as provider:
        answered(bench, "201", MOBILE)
        assert [invite.number for invite in bench.line("line2").invites] == [WRITTEN_THERE]
        assert provider.requests("INVITE") == []
    complaints = [line for line in bench.problems() if "pjsip_transport_events.c" in line]
    assert any(_COMPLAINTS[fault] in line for line in complaints), complaints


def test_call_never_goes_out_unencrypted_where_encryption_is_asked_for(
    bench: SwitchBench, switch_root: Path, trusted: Authority, tmp_path: Path
) -> None:
    """A provider that speaks TLS but takes no SRTP refuses; the next line takes the call."""
    with _provider(bench, switch_root, tmp_path, trusted.certify(HOST), media="no") as provider:
        bench.wait_line("line1", up=True)
        answered(bench, "201", MOBILE)
        (_, invite), *_ = provider.requests("INVITE")
        assert " RTP/SAVP " in invite
        assert len(bench.line("line2").invites) == 1


def test_line_by_tls_calls_in_by_tls_only(bench: SwitchBench) -> None:
    """Its address alone, on a packet by UDP as any host can write it, opens nothing."""
    bench.change(with_trunk(_office(), "line1", encrypts_media=False))
    forged = bench.line("line1").call(NUMBER_OF_202)
    assert int(forged.wait_ended()) >= 400
    assert not bench.diary.events("202", What.INVITED)
    bench.line("line2").call(NUMBER_OF_202)  # a line by UDP calls in as ever
    bench.phones["202"].wait_for(What.RINGS)

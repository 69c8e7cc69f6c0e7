"""Two virtual phones call each other directly on loopback."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests.virtual_office.sip_phone_client import PhoneRefused, SipPhoneClient

A_TONE, B_TONE = 440, 523


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SipPhoneClient, SipPhoneClient, int]]:
    folder = tmp_path_factory.mktemp("phones")
    port = _free_port()
    with (
        SipPhoneClient.start(folder / "a.sock", "127.0.0.1", port=_free_port(), tone_hz=A_TONE) as a,
        SipPhoneClient.start(folder / "b.sock", "127.0.0.1", port=port, tone_hz=B_TONE) as b,
    ):
        yield a, b, port


def test_each_phone_hears_the_other_and_not_itself(pair: tuple[SipPhoneClient, SipPhoneClient, int]) -> None:
    a, b, port = pair
    b.set_behaviour()
    mark = b.last_sequence()
    call = a.call(f"sip:201@127.0.0.1:{port}")
    incoming = b.wait_for("incoming", after=mark)
    a.wait_for("ringing", call=call)
    b.answer(incoming["call"])
    assert a.wait_for("answered", call=call)["codec"] == "PCMA"
    a.wait_to_hear(call, B_TONE, A_TONE)
    b.wait_to_hear(incoming["call"], A_TONE, B_TONE)
    a.hangup(call)
    assert b.wait_for("ended", call=incoming["call"])["code"] == 200


def test_digits_arrive_in_order(pair: tuple[SipPhoneClient, SipPhoneClient, int]) -> None:
    a, b, port = pair
    b.set_behaviour(auto_answer_after=0.0)
    mark = b.last_sequence()
    call = a.call(f"sip:201@127.0.0.1:{port}")
    a.wait_for("answered", call=call)
    a.send_dtmf(call, "15#")
    b.wait_for("dtmf", after=mark, digit="#")
    digits = [event["digit"] for event in b.events(mark) if event["event"] == "dtmf"]
    a.hangup(call)
    a.wait_for("ended", call=call)
    assert digits == ["1", "5", "#"]


def test_a_busy_phone_is_told_to_the_caller(pair: tuple[SipPhoneClient, SipPhoneClient, int]) -> None:
    a, b, port = pair
    b.set_behaviour(reject=486)
    ended = a.wait_for("ended", call=a.call(f"sip:201@127.0.0.1:{port}"))
    assert ended["code"] == 486


def test_a_caller_who_gives_up_ends_the_ringing(pair: tuple[SipPhoneClient, SipPhoneClient, int]) -> None:
    a, b, port = pair
    b.set_behaviour()
    mark = b.last_sequence()
    call = a.call(f"sip:201@127.0.0.1:{port}")
    incoming = b.wait_for("incoming", after=mark)
    a.wait_for("ringing", call=call)
    a.hangup(call)
    assert b.wait_for("ended", call=incoming["call"])["code"] == 487
    assert a.wait_for("ended", call=call)["seconds"] == 0.0


def test_a_paging_call_is_answered_by_itself(
    pair: tuple[SipPhoneClient, SipPhoneClient, int],
) -> None:
    a, b, port = pair
    b.set_behaviour()
    mark = b.last_sequence()
    call = a.call(f"sip:201@127.0.0.1:{port}?Call-Info=%3Csip%3Aoffice%3E%3Banswer-after%3D0")
    b.wait_for("answered", after=mark)
    a.hangup(call)
    a.wait_for("ended", call=call)


def test_check_sync_is_told_and_answered(pair: tuple[SipPhoneClient, SipPhoneClient, int]) -> None:
    _, b, port = pair
    mark = b.last_sequence()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as box:
        box.bind(("127.0.0.1", 0))
        box.settimeout(5)
        me = f"127.0.0.1:{box.getsockname()[1]}"
        notify = (
            f"NOTIFY sip:201@127.0.0.1:{port} SIP/2.0",
            f"Via: SIP/2.0/UDP {me};rport;branch=z9hG4bKcheck",
            f"From: <sip:box@{me}>;tag=1",
            "To: <sip:201@127.0.0.1>",
            f"Call-ID: check-{me}",
            "CSeq: 1 NOTIFY",
            "Event: check-sync;reboot=false",
            "Subscription-State: terminated",
            "Content-Length: 0",
            "",
            "",
        )
        box.sendto("\r\n".join(notify).encode(), ("127.0.0.1", port))
        assert b.wait_for("notify", after=mark)["what"] == "check-sync;reboot=false"
        try:
            socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP).close()
        except PermissionError:
            return  # without that right the phone cannot answer; it says so in its documentation
        assert box.recv(2000).startswith(b"SIP/2.0 200 OK\r\n")


def test_a_wrong_request_is_refused_and_the_phone_lives_on(
    pair: tuple[SipPhoneClient, SipPhoneClient, int],
) -> None:
    a, _, _ = pair
    wrongs: tuple[dict[str, Any], ...] = (
        {"do": "fly"},
        {"do": "hangup", "call": 999},
        {"do": "call", "target": "201"},
        {"do": "answer"},
    )
    for wrong in wrongs:
        with pytest.raises(PhoneRefused):
            a.ask(**wrong)
    assert isinstance(a.calls(), list)

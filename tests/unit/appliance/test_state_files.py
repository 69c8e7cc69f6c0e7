"""Small files of typed values: what boxes hold already is read, and nothing is taken for what it is not."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from appliance.mail.mail_state import MailState
from appliance.mail.offline import Notice, NoticeKind, OfficePresence, Presence
from appliance.mail.sending import Trouble
from appliance.office.country import Language
from appliance.office.numbers import MacAddress
from appliance.office.phone import Brand
from appliance.office.secret import Secret
from appliance.operations.loud_senders import LoudSender
from appliance.state_files import as_data, as_json, from_data, from_json, read_state, write_state
from appliance.test_phone.result import TestCallOutcome, TestCallResult
from provisioning.discovery.dhcp_server_report import DhcpServerFound
from provisioning.enrolment import Enrolment, PublishedPhone
from provisioning.firmware_library import Firmware
from provisioning.firmware_rollout import Progress, Rollout, RolloutPhone, RolloutState
from provisioning.guess_report import Guesser
from provisioning.network_facts import DhcpRole, NetworkFacts

pytestmark = pytest.mark.feature("R2", "I6")

MAC = MacAddress.parse("00:15:65:aa:bb:cc")
OTHER_MAC = MacAddress.parse("00:15:65:aa:bb:01")
NOW = datetime(2026, 6, 1, 12, 0, 5, tzinfo=UTC)
IN_BRUSSELS = datetime(2026, 6, 1, 14, 0, 5, tzinfo=timezone(timedelta(hours=2)))

# As the releases before this way of writing wrote them.
HELD: Mapping[str, tuple[Any, str, Any]] = {
    "enrolment": (
        Enrolment,
        """{
 "approved": {"00:15:65:aa:bb:cc": true},
 "open_until": "2026-06-01T12:00:05+00:00",
 "phones": {"00:15:65:aa:bb:cc": {"brand": "yealink", "model": "SIP-T46U", "token": "abc"}},
 "sealed": {}
}""",
        Enrolment(
            open_until=NOW,
            approved=frozenset({MAC}),
            phones={MAC: PublishedPhone(brand=Brand.YEALINK, model="SIP-T46U", token=Secret("abc"))},
        ),
    ),
    "presence": (
        OfficePresence,
        '{"all_told": true, "extensions": {"an": {"is_here": false, "since": "2026-06-01T14:00:05+02:00",'
        ' "is_told": true, "told_back_at": null}}}',
        OfficePresence(extensions={"an": Presence(is_here=False, since=IN_BRUSSELS, is_told=True)}, all_told=True),
    ),
    "notice": (
        Notice,
        '{"kind": "all-online", "addresses": ["an@example.com"], "language": "nl",'
        ' "since": "2026-06-01T12:00:05+00:00", "who": [], "still_offline": ["An (21)"]}',
        Notice(
            kind=NoticeKind.ALL_ONLINE,
            addresses=("an@example.com",),
            language=Language.DUTCH,
            since=NOW,
            still_offline=("An (21)",),
        ),
    ),
    "mails": (
        MailState,
        '{"is_wanted": true, "waiting": 2, "failed": 0, "dropped": 1, "last_reason": "", "trouble": "mail-no-server",'
        ' "code": 0}',
        MailState(is_wanted=True, waiting=2, failed=0, dropped=1, trouble=Trouble.NO_SERVER),
    ),
    "loud senders": (
        tuple[LoudSender, ...],
        '[{"address": "192.0.2.7", "requests": 41, "last": "2026-06-01T12:00:05+00:00"}]',
        (LoudSender(address="192.0.2.7", requests=41, last="2026-06-01T12:00:05+00:00"),),
    ),
    "guessers": (
        tuple[Guesser, ...],
        '[{"address": "", "requests": 9, "first": "2026-06-01T12:00:05+00:00", "last": "2026-06-01T12:00:05+00:00"}]',
        (Guesser(address="", requests=9, first=NOW, last=NOW),),
    ),
    "rollout": (
        Rollout,
        """{
 "firmware": "t46u.rom",
 "version": "108.86.0.20",
 "phones": [
  {"mac": "00:15:65:aa:bb:cc", "wave": 0, "progress": "told", "told_at": "2026-06-01T14:00:05+02:00"},
  {"mac": "00:15:65:aa:bb:01", "wave": 2, "progress": "waiting", "told_at": null}
 ],
 "by_night": false,
 "state": "stopped",
 "because": "00:15:65:aa:bb:cc"
}""",
        Rollout(
            firmware="t46u.rom",
            version="108.86.0.20",
            phones=(
                RolloutPhone(mac=MAC, wave=0, progress=Progress.TOLD, told_at=IN_BRUSSELS),
                RolloutPhone(mac=OTHER_MAC, wave=2),
            ),
            by_night=False,
            state=RolloutState.STOPPED,
            because="00:15:65:aa:bb:cc",
        ),
    ),
    "firmware": (
        tuple[Firmware, ...],
        '[{"name": "t46u.rom", "brand": "yealink", "models": ["SIP-T46U"], "version": "1", "sha256": "00", "size": 3}]',
        (Firmware(name="t46u.rom", brand=Brand.YEALINK, models=("SIP-T46U",), version="1", sha256="00", size=3),),
    ),
    "DHCP servers": (
        tuple[DhcpServerFound, ...],
        '[{"address": "192.0.2.1", "mac": "00:15:65:aa:bb:cc", "hands_out": {"66": "tftp://192.0.2.9"}}]',
        (DhcpServerFound(address="192.0.2.1", mac=MAC, hands_out={66: "tftp://192.0.2.9"}),),
    ),
    "network": (
        NetworkFacts,
        '{"interface": "eth0", "address": "192.0.2.2", "prefix_length": 24, "router": "192.0.2.1", "dns": "192.0.2.1",'
        ' "dhcp_role": "neighbour", "pool_start": "", "pool_end": "", "voice_vlan": 0, "voice_priority": 5,'
        ' "reservations": ["00:15:65:aa:bb:cc=192.0.2.8"], "sip_port": 5060, "manager_port": 5038, "switch_root": ""}',
        NetworkFacts(
            interface="eth0",
            address="192.0.2.2",
            prefix_length=24,
            router="192.0.2.1",
            dns="192.0.2.1",
            dhcp_role=DhcpRole.NEIGHBOUR,
            reservations=("00:15:65:aa:bb:cc=192.0.2.8",),
        ),
    ),
    "test call": (
        TestCallResult,
        '{"outcome": "answered", "code": 200, "seconds_to_ring": 0.4, "tone_level": null, "digits": "12",'
        ' "detail": "", "heard_itself": false}',
        TestCallResult(
            outcome=TestCallOutcome.ANSWERED, code=200, seconds_to_ring=0.4, tone_level=None, digits="12", detail=""
        ),
    ),
}
IN_PLACE_OF_ANYTHING: tuple[Any, ...] = (None, True, 0, 7, 1.5, "", "7", [], ["x"], [1], {"x": 1}, {"7": "x"})


@pytest.fixture(params=HELD)
def held(request: pytest.FixtureRequest) -> tuple[Any, str, Any]:
    return HELD[request.param]


def test_what_boxes_hold_is_read(held: tuple[Any, str, Any]) -> None:
    shape, text, value = held
    read = from_json(text, shape)
    assert read == value
    assert repr(read) == repr(value), "a text that is equal to an enum's value is not yet that"


def test_what_is_written_is_read(tmp_path: Path, held: tuple[Any, str, Any]) -> None:
    shape, _, value = held
    write_state(tmp_path / "state", value, 0o640)
    assert read_state(tmp_path / "state", shape) == value
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o640


def test_nothing_is_taken_for_what_it_is_not(held: tuple[Any, str, Any]) -> None:
    """Whatever stands in a place: it is no value of this shape, or it is written again as the very same."""
    shape, text, _ = held
    whole = _plain(from_json(text, shape))
    refused = 0
    for damaged in _damaged(whole):
        try:
            read = from_data(damaged, shape)
        except ValueError:
            refused += 1
            continue
        assert json.dumps(_plain(read), sort_keys=True) == json.dumps(damaged, sort_keys=True)
    assert refused > len(IN_PLACE_OF_ANYTHING) / 2


@pytest.mark.parametrize("content", [b"", b"\x00" * 4096, b"[]", b"null", b'"x"', b"7", b"{", b"[" * 100_000, b"\xff"])
def test_what_makes_no_sense_is_no_state(tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "state").write_bytes(content)
    with caplog.at_level(logging.WARNING):
        assert read_state(tmp_path / "state", Enrolment) is None
    assert "is damaged and not used" in caplog.text
    with pytest.raises(ValueError):  # noqa: PT011 - any of them
        from_json(content, Enrolment)


def test_a_file_that_is_not_there_is_no_damage(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert read_state(tmp_path / "missing", Enrolment) is None
    assert not caplog.records


def test_a_value_that_refuses_itself_is_none() -> None:
    _, text, _ = HELD["network"]
    with pytest.raises(ValueError, match="not-an-address"):
        from_json(text.replace('"address": "192.0.2.2"', '"address": "192.0.2.256"'), NetworkFacts)


def test_a_later_release_may_have_written_more_and_an_earlier_one_less() -> None:
    assert from_json('{"open_until": null, "what came later": [1]}', Enrolment) == Enrolment()
    with pytest.raises(ValueError, match="waiting"):
        from_json('{"is_wanted": true}', MailState)


def test_a_set_is_a_sorted_list() -> None:
    assert as_data(Enrolment(sealed=frozenset({MAC, OTHER_MAC})))["sealed"] == [str(OTHER_MAC), str(MAC)]


def test_a_time_without_a_zone_is_none() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        from_json('{"open_until": "2026-06-01T12:00:05"}', Enrolment)


def test_secrets_are_written_only_where_not_everybody_reads(tmp_path: Path) -> None:
    secret = PublishedPhone(brand=Brand.SNOM, model="D785", token=Secret("abc"))
    write_state(tmp_path / "state", secret, 0o640)
    assert read_state(tmp_path / "state", PublishedPhone) == secret
    with pytest.raises(TypeError, match="Secret"):
        write_state(tmp_path / "open", secret, 0o644)
    assert not (tmp_path / "open").exists()
    with pytest.raises(TypeError, match="Secret"):
        as_json(secret)


def _plain(value: Any) -> Any:
    """As data, with the secrets, as a file of the box's own holds it."""
    return json.loads(json.dumps(as_data(value), default=Secret.reveal))


def _damaged(whole: Any) -> Iterator[Any]:
    """The same with another thing in one place, each place and each thing."""
    places = whole.items() if isinstance(whole, dict) else enumerate(whole) if isinstance(whole, list) else ()
    for place, inner in places:
        for other in (*IN_PLACE_OF_ANYTHING, *_damaged(inner)):
            copied = whole.copy()
            copied[place] = other
            yield copied

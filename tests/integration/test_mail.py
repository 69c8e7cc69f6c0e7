"""Mails of the box: E3, from a real call to a real mail server; E1, when phones go offline."""

from __future__ import annotations

import io
import json
import logging
import os
import socket
import ssl
import subprocess
import sys
import time
import wave
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from appliance.asterisk.live_state import look
from appliance.mail.mail_state import read_mail_state
from appliance.mail.offline import SETTLES
from appliance.mail.offline_watch import OfflineWatch
from appliance.mail.outbox import Outbox
from appliance.mail.sending import Trouble
from appliance.office.destination import ToExtension
from appliance.office.mail_server import MailServer, Security
from appliance.office.number import Number
from appliance.office.office import Office
from appliance.office.secret import Secret
from appliance.office.voicemail import VoicemailBox
from appliance.operations.box import Box
from appliance.operations.status import Status
from appliance.paths import Paths
from appliance.words.texts import text
from provisioning.network_facts import DhcpRole, NetworkFacts, save
from tests.integration.mail_sink import ADDRESS, PASSWORD, USER, MailSink
from tests.switch.calls import call_in, opened, wait_application, wait_rings
from tests.switch.offices import CALLER, MAIN, person, small_office
from tests.switch_bench.bench import SwitchBench

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
JAN, COPY = "jan@example.test", "copy@example.test"
SAMPLES_A_SECOND = 8000


def _office(**box: object) -> Office:
    settings = {"emails": (JAN, COPY), **box}
    return small_office(
        extensions=(
            person("201", voicemail=VoicemailBox(pin=Secret("4711"), **settings)),  # type: ignore[arg-type]
            person("202", email="sandra@example.test", mails_when_offline=True),
            person("203"),
        ),
        ring_groups=(),
        numbers=(Number(id="main", number=MAIN, destination=ToExtension("e201")),),
    )


def _server(sink: MailSink, **settings: object) -> MailServer:
    whole: dict[str, object] = {
        "host": ADDRESS,
        "port": sink.port,
        "sender": "telephone@example.test",
        "username": USER,
        "password": Secret(PASSWORD),
        **settings,
    }
    return MailServer(**whole)  # type: ignore[arg-type]  # any of its settings


class _Room:
    """A box's mail room below a folder; rounds are made by hand, at moments of the test's choice."""

    def __init__(self, folder: Path, office: Office, trust: ssl.SSLContext | None) -> None:
        self.office = office
        self.paths = Paths(root=folder)
        self.paths.run.mkdir(parents=True, exist_ok=True)
        self.folder = self.paths.voicemail_mails
        self.trust = trust
        self.restart()

    def restart(self) -> None:
        self.outbox = Outbox(self.paths, lambda: self.office, text, trust=self.trust)

    def names(self, folder: str = "") -> list[str]:
        return sorted(file.name for file in (self.folder / folder).glob("*.eml"))


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[MailSink]:
    """A server with STARTTLS and a login."""
    with MailSink(tmp_path / "sink") as sink:
        yield sink


@pytest.fixture(scope="module")
def bench(needs_namespaces: None, switch_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SwitchBench]:
    """The office on a real switch."""
    with opened(_office(), tmp_path_factory.mktemp("mail"), switch_root) as bench:
        yield bench


@pytest.fixture(scope="module")
def switch_mail(bench: SwitchBench) -> tuple[bytes, int]:
    """What a real switch writes after a real call of three seconds, and the tone that the caller spoke."""
    call = call_in(bench)
    wait_rings(bench, "201")
    wait_application(bench, "VoiceMail", "box-e201@")
    folder = bench.folder / "switch-state" / "spool"
    box = folder / "voicemail" / "default" / "box-e201"
    bench.wait_until(
        lambda: any(file.stat().st_size > 3 * 2 * SAMPLES_A_SECOND for file in box.rglob("*.wav")), "three seconds", 20
    )
    call.hang_up()
    bench.wait_until(lambda: any((folder / "outmail").glob("*.eml")), "the mail is written", 10)
    (written,) = (folder / "outmail").glob("*.eml")
    return written.read_bytes(), call.telephone.tone_hz


@pytest.fixture
def room(tmp_path: Path, sink: MailSink, switch_mail: tuple[bytes, int]) -> _Room:
    """A mail room in which the mail of the switch waits."""
    room = _Room(tmp_path / "box", replace(_office(), mail_server=_server(sink)), sink.trust)
    room.folder.mkdir(parents=True)
    _put(room, "one", switch_mail[0], NOW)
    return room


def _put(room: _Room, name: str, data: bytes, moment: datetime) -> None:
    file = room.folder / f"{name}.eml"
    file.write_bytes(data)
    os.utime(file, (moment.timestamp(), moment.timestamp()))


@pytest.mark.feature("E3")
def test_a_message_left_by_a_call_reaches_both_addresses_with_its_sound(
    room: _Room, sink: MailSink, switch_mail: tuple[bytes, int]
) -> None:
    """E3: who called, when, how long, for whom; the recording plays what the caller said; then the file is gone."""
    state = room.outbox.run_once(NOW)
    (received,) = sink.wait_for(1)
    assert received.sender == "telephone@example.test"
    assert received.addresses == (JAN, COPY)
    mail = received.mail
    assert mail["To"] == f"{JAN}, {COPY}"
    assert mail["Subject"] == f"Voicemail van {CALLER} voor Person 201 (201)"
    body = mail.get_body()
    assert body is not None
    words = body.get_content()
    assert f"Van: {CALLER}" in words
    assert "Duur: 0 min 3 s" in words or "Duur: 0 min 4 s" in words
    assert "Wanneer: " in words
    assert " november " in words or " om " in words
    (recording,) = mail.iter_attachments()
    assert recording.get_content_type() == "audio/x-wav"
    name = recording.get_filename()
    assert name is not None
    assert name.startswith("voicemail-")
    assert name.endswith(f"-{CALLER[1:]}.wav")
    assert _loudest_hz(recording.get_content()) == pytest.approx(switch_mail[1], abs=3)
    assert room.names() == []
    assert (state.waiting, state.failed, state.trouble) == (0, 0, None)
    assert room.outbox.run_once(NOW).waiting == 0
    assert len(sink.received) == 1


def _loudest_hz(wav: bytes) -> float:
    with wave.open(io.BytesIO(wav)) as file:
        assert file.getframerate() == SAMPLES_A_SECOND
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16).astype(np.float64)
    spectrum = np.abs(np.fft.rfft(samples))
    return float(np.fft.rfftfreq(len(samples), 1 / SAMPLES_A_SECOND)[int(spectrum.argmax())])


@pytest.mark.feature("E3")
def test_a_server_that_is_down_gets_the_mail_later_with_growing_pauses(
    tmp_path: Path, switch_mail: tuple[bytes, int]
) -> None:
    """E3: nothing is lost, a restart of the sender included, and nobody asks the server every two seconds."""
    sink = MailSink(tmp_path / "sink")
    room = _Room(tmp_path / "box", replace(_office(), mail_server=_server(sink)), sink.trust)
    room.folder.mkdir(parents=True)
    _put(room, "one", switch_mail[0], NOW)
    state = room.outbox.run_once(NOW)
    assert (state.trouble, state.waiting) == (Trouble.NOT_REACHED, 1)
    assert read_mail_state(room.paths.mail_state) == state
    with sink:
        room.outbox.run_once(NOW + timedelta(seconds=14))
        assert sink.received == []
        state = room.outbox.run_once(NOW + timedelta(seconds=15))
        assert len(sink.received) == 1
    assert (state.trouble, state.waiting) == (None, 0)
    _put(room, "two", switch_mail[0], NOW)
    room.outbox.run_once(NOW + timedelta(hours=1))
    assert room.names() == ["two.eml"]
    room.restart()
    with sink:
        room.outbox.run_once(NOW + timedelta(hours=1, seconds=1))
        assert len(sink.received) == 2
    assert room.names() == []
    assert sink.received[0].mail["Message-ID"] == sink.received[1].mail["Message-ID"]  # the same message


@pytest.mark.feature("E3")
def test_a_wrong_password_is_said_and_stands_in_no_log(
    room: _Room, sink: MailSink, caplog: pytest.LogCaptureFixture
) -> None:
    """E3: the mail waits; the status says that the login is refused; a right password sends it at once."""
    wrong = "not-the-password-4711"
    room.office = replace(room.office, mail_server=_server(sink, password=Secret(wrong)))
    with caplog.at_level(logging.DEBUG, logger="appliance"):
        state = room.outbox.run_once(NOW)
        assert (state.trouble, state.code, state.waiting) == (Trouble.LOGIN_REFUSED, 535, 1)
        assert sink.logins
        assert not any(sink.logins)
        room.office = replace(room.office, mail_server=_server(sink))
        assert room.outbox.run_once(NOW).trouble is None
    assert len(sink.received) == 1
    kept = "".join(file.read_text(errors="replace") for file in room.paths.root.rglob("*") if file.is_file())
    for secret in (wrong, PASSWORD, json.dumps(PASSWORD)):
        assert secret not in caplog.text
        assert secret not in kept
    assert "mail-login-refused" in caplog.text


@pytest.mark.feature("E3")
def test_a_server_that_cannot_prove_its_name_gets_no_password(room: _Room, sink: MailSink) -> None:
    """E3: STARTTLS with an unknown certificate, and a server without TLS, are told nothing."""
    room.trust = None
    room.restart()
    state = room.outbox.run_once(NOW)
    assert (state.trouble, state.waiting) == (Trouble.NOT_TRUSTED, 1)
    with MailSink(room.paths.root / "plain", offers_tls=False) as plain:
        room.office = replace(room.office, mail_server=_server(plain))
        assert room.outbox.run_once(NOW).trouble is Trouble.NOT_TRUSTED
        assert plain.received == []
    assert sink.logins == []


@pytest.mark.feature("E3")
def test_tls_from_the_start_and_no_login_at_all(room: _Room, tmp_path: Path, switch_mail: tuple[bytes, int]) -> None:
    with MailSink(tmp_path / "tls", implicit_tls=True) as sink:
        room.office = replace(room.office, mail_server=_server(sink, security=Security.TLS))
        room.trust = sink.trust
        room.restart()
        room.outbox.run_once(NOW)
        assert len(sink.received) == 1
        assert sink.logins == [True]
    with MailSink(tmp_path / "plain", offers_tls=False) as plain:
        bare = _server(plain, security=Security.NONE, username="", password=Secret(""))
        room.office = replace(room.office, mail_server=bare)
        _put(room, "two", switch_mail[0], NOW)
        assert room.outbox.run_once(NOW).trouble is None
        assert len(plain.received) == 1


@pytest.mark.feature("E3")
def test_one_address_refused_and_one_delayed_get_no_second_copy_elsewhere(room: _Room, sink: MailSink) -> None:
    """E3: who has the mail does not get it again when the other address is tried later."""
    sink.answers = {COPY: "451 try again later"}
    assert room.outbox.run_once(NOW).waiting == 1
    assert [one.addresses for one in sink.received] == [(JAN,)]
    room.restart()
    sink.answers = {}
    assert room.outbox.run_once(NOW + timedelta(minutes=1)).waiting == 0
    assert [one.addresses for one in sink.received] == [(JAN,), (COPY,)]
    assert list(room.folder.iterdir()) == []


@pytest.mark.feature("E3")
def test_what_can_never_be_sent_lies_aside_with_its_reason_and_holds_up_nothing(
    room: _Room, sink: MailSink, switch_mail: tuple[bytes, int]
) -> None:
    """E3: no such box any more, no mail at all, a refused address; a message behind them arrives."""
    _put(room, "a-gone", switch_mail[0].replace(b"box-e201", b"box-e999"), NOW - timedelta(minutes=3))
    _put(room, "b-noise", b"\x00\xff: no mail\n\n\n", NOW - timedelta(minutes=2))
    secret = room.paths.root / "secret"
    secret.write_text("Subject: not for outside\n\n")
    (room.folder / "c-link.eml").symlink_to(secret)
    state = room.outbox.run_once(NOW)
    assert len(sink.received) == 1
    assert (state.waiting, state.failed) == (0, 3)
    assert room.names("failed") == ["a-gone.eml", "b-noise.eml", "c-link.eml"]
    assert "box-e999" in (room.folder / "failed" / "a-gone.eml.reason").read_text()
    assert secret.exists()
    sink.answers = {JAN: "550 no such person", COPY: "550 no such person"}
    _put(room, "d-refused", switch_mail[0], NOW)
    state = room.outbox.run_once(NOW)
    assert state.failed == 4
    assert "550 no such person" in (room.folder / "failed" / "d-refused.eml.reason").read_text()
    assert "550" in state.last_reason or "box-e999" in state.last_reason or "plain file" in state.last_reason


@pytest.mark.feature("E3")
def test_a_mail_the_server_refuses_now_or_for_good(room: _Room, sink: MailSink) -> None:
    sink.answer_to_mail = "452 disk full"
    state = room.outbox.run_once(NOW)
    assert (state.waiting, state.failed, state.trouble) == (1, 0, None)
    sink.answer_to_mail = "554 this is no mail for us"
    assert room.outbox.run_once(NOW + timedelta(seconds=14)).waiting == 1
    assert room.outbox.run_once(NOW + timedelta(seconds=15)).failed == 1


@pytest.mark.feature("E3")
def test_without_a_mail_server_mails_wait_and_the_state_says_so(room: _Room, sink: MailSink) -> None:
    room.office = replace(room.office, mail_server=None)
    state = room.outbox.run_once(NOW)
    assert (state.trouble, state.waiting, state.is_wanted) == (Trouble.NO_SERVER, 1, True)
    assert room.outbox.run_once(NOW + timedelta(days=29)).dropped == 0
    room.office = replace(room.office, mail_server=_server(sink))
    assert room.outbox.run_once(NOW + timedelta(days=29)).waiting == 0
    assert len(sink.received) == 1


@pytest.mark.feature("E1")
def test_a_phone_that_goes_silent_is_mailed_once_and_once_when_it_is_back(
    bench: SwitchBench, sink: MailSink, tmp_path: Path
) -> None:
    """E1: what the switch sees of a real phone, the rest of the time is the test's."""
    room = _Room(tmp_path / "box", replace(bench.office, mail_server=_server(sink)), sink.trust)
    watch = OfflineWatch(room.paths)
    bench.at_rest()

    def pass_time(moment: datetime) -> None:
        reachable = {one.sip_user for one in look(bench.ami, bench.office).contacts if one.is_reachable}
        watch.look(room.office, reachable, moment)
        room.outbox.run_once(moment)

    pass_time(NOW)
    start = NOW + SETTLES
    pass_time(start)
    phone = bench.phones["202"]
    phone.fall_silent()
    bench.wait_reachable(phone, False)
    pass_time(start + timedelta(seconds=1))
    pass_time(start + timedelta(seconds=60))
    assert sink.received == []
    for seconds in (61, 63, 600):
        pass_time(start + timedelta(seconds=seconds))
    (received,) = sink.received
    assert received.addresses == ("sandra@example.test",)
    assert received.mail["Subject"] == "Toestel offline: Person 202 (202)"
    phone.wake()
    bench.wait_reachable(phone, True)
    for seconds in (601, 630, 631, 700):
        pass_time(start + timedelta(seconds=seconds))
    assert [one.mail["Subject"] for one in sink.received[1:]] == ["Toestel weer online: Person 202 (202)"]


@pytest.mark.feature("E3")
def test_the_monitor_sends_mails_by_itself_even_while_the_switch_is_away(
    tmp_path: Path, switch_mail: tuple[bytes, int]
) -> None:
    """E3: the real process; `status` says that a server is missing, then the mail leaves without a restart."""
    box = Box(tmp_path / "box")
    for folder in (box.paths.run, box.paths.database.parent, box.paths.voicemail_mails):
        folder.mkdir(parents=True)
    save(_nowhere(), box.paths.network_facts)
    number = box.repository.save(_office(), based_on=0, author="test", summary="", now=NOW)
    (box.paths.voicemail_mails / "one.eml").write_bytes(switch_mail[0])
    with MailSink(tmp_path / "sink") as sink, (tmp_path / "log").open("wb") as log:
        monitor = subprocess.Popen(
            [sys.executable, "-m", "appliance.cli.main", "--root", str(box.paths.root), "monitor"],
            env={**os.environ, "SSL_CERT_FILE": str(sink.folder / "certificate.pem")},
            stdout=log,
            stderr=log,
        )
        try:
            _wait_until(lambda: _mail_part(box) == ("warning", "mail-no-server", "mail-set-server"))
            office = replace(_office(), mail_server=_server(sink))
            box.repository.save(office, based_on=number, author="test", summary="", now=NOW)
            sink.wait_for(1)
            _wait_until(lambda: _mail_part(box) == ("ok", "mail-sent", ""))
            office = replace(_office(), mail_server=_server(sink, password=Secret("wrong-password")))
            box.repository.save(office, based_on=number + 1, author="test", summary="", now=NOW)
            (box.paths.voicemail_mails / "two.eml").write_bytes(switch_mail[0])
            _wait_until(lambda: _mail_part(box) == ("warning", "mail-login-refused", "mail-check-login"))
        finally:
            monitor.terminate()
            monitor.wait(10)
    assert monitor.returncode == 0
    words = (tmp_path / "log").read_text()
    assert "mail-login-refused" in words
    assert PASSWORD not in words
    assert "wrong-password" not in words


def _nowhere() -> NetworkFacts:
    """A box on loopback whose switch is not there."""
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        port = int(probe.getsockname()[1])
    return NetworkFacts(
        interface="lo",
        address=ADDRESS,
        prefix_length=8,
        router=ADDRESS,
        dns=ADDRESS,
        dhcp_role=DhcpRole.NEIGHBOUR,
        manager_port=port,
    )


def _mail_part(box: Box) -> tuple[str, str, str]:
    (part,) = (part for part in Status(box).parts() if part.name == "mail")
    return part.state, part.what, part.remedy


def _wait_until(is_so: Callable[[], bool], seconds: float = 20.0) -> None:
    limit = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < limit, "not in time"
        time.sleep(0.1)  # another process's file: it tells nobody when it is written

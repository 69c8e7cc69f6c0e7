"""Voicemail: E3, when a caller is sent there, what is heard, who is told; listening with 1233; message lamps."""

from __future__ import annotations

import email
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.office.destination import ToExtension, ToSharedVoicemail
from appliance.office.number import Number
from appliance.office.numbers import ExtensionNumber
from appliance.office.secret import Secret
from appliance.office.voicemail import SharedVoicemail, VoicemailBox, VoicemailRules
from tests.switch.calls import call_in, dial, opened, wait_application, wait_rings
from tests.switch.offices import CALLER, MAIN, SECOND, person, small_office
from tests.switch_bench.behaviour import BUSY
from tests.switch_bench.bench import SwitchBench
from tests.switch_bench.call import Call
from tests.switch_bench.diary import What


def _box(**settings: object) -> VoicemailBox:
    return VoicemailBox(pin=Secret("4711"), **settings)  # type: ignore[arg-type]  # any of its settings


@pytest.fixture(scope="module")
def open_bench(
    needs_namespaces: None, switch_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SwitchBench]:
    """Each person's rules differ; 205's box takes no messages and sends on to 206; a shared box lights 206's lamp."""
    office = small_office(
        extensions=(
            person("201", voicemail=_box(emails=("jan@example.test", "copy@example.test"))),
            person("202", voicemail=_box(), voicemail_rules=VoicemailRules(all_calls=True)),
            person("203", voicemail=_box(), voicemail_rules=VoicemailRules(busy=False, no_answer=True)),
            person("204", voicemail=_box(), voicemail_rules=VoicemailRules(busy=True, no_answer=False)),
            person(
                "205",
                voicemail=_box(
                    takes_messages=False,
                    greeting_id="closed",
                    busy_greeting_id="welcome",
                    after_greeting=ToExtension("e206"),
                ),
            ),
            person("206", lamp_box_ids=("sales",)),
        ),
        ring_groups=(),
        shared_voicemails=(SharedVoicemail(id="sales", name="Sales", number=ExtensionNumber("600"), box=_box()),),
        numbers=(
            Number(id="main", number=MAIN, destination=ToExtension("e201")),
            Number(id="second", number=SECOND, destination=ToSharedVoicemail("sales")),
        ),
    )
    with opened(office, tmp_path_factory.mktemp("voicemail"), switch_root) as bench:
        yield bench


def _leave_message(bench: SwitchBench, call: Call, box: str) -> None:
    """Speak for two seconds after the tone and hang up; return when the switch has kept it."""
    folder = bench.folder / "switch-state" / "spool" / "voicemail" / "default" / box
    before = set(folder.rglob("*"))

    def new(pattern: str) -> list[Path]:
        return [path for path in folder.rglob(pattern) if path not in before]

    wait_application(bench, "VoiceMail", f"{box}@")
    bench.wait_until(lambda: any(path.stat().st_size > 24_000 for path in new("*.wav")), "two seconds are recorded", 20)
    call.hang_up()
    bench.wait_until(lambda: any(path.parent.name == "INBOX" for path in new("msg*.txt")), "the message is kept", 10)


@pytest.mark.feature("E3")
def test_nobody_answers_and_the_owner_hears_the_message_by_1233(bench: SwitchBench) -> None:
    """E3: lamp of the phone (message waiting), then 1233 from that very phone without a PIN."""
    call = call_in(bench)
    wait_rings(bench, "201")
    _leave_message(bench, call, "box-e201")
    waiting = bench.diary.wait_for("201", What.NOTIFIED, event="message-summary", seconds=8)
    assert "Messages-Waiting" in waiting.facts["body"]
    dial(bench, "201", "1233")
    wait_application(bench, "VoiceMailMain", "box-e201@default,s")


@pytest.mark.feature("E3", "E12")
def test_a_phone_that_subscribes_to_its_messages_is_told_once(bench: SwitchBench) -> None:
    """E3: RFC 3842, as softphones and some desk phones ask: an answer at once, and one word of each change."""
    phone = bench.phones["203"]
    mark = bench.diary.last
    phone.watch(phone.user, event="message-summary")
    first = bench.diary.wait_for("203", What.NOTIFIED, event="message-summary", after=mark)
    assert "Messages-Waiting: no" in first.facts["body"]
    call = dial(bench, "201", "203")
    wait_rings(bench, "203")
    mark = bench.diary.last
    _leave_message(bench, call, "box-e203")
    told = bench.diary.wait_for("203", What.NOTIFIED, event="message-summary", after=mark, seconds=8)
    assert "Messages-Waiting: yes" in told.facts["body"]
    dial(bench, "201", "*43").wait_for(What.ANSWERED)  # whatever else the switch had to tell has come by now
    assert not bench.diary.events("203", What.NOTIFIED, after=told.sequence, event="message-summary")


@pytest.mark.feature("E3")
def test_a_message_leaves_as_a_mail_with_its_recording_and_who_called(bench: SwitchBench) -> None:
    """E3: the switch writes one mail to its outbox; addresses and words are the sender's (mail room)."""
    outbox = bench.folder / "switch-state" / "spool" / "outmail"
    before = set(outbox.glob("*.eml")) if outbox.exists() else set()
    call = call_in(bench)
    wait_rings(bench, "201")
    _leave_message(bench, call, "box-e201")
    bench.wait_until(lambda: outbox.exists() and bool(set(outbox.glob("*.eml")) - before), "the mail is written", 10)
    mail = email.message_from_bytes((set(outbox.glob("*.eml")) - before).pop().read_bytes())
    parts = {part.get_content_type(): part for part in mail.walk()}
    sound = next(part for kind, part in parts.items() if kind.startswith("audio/"))
    payload = sound.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.startswith(b"RIFF")
    text = parts["text/plain"].get_payload()
    assert isinstance(text, str)
    assert "box-e201" in text
    assert CALLER in text


@pytest.mark.feature("E3")
def test_all_calls_go_to_the_box_without_a_ring(bench: SwitchBench) -> None:
    dial(bench, "206", "202")
    wait_application(bench, "VoiceMail", "box-e202@")
    assert not bench.diary.events("202", What.INVITED)


@pytest.mark.feature("E3")
def test_busy_only_and_no_answer_only(bench: SwitchBench) -> None:
    for phone in ("203", "204"):
        bench.phones.behave(phone, BUSY)
    assert dial(bench, "206", "203").wait_ended() == "486"
    dial(bench, "206", "204")
    wait_application(bench, "VoiceMail", "box-e204@")
    bench.hang_up_all()
    bench.at_rest()
    assert dial(bench, "206", "204").wait_ended() == "480"
    dial(bench, "206", "203")
    wait_application(bench, "VoiceMail", "box-e203@")


@pytest.mark.feature("E3")
def test_a_box_that_takes_no_message_says_its_greeting_and_sends_on(bench: SwitchBench) -> None:
    call = dial(bench, "201", "205")
    wait_rings(bench, "206", seconds=6)
    assert call.wait_for(What.ANSWERED)
    assert "VoiceMail" not in bench.console("core show channels concise")


@pytest.mark.feature("E3")
def test_each_case_has_its_own_greeting(bench: SwitchBench) -> None:
    """E3: the dial plan names the office's prompt for no answer and the one for busy."""
    plan = (bench.folder / "switch" / "current" / "asterisk" / "extensions.conf").read_text()
    own = plan.partition("[voicemail-e205]")[2].partition("\n[")[0]
    busy, plain = (part for part in own.split("exten => ") if "Playback" in part)
    if plain.startswith("busy"):
        busy, plain = plain, busy
    assert bench.office.prompt("welcome").sound in busy
    assert bench.office.prompt("closed").sound in plain


@pytest.mark.feature("E3")
def test_a_shared_box_is_reached_by_its_number_and_lights_a_colleagues_lamp(bench: SwitchBench) -> None:
    call = call_in(bench, number=SECOND)
    _leave_message(bench, call, "shared-sales")
    bench.diary.wait_for("206", What.NOTIFIED, event="message-summary", seconds=8)
    dial(bench, "201", "600")
    wait_application(bench, "VoiceMail", "shared-sales@")


@pytest.mark.feature("E3")
@pytest.mark.parametrize(
    ("number", "box", "pin"),
    [("202", "box-e202", "4711"), ("600", "shared-sales", "4711"), ("999", "company", "9999")],
    ids=["a colleague's", "shared", "the company's"],
)
def test_a_box_is_opened_at_any_phone_by_its_number_and_pin(
    bench: SwitchBench, number: str, box: str, pin: str
) -> None:
    """E3: 1233 and the number in one; or 1233 at a phone without a box of its own, which asks for the number."""
    _get_in(bench, dial(bench, "206", f"1233{number}"), box, pin, "2580")
    call = dial(bench, "206", "1233")
    wait_application(bench, "Read", "TYPED")
    call.send_digits(f"{number}#")
    _get_in(bench, call, box, "2580", pin)


@pytest.mark.feature("E3")
def test_a_wrong_pin_opens_nothing(bench: SwitchBench) -> None:
    call = dial(bench, "206", "1233999")
    wait_application(bench, "VoiceMailMain", "company@default")
    _press_menu(call, "4711", "2580")
    assert call.wait_ended(20)
    kept = _phones_pin(bench, "company")
    assert not kept.exists() or "2580" not in kept.read_text()


@pytest.mark.feature("E3")
def test_1233_with_a_number_that_has_no_box_asks_again_and_gives_up(bench: SwitchBench) -> None:
    call = dial(bench, "206", "1233")
    for _ in range(3):
        wait_application(bench, "Read", "TYPED")
        call.send_digits("206#")
        wait_application(bench, "Playback", "belbox/number-unknown")
    assert call.wait_ended(10)


@pytest.mark.feature("E3")
def test_a_pin_changed_at_a_phone_outlives_a_reload_and_a_restart(bench: SwitchBench) -> None:
    """E3: in the menu of the box, 0 and 5; then an address is added at a page, and the switch starts again."""
    _get_in(bench, dial(bench, "206", "1233203"), "box-e203", "4711", "2580")
    office = bench.office
    changed = replace(office.extensions[2], voicemail=_box(emails=("piet@example.test",)))
    bench.change(replace(office, extensions=(*office.extensions[:2], changed, *office.extensions[3:])))
    try:
        _get_in(bench, dial(bench, "206", "1233203"), "box-e203", "2580", "1357")
        bench.restart()
        _get_in(bench, dial(bench, "206", "1233203"), "box-e203", "1357", "2580")
    finally:
        _phones_pin(bench, "box-e203").unlink()
        bench.change(office)


def _get_in(bench: SwitchBench, call: Call, box: str, pin: str, new_pin: str) -> None:
    """Type the PIN; whoever is in can choose another, which the switch then keeps."""
    kept = _phones_pin(bench, box)
    shutil.rmtree(kept.parent / "INBOX", ignore_errors=True)  # what is said of messages swallows keys
    wait_application(bench, "VoiceMailMain", f"{box}@default")
    _press_menu(call, pin, new_pin)
    bench.wait_until(lambda: kept.exists() and new_pin in kept.read_text(), f"{box} has another PIN", 20)
    bench.hang_up_all()


def _press_menu(call: Call, pin: str, new_pin: str) -> None:
    """The box's own menu: options, PIN, the new one twice."""
    call.send_digits(f"{pin}#")
    for digits in ("05", f"{new_pin}#", f"{new_pin}#"):
        call.send_digits(digits)


def _phones_pin(bench: SwitchBench, box: str) -> Path:
    """Where the switch keeps a PIN changed at a phone."""
    return bench.folder / "switch-state" / "spool" / "voicemail" / "default" / box / "secret.conf"

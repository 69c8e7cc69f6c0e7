"""What these tests ask of a bench again and again."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from appliance.office.numbers import PhoneNumber
from appliance.office.office import Office
from tests.switch.offices import CALLER, MAIN
from tests.switch_bench.bench import SwitchBench
from tests.switch_bench.call import Call
from tests.switch_bench.diary import What

_SILENCE = bytes(1600)  # a tenth of a second at 8 kHz
# A caller who hangs up in a voicemail box, on purpose.
_NOISE = ("app_voicemail.c", "No audio available")


@contextmanager
def opened(office: Office, folder: Path, switch_root: Path) -> Iterator[SwitchBench]:
    """A bench with this office, one phone for each extension, and the box's test phone; its log is clean at the end."""
    give_prompts(office, folder)
    with SwitchBench(office, folder, switch_root=switch_root) as bench:
        bench.phones.register_extensions(*office.extensions)
        bench.register_test_phone()
        yield bench
        complaints = [line for line in bench.problems() if not any(noise in line for noise in _NOISE)]
        assert not complaints, complaints


def give_prompts(office: Office, folder: Path) -> None:
    """The office's prompts as a tenth of a second of silence: what they say is another test's."""
    sounds = folder / "switch" / "prompts"
    sounds.mkdir(parents=True, exist_ok=True)
    for prompt in office.prompts:
        with wave.open(str(sounds / f"{prompt.sound}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            file.writeframes(_SILENCE)


def call_in(bench: SwitchBench, moment: str = "", number: PhoneNumber = MAIN, caller: str = CALLER) -> Call:
    """A call from outside as if it were another local moment (2026-12-25T11:00); caller empty: withheld."""
    headers = {"X-Belbox-Caller": caller or "anonymous"}
    if moment:
        local = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(bench.office.site.time_zone))
        headers["X-Belbox-At"] = str(int(local.timestamp()))
    return bench.phones.call("test-phone", f"*40*{number.e164}", headers)


def dial(bench: SwitchBench, phone: str, number: str) -> Call:
    """Dial from a phone."""
    return bench.phones.call(phone, number)


def dial_code(bench: SwitchBench, phone: str, code: str) -> None:
    """Dial a code, hear it confirmed, and hang up."""
    call = bench.phones.call(phone, code)
    call.wait_for(What.ANSWERED)
    call.wait_ended(10)


def wait_rings(bench: SwitchBench, *phones: str, seconds: float = 5.0) -> None:
    """Wait until exactly these phones ring."""
    bench.wait_until(lambda: bench.phones.ringing() == frozenset(phones), f"{phones} ring", seconds)


def wait_application(bench: SwitchBench, application: str, data: str = "", seconds: float = 12.0) -> None:
    """Wait until a channel of the switch is in an application, such as VoiceMail with the box it writes to."""

    def is_there() -> bool:
        channels = bench.ami.list("CoreShowChannels")
        return any(
            channel.get("Application") == application and channel.get("ApplicationData", "").startswith(data)
            for channel in channels
        )

    bench.wait_until(is_there, f"a call is in {application}({data})", seconds)


def outside_calls(bench: SwitchBench, trunk_id: str = "line1") -> list[str]:
    """The numbers called by a line since the bench was at rest."""
    return [invite.number for invite in bench.line(trunk_id).invites]


def wait_lamp(bench: SwitchBench, phone: str, state: str, seconds: float = 5.0) -> None:
    """Wait until a phone was told this state of a lamp last (RFC 4235: terminated, early, confirmed)."""

    def is_so() -> bool:
        told = [
            event.facts["body"]
            for event in bench.diary.events(phone, What.NOTIFIED)
            if event.facts["event"] == "dialog"
        ]
        return bool(told) and f"<state>{state}" in told[-1]

    bench.wait_until(is_so, f"the lamp at {phone} is {state}", seconds)

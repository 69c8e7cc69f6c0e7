"""Two phones and a telephone company in the router's place, driven by lines on standard input.

`python -m tests.system.outside_phones BOX OWN USER SECRET USER SECRET`: `dial NUMBER SECONDS` dials again and again
until the telephone company is asked for the number; `inside NUMBER SECONDS` until the second phone rings. Each answers
one line of JSON: `{"ok", "seconds", "codes"}`, seconds from the command on.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

from tests.switch_bench.behaviour import RINGS
from tests.switch_bench.call import Call
from tests.switch_bench.diary import Diary, NotSeenError
from tests.switch_bench.line import Line
from tests.switch_bench.network_thread import NetworkThread
from tests.switch_bench.phones import Phone
from tests.switch_bench.telephone import Circumstances, call_numbers

FIRST_PHONE_PORT = 5070
TRY_SECONDS = 0.5
LOOK_SECONDS = 0.02


class OutsidePhones:
    """The three telephones."""

    def __init__(self, box: str, own: str, accounts: list[str]) -> None:
        self._thread = NetworkThread()
        self._thread.start()
        diary, numbers = Diary(), call_numbers()

        def circumstances(port: int, tone_hz: int) -> Circumstances:
            return Circumstances(
                server=(box, 5060), thread=self._thread, diary=diary, call_numbers=numbers, tone_hz=tone_hz, port=port
            )

        self.line = Line("line", own, **circumstances(5060, 1500))
        self.phones = []
        for index in range(2):
            phone = Phone(f"phone {index}", own, **circumstances(FIRST_PHONE_PORT + index, 400 + 40 * index))
            phone.user, phone.password = accounts[2 * index], accounts[2 * index + 1]
            self.phones.append(phone)
        for telephone in (self.line, *self.phones):
            telephone.open()

    def dial(self, number: str, seconds: float) -> dict[str, object]:
        """Dial from the first phone until the telephone company is asked for the number."""
        self.line.at_rest()
        return self._again_and_again(
            number, seconds, lambda: any(invite.number == number for invite in self.line.invites)
        )

    def inside(self, number: str, seconds: float) -> dict[str, object]:
        """Register the second phone, as phones do, and dial it from the first until it rings."""
        second = self.phones[1]
        second.behaviour = RINGS
        limit = time.monotonic() + seconds
        while True:
            try:
                second.register(TRY_SECONDS)
                break
            except NotSeenError:
                if time.monotonic() > limit:
                    return {"ok": False, "seconds": seconds, "codes": ["not registered"]}
        return self._again_and_again(number, seconds, lambda: second.is_ringing)

    def _again_and_again(self, number: str, seconds: float, is_so: Callable[[], bool]) -> dict[str, object]:
        began = time.monotonic()
        codes: list[str] = []
        while time.monotonic() - began < seconds:
            call = self.phones[0].call(number)
            if self._wait(call, is_so):
                took = time.monotonic() - began
                for telephone in (self.line, *self.phones):
                    telephone.hang_up_all()
                return {"ok": True, "seconds": round(took, 2), "codes": codes}
            codes.append(call.ended_with or "no answer")
            call.hang_up()
        return {"ok": False, "seconds": seconds, "codes": codes}

    def _wait(self, call: Call, is_so: Callable[[], bool]) -> bool:
        limit = time.monotonic() + TRY_SECONDS
        while time.monotonic() < limit:
            if is_so():
                return True
            time.sleep(LOOK_SECONDS)  # three telephones may have the news; each has events of its own
            if call.ended_with:
                time.sleep(LOOK_SECONDS)
                return is_so()
        return False


def main() -> int:
    """Do what the lines say until there are no more."""
    box, own, *accounts = sys.argv[1:]
    phones = OutsidePhones(box, own, accounts)
    print(json.dumps({"ok": True}), flush=True)
    for line in sys.stdin:
        verb, number, seconds = line.split()
        act = phones.dial if verb == "dial" else phones.inside
        print(json.dumps(act(number, float(seconds))), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

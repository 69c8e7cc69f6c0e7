"""A virtual SIP phone as a process: `python -m tests.virtual_office.sip_phone --control SOCKET --address IP`.

Controlled by JSON lines on a unix socket: `{"do": "call", "target": "sip:127.0.0.1:5070"}` is answered by
`{"ok": true, "call": 1}` or `{"ok": false, "error": "..."}`. `SipPhoneClient` speaks this for tests.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pjsua2

from tests.virtual_office.sip_phone_control import Answer, ControlRefused, ControlSocket, Later, Reply
from tests.virtual_office.sip_phone_engine import Behaviour, NoSuchCall, SipEngine
from tests.virtual_office.sip_phone_setup import Registration

DEFAULT_TONE_HZ = 440.0
DEFAULT_WAIT_SECONDS = 10.0


class Commands:
    """What the control socket understands, one method `do_NAME` each."""

    def __init__(self, engine: SipEngine) -> None:
        self._engine = engine
        self.is_asked_to_stop = False

    def handle(self, request: Mapping[str, Any]) -> Answer:
        """Carry out one request."""
        command: Callable[..., Answer] | None = getattr(self, f"do_{request.get('do')}", None)
        if command is None:
            raise ControlRefused(f"nothing is called {request.get('do')!r}")
        try:
            return command(**{name: value for name, value in request.items() if name != "do"})
        except pjsua2.Error as error:
            raise ControlRefused(error.info().strip()) from error
        except NoSuchCall as error:
            raise ControlRefused(str(error)) from error

    def do_register(self, timeout: float = DEFAULT_WAIT_SECONDS, **account: Any) -> Answer:
        """Register and answer the outcome's SIP code (200, 401, 403 ...)."""
        account["codecs"] = tuple(account.get("codecs", ()))
        mark = len(self._engine.diary.since(0))
        self._engine.register(Registration(**account))
        return self._outcome(mark, ("registered", "registration_failed"), timeout)

    def do_register_again(self) -> Answer:
        """Send a REGISTER now, without waiting for what comes of it."""
        self._engine.register_again()
        return {"ok": True}

    def do_unregister(self, timeout: float = DEFAULT_WAIT_SECONDS) -> Answer:
        """Take the registration away and wait for the answer."""
        mark = len(self._engine.diary.since(0))
        self._engine.unregister()
        return self._outcome(mark, ("unregistered", "registration_failed"), timeout)

    def do_call(self, target: str) -> Answer:
        """Call a number or a `sip:` address."""
        return {"ok": True, "call": self._engine.call(target)}

    def do_answer(self, call: int, code: int = 200) -> Answer:
        """Answer an incoming call."""
        self._engine.answer(call, code)
        return {"ok": True}

    def do_hangup(self, call: int) -> Answer:
        """End a call."""
        self._engine.hang_up(call)
        return {"ok": True}

    def do_hold(self, call: int, held: bool = True) -> Answer:
        """Hold a call or take it back."""
        self._engine.hold(call, held)
        return {"ok": True}

    def do_transfer(self, call: int, target: str) -> Answer:
        """Blind transfer."""
        self._engine.transfer(call, target)
        return {"ok": True}

    def do_send_dtmf(self, call: int, digits: str) -> Answer:
        """Send digits."""
        self._engine.send_dtmf(call, digits)
        return {"ok": True}

    def do_watch(self, number: str) -> Answer:
        """Light a lamp for a number."""
        self._engine.watch(number)
        return {"ok": True}

    def do_calls(self) -> Answer:
        """Every call so far."""
        return {"ok": True, "calls": self._engine.calls()}

    def do_events(self, since: int = 0) -> Answer:
        """The diary after a sequence number."""
        return {"ok": True, "events": self._engine.diary.since(since)}

    def do_wait_for(
        self,
        event: str,
        timeout: float = DEFAULT_WAIT_SECONDS,
        after: int = 0,
        match: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Answer with the first such event after a sequence number, waiting for it when needed."""

        def look() -> Reply | None:
            found = self._engine.diary.first(event, after, match or {})
            return None if found is None else {"ok": True, "event": found}

        return Later(look=look, deadline=time.monotonic() + timeout, too_late=f"no {event} in {timeout:g} s")

    def do_set_behaviour(self, **behaviour: Any) -> Answer:
        """Replace the whole behaviour; what is not named is as at the start."""
        self._engine.behaviour = Behaviour(**behaviour)
        return {"ok": True}

    def do_listen(self, call: int, seconds: float, frequencies: list[float]) -> Answer:
        """Record what the call brings for that long and answer the level of each frequency."""
        done_at, levels = self._engine.start_listening(call, seconds)

        def look() -> Reply | None:
            heard = levels(frequencies) if time.monotonic() >= done_at else None
            return None if heard is None else {"ok": True, "levels": heard}

        return Later(look=look, deadline=done_at + 5, too_late="the recording did not end")

    def do_stop(self) -> Answer:
        """Leave, after unregistering."""
        self.is_asked_to_stop = True
        return {"ok": True}

    def _outcome(self, mark: int, names: tuple[str, ...], timeout: float) -> Later:
        def look() -> Reply | None:
            for event in self._engine.diary.since(mark):
                if event["event"] in names:
                    return {"ok": True, "code": event["code"], "reason": event["reason"]}
            return None

        return Later(look=look, deadline=time.monotonic() + timeout, too_late=f"no answer in {timeout:g} s")


def main(arguments: list[str]) -> None:
    """Run until SIGTERM, SIGINT `{"do": "stop"}`, or the end of whoever started it."""
    parser = argparse.ArgumentParser(prog="sip_phone", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--control", type=Path, required=True, help="unix socket to be controlled by")
    parser.add_argument("--address", required=True, help="the phone's own IPv4 address")
    parser.add_argument("--port", type=int, default=5060, help="the phone's SIP port")
    parser.add_argument("--tone", type=float, default=DEFAULT_TONE_HZ, help="the tone it speaks with, in Hz")
    chosen = parser.parse_args(arguments)

    engine = SipEngine(
        address=chosen.address, port=chosen.port, tone_hz=chosen.tone, log=chosen.control.with_suffix(".log")
    )
    commands = Commands(engine)
    for end in (signal.SIGTERM, signal.SIGINT):
        signal.signal(end, lambda *_: commands.do_stop())
    try:
        engine.start()
    except pjsua2.Error as error:
        print(f"sip_phone: cannot start: {error.info()}", file=sys.stderr, flush=True)
        os._exit(1)
    control = ControlSocket(chosen.control, commands.handle)
    control.open()
    parent = os.getppid()
    while not commands.is_asked_to_stop and os.getppid() == parent:
        engine.turn()
        control.turn()
    control.close()
    engine.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
    # pjsua2's objects must not meet the interpreter's own taking apart.
    sys.stdout.flush()
    os._exit(0)

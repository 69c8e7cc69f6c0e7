"""`belbox test-call NUMBER`: a real call by the box's own test phone."""

from __future__ import annotations

import argparse
import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from appliance.cli.moments import WITHHELD, moment
from appliance.errors import BelboxError
from appliance.operations.box import Box
from appliance.operations.explain import e164_or_as_typed
from appliance.operations.offices import Offices
from appliance.operations.test_calls import as_if_from_outside
from appliance.test_phone.calling import place_test_call
from appliance.test_phone.result import TestCallResult


def add_to(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verb."""
    parser = verbs.add_parser("test-call", help="call a number with the box's test phone and say what was heard")
    parser.add_argument("number", help="an extension, *43 (echo), *44 (digits), or a number outside")
    parser.add_argument("--ring-seconds", type=float, default=20.0)
    parser.add_argument("--listen-seconds", type=float, default=0.0, help="play a tone and listen for it")
    parser.add_argument("--digits", default="", help="digits to send once answered")
    parser.add_argument(
        "--as-if-from",
        metavar="NUMBER",
        help="call a number of the office as if from this number outside (or anonymous)",
    )
    parser.add_argument("--as-if-at", metavar="2026-12-25T10:00", help="and at this moment, the office's local time")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=_call)


def _call(box: Box, given: argparse.Namespace) -> int:
    try:
        with _pjsip_is_quiet():
            result = _place(box, given)
    except BelboxError as fault:
        if not given.json:
            raise
        print(TestCallResult.failed(fault.rule).as_json())
        return fault.exit_code
    if given.json:
        print(result.as_json())
    else:
        ringing = f", rang after {result.seconds_to_ring:.2f} s" if result.seconds_to_ring is not None else ""
        heard = ""
        if result.tone_level is not None:
            heard = f", own tone {'heard' if result.heard_itself else 'NOT heard'} (level {result.tone_level:.0f})"
        digits = f", digits {result.digits} came back" if given.digits else ""
        print(f"{result.outcome.value} (SIP {result.code}){ringing}{heard}{digits}")
    is_deaf = result.tone_level is not None and not result.heard_itself
    return 0 if result.reached_somebody and not is_deaf else 1


def _place(box: Box, given: argparse.Namespace) -> TestCallResult:
    number, headers = given.number, None
    if given.as_if_from or given.as_if_at:
        office = Offices(box).newest()
        at = moment(given.as_if_at, office) if given.as_if_at else None
        number, headers = as_if_from_outside(
            e164_or_as_typed(number, office), e164_or_as_typed(given.as_if_from or WITHHELD, office), at
        )
    return place_test_call(
        box.test_phone,
        number,
        headers=headers,
        ring_seconds=given.ring_seconds,
        listen_seconds=given.listen_seconds,
        digits=given.digits,
    )


@contextmanager
def _pjsip_is_quiet() -> Iterator[None]:
    """The library writes a few lines to standard output before it can be told not to; they go to the errors."""
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        # The C library keeps the lines back while nobody looks on; they must go before the way is turned again.
        ctypes.CDLL(None).fflush(None)
        os.dup2(kept, 1)
        os.close(kept)

"""Calls between the virtual phones: one calls, the other answers, and each listens for the other's tone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.system.furnished import EXTENSION_OF
from tests.virtual_office.lab import VirtualOffice
from tests.virtual_office.network import PHONES
from tests.virtual_office.sip_phone_client import SipPhoneClient

TONES = {phone.name: float(phone.tone_hz) for phone in PHONES} | {"mobile": 700.0, "emergency": 900.0}


@contextmanager
def handles_on_phones(office: VirtualOffice) -> Iterator[dict[str, SipPhoneClient]]:
    """Give handles on the four desk phones, the mobile and the emergency centre; all idle afterwards."""
    handles = {name: office.phone(name) for name in (*EXTENSION_OF, "mobile", "emergency")}
    try:
        yield handles
    finally:
        for handle in handles.values():
            handle.set_behaviour()
            for call in handle.calls():
                if call["state"] != "ended":
                    handle.hangup(call["call"])
            handle.stop()


def talk(caller: SipPhoneClient, number: str, callee: SipPhoneClient) -> tuple[int, int]:
    """Call, answer and return both call ids once both sides say so."""
    mark = callee.last_sequence()
    outgoing = caller.call(number)
    incoming = callee.wait_for("incoming", timeout=10, after=mark)["call"]
    callee.answer(incoming)
    caller.wait_for("answered", timeout=10, call=outgoing)
    return outgoing, incoming


def assert_both_hear(first: tuple[str, SipPhoneClient, int], second: tuple[str, SipPhoneClient, int]) -> None:
    """Each hears the other's tone and not its own."""
    for (name, phone, call), (other, _, _) in ((first, second), (second, first)):
        phone.wait_to_hear(call, TONES[other], TONES[name])

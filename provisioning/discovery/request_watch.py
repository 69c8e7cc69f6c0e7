"""What phones ask us for tells who they are: first files, enrolment, and the whole settings in nginx's log."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import IO

from appliance.office.numbers import MacAddress
from provisioning.discovery.inventory import SightingNoted
from provisioning.drivers.recognition import Evidence
from provisioning.enrolment import Enrolment
from provisioning.phone_identity import Answer, PhoneState, SeenBy, Sighting, sighting_from
from provisioning.servers.enrolment import mac_asked

LOOK_EVERY_SECONDS = 0.5
LONGEST_LOG_BYTES = 1_000_000  # some 5,000 files fetched


def sighting_of_request(
    name: str,
    address: str,
    seen_by: SeenBy,
    when: datetime,
    mac_at: Callable[[str], MacAddress | None],
    *,
    user_agent: str = "",
    enrolled: bool = False,
    answer: Answer = Answer.GIVEN,
) -> Sighting | None:
    """Return who asked for a file of this name: by the name, else the User-Agent, else the ARP cache.

    A name alone could be a guess from another machine, so on the same LAN the cache must not contradict it.
    """
    at_address = mac_at(address)
    named = mac_asked(name, user_agent)
    if named and at_address and named != at_address:
        return None
    return sighting_from(
        Evidence(mac=named or at_address, user_agent=user_agent),
        seen_by,
        when,
        address=address,
        state=PhoneState.ENROLLED if enrolled else PhoneState.ASKED,
        asked=name,
        answer=answer,
        source=address,
        is_confirmed=at_address is not None,
    )


def watch_phone_log(
    log: Path,
    load: Callable[[], Enrolment],
    noted: SightingNoted,
    clock: Callable[[], datetime],
    stop: threading.Event,
    started: Callable[[], None],
) -> None:
    """Follow nginx's log of /p/ until `stop`; what was in it before is history. Survives its rotation.

    When it is long and read to its end it is emptied: nginx appends, so that it goes on at the beginning.
    """
    position = log.stat().st_size if log.exists() else 0
    started()
    while not stop.wait(LOOK_EVERY_SECONDS):
        if not log.exists():
            position = 0
            continue
        with log.open("rb") as file:
            if file.seek(0, 2) < position:
                position = 0
            file.seek(position)
            lines = _whole_lines(file)
        position += sum(map(len, lines))
        phone_of_token = {phone.token.reveal(): mac for mac, phone in load().phones.items()} if lines else {}
        for line in lines:
            if sighting := sighting_of_fetch(line, phone_of_token, clock()):
                noted(sighting)
        if position > LONGEST_LOG_BYTES and log.stat().st_size == position:
            os.truncate(log, 0)
            position = 0


def sighting_of_fetch(line: bytes, phone_of_token: Mapping[str, MacAddress], when: datetime) -> Sighting | None:
    """Return the phone whose settings were fetched, by the token in one line of the log."""
    try:
        entry = json.loads(line)
        token = entry["path"].split("/")[2]
        if entry["status"] != 200:
            return None
        mac = phone_of_token[token]
        user_agent, address = str(entry["user_agent"]), str(entry["address"])
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return None
    return sighting_from(
        Evidence(mac=mac, user_agent=user_agent),
        SeenBy.HTTP,
        when,
        address=address,
        state=PhoneState.FETCHED,
        asked=entry["path"].split("/", 3)[3],
        is_confirmed=True,
    )


def _whole_lines(file: IO[bytes]) -> list[bytes]:
    return [line for line in file.readlines() if line.endswith(b"\n")]

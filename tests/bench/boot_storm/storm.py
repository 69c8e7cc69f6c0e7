"""All phones of a storm in one process, in the namespace of their interfaces; what was seen goes to DIR."""

from __future__ import annotations

import argparse
import dataclasses
import json
import random
import secrets
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.bench.boot_storm.dhcp import DhcpClients
from tests.bench.boot_storm.lamps import watched
from tests.bench.boot_storm.office import brand_of, mac_of, number_of, phone_of
from tests.bench.boot_storm.phone import Boot, Story
from tests.bench.boot_storm.place import plug_in
from tests.bench.boot_storm.telephone import IDLE, StormPhone
from tests.switch_bench.behaviour import Answers
from tests.switch_bench.diary import Diary, What
from tests.switch_bench.network_thread import NetworkThread
from tests.switch_bench.telephone import SIP_PORT, call_numbers
from tests.virtual_office.desk_phone.brand import Account
from tests.virtual_office.network import BOX_ADDRESS

BUSY = "confirmed"  # RFC 4235
LOOK_SECONDS = 0.05
LAMP_SECONDS = 10.0
REBOOT_PAUSE_SECONDS = 2.0


class Storm:
    """`phones` of them, the last of which reboots for ever where `restless` says so."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.given = given
        self.stop = threading.Event()
        self.dhcp = DhcpClients()
        self.thread = NetworkThread()
        self.diary = Diary()
        self.calls = call_numbers()
        self.stories = [Story() for _ in range(given.phones)]
        self.files: dict[str, bytes | None] = {}
        self.telephones: list[StormPhone | None] = [None] * given.phones
        self.accounts: dict[str, Account] = {}
        self.authority = given.authority.read_text()

    def run(self) -> None:
        """Start, wait for every lamp, call once, write down what was seen."""
        given = self.given
        plug_in({f"p{place}": mac_of(place) for place in range(given.phones)})
        self.dhcp.start()
        self.thread.start()
        self.settled = range(given.phones - given.restless)
        order = random.Random(given.seed)
        starts = [order.uniform(0, given.spread) for _ in range(given.phones)]
        old = set(order.sample(self.settled, given.old))
        began = time.monotonic()
        threads = [
            threading.Thread(target=self._live, args=(place, began + starts[place], place in old), daemon=True)
            for place in range(given.phones)
        ]
        for thread in threads:
            thread.start()
        limit = began + given.seconds
        while not self._is_right() and time.monotonic() < limit:
            time.sleep(LOOK_SECONDS)  # looked at from outside, so that nothing is added to each NOTIFY
        calm = time.monotonic()
        self._note_phases()
        busy = self._one_call() if self._is_right() else {}
        self.stop.set()
        self._tell(began, calm - began, busy)

    def _live(self, place: int, start: float, has_old_token: bool) -> None:
        try:
            self._life(place, start, has_old_token)
        except Exception as fault:  # a thread's end would be seen by nobody
            self.stories[place].failed.append(f"the bench itself: {fault!r}")

    def _life(self, place: int, start: float, has_old_token: bool) -> None:
        story = self.stories[place]
        is_restless = place not in self.settled
        token = secrets.token_urlsafe(24)
        old_url = f"https://{BOX_ADDRESS}/p/{token}/" if has_old_token else ""
        time.sleep(max(0.0, start - time.monotonic()))
        story.reached["start"] = time.monotonic()
        while not self.stop.is_set():
            phone = phone_of(place)
            boot = Boot(phone, f"p{place}", self.dhcp, story, old_url=old_url, authority=self.authority)
            account = boot.run(self.stop)
            self.files.update(boot.fetcher.asked)
            if account is not None:
                self.accounts[account.user] = account
            if account is None or not is_restless:
                break
            self.stop.wait(REBOOT_PAUSE_SECONDS)
        if account is not None and not is_restless:
            self._begin(place, boot, account)

    def _begin(self, place: int, boot: Boot, account: Account) -> None:
        if account.transport != "udp":
            raise ValueError(f"the account wants {account.transport}")
        telephone = StormPhone(
            f"p{place}",
            boot.fetcher.address,
            f"p{place}",
            server=(account.server, account.port),
            thread=self.thread,
            diary=self.diary,
            call_numbers=self.calls,
            tone_hz=440,
            port=SIP_PORT,
        )
        telephone.user, telephone.password = account.auth_user, account.password
        telephone.begin(watched(boot.brand.name, boot.settings))
        self.telephones[place] = telephone

    def _is_right(self) -> bool:
        given = self.given
        for place in self.settled:
            telephone = self.telephones[place]
            if telephone is None or not telephone.registered_at:
                return False
            lamps = list(telephone.lamps.values())
            if len(lamps) != given.lamps or any(lamp.state != IDLE for lamp in lamps):
                return False
        return True

    def _note_phases(self) -> None:
        """The call at the end changes some lamps, so this is done before."""
        for story, telephone in zip(self.stories, self.telephones, strict=True):
            lamps = list(telephone.lamps.values()) if telephone else []
            if telephone and telephone.registered_at:
                story.reached["registered"] = telephone.registered_at
            if len(lamps) == self.given.lamps and all(lamp.state == IDLE for lamp in lamps):
                story.reached["lamps"] = max(lamp.changed_at for lamp in lamps)

    def _one_call(self) -> dict[str, Any]:
        """The first phone calls the third, which answers; seconds until each who watches the third saw it busy."""
        first, third = self.telephones[0], self.telephones[2]
        assert first is not None
        assert third is not None
        third.behaviour = Answers()
        number = number_of(2)
        watchers = self._lamps_of(number)
        before = time.monotonic()
        call = first.call(number)
        call.wait_for(What.ANSWERED)
        answered = time.monotonic()
        is_told = _until(lambda: all(lamp.state == BUSY for lamp in watchers), LAMP_SECONDS)
        seconds = [lamp.changed_at - before for lamp in watchers if lamp.state == BUSY]
        call.hang_up()
        is_dark = _until(lambda: all(lamp.state == IDLE for lamp in watchers), LAMP_SECONDS)
        return {
            "watchers": len(watchers),
            "answered": answered - before,
            "busy": seconds,
            "all": is_told and is_dark,
        }

    def _lamps_of(self, number: str) -> list[Any]:
        there = [telephone for telephone in self.telephones if telephone is not None]
        return [lamp for telephone in there for lamp in telephone.lamps.values() if lamp.number == number]

    def _tell(self, began: float, seconds: float, busy: dict[str, Any]) -> None:
        phones = []
        for place, story in enumerate(self.stories):
            telephone = self.telephones[place]
            lamps = list(telephone.lamps.values()) if telephone else []
            story.failed += telephone.refused if telephone else []
            told = dataclasses.asdict(story)
            told["reached"] = {phase: at - began for phase, at in story.reached.items()}
            told |= {"brand": brand_of(place), "mac": mac_of(place), "restless": place not in self.settled}
            told |= {"lamps": len(lamps), "notified": sum(lamp.notified for lamp in lamps)}
            phones.append(told)
        out: Path = self.given.out
        accounts = {user: dataclasses.asdict(account) for user, account in self.accounts.items()}
        (out / "storm.json").write_text(
            json.dumps({"seconds": seconds, "phones": phones, "busy": busy, "accounts": accounts})
        )
        if self.given.keep_files:
            for url, content in self.files.items():
                if content is not None:
                    _keep(out / "files", url, content)


def _until(is_so: Callable[[], bool], seconds: float) -> bool:
    limit = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > limit:
            return False
        time.sleep(LOOK_SECONDS)  # as above
    return True


def _keep(folder: Path, url: str, content: bytes) -> None:
    parts = urlsplit(url)
    kind = "tftp" if parts.scheme == "tftp" else "web"
    place = folder / kind / parts.path.lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)


def main(arguments: list[str]) -> None:
    """Parse and run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--phones", type=int, required=True)
    parser.add_argument("--lamps", type=int, required=True)
    parser.add_argument("--old", type=int, default=0, help="how many hold an old token")
    parser.add_argument("--restless", type=int, default=0, help="how many, of these, reboot for ever")
    parser.add_argument("--spread", type=float, default=2.0, help="all are started within so many seconds")
    parser.add_argument("--seconds", type=float, default=180.0, help="give up then")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--authority", type=Path, required=True, help="the box's, for those with an old token")
    parser.add_argument("--keep-files", action="store_true")
    Storm(parser.parse_args(arguments)).run()


if __name__ == "__main__":
    main(sys.argv[1:])

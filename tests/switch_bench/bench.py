"""The switch bench: an office on a real Asterisk on loopback, with phones, lines and one diary."""

from __future__ import annotations

import ipaddress
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from appliance.apply.generations import checksums_of
from appliance.apply.reload_plan import plan_reload
from appliance.asterisk.live_state import calls_up
from appliance.asterisk.manager_interface import ManagerAddress, ManagerInterface
from appliance.compiler.checksum import DIALPLAN_CHECKSUM, dialplan_mark, phones_mark
from appliance.compiler.compile_office import compile_office
from appliance.compiler.config_file import ConfigFileSet
from appliance.compiler.manager_conf import MANAGER_USER
from appliance.compiler.object_names import TEST_PHONE, trunk_endpoint
from appliance.compiler.pjsip_conf import TRUNK_QUALIFY_TIMEOUT_SECONDS
from appliance.compiler.target import AsteriskTarget
from appliance.office.office import Office
from appliance.office.secret import Secret
from appliance.office.trunk import Transport
from appliance.paths import Paths
from tests.switch_bench.diary import Diary
from tests.switch_bench.line import Line
from tests.switch_bench.network_thread import NetworkThread
from tests.switch_bench.phones import Phone, PhoneBank
from tests.switch_bench.place import BenchPlace, take_place
from tests.switch_bench.store_file import holds, put_mark
from tests.switch_bench.switch_process import SwitchProcess
from tests.switch_bench.telephone import SIP_PORT, call_numbers

TEST_PHONE_PASSWORD = "password-of-the-test-phone"
MANAGER_PASSWORD = Secret("password-of-the-manager")
LOOK_SECONDS = 0.05
LINE_TONE_HZ, FIRST_PHONE_TONE_HZ, TONE_STEP_HZ = 1500, 400, 40
KEPT_FAMILIES = ("registrar", "pbx")  # phones stay registered, the switch keeps its own name
CUSTOM_STATES = "CustomDevstate"  # func_devstate.c: family of the states that the dial plan sets
# What Asterisk says of moments that no setting decides; each was seen in a call that went as it should.
_NOISE = (
    "registered during operation. Enable PJSIP_SAFE_MODULE",  # a module loads while another already works
    "Session already DISCONNECTED [reason=487",  # the caller gave up while one more 180 was on its way
    "Session already DISCONNECTED [reason=200",  # one side hung up while it was still to be told who answered
    "app_dial.c: Unable to write frametype",  # sound for a leg that was just ended
    "app_dial.c: Unable to forward frametype 2 on",  # the caller's sound, for such a leg (2: voice, frame.h)
    "stasis.c: Internal error: subscription has invalid topic",  # two ends of a transferred call hang up together
    "Refusing due to active shutdown",  # the switch's own clock begins a leg while it is stopped
    "Unable to allocate owner channel structure",  # the same, of a Local channel
    "Abnormal 'Gosub(",  # somebody hangs up in the middle of what is done before or after ringing (app_stack.c)
)
_COMPLAINT = re.compile(r" (?:WARNING|ERROR)\[")
# Settings of pjsip.conf that make Asterisk send something somewhere, or bind.
_PLACES = re.compile(r"^(?:contact|server_uri|outbound_proxy|match|bind)\s*=\s*(.*)$", re.MULTILINE)


class ChangeSeconds(NamedTuple):
    """How long each part of a change took; `switch` is until the switch says that it runs the new files."""

    compile: float
    write: float
    switch: float


class SwitchBench:
    """One office on one Asterisk, as a context manager.

    Every trunk's host is put on an address of the bench, where `line(trunk id)` plays the telephone company:
    nothing ever leaves the machine. `phones` is empty at first. `authorities`: PEM text of who may vouch for a line.
    `certify` makes the box's certificate, with its key, for an address: with it phones may speak TLS.
    """

    def __init__(
        self,
        office: Office,
        folder: Path,
        *,
        switch_root: Path,
        authorities: str = "",
        certify: Callable[[str], str] | None = None,
    ) -> None:
        self.office = office
        self.folder = folder
        self._authorities = authorities
        self._certify = certify
        self.diary = Diary()
        self._process = SwitchProcess(folder, switch_root)
        self._thread = NetworkThread()
        self._call_numbers = call_numbers()
        self._lines: dict[str, Line] = {}
        self._hosts: dict[str, str] = {}
        self._files = ConfigFileSet(())
        self._read_log = 0
        self._phones_made = 0
        self._place: BenchPlace | None = None
        self._manager: ManagerInterface | None = None
        self.phones = PhoneBank(self._make_phone, self.diary)

    def __enter__(self) -> Self:
        self._place = take_place()
        self._thread.start()
        try:
            self._open_lines()
            self._write(self._compile())
            Paths(self.folder).authorities.write_text(self._authorities)
            if self._certify is not None:
                Paths(self.folder).switch_certificate.write_text(self._certify(self.place.switch))
            self._start_switch()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up_manager()
        self._process.stop_hard()
        self.phones.close()
        for line in self._lines.values():
            line.close()
        self._thread.stop()
        if self._place is not None:
            self._place.leave()

    @property
    def place(self) -> BenchPlace:
        """The addresses of this bench."""
        assert self._place is not None, "the bench is not open"
        return self._place

    @property
    def ami(self) -> ManagerInterface:
        """The manager interface, without events."""
        assert self._manager is not None, "the bench is not open"
        return self._manager

    @property
    def manager_address(self) -> ManagerAddress:
        """Where the manager interface listens and who logs in."""
        return ManagerAddress(port=self.place.manager_port, username=MANAGER_USER, password=MANAGER_PASSWORD)

    @property
    def process(self) -> SwitchProcess:
        """The switch as a process."""
        return self._process

    def line(self, trunk_id: str) -> Line:
        """Return the other end of a trunk."""
        return self._lines[trunk_id]

    def register_test_phone(self) -> Phone:
        """Plug in the box's own test phone, named `test-phone`."""
        return self.phones.register(TEST_PHONE, TEST_PHONE, TEST_PHONE_PASSWORD)

    def change(self, office: Office) -> ChangeSeconds:
        """Put another office in this one's place: reload what changed, or restart where that is not enough."""
        self.office = office
        self._open_lines()
        began = time.monotonic()
        wanted = self._compile()
        compiled = time.monotonic()
        plan = plan_reload(checksums_of(self._files), checksums_of(wanted))
        self._write(wanted)
        written = time.monotonic()
        if plan.restart:
            self.restart()
            return ChangeSeconds(compiled - began, written - compiled, time.monotonic() - written)
        for module in plan.modules:
            self.ami.act("Reload", Module=module)
        self.wait_until(self._runs_its_files, "the switch runs the files of the office")
        running = time.monotonic()
        if plan.changed:
            self.wait_for_lines()
        return ChangeSeconds(compiled - began, written - compiled, running - written)

    def restart(self, *, hard: bool = False) -> None:
        """Restart the switch, as after a crash if `hard`; phones stay registered in its store."""
        if hard:
            self.wait_for_store()
        self._hang_up_manager()
        if hard:
            self._process.stop_hard()
        else:
            self._process.stop()
        self._start_switch()

    def wait_for_store(self) -> None:
        """Wait until the store's file has all of the store (store_file.py)."""
        mark, store = put_mark(self.ami), Paths(self.folder).switch_store
        self.wait_until(lambda: holds(store, mark), "the switch wrote its store")

    def restart_after(self, happens: Callable[[Path], None]) -> None:
        """Crash, let something happen to the file of the switch's store, and start again."""
        self._hang_up_manager()
        self._process.stop_hard()
        happens(Paths(self.folder).switch_store)
        self._start_switch()

    def restart_without_store(self) -> None:
        """Restart as after a lost disk: nothing is known of phones, forwards and modes."""
        self.restart_after(_remove_store)

    def wait_for_lines(self, seconds: float = 5.0) -> None:
        """Wait until the switch believes in every line that answers; for registration see `Line.wait_registered`."""
        hoped_for = [
            trunk_endpoint(trunk.id)
            for trunk in self.office.trunks
            if trunk.transport is Transport.UDP and trunk.answers_options and self._lines[trunk.id].answers_switch
        ]
        for name in hoped_for:  # by itself the switch asks at a random moment of the first two seconds
            self.ami.act("PJSIPQualify", Endpoint=name)
        # An OPTIONS that a line lost while it was dark makes it unreachable once more when its time is over.
        back_at = max((line.back_at for line in self._lines.values()), default=0.0)
        sure_from = back_at + float(TRUNK_QUALIFY_TIMEOUT_SECONDS)

        def is_there() -> bool:
            if time.monotonic() < sure_from:
                return False
            states = {item["ObjectName"]: item["DeviceState"] for item in self.ami.list("PJSIPShowEndpoints")}
            return all(states.get(name, "Unavailable") != "Unavailable" for name in hoped_for)

        self.wait_until(is_there, "the lines are up", seconds)

    def wait_reachable(self, phone: Phone, reachable: bool, seconds: float = 5.0) -> None:
        """Make the switch ask whether a phone answers, and wait until it knows."""
        self.ami.act("PJSIPQualify", Endpoint=phone.user)

        def states() -> dict[str, str]:
            return {item["Uri"]: item["Status"] for item in self.ami.list("PJSIPShowContacts") if "Uri" in item}

        def is_known() -> bool:
            mine = states().get(phone.contact.strip("<>"), "Unreachable")
            return mine == ("Reachable" if reachable else "Unreachable")

        what = f"{phone.name} is {'reachable' if reachable else 'not reachable'}"
        self.wait_until(is_known, what, seconds, lambda: str(states()))

    def wait_until(
        self, is_so: Callable[[], bool], what: str, seconds: float = 5.0, found: Callable[[], str] = lambda: ""
    ) -> None:
        """Look at once, and again after each event of the switch, until it is so."""
        if is_so():
            return
        limit = time.monotonic() + seconds
        # A connection of its own: the switch hangs up on one whose events nobody reads.
        with ManagerInterface(self.manager_address, events=True) as watcher:
            while not is_so():
                if time.monotonic() > limit:
                    raise AssertionError(f"not within {seconds:g} s: {what} {found()}")
                # The end of a wait is a look as well: some changes tell no event, and sound is none of the switch's.
                next(iter(watcher.events(LOOK_SECONDS)), None)

    def wait_line(self, trunk_id: str, *, up: bool, seconds: float = 10.0) -> None:
        """Make the switch ask a line, and wait until it believes that it is up, or dark."""
        name = trunk_endpoint(trunk_id)
        self.ami.act("PJSIPQualify", Endpoint=name)

        def is_known() -> bool:
            endpoints = self.ami.list("PJSIPShowEndpoints")
            state = next(item["DeviceState"] for item in endpoints if item["ObjectName"] == name)
            return (state != "Unavailable") is up

        self.wait_until(is_known, f"{trunk_id} is {'up' if up else 'dark'}", seconds)

    def at_rest(self) -> None:
        """Let every phone ring and every line work again, with a new record and chapter; calls are not ended."""
        self.diary.begin_chapter()
        self.phones.at_rest()
        for line in self._lines.values():
            line.at_rest()

    def clear_memory(self) -> None:
        """Forget everything that calls have written into the switch's store, but not who is registered."""
        families: dict[str, set[str]] = {}
        for family, key in re.findall(r"^/([^/\s]+)/(.*?)\s*:", self.console("database show"), re.MULTILINE):
            families.setdefault(family, set()).add(key)
        for name in families.get(CUSTOM_STATES, ()):
            # The state lives on without its record, so it is put at rest before; the command refuses UNKNOWN.
            self.console(f"devstate change Custom:{name} NOT_INUSE")
        for family in families.keys() - set(KEPT_FAMILIES):
            self.console(f"database deltree {family}")

    def console(self, line: str) -> str:
        """Give the switch's console one line and return what it prints."""
        return self.ami.command(line)

    def database_get(self, family: str, key: str) -> str | None:
        """Return what stands in the switch's store, None if nothing does."""
        found = re.search(r"^Value: (.*)$", self.console(f"database get {family} {key}"), re.MULTILINE)
        return found.group(1) if found else None

    def database_put(self, family: str, key: str, value: str) -> None:
        """Write into the switch's store; a value with blanks needs no quotes."""
        self.console(f'database put {family} {key} "{value}"')

    def problems(self) -> list[str]:
        """Return the warnings and errors that the switch has logged since the last look, but those of mere timing."""
        log = self._process.state / "log" / "messages"
        if not log.exists():
            return []
        with log.open(errors="replace") as lines:
            lines.seek(self._read_log)
            news = lines.read()
            self._read_log = lines.tell()
        return [
            line for line in news.splitlines() if _COMPLAINT.search(line) and not any(noise in line for noise in _NOISE)
        ]

    def legs(self) -> list[str]:
        """Return the channels of calls; the switch's look at a silent line has one of its own, for a moment."""
        channels = [item["Channel"] for item in self.ami.list("CoreShowChannels")]
        return [name for name in channels if name.startswith("PJSIP/")]

    def hang_up_all(self) -> None:
        """End every call, at the phones, at the lines and in the switch; return when the switch has none left."""
        self.phones.hang_up_all()
        for line in self._lines.values():
            line.hang_up_all()
        asked_at = 0.0

        def none_is_left() -> bool:
            nonlocal asked_at
            left = self._channels()
            # Asked again each second: a plan that goes on at a refusal may have begun a leg since.
            if left and time.monotonic() - asked_at >= 1.0:
                asked_at = time.monotonic()
                self.console("channel request hangup all")
            return left == 0

        self.wait_until(none_is_left, "no call is left", 10, lambda: str(self.ami.list("CoreShowChannels")))

    def _runs_its_files(self) -> bool:
        dialplan = self.ami.act("Getvar", Variable=DIALPLAN_CHECKSUM).get("Value", "")
        detail = self.ami.list("PJSIPShowEndpoint", Endpoint=TEST_PHONE)
        endpoints = next((item["Accountcode"] for item in detail if item.get("Event") == "EndpointDetail"), "")
        wanted = (
            dialplan_mark(self._files.text_of("extensions.conf") or ""),
            phones_mark(self._files.text_of("pjsip.conf") or ""),
        )
        return (dialplan, endpoints) == wanted

    def _channels(self) -> int:
        return calls_up(self.ami)

    def _compile(self) -> ConfigFileSet:
        first, last = self.place.rtp_ports
        target = AsteriskTarget(
            address=self.place.switch,
            test_phone_password=Secret(TEST_PHONE_PASSWORD),
            manager_password=MANAGER_PASSWORD,
            manager_port=self.place.manager_port,
            has_certificate=self._certify is not None,
            first_rtp_port=first,
            last_rtp_port=last,
            resolved=dict(self._hosts),
        )
        files = compile_office(self.office, target)
        _check_loopback(files.text_of("pjsip.conf") or "", self._hosts)
        return files

    def _write(self, files: ConfigFileSet) -> None:
        folder = self._process.configuration
        folder.mkdir(parents=True, exist_ok=True)
        for gone in set(self._files) - set(files):
            (folder / gone.path).unlink(missing_ok=True)
        for file in files:
            place = folder / file.path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(file.text)
        self._files = files

    def _open_lines(self) -> None:
        for trunk in self.office.trunks:
            # Two trunks at one host are two ports there.
            address = self._hosts.setdefault(trunk.host, self.place.line(len(self._hosts)))
            known = self._lines.get(trunk.id)
            if known is not None and (known.address, known.port) == (address, trunk.port):
                continue
            if known is not None:
                known.close()
            line = Line(
                trunk.id,
                address,
                server=(self.place.switch, SIP_PORT),
                thread=self._thread,
                diary=self.diary,
                call_numbers=self._call_numbers,
                tone_hz=LINE_TONE_HZ + TONE_STEP_HZ * len(self._lines),
                port=trunk.port,
            )
            line.open()
            self._lines[trunk.id] = line

    def _make_phone(self, name: str) -> Phone:
        phone = Phone(
            name,
            self.place.phone(self._phones_made),
            server=(self.place.switch, SIP_PORT),
            thread=self._thread,
            diary=self.diary,
            call_numbers=self._call_numbers,
            tone_hz=FIRST_PHONE_TONE_HZ + TONE_STEP_HZ * (self._phones_made % 25),
        )
        self._phones_made += 1
        return phone

    def _start_switch(self) -> None:
        self._process.start()
        self._manager = ManagerInterface(self.manager_address).__enter__()
        self.wait_for_lines()

    def _hang_up_manager(self) -> None:
        if self._manager is not None:
            self._manager.__exit__(None, None, None)
        self._manager = None


def _remove_store(store: Path) -> None:
    for file in store.parent.glob(f"{store.name}*"):
        file.unlink()


def _check_loopback(pjsip_conf: str, hosts: Mapping[str, str]) -> None:
    for value in _PLACES.findall(pjsip_conf):
        host = re.sub(r"^sips?:(?:[^@]*@)?", "", value.strip()).partition(":")[0].partition(";")[0]
        assert ipaddress.ip_address(hosts.get(host, host)).is_loopback, (
            f"a bench would reach out of this machine: {value}"
        )

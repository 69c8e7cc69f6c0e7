"""A virtual desk phone's life: address, where to ask, fetch, account, and then listening until it is told to."""

from __future__ import annotations

import dataclasses
import re
import ssl
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from tests.virtual_office.desk_phone.brand import Account, Brand, Contact, FileRefused, Source, Wish
from tests.virtual_office.desk_phone.fetcher import Fetcher, FetchFailed, Trust
from tests.virtual_office.desk_phone.lease import DhcpClient, Lease
from tests.virtual_office.desk_phone.link import has_link
from tests.virtual_office.desk_phone.phone_port import PhonePort
from tests.virtual_office.desk_phone.state import Flash, State
from tests.virtual_office.sip_phone_client import PhoneRefused, SipPhoneClient

SIP_PORT = 5060
MAXIMUM_REDIRECTIONS = 5
MINIMUM_RESYNC_SECONDS = 60
RETRY_SECONDS = 60  # without an account, or after a failed fetch
LOOK_SECONDS = 0.5
MOST_HISTORY = 100
_TEST_FIRMWARE = re.compile(rb"BELBOX TEST FIRMWARE (\S+)\s*")
_STATUS = {Wish.CHALLENGE: "401 Unauthorized"}


@dataclasses.dataclass
class Line:
    """One of the phone's lines, or a handset of it: a SIP phone of its own."""

    phone: SipPhoneClient
    account: Account | None = None
    events_read: int = 0
    is_registered: bool = False

    @classmethod
    def start(cls, control: Path, address: str, port: int, tone_hz: float) -> Self:
        """Start its process."""
        return cls(phone=SipPhoneClient.start(control, address, port=port, tone_hz=tone_hz))


class DeskPhone:
    """One phone on one interface; `run` ends only by an exception or the process's end."""

    def __init__(
        self,
        brand: Brand,
        *,
        interface: str,
        folder: Path,
        uses_pnp: bool = True,
        typed_url: str | None = None,
        patience_seconds: float | None = None,
        tone_hz: float = 440,
    ) -> None:
        self._brand = brand
        self._interface = interface
        self._folder = folder
        self._uses_pnp = uses_pnp and brand.kind.speaks_pnp
        self._typed_url = typed_url
        self._patience = patience_seconds
        self._tone_hz = tone_hz
        self._dhcp = DhcpClient(interface, folder / "dhcp", brand.vendor_class)
        self._state = State(folder)
        self._flash = Flash(folder)
        self._settings = self._flash.read()
        brand.firmware = self._flash.firmware() or brand.firmware
        self._fetcher = Fetcher(brand.user_agent)
        self._odd: list[dict[str, str]] = []
        self._lease: Lease | None = None
        self._url: str | None = None
        self._phone_port: PhonePort | None = None
        self._lines: list[Line] = []
        self._wants_reboot = False
        self._first_source = ""

    def run(self) -> None:
        """Boot, live, boot again when told to."""
        brand = self._brand
        self._state.tell(brand=brand.name, kind=brand.kind.name, model=brand.model, mac=brand.colons)
        while True:
            self._boot()
            try:
                self._live()
            except (PhoneRefused, OSError) as error:
                print(f"desk phone {brand.colons}: its SIP part failed: {error}", file=sys.stderr, flush=True)

    def power_off(self) -> None:
        """Leave nothing running."""
        self._drop_lines()
        self._close_phone_port()
        self._dhcp.stop()
        self._state.tell(step="off")

    def _boot(self) -> None:
        self._drop_lines()
        self._close_phone_port()
        self._fetcher.asked.clear()
        self._fetcher.user_agent = self._brand.user_agent
        self._odd.clear()
        self._wants_reboot = False
        self._state.count("boots")
        self._state.tell(firmware=self._brand.firmware)
        self._state.tell(step="booting", address=None, url=None, url_from=None, registered_at=None)
        self._dhcp.start()
        self._lease = self._dhcp.wait()
        self._state.tell(
            step="has an address",
            address=self._lease.address,
            dhcp_server=self._lease.server,
            lease=dict(self._lease.options),
        )
        self._provision(is_boot=True)

    def _provision(self, *, is_boot: bool = False) -> None:
        """Find where to ask, fetch until the settings name no other place, then use what they say."""
        if is_boot or self._url is None:
            self._url = self._where_to_ask()
        if self._url is None:
            self._state.tell(step="waiting", because="no lease option, no PnP answer, no setting names a server")
        else:
            self._follow(self._url)
        self._use_settings()
        self._fetch_directory()
        self._look_at_firmware()

    def _where_to_ask(self) -> str | None:
        if self._typed_url and not self._settings:
            return self._found(self._typed_url, "by hand")
        for source in self._brand.sources(self._settings):
            url = self._ask(source)
            if url:
                return self._found(url, str(source))
        return None

    def _ask(self, source: str) -> str | None:
        assert self._lease is not None
        if source == Source.STORED:
            return self._brand.provisioning_url(self._settings)
        if source != Source.PNP:
            value = self._lease.options.get(source)
            try:
                return self._brand.url_from_option(source, value) if value else None
            except FileRefused as error:
                self._note(source, str(error))
                return None
        if not self._uses_pnp:
            return None
        self._state.tell(step="asking by PnP")
        self._close_phone_port()
        port = PhonePort(self._lease.address, self._brand.pnp_port)
        port.open()
        url = port.ask_for_url(self._brand)
        port.close()
        return url

    def _found(self, url: str, source: str) -> str:
        self._first_source = self._first_source or source
        self._state.tell(step="has a URL", url=url, url_from=source, first_url_from=self._first_source)
        return url

    def _follow(self, url: str) -> None:
        self._state.tell(step="fetching", url=url)
        try:
            for _ in range(1 + MAXIMUM_REDIRECTIONS):
                self._fetch_round(url)
                following = self._brand.provisioning_url(self._settings)
                if following is None or following == url:
                    break
                url = following
            else:
                self._note(url, f"sent on more than {MAXIMUM_REDIRECTIONS} times")
        except FetchFailed as error:
            self._note(url, str(error))
        # A resync goes where the settings say; a failed first fetch asks anew.
        self._url = self._brand.provisioning_url(self._settings) or url
        self._state.tell(url=self._url, files=list(self._fetcher.asked), refused=list(self._odd))

    def _fetch_round(self, url: str) -> None:
        brand = self._brand
        is_known = self._flash.authority.exists()
        self._fetcher.trust = Trust(
            authority=self._flash.authority if is_known else None,
            demands_authority=brand.demands_authority(self._settings),
        )
        self._fetcher.credentials = brand.credentials(self._settings)
        delivery = brand.provision(url, self._fetcher.get, self._settings)
        for odd in delivery.odd:
            self._note(odd.url, odd.reason)
        if delivery.is_complete:
            kept = {} if delivery.replaces_all else self._settings
            self._settings = kept | delivery.settings
            if delivery.directory is not None:
                self._show_directory(delivery.directory)
            self._take_authority()
            self._flash.write(self._settings)
        self._state.tell(
            settings=self._settings,
            files=list(self._fetcher.asked),
            history=self._fetcher.history[:MOST_HISTORY],
            refused=list(self._odd),
            fetched_at=time.time(),
        )

    def _take_authority(self) -> None:
        named = self._brand.authority(self._settings)
        if named is None:
            return
        content = named.encode() if "BEGIN CERTIFICATE" in named else self._fetcher.get(named)
        if content is None:
            self._note(named, "the certificate is not there")
            return
        try:
            pem = content.decode() if b"-----BEGIN" in content else ssl.DER_cert_to_PEM_cert(content)
            ssl.create_default_context(cadata=pem)
        except (ssl.SSLError, ValueError) as error:
            self._note(named, f"not a certificate: {error}")
            return
        self._flash.authority.write_text(pem)

    def _fetch_directory(self) -> None:
        url = self._brand.directory_url(self._settings)
        if url is None or not self._lines:
            return
        try:
            content = self._fetcher.get(url, agent=self._brand.directory_agent)
            if content is None:
                self._note(url, "the directory is not there")
            else:
                self._show_directory(self._brand.read_directory(content))
        except (FetchFailed, FileRefused) as error:
            self._note(url, str(error))
        self._state.tell(files=list(self._fetcher.asked))

    def _show_directory(self, contacts: Sequence[Contact]) -> None:
        self._state.tell(directory=[[contact.name, *contact.numbers] for contact in contacts])

    def _look_at_firmware(self) -> None:
        """Fetch the firmware that the settings name; a version that is not its own means a reboot with it."""
        if not self._lines:
            return
        url = None
        try:
            url = self._brand.firmware_url(self._settings, self._fetcher.get)
            content = self._fetcher.get_in_two(url) if url else None
        except (FetchFailed, FileRefused) as error:
            self._note(url or "firmware", str(error))
            return
        if url is None:
            return
        self._state.tell(files=list(self._fetcher.asked))
        said = _TEST_FIRMWARE.fullmatch(content or b"")
        if said is None:
            self._note(url, "no firmware for this phone")
        elif (version := said.group(1).decode()) != self._brand.firmware:
            self._brand.firmware = version
            self._flash.write_firmware(version)
            self._wants_reboot = True

    def _use_settings(self) -> None:
        assert self._lease is not None
        accounts = self._brand.accounts(self._settings)[: self._brand.kind.handsets]
        keys = self._brand.keys(self._settings)
        self._state.tell(keys=[dataclasses.asdict(key) for key in keys])
        if not accounts:
            self._drop_lines()
            if self._phone_port is None:
                self._phone_port = PhonePort(self._lease.address, SIP_PORT)
                self._phone_port.open()
            self._state.tell(step="waiting", account=None, registered_at=None)
            return
        if accounts == [line.account for line in self._lines]:
            self._tell_registered()
            return
        self._close_phone_port()
        shown = [
            {name: value for name, value in dataclasses.asdict(account).items() if name != "password"}
            for account in accounts
        ]
        self._state.tell(step="registering", account=shown[0], accounts=shown, registered_at=None)
        while len(self._lines) > len(accounts):
            self._stop(self._lines.pop())
        for number, account in enumerate(accounts):
            if number == len(self._lines):
                name = "phone.sock" if number == 0 else f"phone-{number + 1}.sock"
                self._lines.append(
                    Line.start(
                        self._folder / name, self._lease.address, SIP_PORT + 2 * number, self._tone_hz + 15 * number
                    )
                )
            self._register(self._lines[number], account)

    def _register(self, line: Line, account: Account) -> None:
        line.account = account
        line.is_registered = False
        is_known = self._flash.authority.exists()
        challenges = self._brand.wish("check-sync", self._settings) is Wish.CHALLENGE
        line.phone.ask("set_behaviour", notify_status=_STATUS[Wish.CHALLENGE] if challenges else "200 OK")
        try:
            line.phone.register(
                account.server,
                account.user,
                account.password,
                auth_user=account.auth_user,
                display_name=account.display_name,
                port=account.port,
                expires=account.expires_seconds,
                domain=account.domain or None,
                transport=account.transport,
                srtp=account.srtp,
                ca_file=str(self._flash.authority) if is_known else None,
                codecs=account.codecs,
                timeout=0,
            )
        except PhoneRefused as error:
            if "no answer" not in str(error):  # the outcome comes as an event
                self._note("account", str(error))

    def _live(self) -> None:
        """Until a reboot is asked for."""
        next_fetch = time.monotonic() + self._pause()
        had_link = True
        while True:
            for wish in self._wishes():
                self._wants_reboot = self._wants_reboot or wish is Wish.REBOOT
                if wish is Wish.RESYNC:
                    next_fetch = 0.0
            if self._wants_reboot and not self._is_talking():
                return
            if time.monotonic() >= next_fetch:
                self._fetcher.asked.clear()
                self._odd.clear()
                self._state.count("resyncs")
                self._provision()
                next_fetch = time.monotonic() + self._pause()
            has_now = has_link(self._interface)
            if has_now and not had_link and self._address_changed():
                return
            had_link = has_now

    def _pause(self) -> float:
        asked = self._brand.resync_seconds(self._settings)
        pause = float(max(asked, MINIMUM_RESYNC_SECONDS)) if asked else float("inf")
        if not self._lines:
            pause = min(pause, RETRY_SECONDS)
        return pause if self._patience is None else min(pause, self._patience)

    def _wishes(self) -> list[Wish]:
        """What NOTIFYs ask for; takes about LOOK_SECONDS."""
        if self._phone_port is not None:
            received = self._phone_port.check_sync(LOOK_SECONDS)
            if received is None:
                return []
            message, sender = received
            wish = self._brand.wish(message.get("event"), self._settings)
            self._phone_port.answer(message, sender, _STATUS.get(wish, "200 OK"))
            return [wish]
        time.sleep(LOOK_SECONDS)  # the SIP phone can be awaited for one kind of event only; between two looks
        return self._sip_events()

    def _sip_events(self) -> list[Wish]:
        wishes = []
        for line in self._lines:
            for event in line.phone.events(line.events_read):
                line.events_read = event["sequence"]
                if event["event"] in ("registered", "registration_failed"):
                    line.is_registered = event["event"] == "registered"
                    self._tell_registered(event)
                elif event["event"] == "notify":
                    wishes.append(self._brand.wish(event["what"], self._settings))
        return wishes

    def _tell_registered(self, event: Mapping[str, Any] | None = None) -> None:
        """It counts as registered when every line of it is."""
        facts = {"registration_code": event["code"]} if event else {}
        if all(line.is_registered for line in self._lines):
            if event:
                facts["registered_at"] = event["wall"]
            self._state.tell(step="registered", **facts)
        else:
            self._state.tell(step="not registered", registered_at=None, **facts)

    def _is_talking(self) -> bool:
        return any(call["state"] != "ended" for line in self._lines for call in line.phone.calls())

    def _address_changed(self) -> bool:
        """The cable is back: ask for the address again; with the same one, just register again."""
        assert self._lease is not None
        self._dhcp.start()
        lease = self._dhcp.wait()
        if lease.address != self._lease.address:
            return True
        for line in self._lines:
            line.phone.register_again()
        return False

    def _drop_lines(self) -> None:
        while self._lines:
            self._stop(self._lines.pop())

    def _stop(self, line: Line) -> None:
        try:
            line.phone.stop()
        except (PhoneRefused, OSError) as error:
            self._note("sip phone", str(error))

    def _close_phone_port(self) -> None:
        if self._phone_port is not None:
            self._phone_port.close()
            self._phone_port = None

    def _note(self, url: str, reason: str) -> None:
        self._odd.append({"url": url, "reason": reason})
        self._state.tell(refused=list(self._odd))

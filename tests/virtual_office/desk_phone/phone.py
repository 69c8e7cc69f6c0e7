"""A virtual desk phone's life: address, where to ask, fetch, account, and then listening until it is told to."""

from __future__ import annotations

import dataclasses
import ssl
import sys
import time
from pathlib import Path

from tests.virtual_office.desk_phone.brand import Account, Brand, FileRefused, Wish
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
_STATUS = {Wish.CHALLENGE: "401 Unauthorized"}


class DeskPhone:
    """One phone on one interface; `run` ends only by an exception or the process's end."""

    def __init__(
        self,
        brand: Brand,
        *,
        interface: str,
        folder: Path,
        uses_pnp: bool = True,
        patience_seconds: float | None = None,
        tone_hz: float = 440,
    ) -> None:
        self._brand = brand
        self._interface = interface
        self._folder = folder
        self._uses_pnp = uses_pnp
        self._patience = patience_seconds
        self._tone_hz = tone_hz
        self._dhcp = DhcpClient(interface, folder / "dhcp", brand.vendor_class)
        self._state = State(folder)
        self._flash = Flash(folder)
        self._settings = self._flash.read()
        self._fetcher = Fetcher(brand.user_agent)
        self._odd: list[dict[str, str]] = []
        self._lease: Lease | None = None
        self._url: str | None = None
        self._phone_port: PhonePort | None = None
        self._sip_phone: SipPhoneClient | None = None
        self._account: Account | None = None
        self._events_read = 0
        self._is_registered = False

    def run(self) -> None:
        """Boot, live, boot again when told to."""
        brand = self._brand
        self._state.tell(brand=brand.name, model=brand.model, firmware=brand.firmware, mac=brand.colons)
        while True:
            self._boot()
            try:
                self._live()
            except (PhoneRefused, OSError) as error:
                print(f"desk phone {brand.colons}: its SIP part failed: {error}", file=sys.stderr, flush=True)

    def power_off(self) -> None:
        """Leave nothing running."""
        self._drop_account()
        self._close_phone_port()
        self._dhcp.stop()
        self._state.tell(step="off")

    def _boot(self) -> None:
        self._drop_account()
        self._close_phone_port()
        self._fetcher.asked.clear()
        self._odd.clear()
        self._state.count("boots")
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

    def _where_to_ask(self) -> str | None:
        assert self._lease is not None
        for option in self._brand.url_options:
            if value := self._lease.options.get(option):
                try:
                    return self._found(self._brand.url_from_option(option, value), option)
                except FileRefused as error:
                    self._note(option, str(error))
        if self._uses_pnp and not (self._brand.pnp_only_from_factory and self._settings):
            self._state.tell(step="asking by PnP")
            self._close_phone_port()
            port = PhonePort(self._lease.address, self._brand.pnp_port)
            port.open()
            url = port.ask_for_url(self._brand)
            port.close()
            if url:
                return self._found(url, "pnp")
        stored = self._brand.provisioning_url(self._settings)
        return self._found(stored, "flash") if stored else None

    def _found(self, url: str, source: str) -> str:
        self._state.tell(step="has a URL", url=url, url_from=source)
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
            self._take_authority()
            self._flash.write(self._settings)
        self._state.tell(
            settings=self._settings, files=list(self._fetcher.asked), refused=list(self._odd), fetched_at=time.time()
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

    def _use_settings(self) -> None:
        assert self._lease is not None
        account = self._brand.account(self._settings)
        if account is None:
            self._drop_account()
            if self._phone_port is None:
                self._phone_port = PhonePort(self._lease.address, SIP_PORT)
                self._phone_port.open()
            self._state.tell(step="waiting", account=None, registered_at=None)
            return
        if account == self._account:
            self._state.tell(step="registered" if self._is_registered else "not registered")
            return
        self._close_phone_port()
        if self._sip_phone is None:
            self._events_read = 0
            self._sip_phone = SipPhoneClient.start(
                self._folder / "phone.sock", self._lease.address, port=SIP_PORT, tone_hz=self._tone_hz
            )
        shown = {name: value for name, value in dataclasses.asdict(account).items() if name != "password"}
        self._state.tell(step="registering", account=shown, registered_at=None)
        self._account = account
        self._is_registered = False
        self._register(account)

    def _register(self, account: Account) -> None:
        assert self._sip_phone is not None
        is_known = self._flash.authority.exists()
        challenges = self._brand.wish("check-sync", self._settings) is Wish.CHALLENGE
        self._sip_phone.ask("set_behaviour", notify_status=_STATUS[Wish.CHALLENGE] if challenges else "200 OK")
        try:
            self._sip_phone.register(
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
        wants_reboot = False
        while True:
            for wish in self._wishes():
                wants_reboot = wants_reboot or wish is Wish.REBOOT
                if wish is Wish.RESYNC:
                    next_fetch = 0.0
            if wants_reboot and not self._is_talking():
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
        if self._account is None:
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
        if self._sip_phone is None:
            return []
        wishes = []
        for event in self._sip_phone.events(self._events_read):
            self._events_read = event["sequence"]
            if event["event"] in ("registered", "registration_failed"):
                self._is_registered = event["event"] == "registered"
            if event["event"] == "registered":
                self._state.tell(step="registered", registered_at=event["wall"], registration_code=event["code"])
            elif event["event"] == "registration_failed":
                self._state.tell(step="not registered", registered_at=None, registration_code=event["code"])
            elif event["event"] == "notify":
                wishes.append(self._brand.wish(event["what"], self._settings))
        return wishes

    def _is_talking(self) -> bool:
        return self._sip_phone is not None and any(call["state"] != "ended" for call in self._sip_phone.calls())

    def _address_changed(self) -> bool:
        """The cable is back: ask for the address again; with the same one, just register again."""
        assert self._lease is not None
        self._dhcp.start()
        lease = self._dhcp.wait()
        if lease.address != self._lease.address:
            return True
        if self._sip_phone is not None:
            self._sip_phone.register_again()
        return False

    def _drop_account(self) -> None:
        self._account = None
        if self._sip_phone is not None:
            try:
                self._sip_phone.stop()
            except (PhoneRefused, OSError) as error:
                self._note("sip phone", str(error))
            self._sip_phone = None

    def _close_phone_port(self) -> None:
        if self._phone_port is not None:
            self._phone_port.close()
            self._phone_port = None

    def _note(self, url: str, reason: str) -> None:
        self._odd.append({"url": url, "reason": reason})
        self._state.tell(refused=list(self._odd))

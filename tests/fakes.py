"""Fakes of what lies below the pages: the rules of the office are the real ones, the rest is in memory."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from appliance.changes.everyone import with_everyone
from appliance.changes.outcome import Outcome
from appliance.office.backup_route import BackupRoute
from appliance.office.checks import check_office
from appliance.office.country import Country, Language
from appliance.office.destination import ToOutsideNumber, ToRingGroup
from appliance.office.extension import Extension
from appliance.office.names import check_name
from appliance.office.number import Number
from appliance.office.numbers import ExtensionNumber, MacAddress, PhoneNumber
from appliance.office.office import Office
from appliance.office.phone import Brand, Phone
from appliance.office.phone_key import Colleague
from appliance.office.problems import InvalidValueError, Problem, Severity
from appliance.office.secret import Secret
from appliance.office.site import Site
from appliance.office.trunk import Trunk, check_host
from appliance.office.voicemail import VoicemailBox
from appliance.operations.accounts import Account
from appliance.operations.proving import StepProof, TestCallView
from wizard.services import (
    DhcpServerView,
    FirmwareView,
    KeyView,
    LineView,
    LiveView,
    NetworkView,
    PartView,
    PhoneDetail,
    PhoneView,
    RequestView,
    RolloutView,
    ToldView,
    TypedKey,
)

CLAIM_CODE = "KUBA-TORU-9241"
USER_NAME = "sandra"
PASSWORD = "vier woorden na elkaar"
SEEN_AT = datetime(2026, 11, 21, 13, 3, 22, tzinfo=UTC)


def a_phone_view(
    mac: str = "80:5e:c0:00:02:01", *, state: str = "seen", extension_id: str | None = None, brand: str = "yealink"
) -> PhoneView:
    """A phone as discovery shows it."""
    return PhoneView(
        mac=mac,
        brand=brand,
        model="SIP-T46U",
        firmware="108.86.0.90",
        address="192.168.77.100",
        state=state,
        because="User-Agent (http)",
        extension_id=extension_id,
        last_seen=SEEN_AT,
    )


def an_empty_office() -> Office:
    """What a box has before anybody was asked anything."""
    site = Site(company_name="", country=Country.BELGIUM, time_zone="Europe/Brussels", language=Language.DUTCH)
    return Office(site=site, company_voicemail=VoicemailBox(pin=Secret("4711")))


@dataclass
class FakeServices:
    """A fake of wizard.services.Services; tests set what it answers and read what was asked of it."""

    claimed: bool = True
    the_office: Office = field(default_factory=an_empty_office)
    account_language: str = "nl"
    the_proofs: dict[str, StepProof] = field(default_factory=dict)
    phones: list[PhoneView] = field(default_factory=list)
    line_state: str = "ready"
    switch_answers: bool = True
    apply_failures: tuple[Problem, ...] = ()
    line_failures: tuple[Problem, ...] = ()
    call: TestCallView = field(
        default_factory=lambda: TestCallView(outcome="rang", code=180, audio=None, seconds_to_ring=0.4, detail="")
    )
    parts: Sequence[PartView] = (PartView(name="switch", state="ok", what="answers", remedy=""),)
    window_until: datetime | None = None
    unapplied: bool = False
    asked: list[str] = field(default_factory=list)
    changed: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.phone_services = FakePhoneServices(self)
        self.accounts = FakeAccounts(self)

    def office(self) -> Office:
        return self.the_office

    def problems(self) -> tuple[Problem, ...]:
        return check_office(self.the_office)

    def save_place(self, *, company_name: str, country: str, time_zone: str, language: str, author: str) -> Outcome:
        try:
            name = check_name(company_name)
        except InvalidValueError as fault:
            return Outcome(None, (fault.at("company_name"),))
        if country not in list(Country):
            facts = {"value": country, "choices": ", ".join(Country)}
            return Outcome(None, (Problem(where="country", rule="not-a-choice", facts=facts),))
        site = replace(
            self.the_office.site,
            company_name=name,
            country=Country(country),
            time_zone=time_zone,
            language=Language(language),
        )
        self._prove("language", language=language, time_zone=time_zone)
        return self._keep(replace(self.the_office, site=site))

    def save_company_number(self, *, number: str, author: str) -> Outcome:
        try:
            parsed = PhoneNumber.parse(number, self.the_office.site.country)
        except InvalidValueError as fault:
            return Outcome(None, (fault.at("number"),))
        site = replace(self.the_office.site, company_number=parsed)
        office, group = with_everyone(replace(self.the_office, site=site))
        main = Number(id="main", number=parsed, destination=ToRingGroup(group.id))
        return self._keep(replace(office, numbers=(main,)))

    def save_trunk(
        self, *, trunk_id: str, name: str, host: str, username: str, password: str, registers: bool, author: str
    ) -> Outcome:
        try:
            check_host(host)
        except InvalidValueError as fault:
            return Outcome(None, (fault.at("host"),))
        wanted = trunk_id or f"line{len(self.the_office.trunks) + 1}"
        trunk = Trunk(
            id=wanted, name=name, host=host, username=username, password=Secret(password), registers=registers
        )
        others = tuple(item for item in self.the_office.trunks if item.id != wanted)
        return self._keep(replace(self.the_office, trunks=(*others, trunk)))

    def remove_trunk(self, trunk_id: str, *, author: str) -> Outcome:
        trunks = tuple(item for item in self.the_office.trunks if item.id != trunk_id)
        return self._keep(replace(self.the_office, trunks=trunks))

    def save_employee(self, *, extension_id: str, name: str, number: str, author: str) -> Outcome:
        problems: list[Problem] = []
        for where, check, value in (("name", check_name, name), ("number", ExtensionNumber, number)):
            try:
                check(value)
            except InvalidValueError as fault:
                problems.append(fault.at(where))
        if problems:
            return Outcome(None, tuple(problems))
        extension = Extension(
            id=extension_id or f"e{number}",
            number=ExtensionNumber(number),
            name=name.strip(),
            sip_password=Secret("secret"),
            voicemail=VoicemailBox(pin=Secret("4711")),
        )
        others = tuple(item for item in self.the_office.extensions if item.id != extension.id)
        edited = replace(self.the_office, extensions=(*others, extension))
        wrong = tuple(
            Problem(where="number", rule=problem.rule, facts=problem.facts)
            for problem in check_office(edited)
            if problem.severity is Severity.ERROR
        )
        return Outcome(None, wrong) if wrong else self._keep(edited)

    def paste_employees(self, text: str, *, author: str) -> Outcome:
        for count, line in enumerate(text.splitlines(), start=1):
            number, _, name = line.partition(" ")
            if not number.isdigit():
                facts = {"value": line}
                return Outcome(None, (Problem(where=f"line {count}", rule="paste-line", facts=facts),))
            self.save_employee(extension_id="", name=name, number=number, author=author)
        return Outcome(1)

    def remove_employee(self, extension_id: str, *, author: str) -> Outcome:
        extensions = tuple(item for item in self.the_office.extensions if item.id != extension_id)
        return self._keep(replace(self.the_office, extensions=extensions))

    def assign_phone(self, *, mac: str, extension_id: str, author: str) -> Outcome:
        if all(phone.mac != mac for phone in self.phones):
            return Outcome(None, (Problem(where="extension_id", rule="no-such-phone", facts={"value": mac}),))
        self.phones = [
            replace(phone, extension_id=extension_id or None) if phone.mac == mac else phone for phone in self.phones
        ]
        kept = MacAddress.parse(mac)
        phones = tuple(phone for phone in self.the_office.phones if phone.mac != kept)
        if extension_id:
            token = Secret("0123456789abcdef0123456789abcdef")
            owned = Phone(
                id=f"p{kept.digits}",
                mac=kept,
                brand=Brand.YEALINK,
                model="SIP-T46U",
                token=token,
                extension_id=extension_id,
            )
            phones = (*phones, owned)
        return self._keep(replace(self.the_office, phones=phones))

    def save_backup_route(self, *, number: str, author: str) -> Outcome:
        try:
            parsed = PhoneNumber.parse(number, self.the_office.site.country)
        except InvalidValueError as fault:
            return Outcome(None, (fault.at("number"),))
        route = BackupRoute(id="backup", name="Back-up", destination=ToOutsideNumber(parsed))
        return self._keep(replace(self.the_office, backup_routes=(route,)))

    def apply(self, *, author: str) -> tuple[Problem, ...]:
        self.asked.append(f"apply by {author}")
        if not self.apply_failures and self.the_office.extensions:
            self._prove("employees", count=str(len(self.the_office.extensions)))
        return self.apply_failures

    def live(self) -> LiveView:
        return LiveView(
            switch_answers=self.switch_answers,
            lines=[
                LineView(id=trunk.id, name=trunk.name, state=self.line_state, detail="Registered")
                for trunk in self.the_office.trunks
            ],
            phones=list(self.phones),
            calls=0,
            enrolment_open_until=self.window_until,
            unapplied_changes=self.unapplied,
        )

    def wait_for_change(self, seconds: float) -> None:
        self.changed.wait(seconds)
        self.changed.clear()

    def open_enrolment(self) -> None:
        self.window_until = datetime.now(UTC) + timedelta(minutes=10)  # noqa: TID251  (the fake's own clock)
        self.changed.set()

    def close_enrolment(self) -> None:
        self.window_until = None
        self.changed.set()

    def scan_lan(self) -> None:
        self.asked.append("scan_lan")

    def proofs(self) -> Mapping[str, StepProof]:
        return dict(self.the_proofs)

    def prove_line(self, trunk_id: str) -> tuple[Problem, ...]:
        self.asked.append(f"prove_line {trunk_id}")
        if not self.line_failures:
            self._prove("line", line=self.the_office.trunk(trunk_id).name, detail="Registered")
            if self.the_office.site.company_number:
                self._prove("company_number", number=str(self.the_office.site.company_number), line=trunk_id)
        return self.line_failures

    def ring_phone(self, extension_id: str) -> TestCallView:
        self.asked.append(f"ring_phone {extension_id}")
        return self.call

    def prove_backup_route(self) -> TestCallView:
        self.asked.append("prove_backup_route")
        if self.call.outcome in {"rang", "answered"}:
            self._prove("backup_route", number="+32470123456", outcome=self.call.outcome)
        return self.call

    def status(self) -> Sequence[PartView]:
        return self.parts

    def show_phones(self, *phones: PhoneView) -> None:
        """Let phones appear, as discovery does."""
        self.phones = list(phones)
        self.changed.set()

    def _prove(self, step: str, **facts: str) -> None:
        self.the_proofs[step] = StepProof(seen_at=SEEN_AT, facts=facts)

    def _keep(self, office: Office) -> Outcome:
        self.the_office = office
        self.changed.set()
        return Outcome(1)


@dataclass
class FakeAccounts:
    """A fake of wizard.services.AccountServices with one account; the real ones are tested over a real box."""

    services: FakeServices
    sessions: set[str] = field(default_factory=set)

    def is_claimed(self) -> bool:
        return self.services.claimed

    def claim(
        self, code: str, user_name: str, password: str, language: str, source: str
    ) -> Account | tuple[Problem, ...]:
        problems: list[Problem] = []
        if code != CLAIM_CODE:
            problems.append(Problem(where="code", rule="claim-code-wrong", facts={"left": "4"}))
        if len(password) < 12:
            problems.append(Problem(where="password", rule="password-short", facts={"least": "12"}))
        if not user_name:
            problems.append(Problem(where="user_name", rule="user-name-form"))
        if problems:
            return tuple(problems)
        self.services.claimed, self.services.account_language = True, language
        return self.account()

    def log_in(self, user_name: str, password: str, source: str) -> Account | tuple[Problem, ...]:
        self.services.asked.append(f"log_in from {source}")
        if (user_name, password) != (USER_NAME, PASSWORD):
            return (Problem(where="password", rule="login-wrong"),)
        return self.account()

    def begin_session(self, account_id: int) -> str:
        token = secrets.token_hex(8)
        self.sessions.add(token)
        return token

    def account_of_session(self, token: str) -> Account | None:
        return self.account() if token in self.sessions else None

    def end_session(self, token: str) -> None:
        self.sessions.discard(token)

    def set_password(self, account_id: int, old: str, new: str) -> tuple[Problem, ...]:
        if old != PASSWORD:
            return (Problem(where="old_password", rule="password-wrong"),)
        self.sessions.clear()
        return ()

    def set_language(self, account_id: int, language: str) -> None:
        self.services.account_language = language

    def account(self) -> Account:
        """The one there is."""
        return Account(id=1, user_name=USER_NAME, language=self.services.account_language)


@dataclass
class FakePhoneServices:
    """A fake of wizard.services.PhoneServices over the same office and list; tests read what was asked of it."""

    services: FakeServices
    role: str = "neighbour"
    on_trial_until: datetime | None = None
    others: tuple[DhcpServerView, ...] = ()
    role_problems: tuple[Problem, ...] = ()
    told: ToldView = field(default_factory=lambda: ToldView(way="switch", code=None, fetched_after=1.2))
    files: tuple[FirmwareView, ...] = ()
    running: RolloutView | None = None
    line_keys: int = 8

    def detail(self, mac: str) -> PhoneDetail | None:
        view = next((one for one in self.services.phones if one.mac == mac), None)
        if view is None:
            return None
        office = self.services.the_office
        phone = next((one for one in office.phones if str(one.mac) == mac), None)
        chosen = {key.position: key for key in phone.keys} if phone else {}
        keys = []
        for position in range(1, self.line_keys + 1):
            key = chosen.get(position)
            shown = "" if key is None else key.label or str(key.does)
            kind = "" if key is None else "colleague"
            value = key.does.extension_id if key is not None and isinstance(key.does, Colleague) else ""
            keys.append(
                KeyView(
                    module=0, position=position, kind=kind, value=value, label=key.label if key else "", shown=shown
                )
            )
        requests = (RequestView(seen_by="tftp", asked="y000000000108.cfg", answer="given", when=SEEN_AT),)
        return PhoneDetail(
            view=view,
            is_known_model=True,
            line_keys=self.line_keys,
            keys_per_page=self.line_keys,
            lines=["201"],
            keys=keys,
            requests=requests,
            can_reboot=True,
        )

    def save_keys(self, mac: str, keys: Sequence[TypedKey], *, author: str) -> Outcome:
        self.services.asked.append(
            f"save_keys {mac} {[(key.position, key.kind, key.value, key.label) for key in keys]}"
        )
        wrong = [
            at for at, key in enumerate(keys, start=1) if key.kind == "call" and not any(map(str.isdigit, key.value))
        ]
        problems = tuple(
            Problem(where=f"key {at}", rule="phone-number-form", facts={"value": keys[at - 1].value}) for at in wrong
        )
        return Outcome(None if problems else 2, problems)

    def tell(self, mac: str, what: str) -> ToldView:
        self.services.asked.append(f"{what} {mac}")
        return self.told

    def approve(self, mac: str) -> None:
        self.services.asked.append(f"approve {mac}")

    def replace(self, old: str, new: str, *, author: str) -> Outcome:
        self.services.asked.append(f"replace {old} by {new}")
        return Outcome(2)

    def network(self) -> NetworkView:
        return NetworkView(
            address="192.0.2.2",
            authority_url="http://192.0.2.2/ca.pem",
            network="192.0.2.0/24",
            role=self.role,
            pool_start="192.0.2.100",
            pool_end="192.0.2.199",
            on_trial_until=self.on_trial_until,
        )

    def other_dhcp_servers(self) -> Sequence[DhcpServerView]:
        return self.others

    def change_dhcp_role(self, role: str, pool_start: str, pool_end: str) -> tuple[Problem, ...]:
        self.services.asked.append(f"role {role} {pool_start}-{pool_end}")
        return self.role_problems

    def keep_dhcp_role(self) -> bool:
        kept, self.on_trial_until = self.on_trial_until is not None, None
        return kept

    def firmware(self) -> Sequence[FirmwareView]:
        return self.files

    def rollout(self) -> RolloutView | None:
        return self.running

    def start_firmware(self, name: str, *, by_night: bool) -> tuple[Problem, ...]:
        self.services.asked.append(f"start {name} {'by night' if by_night else 'now'}")
        return ()

    def stop_firmware(self, *, author: str) -> None:
        self.services.asked.append("stop firmware")

"""The typed set of functions the pages may call; the command line's wiring gives them.

Texts that come from a form go in as typed. What is wrong with them comes back as Problems whose `where` is the
field's name; nothing is saved then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from appliance.changes.outcome import Outcome
from appliance.office.office import Office
from appliance.office.problems import Problem
from appliance.operations.accounts import Account
from appliance.operations.proving import StepProof, TestCallView


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """One line as the switch sees it: ready, unregistered, dark or unknown."""

    id: str
    name: str
    state: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneView:
    """One phone on the LAN or in the office.

    `state`: seen, asked, enrolled, fetched, registered, or absent (in the office, not seen lately). `because` names
    how it was recognised. `extension_id` is None while nobody has it. `is_tested`: it is registered, and a call has
    rung it. `held`: why it does not get on, as a warning.
    """

    mac: str
    brand: str
    model: str
    firmware: str
    address: str
    state: str
    because: str
    extension_id: str | None
    last_seen: datetime | None
    is_tested: bool = False
    held: Problem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyView:
    """One key of a phone, chosen or free.

    `kind`: line, colleague, group, mode, night, parking, call, pickup, or empty for a free one; `value` an id, slot,
    number or line, as wizard and changes write it; `shown` what stands beside the key; `module` 0 is the phone itself.
    """

    module: int
    position: int
    kind: str = ""
    value: str = ""
    label: str = ""
    shown: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestView:
    """What a phone asked for: how, its own bytes, what it got."""

    seen_by: str
    asked: str
    answer: str
    when: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneDetail:
    """A phone of the office with its keys. `keys`: every position of the phone, then of modules in use.

    `is_known_model` False: no settings are made for it. `dropped`: keys that this model has no place for.
    `keys_per_page` 0: not known, so all are drawn on one page.
    """

    view: PhoneView
    is_known_model: bool
    line_keys: int = 0
    keys_per_page: int = 0
    modules: int = 0
    module_keys: int = 0
    lines: Sequence[str] = ()  # extension numbers, the first line first
    keys: Sequence[KeyView] = ()
    dropped: Sequence[KeyView] = ()
    requests: Sequence[RequestView] = ()
    can_reboot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldView:
    """What came of telling a phone something. `way`: switch, direct, none (not there), not documented."""

    way: str
    code: int | None
    fetched_after: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DhcpServerView:
    """Another DHCP server on the LAN; `hands_out`: option number -> text."""

    address: str
    mac: str
    hands_out: Mapping[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkView:
    """Where the box is, and who gives out addresses.

    `role`: server or neighbour; `on_trial_until`: keep the new role before then. `authority_url` serves the certificate
    (PEM) of the authority that vouches for the box.
    """

    address: str
    authority_url: str
    network: str
    role: str
    pool_start: str
    pool_end: str
    on_trial_until: datetime | None
    sip_port: int = 5060
    sip_tls_port: int = 5061


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmwareView:
    """One file of the library."""

    name: str
    brand: str
    models: Sequence[str]
    version: str
    phones: int  # of the office that it is for


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutView:
    """New firmware going over the phones. `state`: running, stopped, finished; `phones`: (MAC, progress)."""

    firmware: str
    state: str
    because: str
    by_night: bool
    phones: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """One part of the box: state ok, warning or failed.

    `what` (is so) and `remedy` (empty: nothing to do) name texts of `part-what` and `part-remedy`.
    """

    name: str
    state: str
    what: str
    remedy: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveView:
    """What is so at this moment."""

    switch_answers: bool
    lines: Sequence[LineView]
    phones: Sequence[PhoneView]
    calls: int
    enrolment_open_until: datetime | None
    unapplied_changes: bool
    more_phones: int = 0  # seen, and not in `phones`


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedKey:
    """A key as a form gives it; the same words as in KeyView."""

    module: int
    position: int
    kind: str
    value: str
    label: str


class PhoneServices(Protocol):
    """What the office manager does with phones, their firmware, and the network they are on."""

    def detail(self, mac: str) -> PhoneDetail | None:
        """Return a phone of the list or of the office; None for one that neither has."""
        ...

    def save_keys(self, mac: str, keys: Sequence[TypedKey], *, author: str) -> Outcome:
        """Give a phone these keys and no others; a problem's `where` is `key N`, the Nth of them."""
        ...

    def tell(self, mac: str, what: str) -> ToldView:
        """Tell a phone of the office `resync` or `reboot`, and wait some seconds for what it does."""
        ...

    def approve(self, mac: str) -> None:
        """Let this one phone fetch its settings for the first time."""
        ...

    def replace(self, old: str, new: str, *, author: str) -> Outcome:
        """Let another phone of the list take a phone's place, and let it in; fields: old, new."""
        ...

    def network(self) -> NetworkView: ...
    def other_dhcp_servers(self) -> Sequence[DhcpServerView]:
        """Ask the LAN, which takes some seconds; raises ApplianceError without the right to."""
        ...

    def change_dhcp_role(self, role: str, pool_start: str, pool_end: str) -> tuple[Problem, ...]:
        """Take a role (server, neighbour) on trial; fields: role, pool_start, pool_end."""
        ...

    def keep_dhcp_role(self) -> bool:
        """Say that the console is still reached; False when the role went back already."""
        ...

    def firmware(self) -> Sequence[FirmwareView]: ...
    def rollout(self) -> RolloutView | None: ...
    def start_firmware(self, name: str, *, by_night: bool) -> tuple[Problem, ...]:
        """Begin over all phones it is for; field: firmware."""
        ...

    def stop_firmware(self, *, author: str) -> None: ...


class AccountServices(Protocol):
    """The box and who may open it. `source` is the address that asks: tries are counted for each."""

    def is_claimed(self) -> bool: ...
    def claim(
        self, code: str, user_name: str, password: str, language: str, source: str
    ) -> Account | tuple[Problem, ...]:
        """Make the first administrator; fields: code, user_name, password."""
        ...

    def log_in(self, user_name: str, password: str, source: str) -> Account | tuple[Problem, ...]: ...
    def begin_session(self, account_id: int) -> str:
        """Begin a session of SESSION_TIME and return its token."""
        ...

    def account_of_session(self, token: str) -> Account | None:
        """Return whose session this is; None for one that has ended."""
        ...

    def end_session(self, token: str) -> None: ...
    def set_password(self, account_id: int, old: str, new: str) -> tuple[Problem, ...]:
        """Change the password, which ends every session of the account; fields: old_password, new_password."""
        ...

    def set_language(self, account_id: int, language: str) -> None: ...


class Services(Protocol):
    """Everything below the pages. `author` is the user name that stands in the history."""

    @property
    def phone_services(self) -> PhoneServices: ...

    @property
    def accounts(self) -> AccountServices: ...

    # the office
    def office(self) -> Office: ...
    def problems(self) -> tuple[Problem, ...]: ...
    def save_place(self, *, company_name: str, country: str, time_zone: str, language: str, author: str) -> Outcome: ...
    def save_company_number(self, *, number: str, author: str) -> Outcome: ...
    def save_trunk(
        self, *, trunk_id: str, name: str, host: str, username: str, password: str, registers: bool, author: str
    ) -> Outcome:
        """Add a line, or change the one with this id; an empty password keeps the one it has."""
        ...

    def remove_trunk(self, trunk_id: str, *, author: str) -> Outcome: ...
    def save_employee(self, *, extension_id: str, name: str, number: str, author: str) -> Outcome:
        """Add (empty id) or change an employee; everybody is in the ring group the company number rings."""
        ...

    def paste_employees(self, text: str, *, author: str) -> Outcome:
        """Add one employee a line: `201 Jan Jansen`, or `Jan Jansen;201`; a problem's `where` is `line N`."""
        ...

    def remove_employee(self, extension_id: str, *, author: str) -> Outcome: ...
    def assign_phone(self, *, mac: str, extension_id: str, author: str) -> Outcome:
        """Give a phone of the list to an employee (empty id: to nobody)."""
        ...

    def save_backup_route(self, *, number: str, author: str) -> Outcome: ...

    # making it true, and proof
    def apply(self, *, author: str) -> tuple[Problem, ...]:
        """Apply the newest revision; a failure is a Problem with rule `apply-failed` and its text as a fact."""
        ...

    def live(self) -> LiveView: ...
    def wait_for_change(self, seconds: float) -> None:
        """Return when something in `live` may have changed, or after `seconds`; for Server-Sent Events."""
        ...

    def open_enrolment(self) -> None: ...
    def close_enrolment(self) -> None: ...
    def scan_lan(self) -> None:
        """Look for phones now instead of waiting until they speak."""
        ...

    def proofs(self) -> Mapping[str, StepProof]:
        """Ticks by step name: language, company_number, line, employees, phones, backup_route."""
        ...

    def prove_line(self, trunk_id: str) -> tuple[Problem, ...]:
        """Wait (at most 15 s) until the line is registered, then call the company number and see the call come in
        again on a line of ours. Ticks `line`, and `company_number` when it came in."""
        ...

    def ring_phone(self, extension_id: str) -> TestCallView:
        """Ring an employee's phone with the test phone for at most 20 s."""
        ...

    def prove_backup_route(self) -> TestCallView:
        """Ring the backup number through the line for at most 30 s; rang or answered ticks `backup_route`."""
        ...

    def status(self) -> Sequence[PartView]: ...

"""The operations of one box, put together: what the pages, the verbs and the monitor call."""

from __future__ import annotations

from dataclasses import dataclass

from argon2 import PasswordHasher

from appliance.operations.accounts import SESSION_TIME, Accounts
from appliance.operations.alerts import Alerts
from appliance.operations.api_keys import ApiKeys
from appliance.operations.box import Box
from appliance.operations.company import Company
from appliance.operations.employees import Employees
from appliance.operations.explain import Explain
from appliance.operations.firmware import FirmwareShelf
from appliance.operations.history import History
from appliance.operations.in_force import InForce
from appliance.operations.jobs import Jobs
from appliance.operations.lines import Lines
from appliance.operations.live import Live
from appliance.operations.long_acts import LongActs
from appliance.operations.mails import Mails
from appliance.operations.messages import Messages
from appliance.operations.network import Network
from appliance.operations.objects import Objects
from appliance.operations.offices import Offices
from appliance.operations.phone_keys import PhoneKeys
from appliance.operations.phone_list import PhoneList
from appliance.operations.phone_signals import PhoneSignals
from appliance.operations.phones import Phones
from appliance.operations.recordings import Recordings
from appliance.operations.set_at_phones import SetAtPhones
from appliance.operations.shared_look import SharedLook
from appliance.operations.status import Status
from appliance.operations.steps import SeenSince, Steps
from appliance.operations.switches import Switches
from appliance.operations.test_calls import TestCalls
from appliance.operations.waiting_phones import WaitingPhones
from appliance.storage.console_sessions import ConsoleSessions


@dataclass(frozen=True, slots=True, kw_only=True)
class Operations:
    """What may be asked of one running box, a field a subject."""

    accounts: Accounts
    offices: Offices
    objects: Objects
    api_keys: ApiKeys
    company: Company
    employees: Employees
    lines: Lines
    phones: Phones
    phone_keys: PhoneKeys
    phone_signals: PhoneSignals
    firmware: FirmwareShelf
    network: Network
    test_calls: TestCalls
    steps: Steps
    in_force: InForce
    history: History
    live: Live
    set_at_phones: SetAtPhones
    switches: Switches
    explain: Explain
    messages: Messages
    recordings: Recordings
    status: Status
    alerts: Alerts
    jobs: Jobs
    long_acts: LongActs


def operations_of(box: Box, hasher: PasswordHasher | None = None) -> Operations:
    """Put the operations of a box together, once a process: they share what they looked at. `hasher`: see Accounts."""
    sessions = ConsoleSessions(box.engine, SESSION_TIME)
    in_force = in_force_of(box)
    look, waiting, signals = in_force.look, in_force.waiting, in_force.signals
    jobs, lines, test_calls = Jobs(box.now), Lines(box, look), TestCalls(box, look)
    status = Status(box)
    accounts = Accounts(box.logins, sessions, box.paths.claim_code, box.now, hasher)
    listed, objects, so_now = PhoneList(box, look), Objects(box), SetAtPhones(box)
    phones, network = Phones(box, listed, in_force, waiting), Network(box)
    return Operations(
        accounts=accounts,
        offices=Offices(box),
        objects=objects,
        api_keys=ApiKeys(box),
        company=Company(box),
        employees=Employees(box),
        lines=lines,
        phones=phones,
        phone_keys=PhoneKeys(box, listed),
        phone_signals=signals,
        firmware=FirmwareShelf(box, in_force),
        network=network,
        test_calls=test_calls,
        steps=in_force.steps,
        in_force=in_force,
        history=History(box),
        live=Live(box, look, listed),
        set_at_phones=so_now,
        switches=Switches(box),
        explain=Explain(look, so_now),
        messages=Messages(box),
        recordings=Recordings(box, objects),
        status=status,
        alerts=Alerts(box, status),
        jobs=jobs,
        long_acts=LongActs(jobs, lines, test_calls, signals, phones, network, Mails(box), accounts),
    )


def in_force_of(box: Box) -> InForce:
    """Put together what makes an office true, for who needs nothing else."""
    look = SharedLook(box)
    return InForce(box, PhoneSignals(box), WaitingPhones(box), look, Steps(box, look, SeenSince()))

"""The acts that wait for the world, each begun as a job."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.office.numbers import MacAddress
from appliance.operations.accounts import Accounts
from appliance.operations.job_steps import Progress, Step
from appliance.operations.jobs import Job, JobKind, JobResult, Jobs
from appliance.operations.lines import Lines
from appliance.operations.mails import Mails
from appliance.operations.network import Network
from appliance.operations.phone_signals import PhoneSignals, Signal
from appliance.operations.phones import Phones
from appliance.operations.test_calls import TestCalls


@dataclass(frozen=True, slots=True)
class LongActs:
    """The long acts of one box; each returns its job at once, or raises TooManyJobs."""

    jobs: Jobs
    lines: Lines
    test_calls: TestCalls
    signals: PhoneSignals
    phones: Phones
    network: Network
    mails: Mails
    accounts: Accounts

    def test_line(self, trunk_id: str) -> Job:
        """See Lines.prove."""
        return self.jobs.begin(JobKind.LINE_TEST, trunk_id, lambda step: self.lines.prove(trunk_id, step))

    def ring_phone(self, extension_id: str) -> Job:
        """See TestCalls.ring_phone."""
        return self.jobs.begin(
            JobKind.PHONE_CALL, extension_id, lambda step: self.test_calls.ring_phone(extension_id, step)
        )

    def ring_backup(self) -> Job:
        """See TestCalls.prove_backup_route."""
        return self.jobs.begin(JobKind.BACKUP_CALL, "", self.test_calls.prove_backup_route)

    def ring_group(self, group_id: str) -> Job:
        """See TestCalls.ring_group."""
        return self.jobs.begin(JobKind.GROUP_CALL, group_id, lambda step: self.test_calls.ring_group(group_id, step))

    def call_menu(self, attendant_id: str) -> Job:
        """See TestCalls.call_menu."""
        return self.jobs.begin(
            JobKind.MENU_CALL, attendant_id, lambda step: self.test_calls.call_menu(attendant_id, step)
        )

    def call_when_closed(self) -> Job:
        """See TestCalls.call_when_closed."""
        return self.jobs.begin(JobKind.HOURS_CALL, "", self.test_calls.call_when_closed)

    def send_test_mail(self, address: str, language: str) -> Job:
        """See Mails.send_test."""
        return self.jobs.begin(JobKind.MAIL_TEST, address, lambda step: self.mails.send_test(address, language, step))

    def send_invitation(self, address: str, token: str, user_name: str, language: str) -> Job:
        """See Mails.send_invitation."""

        def send(step: Progress) -> JobResult:
            return self.mails.send_invitation(address, token, user_name, language, step)

        return self.jobs.begin(JobKind.INVITATION_MAIL, address, send)

    def send_forgotten(self, user_name: str) -> Job:
        """Send whoever has this login, and an address, an invitation; whoever asks is not told whether there is one."""

        def send(step: Progress) -> JobResult:
            found = self.accounts.forgotten(user_name)
            if found is not None:
                login, token = found
                self.mails.send_invitation(login.email, token, login.user_name, login.language, step)
            return ()

        return self.jobs.begin(JobKind.INVITATION_MAIL, user_name, send)

    def tell_phone(self, mac: MacAddress, signal: Signal) -> Job:
        """See PhoneSignals.tell."""
        return self.jobs.begin(JobKind.PHONE_SIGNAL, str(mac), lambda step: self.signals.tell(mac, signal, step))

    def scan_lan(self) -> Job:
        """See Phones.scan_lan."""

        def scan(step: Progress) -> JobResult:
            step(Step.ASK_LAN)
            self.phones.scan_lan()
            return ()

        return self.jobs.begin(JobKind.LAN_SCAN, "", scan)

    def search_dhcp_servers(self) -> Job:
        """See Network.other_servers; `Network.servers_found` tells of them then."""

        def search(step: Progress) -> JobResult:
            step(Step.ASK_LAN)
            self.network.other_servers()
            return ()

        return self.jobs.begin(JobKind.DHCP_SEARCH, "", search)

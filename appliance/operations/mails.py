"""A test mail and invitations: the office's mail server takes them, or says why not."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass

from appliance.mail.sending import MailDelayed, MailRefused, MailSession, ServerTrouble
from appliance.mail.wording import new_mail
from appliance.office.office import Office
from appliance.office.problems import InvalidValueError, Problem
from appliance.office.voicemail import check_email
from appliance.operations import proofs
from appliance.operations.box import Box
from appliance.operations.job_steps import Progress, Step, unwatched
from appliance.words.texts import text


@dataclass(frozen=True, slots=True)
class Mails:
    """Mails of one box that leave at once, past the outbox: whoever waits for one is told how it went."""

    box: Box
    trust: ssl.SSLContext | None = None  # None: the authorities that this machine trusts

    def send_test(self, address: str, language: str, step: Progress = unwatched) -> tuple[Problem, ...]:
        """Send a test mail; a server that takes it is proven. Problems have the field address."""
        began = self.box.now()
        _, office = self.box.repository.newest()
        facts = {"company": office.site.company_name}
        problems = self._send(office, address, language, "mail-test", facts, step)
        if not problems and office.mail_server is not None:
            self.box.proofs.keep(proofs.MAIL, {"address": address, "host": office.mail_server.host}, began)
        return problems

    def send_invitation(
        self, address: str, token: str, user_name: str, language: str, step: Progress = unwatched
    ) -> tuple[Problem, ...]:
        """Send the address at which the owner of a login chooses a password. Problems have the field address."""
        _, office = self.box.repository.newest()
        # The box's own address: the one that a browser asks for may be anybody's choice.
        where = f"https://{self.box.network.address}/invitation/{token}"
        facts = {"company": office.site.company_name, "name": user_name, "address": where}
        return self._send(office, address, language, "mail-invitation", facts, step)

    def _send(
        self, office: Office, address: str, language: str, words: str, facts: Mapping[str, str], step: Progress
    ) -> tuple[Problem, ...]:
        server = office.mail_server

        def problem(rule: str, **facts: str) -> tuple[Problem, ...]:
            return (Problem(where="address", rule=rule, facts=facts),)

        if server is None:
            return problem("mail-no-server")
        try:
            check_email(address)
        except InvalidValueError as fault:
            return (fault.at("address"),)
        step(Step.MAIL)
        subject, body = text(f"{words}-subject", language, **facts), text(f"{words}-body", language, **facts)
        mail = new_mail(office, server, (address,), subject, body.split("\n"), self.box.now())
        try:
            with MailSession(server, self.trust) as session:
                delivery = session.send(mail, (address,))
        except ServerTrouble as trouble:
            return problem(trouble.trouble.value, host=server.host, sender=server.sender, code=str(trouble.code or ""))
        except (MailRefused, MailDelayed) as refusal:
            return problem("mail-not-taken", value=address, reason=str(refusal))
        if address not in delivery.taken:
            reason = (*delivery.refused.values(), *delivery.delayed.values())
            return problem("mail-not-taken", value=address, reason=" ".join(reason))
        return ()

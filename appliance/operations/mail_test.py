"""A test mail: the office's mail server takes it, or says why not."""

from __future__ import annotations

import ssl
from dataclasses import dataclass

from appliance.mail.sending import MailDelayed, MailRefused, MailSession, ServerTrouble
from appliance.mail.wording import new_mail
from appliance.office.problems import InvalidValueError, Problem
from appliance.office.voicemail import check_email
from appliance.operations import proofs
from appliance.operations.box import Box
from appliance.operations.job_steps import Progress, Step, unwatched
from appliance.words.texts import text


@dataclass(frozen=True, slots=True)
class MailTest:
    """One box."""

    box: Box
    trust: ssl.SSLContext | None = None  # None: the authorities that this machine trusts

    def send(self, address: str, language: str, step: Progress = unwatched) -> tuple[Problem, ...]:
        """Send one mail at once, past the outbox; a server that takes it is proven. Problems have the field address."""
        began = self.box.now()
        _, office = self.box.repository.newest()
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
        company = office.site.company_name
        mail = new_mail(
            office,
            server,
            (address,),
            text("mail-test-subject", language, company=company),
            (text("mail-test-body", language, company=company),),
            began,
        )
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
        self.box.proofs.keep(proofs.MAIL, {"address": address, "host": server.host}, began)
        return ()

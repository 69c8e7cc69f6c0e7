"""Step 11: the mail server, by which messages and alerts leave, and a test mail."""

from __future__ import annotations

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from wizard.console.jobs import follow
from wizard.current import language, office, operations
from wizard.first_boot.frame import question
from wizard.first_boot.steps import StepName
from wizard.form import typed

pages = Blueprint("mail_step", __name__, url_prefix="/setup/mail")


@pages.get("")
def page() -> ResponseReturnValue:
    """Show the server, and ask whom to send a test mail."""
    return question(StepName.MAIL, "mail_step.html", server=office().mail_server)


@pages.post("/prove")
def prove() -> ResponseReturnValue:
    """Send a test mail."""
    address, spoken = typed("address").strip(), language()
    return follow(lambda: operations().long_acts.send_test_mail(address, spoken), url_for("mail_step.page"))

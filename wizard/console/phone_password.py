"""The password of the phones' own pages, shown on demand; who looked is written down."""

from __future__ import annotations

import logging

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from wizard.current import account, operations
from wizard.form import is_sent

pages = Blueprint("phone_password", __name__)
_log = logging.getLogger(__name__)


@pages.route("/phone-password", methods=["GET", "POST"])
def page() -> ResponseReturnValue:
    """Say what the password is for, and show it once it is asked for."""
    if not is_sent():
        return render_template("phone_password.html", password="")
    _log.warning("%r looked at the password of the phones' own pages", account().user_name)
    return render_template("phone_password.html", password=operations().phones.admin_password().reveal())

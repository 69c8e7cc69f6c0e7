"""Who gives out addresses on the LAN: the box, or another server; a change is on trial until somebody keeps it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from appliance.errors import ApplianceError
from appliance.office.problems import Problem
from wizard.current import services
from wizard.form import Form, typed_form
from wizard.saving import tell, tell_problem
from wizard.services import DhcpServerView

pages = Blueprint("network", __name__, url_prefix="/network")
FIELDS = ("role", "pool_start", "pool_end")


@pages.get("")
def page() -> ResponseReturnValue:
    """Show the role."""
    return _show(None)


@pages.post("/look")
def look() -> ResponseReturnValue:
    """Ask the LAN who else gives out addresses, which takes seconds."""
    return _show(_others())


@pages.post("")
def change() -> ResponseReturnValue:
    """Take another role on trial."""
    given = typed_form(*FIELDS)
    try:
        problems = services().phone_services.change_dhcp_role(given["role"], given["pool_start"], given["pool_end"])
    except ApplianceError as fault:
        problems = (Problem(where="role", rule="apply-failed", facts={"value": fault.message}),)
    if problems:
        form = Form(values=given, problems=problems)
        network = services().phone_services.network()
        return render_template("network.html", network=network, form=form, others=None, fields=FIELDS), 422
    return redirect(url_for("network.page"), 303)


@pages.post("/keep")
def keep() -> ResponseReturnValue:
    """Whoever sends this reaches the console: the new role holds."""
    if services().phone_services.keep_dhcp_role():
        tell("network-kept")
    else:
        tell_problem(Problem(where="", rule="role-went-back"))
    return redirect(url_for("network.page"), 303)


def _show(others: tuple[DhcpServerView, ...] | None) -> str:
    network = services().phone_services.network()
    values = {"role": network.role, "pool_start": network.pool_start, "pool_end": network.pool_end}
    return render_template("network.html", network=network, form=Form(values=values), others=others, fields=FIELDS)


def _others() -> tuple[DhcpServerView, ...]:
    try:
        return tuple(services().phone_services.other_dhcp_servers())
    except ApplianceError as fault:
        tell_problem(Problem(where="", rule="apply-failed", facts={"value": fault.message}))
        return ()

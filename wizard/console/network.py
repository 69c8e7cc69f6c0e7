"""Who gives out addresses on the LAN: the box, or another server; a change is on trial until somebody keeps it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.errors import BelboxError
from appliance.office.problems import Problem
from provisioning.discovery.dhcp_server_report import DhcpServerFound
from wizard.console.jobs import follow
from wizard.current import operations
from wizard.form import Form, typed_form
from wizard.saving import not_applied, tell, tell_problem

pages = Blueprint("network", __name__, url_prefix="/network")
FIELDS = ("role", "pool_start", "pool_end")
LOOKED = "looked"  # in the address: somebody has just had the LAN asked


@pages.get("")
def page() -> ResponseReturnValue:
    """Show the role; and who else gives out addresses, to whoever has just had the LAN asked."""
    network = operations().network
    facts = network.facts()
    values = {"role": facts.dhcp_role.value, "pool_start": facts.pool_start, "pool_end": facts.pool_end}
    return _page(Form(values=values), network.servers_found() if LOOKED in request.args else None)


@pages.post("/look")
def look() -> ResponseReturnValue:
    """Ask the LAN who else gives out addresses, which takes seconds."""
    return follow(operations().long_acts.search_dhcp_servers, url_for("network.page"))


@pages.post("")
def change() -> ResponseReturnValue:
    """Take another role on trial."""
    given = typed_form(*FIELDS)
    try:
        problems = operations().network.change_as_typed(given["role"], given["pool_start"], given["pool_end"])
    except BelboxError as fault:
        problems = (not_applied(fault, "role"),)
    if problems:
        return _page(Form(values=given, problems=problems), None), 422
    return redirect(url_for("network.page"), 303)


@pages.post("/keep")
def keep() -> ResponseReturnValue:
    """Whoever sends this reaches the console: the new role holds."""
    if operations().network.keep():
        tell("network-kept")
    else:
        tell_problem(Problem(where="", rule="role-went-back"))
    return redirect(url_for("network.page"), 303)


def _page(form: Form, others: tuple[DhcpServerFound, ...] | None) -> str:
    network = operations().network
    return render_template(
        "network.html",
        network=network.facts(),
        on_trial_until=network.on_trial_until(),
        form=form,
        others=others,
        fields=FIELDS,
    )

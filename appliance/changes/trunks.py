"""Changes to lines."""

from __future__ import annotations

from dataclasses import replace

from appliance.changes.change import Changer, FieldProblemsError, parse_fields
from appliance.changes.objects import moved
from appliance.changes.outcome import Outcome
from appliance.office.declared.moving import Move
from appliance.office.names import OUTER_SPACES, check_name
from appliance.office.office import Office
from appliance.office.problems import Problem
from appliance.office.secret import Secret
from appliance.office.trunk import Trunk, check_host, check_sip_password, check_sip_user


def save_trunk(
    changer: Changer, *, trunk_id: str, name: str, host: str, username: str, password: str, registers: bool
) -> Outcome:
    """Add a line (empty id) or change one; fields: name, host, username, password.

    An empty password keeps the one the line has.
    """
    host, username = host.strip(OUTER_SPACES), username.strip(OUTER_SPACES)

    def edit(office: Office) -> Office:
        old = next((trunk for trunk in office.trunks if trunk.id == trunk_id), None)
        parse_fields(
            name=lambda: check_name(name),
            host=lambda: check_host(host),
            username=lambda: check_sip_user(username) if username or registers else None,
            password=lambda: check_sip_password(password) if password or (registers and old is None) else None,
        )
        # What this form does not show (channels, codecs, ...) stays as it is.
        trunk = replace(
            old or Trunk(id=trunk_id or _free_id(office), name=check_name(name), host=host),
            name=check_name(name),
            host=host,
            username=username,
            password=Secret(password) if password else old.password if old else Secret(""),
            registers=registers,
        )
        if old is None:
            return replace(office, trunks=(*office.trunks, trunk))
        return replace(office, trunks=tuple(trunk if item.id == old.id else item for item in office.trunks))

    return changer.change(f"Line {name.strip()}", edit, {})


def remove_trunk(changer: Changer, trunk_id: str) -> Outcome:
    """Remove a line; the routes that used it go on without it."""

    def edit(office: Office) -> Office:
        if trunk_id not in {trunk.id for trunk in office.trunks}:
            raise FieldProblemsError(Problem(where="trunk", rule="no-such-trunk", facts={"value": trunk_id}))
        left = replace(office, trunks=tuple(trunk for trunk in office.trunks if trunk.id != trunk_id))
        return moved(left, Move("trunk", trunk_id))

    return changer.change("Line removed", edit, {})


def _free_id(office: Office) -> str:
    taken = {trunk.id for trunk in office.trunks}
    return next(f"line{number}" for number in range(1, 1000) if f"line{number}" not in taken)

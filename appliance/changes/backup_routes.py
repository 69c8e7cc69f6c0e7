"""Changes to backup routes."""

from __future__ import annotations

from dataclasses import replace

from appliance.changes.change import Changer, FieldProblemsError
from appliance.changes.outcome import Outcome
from appliance.office.backup_route import BackupRoute
from appliance.office.country import Language
from appliance.office.destination import ToOutsideNumber
from appliance.office.numbers import PhoneNumber
from appliance.office.office import Office
from appliance.office.problems import InvalidValueError, Problem

MAIN_ROUTE_ID = "backup"
_NAMES = {Language.DUTCH: "Back-uproute", Language.FRENCH: "Route de secours", Language.ENGLISH: "Backup route"}


def save_backup_route(changer: Changer, *, number: str) -> Outcome:
    """Save the number that takes calls while no phone answers, for every number without a route. Field: number."""

    def edit(office: Office) -> Office:
        try:
            parsed = PhoneNumber.parse(number, office.site.country)
        except InvalidValueError as fault:
            raise FieldProblemsError(fault.at("number")) from fault
        if parsed in {item.number for item in office.numbers}:
            # It would come in again on our own line, and go out again, for ever.
            raise FieldProblemsError(Problem(where="number", rule="backup-to-ourselves", facts={"value": number}))
        route = BackupRoute(id=MAIN_ROUTE_ID, name=_NAMES[office.site.language], destination=ToOutsideNumber(parsed))
        others = tuple(item for item in office.backup_routes if item.id != MAIN_ROUTE_ID)
        numbers = tuple(replace(item, backup_route_id=item.backup_route_id or MAIN_ROUTE_ID) for item in office.numbers)
        return replace(office, backup_routes=(*others, route), numbers=numbers)

    return changer.change(f"Backup route to {number.strip()}", edit, {})

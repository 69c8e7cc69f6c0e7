"""Changes to numbers."""

from __future__ import annotations

from dataclasses import replace

from appliance.changes.change import Changer, FieldProblemsError
from appliance.changes.outcome import Outcome
from appliance.office.declared.walk import used_where
from appliance.office.office import Office
from appliance.office.problems import Problem


def remove_number(changer: Changer, number_id: str) -> Outcome:
    """Remove a number that nothing uses any more; the problem's facts say where it is used."""

    def edit(office: Office) -> Office:
        number = next((item for item in office.numbers if item.id == number_id), None)
        if number is None:
            raise FieldProblemsError(Problem(where="number", rule="no-such-number", facts={"value": number_id}))
        places = [str(place) for place in used_where(office, "number", number_id)]
        places += [
            f"extension[{extension.number}].outgoing_number"
            for extension in office.extensions
            if extension.outgoing_number == number.number
        ]
        if office.site.company_number == number.number:
            places.append("site.company_number")
        if places:
            facts = {"value": str(number.number), "places": ", ".join(places)}
            raise FieldProblemsError(Problem(where="number", rule="in-use", facts=facts))
        return replace(office, numbers=tuple(item for item in office.numbers if item.id != number_id))

    return changer.change("Number removed", edit, {})

"""Changes to the office as a place: its name, country, time zone, language and company number."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import available_timezones

from appliance.changes.change import Changer, FieldProblemsError, parse_fields
from appliance.changes.everyone import with_everyone_group
from appliance.changes.outcome import Outcome
from appliance.office.country import Country, Language
from appliance.office.destination import ToRingGroup, ToVoicemail
from appliance.office.names import check_name
from appliance.office.number import Number
from appliance.office.numbers import PhoneNumber
from appliance.office.office import Office
from appliance.office.problems import InvalidValueError

MAIN_NUMBER_ID = "main"


def save_place(changer: Changer, *, company_name: str, country: str, time_zone: str, language: str) -> Outcome:
    """Save what the wizard asks first; fields: company_name, country, time_zone, language."""

    def edit(office: Office) -> Office:
        parse_fields(
            company_name=lambda: check_name(company_name),
            country=lambda: _choice(Country, country),
            time_zone=lambda: _time_zone(time_zone),
            language=lambda: _choice(Language, language),
        )
        site = replace(
            office.site,
            company_name=check_name(company_name),
            country=Country(country),
            time_zone=time_zone,
            language=Language(language),
        )
        return replace(office, site=site)

    return changer.change("Name, country, time zone and language", edit, {})


def save_company_number(changer: Changer, *, number: str) -> Outcome:
    """Save the number the office shows and is reached on; it rings everyone. Field: number."""

    def edit(office: Office) -> Office:
        try:
            parsed = PhoneNumber.parse(number, office.site.country)
        except InvalidValueError as fault:
            raise FieldProblemsError(fault.at("number")) from fault
        office, group = with_everyone_group(replace(office, site=replace(office.site, company_number=parsed)))
        if any(item.number == parsed and item.id != MAIN_NUMBER_ID for item in office.numbers):
            return office
        main = next((item for item in office.numbers if item.id == MAIN_NUMBER_ID), None)
        if main is None:
            main = Number(
                id=MAIN_NUMBER_ID, number=parsed, destination=ToRingGroup(group.id), when_closed=ToVoicemail()
            )
            return replace(office, numbers=(main, *office.numbers))
        numbers = tuple(replace(item, number=parsed) if item.id == main.id else item for item in office.numbers)
        return replace(office, numbers=numbers)

    return changer.change(f"Company number {number.strip()}", edit, {"number[": "number"})


def _choice(kind: type[Country] | type[Language], text: str) -> None:
    if text not in list(kind):
        raise InvalidValueError("not-a-choice", value=text, choices=", ".join(kind))


def _time_zone(text: str) -> None:
    if text not in available_timezones():
        raise InvalidValueError("time-zone-unknown", value=text)

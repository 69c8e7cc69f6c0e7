"""The opening hours of a whole office, as the wizard asks them: the same on each day, for every number without any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from appliance.changes.change import Changer, FieldProblemsError
from appliance.changes.outcome import Outcome
from appliance.office.country import Language
from appliance.office.destination import ToVoicemail
from appliance.office.office import Office
from appliance.office.problems import InvalidValueError, Problem
from appliance.office.schedule import OpeningHours, Period, PublicHolidays, Weekday

HOURS_ID, HOLIDAYS_ID = "office-hours", "public-holidays"
_HOURS = {Language.DUTCH: "Kantooruren", Language.FRENCH: "Heures d’ouverture", Language.ENGLISH: "Opening hours"}
_HOLIDAYS = {Language.DUTCH: "Feestdagen", Language.FRENCH: "Jours fériés", Language.ENGLISH: "Public holidays"}


def save_office_hours(changer: Changer, *, days: Sequence[str], periods: str, has_holidays: bool) -> Outcome:
    """Save hours such as `08:30-12:00, 13:00-17:30` for some days (monday ...); outside them the mailbox answers.

    Numbers that have hours of their own keep them. Fields: days, periods.
    """

    def edit(office: Office) -> Office:
        hours = OpeningHours(
            id=HOURS_ID, name=_HOURS[office.site.language], periods=dict.fromkeys(_days(days), _periods(periods))
        )
        others = tuple(one for one in office.opening_hours if one.id != HOURS_ID)
        office = replace(office, opening_hours=(hours, *others))
        holidays = [one for one in office.public_holidays if one.id == HOLIDAYS_ID]
        if has_holidays and not holidays:
            site = office.site
            made = PublicHolidays(
                id=HOLIDAYS_ID, name=_HOLIDAYS[site.language], country=site.country, destination=ToVoicemail()
            )
            office = replace(office, public_holidays=(made, *office.public_holidays))
        numbers = []
        for number in office.numbers:
            if number.opening_hours_id is None and number.schedule_id is None:
                number = replace(number, opening_hours_id=HOURS_ID, when_closed=ToVoicemail())
            if has_holidays and number.public_holidays_id is None:
                number = replace(number, public_holidays_id=HOLIDAYS_ID)
            numbers.append(number)
        return replace(office, numbers=tuple(numbers))

    return changer.change("Opening hours", edit, {})


def _days(words: Sequence[str]) -> tuple[Weekday, ...]:
    known = {day.name.lower(): day for day in Weekday}
    if not words or any(word not in known for word in words):
        raise FieldProblemsError(Problem(where="days", rule="days-missing"))
    return tuple(known[word] for word in words)


def _periods(text: str) -> tuple[Period, ...]:
    try:
        found = tuple(sorted(Period.parse(part) for part in text.replace("\n", ",").split(",") if part.strip()))
        if any(first.end > second.start for first, second in pairwise(found)):
            raise InvalidValueError("periods-overlap")
        if not found:
            raise InvalidValueError("period-form", value=text)
    except InvalidValueError as fault:
        raise FieldProblemsError(fault.at("periods")) from fault
    return found

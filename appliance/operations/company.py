"""The office as a place: its name and country, the number it is reached on, the mobile that stands in for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from appliance.changes import backup_routes, site
from appliance.changes.office_hours import save_office_hours
from appliance.changes.outcome import Outcome
from appliance.operations.box import Box


@dataclass(frozen=True, slots=True)
class Company:
    """The company of one box. Texts go in as typed; a problem's `where` is the name of the argument."""

    box: Box

    def save_place(self, *, company_name: str, country: str, time_zone: str, language: str, author: str) -> Outcome:
        """Save what the wizard asks first."""
        return site.save_place(
            self.box.changer(author),
            company_name=company_name,
            country=country,
            time_zone=time_zone,
            language=language,
        )

    def save_number(self, *, number: str, author: str) -> Outcome:
        """Save the number that the office shows and is reached on; it rings everyone."""
        return site.save_company_number(self.box.changer(author), number=number)

    def save_backup_route(self, *, number: str, author: str) -> Outcome:
        """Save the number that takes calls while no phone answers."""
        return backup_routes.save_backup_route(self.box.changer(author), number=number)

    def save_hours(self, *, days: Sequence[str], periods: str, has_holidays: bool, author: str) -> Outcome:
        """Save the opening hours, for every number that has none of its own."""
        return save_office_hours(self.box.changer(author), days=days, periods=periods, has_holidays=has_holidays)

"""Moments as they are typed on the command line."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from appliance.cli.output import CommandRefused
from appliance.office.office import Office
from appliance.operations.edges import now

WITHHELD = "anonymous"


def moment(text_given: str | None, office: Office) -> datetime:
    """Return the moment meant, in the office's time zone; now if none is given."""
    zone = ZoneInfo(office.site.time_zone)
    if text_given is None:
        return now().astimezone(zone)
    try:
        found = datetime.fromisoformat(text_given)
    except ValueError:
        raise CommandRefused(f"{text_given} is not a date and time.", "Write 2026-12-25T10:00.") from None
    return found.astimezone(zone) if found.tzinfo else found.replace(tzinfo=zone)

"""The office's revisions: what is read again, and what is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from appliance.storage.database import open_database
from appliance.storage.office_repository import OfficeRepository
from tests.offices import two_phones

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def test_the_newest_office_is_parsed_again_only_when_another_one_was_saved(tmp_path: Path) -> None:
    """The monitor asks every two seconds; a change by another process is seen at once."""
    path = tmp_path / "office.sqlite"
    monitor, other = OfficeRepository(open_database(path)), OfficeRepository(open_database(path))
    other.save(two_phones(), based_on=0, author="a", summary="s", now=NOW)
    number, office = monitor.newest()
    assert monitor.newest()[1] is office
    changed = replace(office, site=replace(office.site, company_name="Another"))
    other.save(changed, based_on=number, author="a", summary="s", now=NOW)
    assert monitor.newest() == (number + 1, changed)

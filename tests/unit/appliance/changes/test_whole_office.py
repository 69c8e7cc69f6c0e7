"""A whole office in the place of another: imported, or an earlier revision, through the same check as any change."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from appliance.changes.change import Changer
from appliance.changes.whole_office import import_office, put_back_revision
from appliance.storage.database import open_database, transaction
from appliance.storage.office_repository import OfficeRepository

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)

OFFICE = """
[site]
company_name = "Whole"
country = "BE"
time_zone = "Europe/Brussels"
language = "nl"
[[extension]]
number = "201"
name = "Jan"
"""

pytestmark = pytest.mark.feature("I3", "I4")


@pytest.fixture
def changer(tmp_path: Path) -> Changer:
    """Changes in a database of its own."""
    repository = OfficeRepository(open_database(tmp_path / "office.sqlite"))
    return Changer(repository=repository, author="test", clock=lambda: NOW)


def test_an_import_keeps_the_secrets_of_who_was_there(changer: Changer) -> None:
    assert import_office(changer, OFFICE, "a.toml").revision == 1
    secret = changer.repository.newest()[1].extensions[0].sip_password
    assert import_office(changer, OFFICE.replace("Jan", "Jan Jansen"), "b.toml").revision == 2
    assert changer.repository.newest()[1].extensions[0].sip_password == secret
    assert changer.repository.history()[0].summary == "Import of b.toml"


def test_an_import_with_faults_saves_nothing_and_says_each(changer: Changer) -> None:
    import_office(changer, OFFICE, "a.toml")
    outcome = import_office(changer, OFFICE.replace('"201"', '"112"').replace('"BE"', '"XX"'), "b.toml")
    assert outcome.revision is None
    assert len(outcome.problems) >= 2
    assert changer.repository.newest()[0] == 1


def test_an_earlier_revision_comes_back_as_the_newest(changer: Changer) -> None:
    import_office(changer, OFFICE, "a.toml")
    first = changer.repository.newest()[1]
    import_office(changer, OFFICE.replace("Jan", "Els"), "b.toml")
    assert put_back_revision(changer, 1).revision == 3
    assert changer.repository.newest() == (3, first)


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('number = "201"', 'number = "112"', "number"),  # a rule between objects, that came later
        ('name = "Jan"', 'name = "Jan"\nring_seconds = 999999999', "ring_seconds"),  # a limit of one value
    ],
)
def test_a_revision_that_today_s_rules_forbid_is_refused_before_it_is_saved(
    changer: Changer, old: str, new: str, where: str
) -> None:
    """Saved as the newest, nothing could be applied any more."""
    import_office(changer, OFFICE, "a.toml")
    with transaction(changer.repository._engine) as connection:
        document = connection.execute(text("SELECT document FROM revision")).scalar_one()
        assert old in document
        changed = {"document": document.replace(old, new)}
        connection.execute(text("UPDATE revision SET document = :document"), changed)
    connection_free = OfficeRepository(changer.repository._engine)
    again = Changer(repository=connection_free, author="test", clock=lambda: NOW)
    assert import_office(again, OFFICE.replace("Jan", "Els"), "b.toml").revision == 2
    outcome = put_back_revision(again, 1)
    assert outcome.revision is None
    assert any(where in problem.where for problem in outcome.problems)
    assert again.repository.newest()[0] == 2

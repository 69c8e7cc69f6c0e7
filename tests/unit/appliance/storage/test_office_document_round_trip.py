"""What is written is read again as the same office."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import HealthCheck, given, settings

from appliance.office.checks import check_office, has_errors
from appliance.office.office import Office
from appliance.office.secret import Secret
from appliance.storage.office_document import SecretMaker, read_document, read_revision, write_document
from tests.strategies import offices

MAKER = SecretMaker(password=lambda: Secret("p" * 24), token=lambda: Secret("a" * 32), pin=lambda: Secret("1234"))
# One office is some hundreds of values.
MANY_VALUES = settings(
    deadline=None,
    max_examples=30,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


@pytest.mark.feature("I3")
@MANY_VALUES
@given(offices())
def test_any_office_is_read_as_it_was_written(office: Office) -> None:
    """I3: every subject and every field, whatever stands in it."""
    assert [problem for problem in check_office(office) if has_errors([problem])] == []
    result = read_document(write_document(office, with_secrets=True), MAKER)
    assert [problem for problem in result.problems if has_errors([problem])] == []
    assert result.office == office


@pytest.mark.feature("I3")
@MANY_VALUES
@given(offices())
def test_any_office_keeps_its_secrets_when_its_export_is_imported_again(office: Office) -> None:
    """I3: an export without secrets, read over the office it came from, changes nothing."""
    text = write_document(office)
    assert read_document(text, MAKER, keep=office).office == office
    assert write_document(office) == text
    assert tomllib.loads(text).keys() <= tomllib.loads(write_document(office, with_secrets=True)).keys()


@MANY_VALUES
@given(offices())
def test_any_saved_revision_is_read_again(office: Office) -> None:
    """A revision is its office."""
    assert read_revision(write_document(office, with_secrets=True), MAKER).office == office

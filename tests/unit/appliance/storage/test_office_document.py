"""The office as a TOML file."""

from __future__ import annotations

import pytest

from appliance.office.secret import Secret
from appliance.storage.office_document import SecretMaker, read_document, write_document
from tests.offices import two_phones

MAKER = SecretMaker(password=lambda: Secret("p" * 24), token=lambda: Secret("a" * 32), pin=lambda: Secret("1234"))

# Ten different faults, each of another kind.
BROKEN = """
[site]
company_name = "De Mooi bvba"
country = "BE"
time_zone = "Europe/Brussel"
language = "nl"
company_number = "+3225551001"

[[trunk]]
id = "line1"
name = "First line"
host = "not a host"
username = "belbox"
password = "secret"

[[extension]]
number = "20a"
name = "Jan Jansen"

[[extension]]
number = "112"
name = "Sandra"

[[extension]]
number = "203"
name = ""

[[extension]]
number = "204"
name = "Kees"
ring_seconds = 0

[[extension]]
number = "205"
name = "Tom"
voice_mail = true

[[phone]]
mac = "80:5e:c0:00:02"
brand = "yealink"
model = "SIP-T46U"
extension = "205"

[[ring_group]]
number = "300"
name = "Reception"
members = ["205", "299"]

[[opening_hours]]
id = "office"
name = "Office hours"
monday = ["17:00-08:30"]

[[number]]
number = "+3225551001"
destination = "300"
backup_route = "nowhere"
"""

EXPECTED = {
    ("site.time_zone", "time-zone-unknown"),
    ("trunk[First line].host", "host-form"),
    ("extension[20a].number", "extension-number-form"),
    ("extension[112].number", "eats-emergency-number"),
    ("extension[203].name", "name-empty"),
    ("extension[204].ring_seconds", "not-in-range"),
    ("extension[205].voice_mail", "unknown-key"),
    ("phone[80:5e:c0:00:02].mac", "mac-form"),
    ("ring_group[300].members", "no-such-extension"),
    ("opening_hours[office].monday", "period-order"),
    ("number[+3225551001].backup_route", "no-such-backup-route"),
}


@pytest.mark.feature("I3")
def test_every_fault_is_named_with_its_place() -> None:
    """I3: a person mends the file in one go."""
    result = read_document(BROKEN, MAKER)
    assert result.office is None
    errors = {(problem.where, problem.rule) for problem in result.problems if problem.severity == "error"}
    assert errors == EXPECTED


def test_a_text_that_is_not_toml_says_where() -> None:
    """The line stands in the message."""
    result = read_document("[site]\ncompany_name = De Mooi\n", MAKER)
    assert [problem.rule for problem in result.problems] == ["not-toml"]
    assert "line 2" in result.problems[0].facts["value"]


@pytest.mark.feature("I3")
def test_export_and_import_give_the_same_office() -> None:
    """I3: complete apart from secrets, which the office that is there keeps."""
    office = two_phones()
    assert read_document(write_document(office), MAKER, keep=office).office == office
    assert read_document(write_document(office, with_secrets=True), MAKER).office == office


def test_an_export_holds_no_secret() -> None:
    """Passwords, PINs and tokens stay in the box."""
    text = write_document(two_phones())
    for secret in ("password-of-201", "line-secret", "4711", "9999", "0123456789abcdef"):
        assert secret not in text


def test_another_phone_under_the_same_id_gets_another_token() -> None:
    """The secret path of a phone that was replaced is dead."""
    office = two_phones()
    text = write_document(office).replace("80:5e:c0:00:02:01", "80:5e:c0:00:02:99")
    changed = read_document(text, MAKER, keep=office).office
    assert changed is not None
    assert changed.phones[0].token != office.phones[0].token

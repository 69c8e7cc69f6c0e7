"""The office as a TOML file."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.office.call_plan import CallPlan, GoTo, RingExtension, RingTheGroup
from appliance.office.destination import ToOutsideNumber, ToVoicemail
from appliance.office.numbers import ExtensionNumber, PhoneNumber
from appliance.office.secret import Secret
from appliance.storage.office_document import SecretMaker, read_document, read_revision, write_document
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


# As version 0.1.0 wrote a revision, every key of it.
OLD_REVISION = """
[site]
company_name = "De Mooi bvba"
country = "BE"
time_zone = "Europe/Brussels"
language = "nl"
company_number = "+3225551001"
voicemail_pin = "9999"

[[trunk]]
id = "line1"
name = "Line line1"
host = "203.0.113.10"
port = 5060
username = "belbox"
password = "line-secret"
registers = true
answers_options = true

[[extension]]
id = "e201"
number = "201"
name = "Jan Jansen"
ring_seconds = 20
voicemail = true
sip_password = "password-of-201"
voicemail_pin = "4711"

[[extension]]
id = "e202"
number = "202"
name = "Sandra Achterberg"
ring_seconds = 20
voicemail = true
sip_password = "password-of-202"
voicemail_pin = "4711"

[[phone]]
id = "p1"
mac = "80:5e:c0:00:02:01"
brand = "yealink"
model = "SIP-T46U"
token = "0123456789abcdef0123456789abcdef"
extension = "201"

[[ring_group]]
id = "g300"
number = "300"
name = "Reception"
members = ["201", "202"]
policy = "ring-all"
ring_seconds = 20
no_answer = "voicemail"

[[opening_hours]]
id = "office"
name = "Office hours"
monday = ["08:30-12:00", "13:00-17:00"]
tuesday = ["08:30-12:00", "13:00-17:00"]
wednesday = ["08:30-12:00", "13:00-17:00"]
thursday = ["08:30-12:00", "13:00-17:00"]
friday = ["08:30-12:00", "13:00-17:00"]

[[backup_route]]
id = "mobile"
name = "Mobile of Jan"
destination = "+32470123456"
watched = []

[[number]]
id = "main"
number = "+3225551001"
destination = "300"
opening_hours = "office"
when_closed = "voicemail"
backup_route = "mobile"
"""


@pytest.mark.feature("I3")
def test_a_revision_of_an_older_version_is_still_read() -> None:
    """Its keys have kept their names, and what it does not say is as delivered."""
    assert read_revision(OLD_REVISION, MAKER).office == two_phones()
    assert read_document(OLD_REVISION, MAKER).office == two_phones()


def test_a_revision_is_read_under_rules_that_came_after_it() -> None:
    """A number that is too long today was good when it was saved: the box still knows its office."""
    text = OLD_REVISION.replace("+32470123456", "+3247012345678")
    assert [problem.rule for problem in read_document(text, MAKER).problems] == ["phone-number-length"]
    office = read_revision(text, MAKER).office
    assert office is not None
    assert office.backup_routes[0].destination == ToOutsideNumber(PhoneNumber("+3247012345678"))


@pytest.mark.feature("E2")
@pytest.mark.parametrize("number", ["112", "1233", "298"])
def test_a_saved_forward_to_a_short_number_that_leads_nowhere_is_left_out(number: str) -> None:
    """It could be saved once, and would keep the office from being applied; in a file it is a fault at its place."""
    text = OLD_REVISION.replace('name = "Jan Jansen"\n', f'name = "Jan Jansen"\nforward_always = "{number}"\n', 1)
    assert text != OLD_REVISION
    (problem,) = read_document(text, MAKER).problems
    assert (problem.where, problem.rule) == ("extension[201].forward_always", "forward-to-nowhere")
    assert read_revision(text, MAKER).office == two_phones()


def test_a_written_file_is_short() -> None:
    """Only what differs from an office as delivered stands in it, and a person would have written it so."""
    text = write_document(two_phones())
    assert len(text.splitlines()) < 70
    assert '[[ring_group]]\nid = "g300"\nnumber = "300"\nname = "Reception"\nmembers = ["201", "202"]\n' in text
    assert 'monday = ["08:30-12:00", "13:00-17:00"]' in text
    assert "ring_seconds" not in text


def test_steps_stand_one_on_a_line() -> None:
    plan = CallPlan(
        id="helpdesk",
        name="Helpdesk",
        steps=(RingTheGroup("g300", 45), RingExtension("e201", 30), GoTo(ToVoicemail())),
    )
    text = write_document(replace(two_phones(), call_plans=(plan,)))
    lines = ('{ group = "300", seconds = 45 }', '{ ring = "201", seconds = 30 }', '{ go_to = "voicemail" }')
    assert "steps = [\n" + "".join(f"    {line},\n" for line in lines) + "]\n" in text


def test_a_number_or_an_id_may_be_written() -> None:
    """Whoever copies ids from an export into a new file is understood too."""
    text = OLD_REVISION.replace('members = ["201", "202"]', 'members = ["e201", "202"]')
    assert read_document(text, MAKER).office == two_phones()


def test_999_is_the_company_voicemail() -> None:
    """The number that the manual gives for it (Connect 1, 6.4.4)."""
    text = OLD_REVISION.replace('when_closed = "voicemail"', 'when_closed = "999"')
    assert read_document(text, MAKER).office == two_phones()


@pytest.mark.feature("E3")
def test_the_companys_box_has_a_number_of_its_own_and_a_file_from_before_has_999() -> None:
    """E3: `voicemail_number` of the site; calls are sent there by it."""
    assert "voicemail_number" not in write_document(two_phones())
    moved = OLD_REVISION.replace("[site]\n", '[site]\nvoicemail_number = "600"\n')
    office = read_document(moved.replace('when_closed = "voicemail"', 'when_closed = "600"'), MAKER).office
    box = replace(two_phones().company_voicemail, number=ExtensionNumber("600"))
    assert office == replace(two_phones(), company_voicemail=box)
    assert read_document(write_document(office, with_secrets=True), MAKER).office == office

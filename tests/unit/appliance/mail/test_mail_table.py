"""The mail server in the office file: its password is never shown to another server."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest

from appliance.office.mail_server import MailServer, Security
from appliance.office.problems import InvalidValueError
from appliance.office.secret import Secret
from appliance.storage.office_document import SecretMaker, read_document, write_document
from tests.offices import two_phones

MAKER = SecretMaker(password=lambda: Secret("p" * 24), token=lambda: Secret("a" * 32), pin=lambda: Secret("1234"))
SERVER = MailServer(
    host="mail.example.be", sender="telephone@example.be", username="office", password=Secret("mail-secret")
)
OFFICE = replace(two_phones(), mail_server=SERVER)


@pytest.mark.feature("I3")
def test_the_password_stands_in_the_file_only_with_secrets() -> None:
    assert "mail-secret" not in write_document(OFFICE)
    assert "mail-secret" not in repr(OFFICE)
    assert tomllib.loads(write_document(OFFICE, with_secrets=True))["mail"]["password"] == "mail-secret"
    assert read_document(write_document(OFFICE), MAKER, keep=OFFICE).office == OFFICE


@pytest.mark.feature("I3")
@pytest.mark.parametrize("changed", [("mail.example.be", "mail.elsewhere.example"), ('"office"', '"somebody"')])
def test_another_account_does_not_get_the_password_that_was_kept(changed: tuple[str, str]) -> None:
    read = read_document(write_document(OFFICE).replace(*changed), MAKER, keep=OFFICE).office
    assert read is not None
    assert read.mail_server is not None
    assert read.mail_server.password == Secret("")


@pytest.mark.parametrize(
    ("settings", "rule"),
    [
        ({"host": "no host"}, "host-form"),
        ({"sender": "telephone"}, "email-form"),
        ({"port": 65536}, "not-in-range"),
        ({"username": "a\r\nRCPT TO:<x@y.example>"}, "mail-username-form"),
        ({"password": Secret("two\nlines")}, "mail-password-form"),
        ({"security": Security.NONE}, "mail-login-in-clear"),
    ],
)
def test_a_server_that_cannot_be_is_refused(settings: dict[str, object], rule: str) -> None:
    whole = {"host": SERVER.host, "sender": SERVER.sender, "username": "office", **settings}
    with pytest.raises(InvalidValueError) as refused:
        MailServer(**whole)  # type: ignore[arg-type]  # any of its settings
    assert refused.value.rule == rule
    assert "two" not in str(refused.value.facts)

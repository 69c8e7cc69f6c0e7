"""The whole office as a file: fetched on a page, shown in words, taken in; and the password of the phones."""

from __future__ import annotations

import io
import logging
import re
from html import unescape

import pytest
from werkzeug.test import TestResponse

from tests.edges.edged_box import EdgedBox, MakeBox
from tests.offices import two_phones
from tests.unit.wizard.browser import Person

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_TEXT = re.compile(r'<textarea name="text" hidden>\n(.*?)</textarea>', re.DOTALL)


@pytest.fixture
def box(make_box: MakeBox) -> EdgedBox:
    return make_box(two_phones())


def shown(person: Person, content: bytes, name: str = "office.toml") -> TestResponse:
    """Upload a file as a browser does."""
    token = _TOKEN.search(person.see("/office-file/"))
    assert token is not None
    data = {"csrf_token": token[1], "file": (io.BytesIO(content), name)}
    return person.client.post("/office-file/look", data=data, content_type="multipart/form-data")


@pytest.mark.feature("I3", by="page")
def test_a_file_is_fetched_shown_in_words_taken_over_and_undone_as_one(box: EdgedBox) -> None:
    person = Person(box)
    fetched = person.client.get("/office-file/office.toml")
    assert "attachment" in fetched.headers["Content-Disposition"]
    assert "password-of-201" not in fetched.text
    before = box.office
    changed = fetched.text.replace('name = "Jan Jansen"', 'name = "Jan de Smet"')
    answer = shown(person, changed.encode())
    assert answer.status_code == 200
    assert "Jan de Smet" in answer.text
    assert box.office == before
    text = _TEXT.search(answer.text)
    assert text is not None
    fields = {"text": unescape(text[1]), "name": "office.toml"}
    page = person.send_and_follow("/office-file/take-in", fields, page="/office-file/")
    assert "is overgenomen en werkt" in page
    assert box.office.extension("e201").name == "Jan de Smet"
    assert box.office.extension("e201").sip_password == before.extension("e201").sip_password
    revision = box.operations.history.revisions()[1].number
    person.send_and_follow(f"/settings/history/{revision}", page="/settings/history")
    assert box.office == before


@pytest.mark.feature("I3")
def test_a_file_that_changes_nothing_says_so(box: EdgedBox) -> None:
    person = Person(box)
    answer = shown(person, person.client.get("/office-file/office.toml").data)
    assert "is gelijk aan wat er nu is" in answer.text


@pytest.mark.feature("I3")
@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "", "Kies eerst een kantoorbestand."),
        (b"\xff\xfe\x00binary", "photo.jpg", "in UTF-8. Kies"),
        (b"this is not TOML [", "office.toml", "kan zo niet gebruikt worden"),
        (b'[[extension]]\nnumber = "201"\n', "office.toml", "extension"),
    ],
    ids=["no file", "a picture", "another text", "half a row"],
)
def test_a_file_that_cannot_be_is_told_with_its_faults(box: EdgedBox, content: bytes, name: str, said: str) -> None:
    before = box.office
    answer = shown(Person(box), content, name)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert box.office == before


@pytest.mark.feature("G5", by="page")
def test_the_phones_password_is_shown_when_asked_for_and_who_looked_is_written_down(
    box: EdgedBox, caplog: pytest.LogCaptureFixture
) -> None:
    person, password = Person(box), box.box.phone_admin_password.reveal()
    assert password not in person.see("/phone-password")
    with caplog.at_level(logging.WARNING):
        assert password in person.send("/phone-password").text
    assert "'sandra' looked at the password" in caplog.text
    assert password not in caplog.text


@pytest.mark.feature("I3")
def test_a_file_that_is_too_long_is_refused_and_not_cut(box: EdgedBox, monkeypatch: pytest.MonkeyPatch) -> None:
    person = Person(box)
    whole = person.client.get("/office-file/office.toml").data
    monkeypatch.setattr("wizard.console.office_file.MOST_FILE_BYTES", len(whole) - 1)
    answer = shown(person, whole)
    assert (answer.status_code, "te veel" in answer.text) == (413, True)

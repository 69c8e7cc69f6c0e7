"""Employees from a spreadsheet's file: as programs write it, and as people get it wrong."""

from __future__ import annotations

import io
import re
from html import unescape

import pytest

from appliance.office.problems import Problem
from tests.edges.edged_box import MakeBox
from tests.unit.wizard.browser import Person
from wizard.first_boot.employee_file import read_list

LIST = "211 Renée Dupré\n212 Özgür Aydın; jr"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_LIST = re.compile(r'<textarea id="list"[^>]*>\n(.*?)</textarea>', re.DOTALL)


@pytest.mark.feature("A8")
@pytest.mark.parametrize(
    "content",
    [
        'nummer;naam\r\n211;Renée Dupré\r\n212;"Özgür Aydın; jr"\r\n'.encode("utf-8-sig"),
        'Nom,E-mail,Numéro court\n"Renée Dupré",r@x.example,211\n"Özgür Aydın; jr",,212\n'.encode(),
        "number\tfirst name\tlast name\n211\tRenée\tDupré\n212\tÖzgür\tAydın; jr\n".encode("utf-16"),
        'sep=;\n211;Renée Dupré\n\n212;"Özgür Aydın; jr"\n'.encode(),
    ],
    ids=["Excel, UTF-8", "commas and a column more", "tabs, UTF-16", "without headers"],
)
def test_a_list_is_read_as_spreadsheets_write_it(content: bytes) -> None:
    assert read_list(content) == LIST


@pytest.mark.feature("A8")
def test_the_code_page_of_windows_is_read_too() -> None:
    assert read_list("nummer;naam\r\n211;Renée Dupré\r\n".encode("cp1252")) == "211 Renée Dupré"


@pytest.mark.feature("A8")
@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "employee-file-form"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "employee-file-form"),
        (b"department;mobile\nsales;0470\n", "employee-file-columns"),
        (b"naam\nJan\n", "employee-file-columns"),
    ],
    ids=["empty", "a picture", "wrong columns", "no numbers"],
)
def test_what_is_no_list_is_told(content: bytes, rule: str) -> None:
    read = read_list(content)
    assert isinstance(read, Problem)
    assert (read.where, read.rule) == ("file", rule)


@pytest.mark.feature("A8", by="page")
def test_a_file_is_shown_as_a_list_first_and_then_added(make_box: MakeBox) -> None:
    box = make_box()
    person = Person(box)

    def sent(content: bytes, name: str) -> tuple[int, str]:
        token = _TOKEN.search(person.see("/setup/employees"))
        assert token is not None
        data = {"csrf_token": token[1], "file": (io.BytesIO(content), name)}
        answer = person.client.post("/setup/employees/file", data=data, content_type="multipart/form-data")
        return answer.status_code, answer.text

    status, page = sent(b"nummer;naam\n211;<b>Jan</b>\n212;Sandra\n", "people.csv")
    shown = _LIST.search(page)
    assert (status, box.office.extensions) == (200, ())
    assert shown is not None
    person.send_and_follow("/setup/employees/paste", {"list": unescape(shown[1])}, page="/setup/employees")
    assert [(one.number.digits, one.name) for one in box.office.extensions] == [
        ("211", "<b>Jan</b>"),
        ("212", "Sandra"),
    ]
    status, page = sent(b"department;mobile\nsales;0470\n", "people.csv")
    assert (status, "gevonden: department, mobile" in page) == (422, True)
    assert sent(b"", "")[0] == 422

"""Every field of every form of a real box, with what no form should swallow."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import session
from flask.sessions import SecureCookieSessionInterface

from appliance.changes.phones import FoundPhone, assign_phone
from appliance.office.numbers import MacAddress
from appliance.office.phone import Brand
from appliance.office.problems import Problem
from appliance.storage.office_document import write_document
from appliance.storage.secrets import new_token
from appliance.words.texts import text
from tests.integration.console_box import Browser, ConsoleBox
from tests.unit.wizard.test_gate import paths
from wizard.saving import tell_problem

MAC = "80:5e:c0:00:02:01"
HOSTILE = {
    "bell inside": "Jan\x07sen", "control before": "\x1f201", "control behind": "201\x1f", "null": "\x00",
    "vertical tab": "201 Jan\x0b202 An", "line separator": "Jan\u2028sen", "other direction": "Jan\u202esen",
    "letters without end": "x" * 19_000, "digits without end": "9" * 19_000, "more than a field holds": "x" * 40_000,
    "no choice": "no-such-thing", "other digits": "٣٣", "braces": "{holder} {0} {value.__class__}",
    "half a percent": "%s%n%", "below nothing": "-1", "a path": "../../etc/passwd", "many faces": "😀" * 60,
}  # fmt: skip
_REFUSED = frozenset({"Cc", "Zl", "Zp", "Cs", "Co"})


@dataclass
class Form:
    """One form of a page: where it goes, and each field as the page filled it in."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.found = page, list[Form]()
        self._area, self._select, self._inside = "", "", False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        name = given.get("name", "")
        if tag == "form":
            self.found.append(Form(given.get("action", self.page)))
            self._inside = given.get("method") == "post"
            if not self._inside:
                self.found.pop()
        elif not self._inside:
            return
        elif tag == "textarea":
            self._area = name
            self.found[-1].fields[name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and (self._select not in self.found[-1].fields or "selected" in given):
            self.found[-1].fields[self._select] = given.get("value", "")
        elif tag in {"input", "button"} and name not in {"", "csrf_token"}:
            is_off = given.get("type") in {"checkbox", "radio"} and "checked" not in given
            if not is_off or name not in self.found[-1].fields:
                self.found[-1].fields[name] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._select = ""


def forms_of(browser: Browser, page: str) -> Iterator[Form]:
    """Every form of a page that sends something by POST."""
    answer = browser.client.get(page)
    if answer.mimetype == "text/html":
        reader = _Forms(page)
        reader.feed(answer.text)
        yield from reader.found


def furnished(root: Path, switch_root: Path) -> ConsoleBox:
    """A box with an employee, a phone and a line."""
    box = ConsoleBox(root, switch_root)
    person = box.administrator()
    person.send("/setup/employees", {"name": "Jan Jansen", "number": "201"})
    person.send("/setup/lines", {"name": "Line 1", "host": "203.0.113.1", "username": "u", "password": "pw"})
    found = FoundPhone(mac=MacAddress.parse(MAC), brand=Brand.YEALINK, model="SIP-T46U")
    assign_phone(box.box.changer("test"), new_token, found, "e201")
    return box


@pytest.fixture(scope="module", autouse=True)
def nobody_waits() -> Iterator[None]:
    """Tests of lines do not wait for a switch that is not there, nor do hundreds of forms for one another."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("appliance.apply.apply.rest_before_apply", lambda _: None)
        yield


@pytest.fixture
def box(tmp_path: Path, switch_root: Path) -> ConsoleBox:
    return furnished(tmp_path / "box", switch_root)


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory, switch_root: Path) -> ConsoleBox:
    """One box for forms that change nothing."""
    return furnished(tmp_path_factory.mktemp("unchanged") / "box", switch_root)


def all_forms(box: ConsoleBox, browser: Browser) -> list[Form]:
    """Every form of every page, each once."""
    found: dict[tuple[str, tuple[str, ...]], Form] = {}
    for endpoint, page in paths(box.app):
        if endpoint not in {"live.stream", "static"} and page not in {"/logout", "/nothing-here", "/setup/nothing"}:
            for form in forms_of(browser, page):
                found.setdefault((form.action, tuple(form.fields)), form)
    return list(found.values())


@pytest.mark.feature("A3", "A5", "A7", "A8", "A12", "G7")
@pytest.mark.parametrize("every", [6, pytest.param(1, marks=pytest.mark.slow)])
def test_no_field_of_any_form_breaks_a_page_or_keeps_what_no_field_may(box: ConsoleBox, every: int) -> None:
    """Every field; each with every so many of the hostile values, the next field with the next ones."""
    person = box.administrator()
    # What ends the session, or calls somebody by a switch that is not there, has no field.
    forms = [form for form in all_forms(box, person) if form.action != "/logout" and "ring" not in form.action]
    tried = fields = 0
    for form in forms:
        for name in sorted(form.fields.keys() - {"csrf_token"}):
            fields += 1
            for kind, value in list(HOSTILE.items())[fields % every :: every]:
                answer = person.send(form.action, {**form.fields, name: value}, page="/")
                place = (form.action, name, kind, answer.status_code)
                assert answer.status_code < 500, place
                assert answer.status_code in {200, 303} or "<h1>" in answer.text, place
                tried += 1
        kept = write_document(box.operations.offices.newest())
        wrong = [letter for letter in kept if letter != "\n" and unicodedata.category(letter) in _REFUSED]
        assert wrong == [], form.action
        assert max(map(len, kept.splitlines())) < 1_000, form.action
    assert tried > 500 // every


@pytest.mark.feature("A3", "A7", "A8", "A12", "G7")
@pytest.mark.parametrize(
    ("path", "page", "fields", "typed"),
    [
        ("/setup/company-number", "", {"number": "02 555"}, "02 555"),
        ("/setup/backup-route", "", {"number": "+32 (0)2"}, "+32 (0)2"),
        ("/setup/employees", "", {"name": "Zo\u00eb\x07", "number": "203"}, "Zo\u00eb\u2407"),
        ("/setup/employees", "", {"name": "Jos\u00e9 " * 30, "number": "203"}, ("Jos\u00e9 " * 30).strip()),
        ("/setup/employees", "", {"name": "An", "number": "{holder}"}, "{holder}"),
        ("/setup/employees/paste", "/setup/employees", {"list": "202 An \u5f20\n nobody "}, "nobody"),
        ("/setup/employees/paste", "/setup/employees", {"list": "202 Jan\x0b203 An"}, "Jan\u240b203 An"),
        ("/setup/lines", "", {"name": "L", "host": "nul.example;evil " * 3, "username": "u", "password": "p"},
         ("nul.example;evil " * 3).strip()),
        (f"/phones/{MAC}/keys", f"/phones/{MAC}", {"key-1-position": "9" * 30, "key-1-does": "201"}, "9" * 30),
        (f"/phones/{MAC}/keys", f"/phones/{MAC}", {"key-1-position": "1", "key-1-does": "call me maybe"},
         "call me maybe"),
        (f"/phones/{MAC}/replace", f"/phones/{MAC}", {"new": "nonsense"}, "nonsense"),
        ("/setup/phones/80:5e:c0:00:09:09/assign", "/setup/phones", {"owner": "201"}, "80:5e:c0:00:09:09"),
    ],
)  # fmt: skip
def test_what_was_typed_comes_back_in_the_message_as_it_was_typed(
    unchanged: ConsoleBox, path: str, page: str, fields: dict[str, str], typed: str
) -> None:
    answer = unchanged.administrator().send(path, fields, page=page)
    assert answer.status_code == 422
    words = "".join(re.findall(r'<ul class="faults".*?</ul>|<p class="notice bad".*?</p>', answer.text, re.DOTALL))
    assert f"\u201c{typed}\u201d" in words or re.search(rf"[ >]{re.escape(typed)} ", words), words


@pytest.mark.feature("A8")
def test_an_employee_who_is_called_as_a_service_is_named_as_typed(box: ConsoleBox) -> None:
    person = box.administrator()
    assert person.send("/setup/employees", {"name": "voicemail", "number": "202"}).status_code == 303
    answer = person.send("/setup/employees", {"name": "An", "number": "202"})
    shown = text("problem-short-number-taken", "nl", value="202", holder="voicemail")
    assert shown in answer.text


@pytest.mark.feature("A2")
@pytest.mark.parametrize(
    ("path", "page", "fields", "subject"),
    [
        ("/language", "/", {"language": "xx"}, "choice"),
        ("/setup/lines", "", {"name": "L", "host": "h", "registers": "maybe"}, "choice"),
        ("/firmware/start", "/", {"firmware": "x", "when": "yesterday"}, "choice"),
        ("/setup/employees", "", {"name": "x" * 20_001, "number": "203"}, "long"),
        ("/setup/employees/paste", "/setup/employees", {"list": "x" * 300_000}, "long"),
    ],
)
def test_what_no_page_offers_is_refused_in_words(
    unchanged: ConsoleBox, path: str, page: str, fields: dict[str, str], subject: str
) -> None:
    answer = unchanged.administrator().send(path, fields, page=page)
    assert 400 <= answer.status_code < 500
    assert text(f"error-{subject}-title", "nl") in answer.text


@pytest.mark.feature("R6")
def test_notices_of_any_length_do_not_cost_the_session(unchanged: ConsoleBox) -> None:
    """The longest names in letters that take most room, in several notices at once."""
    person = unchanged.administrator()
    with unchanged.app.test_request_context("/"):
        for _ in range(8):
            tell_problem(
                Problem(where="", rule="in-use", facts={"value": "\u6f22\u5b57" * 40, "places": "\u9f98" * 199})
            )
        serializer = SecureCookieSessionInterface().get_signing_serializer(unchanged.app)
        assert serializer is not None
        kept = serializer.dumps(dict(session))
    assert len(kept) < 3_500
    assert person.client.get("/").status_code == 200

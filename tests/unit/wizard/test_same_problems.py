"""The same bad rows by form, by API and in the office file: the same problems, at the same places."""

from __future__ import annotations

import random
import re
import tomllib
from collections import Counter
from html import unescape
from typing import Any

import pytest

from appliance.office.declared.catalogue import SUBJECTS
from appliance.office.declared.kinds import Flag
from appliance.office.declared.subject import Subject
from appliance.storage.office_document import read_document, write_document
from appliance.storage.secrets import SECRET_MAKER
from appliance.storage.toml_layout import lay_out
from appliance.words.texts import problem_text
from tests.edges.edged_box import EdgedBox, MakeBox
from tests.golden.offices import NAMES, golden
from tests.unit.wizard.browser import Person
from tests.unit.wizard.test_api import Program
from wizard.api.rows import to_json
from wizard.forms.building import typed_columns
from wizard.forms.reading import row_typed

WORDS = (
    "", "x", "201", "999", "1233", "112", "voicemail", "voicemail 201", "voicemail nobody", "plan none", "hang up",
    "+3225551001", "02 555", "0470 12 34 56", "8001", "*72", "-1", "0", "5", "99999999", "2026-02-30", "2026-12-24",
    "25:00-26:00", "08:30-12:00", "12:00-08:30", "nl", "BE", "auto", "on", "a;b]${x}&", "\u202eé", "x" * 300, "q\ttab",
    "jan@example.be", "jan@", "sip.example.be", "80:5e:c0:00:02:01", "12ab",
)  # fmt: skip
_FAULTS = re.compile(r'<ul class="faults"[^>]*>(.*?)</ul>', re.DOTALL)
_FAULT = re.compile(r"<li>(.*?)</li>", re.DOTALL)


def typed(dice: random.Random, subject: Subject) -> dict[str, list[str]]:
    """What somebody typed who knows nothing: a few of the fields, the ticks as they fall."""
    columns = list(typed_columns(subject.table))
    sent: dict[str, list[str]] = {}
    for column in columns:
        if isinstance(column.kind, Flag):
            sent |= {column.key: ["on"]} if dice.random() < 0.5 else {}
        elif column.is_required or dice.random() < 0.4:
            sent[column.key] = [dice.choice(WORDS)]
    return sent


@pytest.mark.parametrize("rows", [30, pytest.param(2000, marks=pytest.mark.slow)])
def test_form_api_and_office_file_say_the_same_of_what_is_wrong(make_box: MakeBox, rows: int) -> None:
    dice = random.Random(20261127)
    boxes: dict[str, tuple[EdgedBox, Person, Program]] = {}
    for name in NAMES:
        box: EdgedBox = make_box(golden(name), applied=False, language="en")
        boxes[name] = (box, Person(box), Program(box))
    many = [subject for subject in SUBJECTS if not subject.is_one and subject.has_ids]
    said: Counter[str] = Counter()
    refused = 0
    while refused < rows:
        box, person, program = boxes[dice.choice(NAMES)]
        subject = dice.choice(many)
        fields = typed(dice, subject)
        row = row_typed(subject.table, fields)
        before = box.operations.history.revisions()[0].number
        answer = program.ask("POST", subject.kind, to_json(row), **{"Accept-Language": "en"})
        if answer.status_code != 422:
            box.operations.history.put_back(before, author="a test")
            continue
        refused += 1
        by_api = sorted(one["message"] for one in answer.get_json()["problems"])
        by_form = shown_by_form(person, subject, fields)
        assert by_form == by_api, (subject.kind, fields)
        assert in_file(box, subject, row) >= set(by_api), (subject.kind, row)
        said.update(one["rule"] for one in answer.get_json()["problems"])
    print(f"{rows} rows, {len(said)} rules: {said.most_common(5)}")


def shown_by_form(person: Person, subject: Subject, fields: dict[str, list[str]]) -> list[str]:
    """Return the messages of the page that comes back."""
    path = f"/settings/{subject.kind}/add"
    answer = person.send(path, {**fields, "seen": ""})  # type: ignore[dict-item]  # several of a name, as a form sends them
    assert answer.status_code == 422, (subject.kind, fields)
    found = [one for faults in _FAULTS.findall(answer.text) for one in _FAULT.findall(faults)]
    return sorted(unescape(re.sub(r"<[^>]+>", "", one)).strip() for one in found)


def in_file(box: EdgedBox, subject: Subject, row: dict[str, Any]) -> set[str]:
    """Return the messages about the office file with this row in it."""
    tree = tomllib.loads(write_document(box.office, with_secrets=True))
    tree.setdefault(subject.kind, []).append({"id": "tried", **row})
    problems = read_document(lay_out(tree), SECRET_MAKER, keep=box.office).problems
    return {problem_text(problem, "en") for problem in problems}

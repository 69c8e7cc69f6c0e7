"""Employees in a file of a spreadsheet (CSV, RFC 4180, or as Excel writes it), as the list that a person types."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence

from appliance.office.problems import Problem

MOST_SHOWN_HEADERS = 8
# What the columns are called, in small letters.
_NUMBER = frozenset({
    "number", "extension", "short number",
    "nummer", "extensie", "kort nummer", "toestel",
    "numéro", "numero", "numéro court", "poste",
})  # fmt: skip
_NAME = frozenset({"name", "full name", "naam", "volledige naam", "nom", "nom et prénom"})
_FIRST = frozenset({"first name", "voornaam", "prénom", "prenom"})
_LAST = frozenset({"last name", "surname", "achternaam", "familienaam", "nom de famille"})
_SHORT = re.compile(r"[0-9]{2,4}")


def read_list(content: bytes) -> str | Problem:
    """Return one line an employee, `201 Jan Jansen`; or what is wrong with the file. Field: file.

    Columns are known by their headers, or without headers by what stands in them.
    """
    text = _decoded(content)
    rows = [] if text is None else _rows(text)
    if not rows:
        return Problem(where="file", rule="employee-file-form")
    header = [cell.strip().casefold() for cell in rows[0]]
    numbers = [at for at, word in enumerate(header) if word in _NUMBER]
    names = [at for at, word in enumerate(header) if word in _NAME]
    names = names or [at for words in (_FIRST, _LAST) for at, word in enumerate(header) if word in words]
    if numbers and names:
        return _lines(rows[1:], numbers[0], names)
    found = _column_of_numbers(rows)
    if found is None:
        named = ", ".join(cell.strip() for cell in rows[0] if cell.strip())
        shown = ", ".join(named.split(", ")[:MOST_SHOWN_HEADERS])
        return Problem(where="file", rule="employee-file-columns", facts={"value": shown})
    return _lines(rows, found, [at for at in range(len(rows[0])) if at != found][:2])


def _decoded(content: bytes) -> str | None:
    """Return the text; Excel writes UTF-8 with a mark, UTF-16, or the code page of Windows."""
    is_utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ["utf-16"] if is_utf16 else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


def _rows(text: str) -> list[list[str]]:
    lines = text.splitlines()
    if lines and lines[0].lower().startswith("sep="):  # a line of Excel's own
        lines = lines[1:]
    delimiter = max(";,\t", key=lambda one: lines[0].count(one)) if lines else ";"
    try:
        return [row for row in csv.reader(lines, delimiter=delimiter) if any(cell.strip() for cell in row)]
    except csv.Error:
        return []


def _column_of_numbers(rows: Sequence[Sequence[str]]) -> int | None:
    width = min(len(row) for row in rows)
    columns = range(width if width >= 2 else 0)
    return next((at for at in columns if all(_SHORT.fullmatch(row[at].strip()) for row in rows)), None)


def _lines(rows: Sequence[Sequence[str]], number: int, names: Sequence[int]) -> str:
    def cell(row: Sequence[str], at: int) -> str:
        return " ".join(row[at].split()) if at < len(row) else ""

    return "\n".join(f"{cell(row, number)} {' '.join(filter(None, (cell(row, at) for at in names)))}" for row in rows)

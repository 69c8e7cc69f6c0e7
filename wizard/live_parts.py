"""What of a page's live part is another than what was sent before: rows, not the list.

A live part is some elements with an id each; the children of one with `data-rows` are rows with an id each.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_NO_END = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr"})  # HTML Living Standard, "Void elements"


@dataclass(slots=True)
class Part:
    """One element. `html`: all of it, or of a list its own tag alone; `rows`: of a list, by id."""

    html: str
    rows: dict[str, str] | None = None


class _Splitter(HTMLParser):
    """Splits a live part at its elements and rows."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: dict[str, Part] = {}
        self._lines = [0]
        for line in html.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self._html = html
        self._depth = 0
        self._part, self._row, self._begun = "", "", 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if self._depth == 0:
            self._part, self._begun = given.get("id") or "", self._here()
            own_tag = self.get_starttag_text() or ""
            self.parts[self._part] = Part(own_tag, {} if "data-rows" in given else None)
        elif self._depth == 1 and self.parts[self._part].rows is not None:
            self._row, self._begun = given.get("id") or "", self._here()
        if tag not in _NO_END:
            self._depth += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in _NO_END:
            return
        self._depth -= 1
        part = self.parts[self._part]
        whole = self._html[self._begun : self._here() + len(f"</{tag}>")]
        if self._depth == 1 and part.rows is not None:
            part.rows[self._row] = whole
        elif self._depth == 0 and part.rows is None:
            part.html = whole

    def _here(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column


@dataclass(slots=True)
class Sent:
    """What one listener has. `news` returns what it lacks."""

    parts: dict[str, Part] = field(default_factory=dict)

    def news(self, html: str) -> str:
        """Return the elements that changed; of a list its changed rows, and in `data-keep` the ids of all its rows."""
        now = _Splitter(html).parts
        changed = "\n".join(filter(None, (self._news_of(name, part) for name, part in now.items())))
        self.parts = now
        return changed

    def _news_of(self, name: str, part: Part) -> str:
        before = self.parts.get(name)
        if part.rows is None or before is None or before.rows is None:
            whole = part.html if part.rows is None else _list(part, part.rows)
            return "" if before == part else whole
        changed = {row: html for row, html in part.rows.items() if before.rows.get(row) != html}
        return "" if not changed and before.rows.keys() == part.rows.keys() else _list(part, changed)


def _list(part: Part, rows: dict[str, str]) -> str:
    """Return a list with these of its rows."""
    tag = part.html.split(maxsplit=1)[0].strip("<>")
    keep = f' data-keep="{" ".join(part.rows or {})}"'
    return f"{part.html[:-1]}{keep}>{''.join(rows.values())}</{tag}>"

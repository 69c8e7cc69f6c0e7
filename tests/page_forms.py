"""What a browser sends of the form of an object, read from the page."""

from __future__ import annotations

from html.parser import HTMLParser


class FormReader(HTMLParser):
    """What a browser would send of the form with the field `seen`, button left out."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[str, str]] = []
        self._select: tuple[str, list[tuple[str, bool]]] | None = None
        self._area: str | None = None
        self._text = ""
        self._forms: list[list[tuple[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._forms.append([])
        elif tag == "input" and "name" in given and self._forms:
            if given.get("type") != "checkbox" or "checked" in given:
                self._forms[-1].append((given["name"], given.get("value", "")))
        elif tag == "select" and self._forms:
            self._select = (given["name"], [])
        elif tag == "option" and self._select is not None:
            self._select[1].append((given.get("value", ""), "selected" in given))
        elif tag == "textarea" and self._forms:
            self._area, self._text = given["name"], ""

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select is not None:
            name, options = self._select
            chosen = [value for value, is_selected in options if is_selected] or [options[0][0]]
            self._forms[-1].append((name, chosen[0]))
            self._select = None
        elif tag == "textarea" and self._area is not None:
            self._forms[-1].append((self._area, self._text.removeprefix("\n")))
            self._area = None
        elif tag == "form" and any(name == "seen" for name, _ in self._forms[-1]):
            self.sent = self._forms[-1]


def form_of(page: str) -> dict[str, list[str]]:
    """Return what the form of a page would send as it stands."""
    reader = FormReader()
    reader.feed(page)
    assert reader.sent, "the page has no form of an object"
    sent: dict[str, list[str]] = {}
    for name, value in reader.sent:
        sent.setdefault(name, []).append(value)
    return sent

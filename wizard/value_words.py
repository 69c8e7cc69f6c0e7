"""What a row says, a place in the office and a change, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from appliance.office.declared.catalogue import SUBJECT_OF
from appliance.office.declared.difference import Difference, What
from appliance.office.declared.kinds import Choice
from appliance.office.declared.lists import OrNone, Several
from appliance.office.declared.place import Place
from appliance.office.office import Office
from appliance.words.texts import has_text, text
from wizard.forms.options import Options
from wizard.forms.words import Words

LONGEST_VALUE = 160  # letters of a value in a list or a sentence


@dataclass(frozen=True, slots=True)
class PlaceInWords:
    """A place: the object it is of, and which of its settings; `kind` and `name` lead to its page."""

    kind: str
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class ValueWords:
    """Says what stands in an office, in one language."""

    options: Options
    words: Words

    def value(self, kind: str, key: str, value: object) -> str:
        """Return what a row has at a key; "" for nothing."""
        column = next((one for one in SUBJECT_OF[kind].table.columns() if one.key == key), None)
        word_of = key if column is not None and _is_choice(column.kind) else ""
        said = self._said(value, word_of)
        return said if len(said) <= LONGEST_VALUE else f"{said[: LONGEST_VALUE - 1]}…"

    def place(self, office: Office, place: Place) -> PlaceInWords:
        """Return a place of the office."""
        (kind, row), *below = place.steps
        subject = SUBJECT_OF[kind]
        thing = next((one for one in subject.objects(office) if subject.place(one) == Place(((kind, row),))), None)
        title = row if thing is None else subject.title_of(thing)
        keys = [self._key(kind, key) for key, _ in below[:1]]
        words = ": ".join([f"{self.words.say(f'subject-{kind}')} {title}".strip(), *keys])
        return PlaceInWords(kind, "" if thing is None else subject.name_of(thing), words)

    def difference(self, one: Difference) -> str:
        """Return what changed, as a sentence."""
        subject = f"{self.words.say(f'subject-{one.kind}')} {one.title}".strip()
        facts = {"subject": subject}
        if one.what is What.CHANGED:
            nothing = self.words.say("difference-nothing")
            facts["key"] = self._key(one.kind, one.key)
            facts["before"] = self.value(one.kind, one.key, one.before) or nothing
            facts["after"] = self.value(one.kind, one.key, one.after) or nothing
        elif one.what is What.MOVED:
            facts["subject"] = self.words.say(f"subject-{one.kind}-many")
        return text(f"difference-{one.what.value}", self.words.language, **facts)

    def _key(self, kind: str, key: str) -> str:
        # A place names one row of a list by the list's other name: a step, an event.
        if has_text(f"setting-{key}", self.words.language):
            return self.words.label(kind, key)
        return self.words.row(key) if has_text(f"row-{key}", self.words.language) else key

    def _said(self, value: object, word_of: str) -> str:
        match value:
            case None:
                return ""
            case bool():
                return self.words.say("option-yes" if value else "option-no")
            case datetime():
                return value.isoformat(sep=" ", timespec="minutes")
            case date():
                return value.isoformat()
            case dict():
                return " · ".join(filter(None, (self._said(one, "") for one in value.values())))
            case list() | tuple():
                return ", ".join(filter(None, (self._said(one, word_of) for one in value)))
            case _:
                said = str(value)
                return self.words.option(word_of, said) if word_of else self.options.called.get(said, said)


def matching(wanted: str, texts: Iterable[str]) -> bool:
    """Tell whether every word that is looked for stands in one of these texts."""
    whole = " ".join(texts).casefold()
    return all(word in whole for word in wanted.casefold().split())


def _is_choice(kind: object) -> bool:
    match kind:
        case Choice() | OrNone():
            return True
        case Several():
            return _is_choice(kind.kind)
        case _:
            return False

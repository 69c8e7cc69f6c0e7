"""The words of forms: labels, hints and choices of declared keys."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.words.texts import has_text, text


@dataclass(frozen=True, slots=True)
class Words:
    """The words in one language. A subject may have words of its own for a key that others have too."""

    language: str

    def say(self, key: str) -> str:
        """Return one text."""
        return text(key, self.language)

    def label(self, kind: str, key: str) -> str:
        """Return what a key is called on a form."""
        own = f"setting-{kind}-{key}"
        return text(own if has_text(own, self.language) else f"setting-{key}", self.language)

    def hint(self, kind: str, key: str) -> str:
        """Return what helps to fill in a key; "" where its name says it."""
        for name in (f"hint-{kind}-{key}", f"hint-{key}"):
            if has_text(name, self.language):
                return text(name, self.language)
        return ""

    def option(self, key: str, word: str) -> str:
        """Return what a choice is called, where the word means something else at other keys by a text of its own."""
        for name in (f"option-{key}-{word}", f"option-{word}"):
            if has_text(name, self.language):
                return text(name, self.language)
        return word

    def row(self, form: str) -> str:
        """Return what a row of a list is called."""
        return text(f"row-{form}", self.language) if form else ""

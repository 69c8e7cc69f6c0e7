"""A prompt: something the switch says, spoken from a text or recorded by the office."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from appliance.office.country import Language
from appliance.office.ids import check_id
from appliance.office.names import has_control
from appliance.office.problems import InvalidValueError

MOST_TEXT_LETTERS = 2000  # about two minutes of speech
_DIGEST_DIGITS = 16


def check_prompt_text(text: str) -> str:
    """Return the text of a prompt; raise InvalidValueError if it is too long to be listened to."""
    if len(text) > MOST_TEXT_LETTERS:
        raise InvalidValueError("prompt-long", value=text, most=str(MOST_TEXT_LETTERS))
    if any(has_control(line) for line in text.replace("\t", " ").replace("\r\n", "\n").split("\n")):
        raise InvalidValueError("text-control", value=text)
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """`audio` is the SHA-256 of a recording (hex); without one the text is spoken, in the office's language if None.

    `is_music`: a piece of music on hold, which the switch plays from a file of another kind.
    """

    id: str
    name: str
    text: str = ""
    language: Language | None = None
    audio: str = ""
    is_music: bool = False

    def __post_init__(self) -> None:
        check_id(self.id)

    @property
    def says_something(self) -> bool:
        """It is recorded, or its text has a letter or a digit that can be spoken."""
        return bool(self.audio) or any(letter.isalnum() for letter in self.text)

    @property
    def sound(self) -> str:
        """The file's name without suffix; another text, language or recording gives another name."""
        said = self.audio or f"{self.language or ''}\n{self.text}"
        return f"{self.id}-{hashlib.sha256(said.encode()).hexdigest()[:_DIGEST_DIGITS]}"

"""A contact of the office: somebody outside whom everybody here calls."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.office.ids import check_id
from appliance.office.numbers import PhoneNumber
from appliance.office.problems import InvalidValueError

MOST_NUMBERS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """The first number is the one to call."""

    id: str
    name: str
    numbers: tuple[PhoneNumber, ...]

    def __post_init__(self) -> None:
        check_id(self.id)
        if not 1 <= len(self.numbers) <= MOST_NUMBERS:
            raise InvalidValueError("contact-numbers", value=str(len(self.numbers)), most=str(MOST_NUMBERS))

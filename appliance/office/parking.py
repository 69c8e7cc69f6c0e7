"""Call park: slots where a call waits until somebody dials the slot."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.office.destination import Destination
from appliance.office.numbers import ExtensionNumber
from appliance.office.problems import InvalidValueError

MOST_SLOTS = 100
PARK_PREFIX = "0"  # a transfer to 0 and the slot parks there (PBXOnline manual, Call Parking)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parking:
    """Slots from `first` to `last`; after `timeout_seconds` a call goes to `timeout` (None: to who parked it)."""

    name: str
    first: ExtensionNumber
    last: ExtensionNumber
    timeout_seconds: int = 120
    timeout: Destination | None = None

    def __post_init__(self) -> None:
        if (
            len(self.first.digits) != len(self.last.digits)
            or not 0 <= int(self.last.digits) - int(self.first.digits) < MOST_SLOTS
        ):
            raise InvalidValueError("parking-range", value=f"{self.first}-{self.last}", most=str(MOST_SLOTS))

    def slots(self) -> tuple[str, ...]:
        """Return every slot's number."""
        width = len(self.first.digits)
        return tuple(f"{slot:0{width}}" for slot in range(int(self.first.digits), int(self.last.digits) + 1))

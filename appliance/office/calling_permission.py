"""A calling permission: the kinds of numbers an extension may call."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.office.country import Country, NumberKind
from appliance.office.ids import check_id
from appliance.office.numbers import PhoneNumber

# As delivered nothing dear can be called by mistake or by a thief (targets.md, R7).
DEFAULT_KINDS = frozenset(
    {NumberKind.INSIDE, NumberKind.FREE, NumberKind.NATIONAL, NumberKind.MOBILE, NumberKind.EUROPE}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallingPermission:
    """`kinds` may be called, `exceptions` too, whatever their kind; emergency numbers always."""

    id: str
    name: str
    kinds: frozenset[NumberKind]
    exceptions: tuple[PhoneNumber, ...] = ()

    def __post_init__(self) -> None:
        check_id(self.id)

    def allows(self, number: PhoneNumber, country: Country) -> bool:
        """Tell whether a number outside may be called."""
        return number in self.exceptions or number.kind(country) in self.kinds


DEFAULT_PERMISSION = CallingPermission(id="standard", name="Standard", kinds=DEFAULT_KINDS)

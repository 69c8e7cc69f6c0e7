"""Drawing one random office piece by piece: values, ids that are not taken, and places that calls may be sent to."""

from __future__ import annotations

import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from hypothesis import strategies as st

from appliance.office.call_plan import (
    CallPlan,
    PlanUse,
)
from appliance.office.caller import Anonymous, CallerNumber, CallerTest, Everybody
from appliance.office.country import COUNTRY_PACKS, Country
from appliance.office.destination import (
    Destination,
    ToCallPlan,
    ToOutsideNumber,
)
from appliance.office.dialled import emergency_forms
from appliance.office.numbers import ExtensionNumber, PhoneNumber
from tests.strategies_of_values import (
    FREE_SHORT,
    MOST_OF_A_KIND,
    ids,
    names,
    phone_numbers,
)

_T = TypeVar("_T")


@dataclass
class Drawing:
    """What calls may be sent to grows as the office is made, so that no call goes round."""

    draw: Callable[[st.SearchStrategy[Any]], Any]
    country: Country
    targets: list[Destination] = field(default_factory=list)
    plans: dict[str, CallPlan] = field(default_factory=dict)

    def flag(self) -> bool:
        return bool(self.draw(st.booleans()))

    def maybe(self, strategy: st.SearchStrategy[_T]) -> _T | None:
        return self.draw(st.none() | strategy)  # type: ignore[no-any-return]

    def several(self, strategy: st.SearchStrategy[_T], *, least: int = 0, most: int = MOST_OF_A_KIND) -> list[_T]:
        return self.draw(st.lists(strategy, min_size=least, max_size=most, unique=True))  # type: ignore[no-any-return]

    def few(self, strategy: st.SearchStrategy[_T]) -> tuple[_T, ...]:
        return tuple(self.several(strategy))

    def some_of(self, choices: type[_T]) -> frozenset[_T]:
        return frozenset(self.several(st.sampled_from(choices)))  # type: ignore[arg-type]

    def name(self) -> str:
        return str(self.draw(names()))

    def ids(self, *, most: int = MOST_OF_A_KIND) -> list[str]:
        return self.several(ids(), most=most)

    def other_ids(self, taken: list[Any]) -> list[str]:
        return [one for one in self.ids(most=1) if one not in {thing.id for thing in taken}]

    def id_of(self, things: Sequence[Any]) -> str | None:
        return self.maybe(st.sampled_from([thing.id for thing in things])) if things else None

    def ids_of(self, things: Sequence[Any]) -> tuple[str, ...]:
        return self.few(st.sampled_from([thing.id for thing in things])) if things else ()

    def phone_number(self) -> PhoneNumber:
        return self.draw(phone_numbers(self.country))  # type: ignore[no-any-return]

    def short_numbers(self) -> list[ExtensionNumber]:
        """Numbers that stand in nobody's way, not in an emergency number's either."""
        emergency = COUNTRY_PACKS[self.country].emergency_numbers
        free = [
            str(number)
            for number in FREE_SHORT
            if not any(str(number).startswith(one) or str(number) in emergency_forms(one) for one in emergency)
        ]
        return [ExtensionNumber(number) for number in self.several(st.sampled_from(free), least=16, most=16)]

    def destination(self, use: PlanUse) -> Destination:
        """A place that was made before."""
        usable = [
            one
            for one in self.targets
            if not isinstance(one, ToCallPlan) or self.plans[one.call_plan_id].may_be_used_in(use)
        ]
        outside = phone_numbers(self.country).map(ToOutsideNumber)
        return self.draw(st.sampled_from(usable) | outside)  # type: ignore[no-any-return]

    def maybe_destination(self, use: PlanUse) -> Destination | None:
        return self.destination(use) if self.flag() else None

    def callers(self) -> tuple[CallerTest, ...]:
        beginnings = st.text(string.digits, max_size=5).map(lambda rest: CallerNumber(f"+3{rest}", is_beginning=True))
        whole = phone_numbers(self.country).map(lambda number: CallerNumber(number.e164))
        return self.few(st.just(Everybody()) | st.just(Anonymous()) | beginnings | whole)

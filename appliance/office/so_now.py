"""What codes and keys at phones have set, as it is now; beside it stands what the console has set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from appliance.office.circumstances import Circumstances
from appliance.office.explain import is_night
from appliance.office.forwarding import ForwardCase
from appliance.office.live_settings import (
    ALL_NUMBERS,
    DO_NOT_DISTURB,
    GUEST_AT_PHONE,
    NIGHT_STATE,
    NUMBER_FORWARD,
    forward_family,
)
from appliance.office.night import NightSetting
from appliance.office.office import Office


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is so now, of object `id` of kind `kind`. `key` names its text, `name` and `value` fill it."""

    kind: str
    id: str
    key: str
    name: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoNow:
    """By id, as in Circumstances. `guests`: the extension logged in at a phone, by the phone's own extension."""

    night: NightSetting
    red: frozenset[str]
    do_not_disturb: frozenset[str]
    forwards: Mapping[tuple[str, ForwardCase], str]
    number_forwards: Mapping[str, str]
    guests: Mapping[str, str]

    def circumstances(self, at: datetime) -> Circumstances:
        """Return what a call at this moment (local time) meets, everything else being at rest."""
        return Circumstances(
            at=at,
            night=self.night,
            red=self.red,
            do_not_disturb=self.do_not_disturb,
            forwards=self.forwards,
            number_forwards=self.number_forwards,
        )

    def facts(self, office: Office, at: datetime) -> tuple[Fact, ...]:
        """Return all of it in the order of the office: night mode and mode keys always, the rest where it is on."""
        return tuple(self._facts(office, at))

    def _facts(self, office: Office, at: datetime) -> Iterator[Fact]:
        is_on = "on" if is_night(office, self.circumstances(at)) else "off"
        by_itself = "-auto" if self.night is NightSetting.AUTO else ""
        yield Fact("night", "", f"night-{is_on}{by_itself}")
        for key in office.mode_keys:
            colour = "red" if key.id in self.red else "green"
            yield Fact("mode_key", key.id, f"mode-{colour}", f"{key.number} {key.name}")
        if ALL_NUMBERS in self.number_forwards:
            yield Fact("number", "", "all-numbers-forwarded", value=self.number_forwards[ALL_NUMBERS])
        for number in office.numbers:
            if number.id in self.number_forwards:
                target = self.number_forwards[number.id]
                yield Fact("number", number.id, "number-forwarded", str(number.number), target)
        for item in office.extensions:
            name = f"{item.number} {item.name}"
            for case in ForwardCase:
                if (item.id, case) in self.forwards:
                    yield Fact("extension", item.id, f"forward-{case.value}", name, self.forwards[item.id, case])
            if item.id in self.do_not_disturb:
                yield Fact("extension", item.id, "do-not-disturb", name)
            if item.id in self.guests:
                guest = office.extension(self.guests[item.id])
                yield Fact("extension", guest.id, "guest", f"{guest.number} {guest.name}", name)


def so_now(office: Office, store: Mapping[str, str], red: frozenset[str]) -> SoNow:
    """Return what the switch's store says, by `family/key`; of objects that the office no longer has, nothing.

    `red`: the mode keys that are red.
    """
    people, numbers = {item.id for item in office.extensions}, {ALL_NUMBERS, *(item.id for item in office.numbers)}
    owners = {item.sip_user: item.id for item in office.extensions}
    cases = {forward_family(case): case for case in ForwardCase}
    night = store.get(NIGHT_STATE, "")
    placed = [(*place.split("/", 1), value) for place, value in store.items() if value]
    return SoNow(
        night=NightSetting(night) if night in set(NightSetting) else NightSetting.AUTO,
        red=red,
        do_not_disturb=frozenset(key for family, key, _ in placed if family == DO_NOT_DISTURB and key in people),
        forwards={(key, cases[family]): to for family, key, to in placed if family in cases and key in people},
        number_forwards={key: to for family, key, to in placed if family == NUMBER_FORWARD and key in numbers},
        guests={
            owners[user]: guest
            for family, user, guest in placed
            if family == GUEST_AT_PHONE and user in owners and guest in people
        },
    )

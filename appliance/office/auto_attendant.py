"""An auto attendant: a greeting and a menu of keys, or of typed codes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from appliance.office.country import Language
from appliance.office.destination import Destination, HangUp
from appliance.office.ids import check_id
from appliance.office.night import NightChoice
from appliance.office.numbers import ExtensionNumber
from appliance.office.problems import InvalidValueError

KEYS = "0123456789*#"
ANY_CODE = "*"
CODE_IN_LABEL = "{code}"
LONGEST_CODE = 12
_CODE = re.compile(rf"[0-9]{{1,{LONGEST_CODE}}}|\*")


class KeyDoes(StrEnum):
    """What a key does (Connect 1 manual, 6.8.3)."""

    FORWARD = "forward"
    FORWARD_ANNOUNCED = "forward-announced"
    RECEPTION = "reception"
    DIAL_BY_NAME = "dial-by-name"
    DIAL_EXTENSION = "dial-extension"
    PLAY = "play"
    REPEAT = "repeat"
    HANG_UP = "hang-up"


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuKey:
    """`destination` is of the two forwards, `prompt_id` of play. `label` is shown on the phone that rings."""

    does: KeyDoes
    destination: Destination = HangUp()
    prompt_id: str | None = None
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedCode:
    """Several digits, or `*` for anything; the label may show what was typed in place of `{code}`."""

    code: str
    destination: Destination
    label: str = ""

    def __post_init__(self) -> None:
        if not _CODE.fullmatch(self.code):
            raise InvalidValueError("typed-code-form", value=self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """`keys` for a basic attendant, `codes` for an advanced one; never both.

    `timeout_seconds`: how long after the greeting a caller has to choose. `timeout` None: the greeting is repeated,
    and after `tries` times the reception, or the end, takes the call.
    """

    greeting_id: str | None = None
    keys: Mapping[str, MenuKey] = field(default_factory=dict)
    codes: tuple[TypedCode, ...] = ()
    timeout_seconds: int = 5
    tries: int = 3
    timeout: Destination | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoAttendant:
    """`menu` within the opening hours (always, without them), `closed_menu` outside them.

    `reception` takes callers who do not choose. `language`: what callers hear from here on (None: as before).
    """

    id: str
    name: str
    menu: Menu
    number: ExtensionNumber | None = None
    reception: Destination | None = None
    opening_hours_id: str | None = None
    public_holidays_id: str | None = None
    closed_menu: Menu | None = None
    night: NightChoice = NightChoice.OFF
    language: Language | None = None

    def __post_init__(self) -> None:
        check_id(self.id)

"""The state of the telephones in one sentence; stands at the top of every page."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from appliance.office.office import Office
from appliance.operations.live import LineState, LiveOffice
from appliance.operations.phone_list import ListedPhone, Standing

MOST_NAMED = 12  # phones that the sentence names


class Level(StrEnum):
    """Green, amber, red; each always with its word."""

    GOOD = "good"
    ATTENTION = "attention"
    FAULT = "fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class StateSentence:
    """`key` names the text, `facts` fill its gaps."""

    level: Level
    key: str
    facts: dict[str, str] = field(default_factory=dict)


def state_sentence(office: Office, live: LiveOffice) -> StateSentence:
    """Say the gravest thing first."""
    if not live.switch_answers:
        return StateSentence(level=Level.FAULT, key="state-switch-silent")
    ready = [line for line in live.lines if line.state is LineState.READY]
    waiting = ", ".join(line.name for line in live.lines if line.state is not LineState.READY)
    if live.lines and not ready:
        return StateSentence(level=Level.FAULT, key="state-no-line-ready", facts={"lines": waiting})
    if waiting:
        return StateSentence(level=Level.ATTENTION, key="state-line-waiting", facts={"lines": waiting})
    if live.unapplied_changes:
        return StateSentence(level=Level.ATTENTION, key="state-unapplied")
    silent = [phone.extension_id for phone in live.phones if _is_silent(phone)]
    if silent:
        named = ", ".join(_number(office, one) for one in silent[:MOST_NAMED])
        key = "state-phones-silent" if len(silent) <= MOST_NAMED else "state-phones-silent-many"
        return StateSentence(level=Level.ATTENTION, key=key, facts={"phones": named, "count": str(len(silent))})
    registered = sum(phone.state is Standing.REGISTERED for phone in live.phones)
    facts = {"lines": str(len(ready)), "phones": str(registered), "calls": str(live.calls)}
    if not live.lines or not registered:
        return StateSentence(level=Level.ATTENTION, key="state-not-ready-yet", facts=facts)
    return StateSentence(level=Level.GOOD, key="state-good", facts=facts)


def _is_silent(phone: ListedPhone) -> bool:
    return phone.state is not Standing.REGISTERED and phone.extension_id is not None


def _number(office: Office, extension_id: str | None) -> str:
    return next((item.number.digits for item in office.extensions if item.id == extension_id), "?")

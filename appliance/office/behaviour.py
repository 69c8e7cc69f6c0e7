"""How the office's telephones behave where a customer may choose (PBXOnline manual, Gedrag van de PBX)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class BackupCheck(StrEnum):
    """When a number's backup route is looked at."""

    OFF = "off"
    BEFORE_SCHEDULES = "before-schedules"
    AFTER_SCHEDULES = "after-schedules"


class ForwardShows(StrEnum):
    """Which number a mobile shows when a call from outside is forwarded to it."""

    CALLER = "caller"
    OFFICE = "office"


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """`return_seconds`: an unanswered transfer returns to who transferred it after so long; None: never.

    `confirms_backup`, `confirms_plans`: who answers outside presses 1 before the call is put through, so that a
    mailbox of the mobile is not taken for a person; on as delivered (Gedrag bij doorschakeling extern).
    `forward_number_id`: the number of the office by which forwarded calls go out; None: the one that was called.
    """

    backup_check: BackupCheck = BackupCheck.BEFORE_SCHEDULES
    return_seconds: int | None = 30
    confirms_backup: bool = True
    confirms_plans: bool = True
    forward_number_id: str | None = None
    forward_shows: ForwardShows = ForwardShows.OFFICE

"""Steps of the wizard that an office does without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, text

from appliance.storage.database import transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedStep:
    """Why a step was passed, when (UTC), and by whom."""

    step: str
    reason: str
    passed_at: datetime
    passed_by: str


class PassedSteps:
    """Those of one box, in the office's database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def keep(self, one: PassedStep) -> None:
        """Keep a step as passed; a newer reason takes an older one's place."""
        with transaction(self._engine) as connection:
            connection.execute(
                text(
                    "INSERT OR REPLACE INTO passed_step (step, reason, passed_at, passed_by)"
                    " VALUES (:step, :reason, :passed_at, :passed_by)"
                ),
                {
                    "step": one.step,
                    "reason": one.reason,
                    "passed_at": one.passed_at.isoformat(),
                    "passed_by": one.passed_by,
                },
            )

    def drop(self, step: str) -> None:
        """The step is to be done after all."""
        with transaction(self._engine) as connection:
            connection.execute(text("DELETE FROM passed_step WHERE step = :step"), {"step": step})

    def all(self) -> Mapping[str, PassedStep]:
        """Return every passed step by its name."""
        with self._engine.connect() as connection:
            rows = connection.execute(text("SELECT step, reason, passed_at, passed_by FROM passed_step")).all()
        return {
            row.step: PassedStep(
                step=row.step,
                reason=row.reason,
                passed_at=datetime.fromisoformat(row.passed_at),
                passed_by=row.passed_by,
            )
            for row in rows
        }

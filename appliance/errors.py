"""The one root of every failure the product reports."""

from __future__ import annotations


class BelboxError(Exception):
    """Something in the world failed.

    `rule` names its text, and the one of what a person can do (`fault` and `fault-remedy` of appliance/words); `facts`
    fill their gaps, and `cause`, said in the reader's language too if it is one of ours. `exit_code` is what a command
    returns. As a text, for the log: the rule and its facts.

    Faults in settings are not errors but `Problem` values (appliance/office/problems.py).
    """

    exit_code = 1

    def __init__(self, rule: str, /, *, cause: BaseException | None = None, **facts: str) -> None:
        named = " ".join(f"{name}={fact!r}" for name, fact in facts.items())
        super().__init__(": ".join(filter(None, (f"{rule} {named}".strip(), str(cause or "")))))
        self.rule = rule
        self.facts = facts
        self.cause = cause


class OfficeHasProblems(BelboxError):  # noqa: N818  (named for what it says, not for being an error)
    """The office given has faults; nothing was changed."""

    exit_code = 2


class NotRunning(BelboxError):  # noqa: N818
    """A part of the box that is needed for this does not answer."""

    exit_code = 3


class ApplyFailed(BelboxError):  # noqa: N818
    """A new generation did not pass its probe; the earlier one is in force again."""

    exit_code = 4


class NotPermitted(BelboxError):  # noqa: N818
    """The machine refuses a right that is needed for this."""

    exit_code = 5

"""The one root of every failure the product reports, with what a person can do about it."""

from __future__ import annotations


class ApplianceError(Exception):
    """Something in the world failed; `remedy` says what to do, `exit_code` what a command returns.

    Faults in settings are not errors but `Problem` values (appliance/office/problems.py).
    """

    exit_code = 1

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class OfficeHasProblems(ApplianceError):  # noqa: N818  (named for what it says, not for being an error)
    """The office given has faults; nothing was changed."""

    exit_code = 2


class NotRunning(ApplianceError):  # noqa: N818
    """A part of the box that is needed for this does not answer."""

    exit_code = 3


class ApplyFailed(ApplianceError):  # noqa: N818
    """A new generation did not pass its probe; the earlier one is in force again."""

    exit_code = 4


class NotPermitted(ApplianceError):  # noqa: N818
    """The machine refuses a right that is needed for this."""

    exit_code = 5

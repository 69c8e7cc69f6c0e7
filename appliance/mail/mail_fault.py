"""What keeps one mail, or all of them, from leaving; for the log and the outbox alone, never a person's screen."""

from __future__ import annotations


class MailFault(Exception):  # noqa: N818  (named for what it says, as its kinds are)
    """A mail that cannot be read, made or sent."""

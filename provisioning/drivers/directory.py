"""What phones of every brand are told about the office's directory: LDAP attributes (RFC 4519), entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from provisioning.drivers.plain_text import cut_to_bytes, one_line
from provisioning.phone_profile import PhonebookProfile

NAME_ATTRIBUTES = ("cn", "sn")
NUMBER_ATTRIBUTES = ("telephoneNumber", "mobile", "homePhone")
MOST_HITS = 50  # ours: what a person still scrolls through
NAME_BYTES = 120  # ours: no brand states a limit for its XML, and no screen shows more

_NOBODY = "?"  # a name of nothing but control characters: phones drop nameless entries


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryEntry:
    """One entry as a phone's list shows it, with a name of reasonable length."""

    name: str
    inside: str
    outside: tuple[str, ...]

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers, the inside one first."""
        return ((self.inside,) if self.inside else ()) + self.outside


def directory_entries(phonebook: PhonebookProfile) -> tuple[DirectoryEntry, ...]:
    """Return the entries that have a number."""
    return tuple(
        DirectoryEntry(
            name=cut_to_bytes(one_line(entry.name), NAME_BYTES) or _NOBODY, inside=entry.inside, outside=entry.outside
        )
        for entry in phonebook.entries
        if entry.inside or entry.outside
    )


def ldap_filter(attributes: Sequence[str], typed: str) -> str:
    """Return a filter (RFC 4515) that finds `typed`, the brand's sign for what the person typed, in any attribute."""
    return "(|" + "".join(f"({attribute}={typed})" for attribute in attributes) + ")"

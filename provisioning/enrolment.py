"""Which phone may be given its secret path now: a small file, safe against two writers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from appliance.files import locked, make_folder
from appliance.office.numbers import MacAddress
from appliance.office.phone import Brand
from appliance.office.secret import Secret
from appliance.paths import Paths
from appliance.state_files import read_state, write_state

FILE_MODE = 0o640  # it holds the phones' tokens
FOLDER_MODE = 0o750


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedPhone:
    """A phone whose settings lie ready under its token."""

    brand: Brand
    model: str
    token: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """`approved` may enrol without a window; `sealed` have registered. The time is aware."""

    open_until: datetime | None = None
    approved: frozenset[MacAddress] = frozenset()
    sealed: frozenset[MacAddress] = frozenset()
    phones: Mapping[MacAddress, PublishedPhone] = field(default_factory=dict)


def load_enrolment(paths: Paths) -> Enrolment:
    """Read the present state; closed and empty where nothing was published, or where the file is damaged.

    A damaged file gives nothing away; the next publishing writes it anew.
    """
    return read_state(paths.enrolment, Enrolment) or Enrolment()


class EnrolmentReader:
    """Reads the file again only when it was replaced: a storm of phones asks many times a second."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._read: tuple[tuple[int, int] | None, Enrolment] = (None, Enrolment())

    def read(self) -> Enrolment:
        """Return the present state as load_enrolment does."""
        try:
            facts = self._paths.enrolment.stat()
            version = (facts.st_mtime_ns, facts.st_ino)
        except OSError:
            version = None
        if version is None or version != self._read[0]:
            self._read = (version, load_enrolment(self._paths))
        return self._read[1]


def open_window(paths: Paths, until: datetime) -> None:
    """Let every phone of the office fetch its path until then; also those that were sealed."""
    _change(paths, lambda enrolment: replace(enrolment, open_until=until, sealed=frozenset()))


def close_window(paths: Paths) -> None:
    """End the window now; approvals of single phones stay."""
    _change(paths, lambda enrolment: replace(enrolment, open_until=None))


def approve(paths: Paths, mac: MacAddress) -> None:
    """Let this one phone fetch its path, window or not, until it is sealed."""
    _change(
        paths,
        lambda enrolment: replace(enrolment, approved=enrolment.approved | {mac}, sealed=enrolment.sealed - {mac}),
    )


def seal(paths: Paths, *macs: MacAddress) -> None:
    """These phones have registered: hand out nothing more for them until a new window or approval."""
    _change(
        paths,
        lambda enrolment: replace(
            enrolment, approved=enrolment.approved.difference(macs), sealed=enrolment.sealed.union(macs)
        ),
    )


def set_phones(paths: Paths, phones: Mapping[MacAddress, PublishedPhone]) -> None:
    """Replace the list of published phones; what was known of phones gone is forgotten."""

    def change(enrolment: Enrolment) -> Enrolment:
        return replace(
            enrolment,
            phones=dict(phones),
            approved=enrolment.approved & phones.keys(),
            sealed=enrolment.sealed & phones.keys(),
        )

    _change(paths, change)


def _change(paths: Paths, change: Callable[[Enrolment], Enrolment]) -> None:
    make_folder(paths.enrolment.parent, FOLDER_MODE)
    with locked(_lock_file(paths)):
        write_state(paths.enrolment, change(load_enrolment(paths)), FILE_MODE)


def _lock_file(paths: Paths) -> Path:
    return paths.enrolment.with_suffix(".lock")

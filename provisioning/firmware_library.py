"""Firmware of phone makers as it was dropped in: checked, catalogued, and where phones fetch it."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from appliance.errors import BelboxError
from appliance.office.phone import Brand
from appliance.paths import Paths
from appliance.state_files import read_state, write_state
from provisioning.drivers import DRIVER_OF

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}")  # what the web server gives out (servers/https.py)
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,40}")
_HASHES = {32: "md5", 40: "sha1", 64: "sha256"}  # makers publish one of these beside the file
_PIECE_BYTES = 1 << 20


class FirmwareRefused(BelboxError):  # noqa: N818
    """The file is not what it is said to be."""

    exit_code = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Firmware:
    """One file. `models` are our names of the models it is for; `sha256` that of the whole file."""

    name: str
    brand: Brand
    models: tuple[str, ...]
    version: str
    sha256: str
    size: int


def read_catalogue(paths: Paths) -> tuple[Firmware, ...]:
    """Return what the library holds; files that have gone or changed since are left out."""
    found = read_state(paths.firmware_catalogue, tuple[Firmware, ...]) or ()
    return tuple(one for one in found if _size_of(paths.firmware_files / one.name) == one.size)


def add(paths: Paths, file: Path, *, brand: Brand, models: Sequence[str], version: str, digest: str) -> Firmware:
    """Check a file and take it in; raises FirmwareRefused, UnknownModel. `digest`: the maker's own, in hexadecimal."""
    driver = DRIVER_OF[brand]
    rows = [driver.model(model) for model in models]
    if not rows:
        raise FirmwareRefused("firmware-without-model")
    if not _NAME.fullmatch(file.name):
        raise FirmwareRefused("firmware-name", value=file.name)
    if not _VERSION.fullmatch(version):
        raise FirmwareRefused("firmware-version", value=version[:60])
    for row in rows:
        if row.firmware_line and not version.startswith(row.firmware_line):
            raise FirmwareRefused(
                "firmware-version-of-others", value=version, brand=brand, model=row.name, begin=row.firmware_line
            )
    sha256 = _checked(file, digest)
    firmware = Firmware(
        name=file.name,
        brand=brand,
        models=tuple(row.name for row in rows),
        version=version,
        sha256=sha256,
        size=file.stat().st_size,
    )
    paths.firmware_files.mkdir(parents=True, exist_ok=True, mode=0o755)
    place = paths.firmware_files / file.name
    partial = place.with_name(f".{file.name}.new")
    shutil.copyfile(file, partial)
    partial.chmod(0o644)
    with partial.open("rb") as copied:
        os.fsync(copied.fileno())
    partial.rename(place)
    _write(paths, [*(one for one in read_catalogue(paths) if one.name != firmware.name), firmware])
    return firmware


def remove(paths: Paths, name: str) -> None:
    """Take a file out; FirmwareRefused when there is none."""
    kept = [one for one in read_catalogue(paths) if one.name != name]
    if len(kept) == len(read_catalogue(paths)):
        raise FirmwareRefused("firmware-not-there", value=name[:60])
    _write(paths, kept)
    (paths.firmware_files / name).unlink(missing_ok=True)


def _checked(file: Path, digest: str) -> str:
    wanted = digest.strip().lower()
    kind = _HASHES.get(len(wanted))
    if kind is None or not re.fullmatch(r"[0-9a-f]+", wanted):
        raise FirmwareRefused("firmware-checksum")
    own, whole = hashlib.new(kind, usedforsecurity=False), hashlib.sha256()
    with file.open("rb") as content:
        while piece := content.read(_PIECE_BYTES):
            own.update(piece)
            whole.update(piece)
    if own.hexdigest() != wanted:
        raise FirmwareRefused("firmware-another-file", value=file.name, kind=kind, own=own.hexdigest())
    return whole.hexdigest()


def _size_of(place: Path) -> int | None:
    try:
        return place.stat().st_size
    except OSError:
        return None


def _write(paths: Paths, catalogue: Sequence[Firmware]) -> None:
    paths.firmware_catalogue.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    write_state(paths.firmware_catalogue, sorted(catalogue, key=lambda one: one.name), 0o640)

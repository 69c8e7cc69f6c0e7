"""Phone files on the disk: one folder per phone, named by its token, as the web server gives them out."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from appliance.errors import BelboxError
from appliance.files import replace_file
from appliance.office.numbers import MacAddress
from appliance.office.office import Office
from appliance.paths import Paths
from provisioning.drivers import DRIVER_OF
from provisioning.drivers.driver import ProvisionedFile, UnknownModel
from provisioning.enrolment import (
    FILE_MODE,
    FOLDER_MODE,
    PublishedPhone,
    approve,
    close_window,
    open_window,
    seal,
)
from provisioning.enrolment import set_phones as _set_phones
from provisioning.phone_profile import PhoneProfile, Surroundings, build_profile

__all__ = ["Published", "approve", "close_window", "open_window", "profiles_of", "publish", "seal"]

# What this process published last: the digests of a phone's files, by what they were made of. Of two hundred phones it
# saves most of an apply.
_made_of: dict[PhoneProfile, Mapping[str, bytes]] = {}
TOKEN_FORM = re.compile(r"[A-Za-z0-9_-]{16,128}")  # what the web server lets through (servers/https.py)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """`changed`: phones with new or other files than before; `not_supported`: of models without a driver."""

    changed: tuple[MacAddress, ...]
    removed_folders: int
    not_supported: tuple[MacAddress, ...]


def profiles_of(office: Office, around: Surroundings) -> tuple[PhoneProfile, ...]:
    """Return the profile of every phone of the office that has an extension."""
    return tuple(build_profile(office, phone, around) for phone in office.phones if phone.extension_ids)


def publish(paths: Paths, profiles: Sequence[PhoneProfile]) -> Published:
    """Make the disk hold the files of these phones and of no others, then tell the enrolment.

    A new phone's folder appears whole; a file that changes is replaced whole. Nothing of it is touched when a
    driver fails, because all files are rendered first; what this process rendered of the same profile before, and finds
    on the disk as it was, is not rendered again.
    """
    as_before: list[PhoneProfile] = []
    rendered: list[tuple[PhoneProfile, tuple[ProvisionedFile, ...]]] = []
    not_supported: list[MacAddress] = []
    for profile in profiles:
        if not TOKEN_FORM.fullmatch(profile.token.reveal()):
            raise BelboxError("secret-path-letters", mac=str(profile.mac))
        if _is_on_disk(paths.phone_files / profile.token.reveal(), _made_of.get(profile)):
            as_before.append(profile)
            continue
        try:
            rendered.append((profile, DRIVER_OF[profile.brand].files(profile)))
        except UnknownModel:
            not_supported.append(profile.mac)
    paths.phone_files.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
    changed = tuple(
        profile.mac for profile, files in rendered if _write_folder(paths.phone_files / profile.token.reveal(), files)
    )
    kept = {profile: _made_of[profile] for profile in as_before}
    made = {profile: {file.name: _digest(file.content) for file in files} for profile, files in rendered}
    _made_of.clear()
    _made_of.update(kept | made)
    _set_phones(
        paths,
        {
            profile.mac: PublishedPhone(brand=profile.brand, model=profile.model, token=profile.token)
            for profile in _made_of
        },
    )
    removed = _remove_others(paths.phone_files, {profile.token.reveal() for profile in _made_of})
    return Published(changed=changed, removed_folders=removed, not_supported=tuple(not_supported))


def _is_on_disk(folder: Path, digests: Mapping[str, bytes] | None) -> bool:
    """Tell whether a folder holds files with these digests and no others."""
    try:
        return digests is not None and {path.name: _digest(path.read_bytes()) for path in folder.iterdir()} == digests
    except OSError:
        return False


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def _write_folder(folder: Path, files: Sequence[ProvisionedFile]) -> bool:
    """Return whether anything changed."""
    if not folder.exists():
        fresh = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".new-"))
        fresh.chmod(FOLDER_MODE)
        for file in files:
            replace_file(fresh / file.name, file.content, FILE_MODE)
        fresh.rename(folder)
        return True
    changed = False
    for file in files:
        path = folder / file.name
        if not path.exists() or path.read_bytes() != file.content:
            replace_file(path, file.content, FILE_MODE)
            changed = True
    for path in folder.iterdir():
        if path.name not in {file.name for file in files}:
            path.unlink()
            changed = True
    return changed


def _remove_others(folder: Path, kept: set[str]) -> int:
    gone = [path for path in folder.iterdir() if path.name not in kept]
    for path in gone:
        shutil.rmtree(path)
    return len(gone)

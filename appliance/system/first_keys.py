"""What a new box makes once for itself: the code that claims it, and the key of its session cookies.

Either file may be empty or garbage after a power cut: it is then made anew, and never trusted as it is.
"""

from __future__ import annotations

import logging
import re
import secrets
from pathlib import Path

from appliance.files import make_folder, replace_file

# Without 0, 1, I, L, O: the code is read from a screen.
CLAIM_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CLAIM_LENGTH = 9  # of 31 letters: 44 bits
CLAIM_FORM = re.compile(f"[{CLAIM_LETTERS}]{{3}}(?:-[{CLAIM_LETTERS}]{{3}}){{2}}")
SESSION_KEY_BYTES = 32
OWN_EYES_ONLY = 0o600

_log = logging.getLogger(__name__)


def read_claim_code(path: Path) -> str | None:
    """Return the code, as `ABC-DEF-GHJ`; None where the file holds none of full strength."""
    try:
        code = path.read_text().strip()
    except (OSError, ValueError):
        return None
    return code if CLAIM_FORM.fullmatch(code) else None


def ensure_claim_code(path: Path) -> str:
    """Return the code of a box that nobody has claimed, made now if there is none."""
    code = read_claim_code(path)
    if code is None:
        letters = "".join(secrets.choice(CLAIM_LETTERS) for _ in range(CLAIM_LENGTH))
        code = f"{letters[:3]}-{letters[3:6]}-{letters[6:]}"
        make_folder(path.parent, 0o700)
        replace_file(path, f"{code}\n".encode(), OWN_EYES_ONLY)
    return code


def session_key(path: Path) -> bytes:
    """Return the key of the session cookies, made once; everybody must log in again when it is made anew."""
    try:
        key = path.read_bytes()
    except OSError:
        key = b""
    if len(key) == SESSION_KEY_BYTES:
        return key
    key = secrets.token_bytes(SESSION_KEY_BYTES)
    try:
        make_folder(path.parent, 0o700)
        replace_file(path, key, OWN_EYES_ONLY)
    except OSError as fault:
        _log.warning("the key of the sessions cannot be kept, so that a restart ends them: %s", fault)
    return key

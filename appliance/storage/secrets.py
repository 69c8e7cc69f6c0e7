"""Making and keeping secrets: SIP passwords, phone tokens, PINs, and those of the machine itself."""

from __future__ import annotations

import hashlib
import secrets
import string

from sqlalchemy import Connection, Engine, text

from appliance.office.secret import Secret
from appliance.storage.database import transaction
from appliance.storage.office_document import SecretMaker

_PASSWORD_LETTERS = string.ascii_letters + string.digits  # typed by hand on a softphone: no look-alike punctuation
PASSWORD_LENGTH = 24  # 142 bits
TOKEN_BYTES = 16  # 128 bits
KEY_BYTES = 32  # of a session, an invitation, a program's key
PIN_DIGITS = 6


def new_password() -> Secret:
    """Return a random password for SIP or a phone's web page."""
    return Secret("".join(secrets.choice(_PASSWORD_LETTERS) for _ in range(PASSWORD_LENGTH)))


def new_token() -> Secret:
    """Return a random path element under which one phone finds its settings."""
    return Secret(secrets.token_hex(TOKEN_BYTES))


def new_pin() -> Secret:
    """Return a random voicemail PIN."""
    return Secret("".join(secrets.choice(string.digits) for _ in range(PIN_DIGITS)))


SECRET_MAKER = SecretMaker(password=new_password, token=new_token, pin=new_pin)


def machine_secret(engine: Engine, name: str) -> Secret:
    """Return the machine's secret of this name, made at the first call; never the same on two boxes.

    Reading takes no lock: whoever writes meanwhile is not waited for.
    """
    with engine.connect() as connection:
        found = _read(connection, name)
    if found is not None:
        return found
    with transaction(engine) as connection:
        found = _read(connection, name)
        if found is None:
            found = new_password()
            connection.execute(
                text("INSERT INTO machine_secret (name, secret) VALUES (:name, :secret)"),
                {"name": name, "secret": found.reveal()},
            )
        return found


def _read(connection: Connection, name: str) -> Secret | None:
    row = connection.execute(text("SELECT secret FROM machine_secret WHERE name = :name"), {"name": name})
    value = row.scalar_one_or_none()
    return Secret(value) if value is not None else None


def new_key() -> str:
    """Return what lets its holder in; it is kept nowhere but as its hash."""
    return secrets.token_urlsafe(KEY_BYTES)


def key_hash(key: str) -> str:
    """Return what is kept of a key (SHA-256, hexadecimal)."""
    return hashlib.sha256(key.encode()).hexdigest()

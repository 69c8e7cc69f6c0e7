"""The office's directory for phones by LDAP: configuration and contents of slapd, which only reads (RFC 4511)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from appliance.files import replace_file
from appliance.office.secret import Secret
from appliance.paths import Paths
from provisioning.drivers.plain_text import one_line
from provisioning.phone_profile import LDAP_BASE, LDAP_USER, PhonebookEntry
from provisioning.servers.https import CertificatePlaces, plain_path

MOST_ANSWERS = 500  # entries in one answer; no phone shows more
SCHEMAS = Path("/etc/ldap/schema")  # Debian's slapd
_SUFFIX = LDAP_BASE.split(",", 1)[1]
# RFC 2798 (inetOrgPerson): where the first, second, third and every further number stands; phones search these.
_ATTRIBUTES = ("telephoneNumber", "mobile", "homePhone", "pager")


@dataclass(frozen=True, slots=True, kw_only=True)
class PhonebookServer(CertificatePlaces):
    """Everything slapd is told: `slapd -f FILE`. Its database is made anew from the contents at each start."""

    @property
    def configuration(self) -> Path:
        """The configuration."""
        return self.paths.phonebook / "slapd.conf"

    @property
    def contents(self) -> Path:
        """Who stands in the directory (LDIF, RFC 2849); it holds the phones' bind secret, hashed."""
        return self.paths.phonebook / "phonebook.ldif"

    @property
    def database(self) -> str:
        """Where slapd keeps what it read."""
        return plain_path(self.paths.phonebook / "database")

    @property
    def schemas(self) -> tuple[str, ...]:
        """What a person's entry may hold."""
        return tuple(str(SCHEMAS / f"{name}.schema") for name in ("core", "cosine", "inetorgperson"))

    @property
    def suffix(self) -> str:
        """The top of the directory."""
        return _SUFFIX

    @property
    def base(self) -> str:
        """Below it the entries stand."""
        return LDAP_BASE

    @property
    def user(self) -> str:
        """As whom phones log in."""
        return LDAP_USER

    @property
    def most_answers(self) -> int:
        """Entries in one answer."""
        return MOST_ANSWERS


def prepare_phonebook(paths: Paths, entries: Sequence[PhonebookEntry], password: Secret) -> bool:
    """Write configuration and contents; return whether slapd must be started again to read them."""
    server = PhonebookServer(paths=paths)
    paths.phonebook.mkdir(parents=True, exist_ok=True, mode=0o750)
    environment = Environment(
        loader=PackageLoader(__package__), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    configuration = environment.get_template("slapd.conf.j2").render(server=server)
    changed = False
    for place, text in ((server.contents, render_contents(entries, password)), (server.configuration, configuration)):
        if not place.exists() or place.read_bytes() != text.encode():
            replace_file(place, text.encode(), 0o640)
            changed = True
    return changed


def render_contents(entries: Sequence[PhonebookEntry], password: Secret) -> str:
    """Return the LDIF; every value stands in base64, so that no name can be anything else."""
    records = [
        _record(
            _SUFFIX, ("objectClass", "dcObject"), ("objectClass", "organization"), ("dc", "belbox"), ("o", "Belbox")
        ),
        _record(
            LDAP_USER,
            ("objectClass", "organizationalRole"),
            ("objectClass", "simpleSecurityObject"),
            ("cn", "phones"),
            ("userPassword", _hashed(password)),
        ),
        _record(LDAP_BASE, ("objectClass", "organizationalUnit"), ("ou", "phonebook")),
    ]
    for position, entry in enumerate(entries, start=1):
        name = one_line(entry.name) or entry.inside or "?"
        values = [("objectClass", "inetOrgPerson"), ("uid", str(position)), ("cn", name), ("sn", name)]
        numbers = [number for number in (entry.inside, *entry.outside) if number]
        values += [(_ATTRIBUTES[min(at, len(_ATTRIBUTES) - 1)], number) for at, number in enumerate(numbers)]
        records.append(_record(f"uid={position},{LDAP_BASE}", *values))
    return "\n".join(records)


def _record(name: str, *values: tuple[str, str]) -> str:
    lines = [("dn", name), *values]
    return "".join(f"{key}:: {base64.b64encode(value.encode()).decode()}\n" for key, value in lines)


def _hashed(password: Secret) -> str:
    """RFC 2307 section 5.3, {SSHA}. The salt follows from the password, so that the same office gives the same file."""
    secret = password.reveal().encode()
    salt = hashlib.sha256(b"phonebook" + secret).digest()[:8]
    return "{SSHA}" + base64.b64encode(hashlib.sha1(secret + salt, usedforsecurity=False).digest() + salt).decode()

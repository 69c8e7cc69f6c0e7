"""The office's directory by LDAP (G9): a real slapd, asked by a real client as a phone asks."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.office.contact import Contact
from appliance.office.numbers import PhoneNumber
from appliance.office.secret import Secret
from appliance.paths import Paths
from provisioning.certificate_authority import ensure_certificates
from provisioning.phone_profile import LDAP_BASE, LDAP_USER, PhonebookEntry, phonebook_entries
from provisioning.servers.phonebook import prepare_phonebook
from tests.integration.provisioning.conftest import free_port
from tests.integration.provisioning.test_crowded import IDLE, connected, room_for_many
from tests.strategies_of_values import HOSTILE_TEXTS
from tests.switch.offices import person, small_office
from tests.virtual_office.units import read_unit

pytestmark = pytest.mark.feature("G9")

PASSWORD = Secret("phonebook-secret")
START_SECONDS = 10.0
ANSWER_SECONDS = 2.0  # on a busy machine, the program's own start in it
SEARCHES = 10


@dataclass(frozen=True)
class Directory:
    """slapd as the unit starts it, on loopback."""

    paths: Paths
    port: int

    def search(
        self, query: str, *, password: str = PASSWORD.reveal(), user: str = LDAP_USER, base: str = LDAP_BASE
    ) -> str:
        """What `ldapsearch` prints; CalledProcessError when the server refuses."""
        command = ["ldapsearch", "-LLL", "-x", "-o", "ldif-wrap=no", "-H", f"ldaps://127.0.0.1:{self.port}/"]
        command += ["-D", user, "-w", password, "-b", base, query]
        environment = {**os.environ, "LDAPTLS_CACERT": str(self.paths.certificates / "ca.pem")}
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def paths(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """A box with its certificates."""
    if shutil.which("slapd") is None:
        pytest.fail("slapd is not installed")
    paths = Paths(tmp_path_factory.mktemp("phonebook"))
    ensure_certificates(paths, "127.0.0.1", datetime.now(tz=UTC))  # noqa: TID251
    return paths


@pytest.fixture
def directory(paths: Paths) -> Iterator[Directory]:
    """The directory of a small office with one contact."""
    office = small_office(
        extensions=(person("201", name="Zoë Peeters"), person("202", name="Jan; ] dn: x")),
        contacts=(
            Contact(id="garage", name="Garage Nord", numbers=(PhoneNumber("+3225551001"), PhoneNumber("+32470123456"))),
        ),
    )
    assert prepare_phonebook(paths, phonebook_entries(office), PASSWORD)
    assert not prepare_phonebook(paths, phonebook_entries(office), PASSWORD), "nothing changed: no restart"
    yield from _running(paths)


def _running(paths: Paths) -> Iterator[Directory]:
    unit = read_unit("phonebook", paths.root, Path("/"))
    for preparation in unit.before:
        preparation.run()
    port = free_port()
    command = [part.replace("ldaps:///", f"ldaps://127.0.0.1:{port}/") for part in unit.command]
    server = subprocess.Popen(command)
    directory = Directory(paths, port)
    try:
        limit = time.monotonic() + START_SECONDS
        while True:
            try:
                directory.search("(uid=0)")
                break
            except subprocess.CalledProcessError:
                assert time.monotonic() < limit, "slapd did not start in time"
                assert server.poll() is None, "slapd ended"
                time.sleep(0.05)  # slapd says nothing when it is ready; between two looks
        yield directory
    finally:
        server.terminate()
        server.wait()


def test_phone_finds_colleagues_and_contacts_by_name_and_by_number(directory: Directory) -> None:
    found = directory.search("(cn=Garage*)")
    assert "telephoneNumber: 025551001" in found
    assert "mobile: 0470123456" in found
    assert "telephoneNumber: 201" in directory.search("(|(cn=Zo*)(sn=Zo*))")
    assert "cn: Garage Nord" in directory.search("(|(telephoneNumber=0470123456)(mobile=0470123456))")


def test_nothing_without_the_bind_secret_and_nothing_but_the_directory_with_it(directory: Directory) -> None:
    for user, password in ((LDAP_USER, "wrong"), ("", ""), ("cn=admin,dc=belbox", PASSWORD.reveal())):
        with pytest.raises(subprocess.CalledProcessError):
            directory.search("(cn=*)", user=user, password=password)
    with pytest.raises(subprocess.CalledProcessError):
        directory.search("(objectClass=*)", base="dc=belbox")


def test_phone_cannot_write(directory: Directory) -> None:
    change = f"dn: uid=1,{LDAP_BASE}\nchangetype: modify\nreplace: cn\ncn: hacked\n"
    command = [
        "ldapmodify",
        "-x",
        "-H",
        f"ldaps://127.0.0.1:{directory.port}/",
        "-D",
        LDAP_USER,
        "-w",
        PASSWORD.reveal(),
    ]
    environment = {**os.environ, "LDAPTLS_CACERT": str(directory.paths.certificates / "ca.pem")}
    done = subprocess.run(command, input=change, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "hacked" not in directory.search("(cn=*)")


@pytest.mark.feature("R11")
def test_thousands_of_idle_connections_keep_no_phone_from_the_directory(paths: Paths) -> None:
    """From one address, without the box's doors (image/rootfs/usr/lib/belbox/doors.nft), which let in fifty."""
    prepare_phonebook(paths, [PhonebookEntry(name="Jan", inside="201")], PASSWORD)
    with room_for_many(), ExitStack() as closed:
        for directory in _running(paths):
            idle = list(connected(directory.port, IDLE))
            for connection in idle:
                closed.callback(connection.close)
            seconds = [_search_seconds(directory) for _ in range(SEARCHES)]
            print(f"{IDLE} idle connections; ldapsearch: {min(seconds):.3f} to {max(seconds):.3f} s")
            assert max(seconds) < ANSWER_SECONDS
            assert all(map(_is_open, idle)), "the server held them all the while"
            closed.close()


def _is_open(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        connection.recv(1)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _search_seconds(directory: Directory) -> float:
    began = time.monotonic()
    assert "telephoneNumber: 201" in directory.search("(cn=Jan)")
    return time.monotonic() - began


@pytest.mark.feature("R6")
def test_hostile_names_stay_names(paths: Paths) -> None:
    """Every hostile name is one entry more, and none of them makes another attribute or entry."""
    names = [text for text in HOSTILE_TEXTS if text.strip()]
    entries = [PhonebookEntry(name=name[:1000], inside=str(200 + at)) for at, name in enumerate(names)]
    prepare_phonebook(paths, entries, PASSWORD)
    for directory in _running(paths):
        lines = directory.search("(objectClass=inetOrgPerson)").splitlines()
        assert [line for line in lines if line.startswith("dn")] == [
            f"dn: uid={at},{LDAP_BASE}" for at in range(1, len(names) + 1)
        ]
        keys = {line.partition(":")[0] for line in lines if line}
        assert keys == {"dn", "objectClass", "uid", "cn", "sn", "telephoneNumber"}

"""TFTP clients of several makes, and packets by hand, against the server on loopback."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from provisioning.phone_profile import BoxAddress
from provisioning.servers.boot_files import BootFiles
from provisioning.servers.tftp import TftpServer
from provisioning.servers.tftp_files import FirstFiles, FolderFiles

TEXT = "KX-HDV230.cfg"  # has CR LF, so netascii must write it otherwise
FIRMWARE = os.urandom(2 * 1024 * 1024 + 77)
CLIENTS_AT_ONCE = 120
Packet = tuple[int, int, bytes]


class Server:
    """A running server, and what it noted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.noted: list[tuple[str, str, bool]] = []
        self.files = BootFiles(BoxAddress(ip="127.0.0.1"))
        self.port = 0
        self._stop, self._runs = threading.Event(), threading.Event()
        sources = (FirstFiles(self.files), FolderFiles(folder))
        server = TftpServer("127.0.0.1", sources, lambda *note: self.noted.append(note), port=0)
        self._thread = threading.Thread(target=server.run, args=(self._stop, self._started))
        self._thread.start()
        assert self._runs.wait(10)

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(10)
        assert not self._thread.is_alive()

    def _started(self, port: int) -> None:
        self.port = port
        self._runs.set()


class Phone(socket.socket):
    """A client that does what it is told, packet by packet."""

    def __init__(self, server: Server) -> None:
        super().__init__(socket.AF_INET, socket.SOCK_DGRAM)
        self.bind(("127.0.0.1", 0))
        self.settimeout(5)
        self._server = ("127.0.0.1", server.port)
        self._transfer = self._server

    def ask(self, name: bytes, *options: bytes, mode: bytes = b"octet", operation: int = 1) -> Packet:
        self.sendto(struct.pack("!H", operation) + b"\0".join([name, mode, *options, b""]), self._server)
        return self.hear()

    def hear(self) -> Packet:
        packet, self._transfer = self.recvfrom(70000)
        operation, number = struct.unpack("!HH", packet[:4])
        return operation, number, packet[4:] if operation != 6 else packet[2:]

    def acknowledge(self, number: int) -> None:
        self.sendto(struct.pack("!HH", 4, number), self._transfer)

    def hears_nothing(self, seconds: float) -> bool:
        self.settimeout(seconds)
        try:
            self.hear()
        except TimeoutError:
            return True
        finally:
            self.settimeout(5)
        return False

    def rest(self, first: Packet, block_bytes: int) -> bytes:
        """Take blocks one by one until the short one."""
        operation, number, piece = first
        received = [piece]
        while len(piece) == block_bytes:
            self.acknowledge(number)
            operation, number, piece = self.hear()
            assert operation == 3
            received.append(piece)
        self.acknowledge(number)
        return b"".join(received)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    folder = tmp_path / "firmware-files"
    folder.mkdir()
    (folder / "Phone-1.2.rom").write_bytes(FIRMWARE)
    running = Server(folder)
    yield running
    running.stop()


def first_file(server: Server, name: str = TEXT) -> bytes:
    file = server.files.find(name)
    assert file is not None
    return file.content


@pytest.mark.feature("G4")
@pytest.mark.parametrize("name", [TEXT, "Phone-1.2.rom", "pHONE-1.2.ROM", "Grandstream/phone-1.2.rom"])
def test_every_client_gets_the_very_bytes(server: Server, tmp_path: Path, name: str) -> None:
    expected = first_file(server) if name == TEXT else FIRMWARE
    port, got = str(server.port), tmp_path / "got"
    commands: Sequence[Sequence[str]] = (
        ("curl", "-sS", "-m", "60", "-o", str(got), f"tftp://127.0.0.1:{port}/{name}"),
        ("curl", "-sS", "-m", "60", "--tftp-blksize", "1428", "-o", str(got), f"tftp://127.0.0.1:{port}/{name}"),
        ("curl", "-sS", "-m", "60", "--tftp-no-options", "-o", str(got), f"tftp://127.0.0.1:{port}/{name}"),
        ("tftp", "-m", "binary", "127.0.0.1", port, "-c", "get", name, str(got)),
        ("atftp", "-g", "-r", name, "-l", str(got), "127.0.0.1", port),
        (
            "atftp",
            "--option",
            "windowsize 8",
            "--option",
            "tsize 0",
            "-g",
            "-r",
            name,
            "-l",
            str(got),
            "127.0.0.1",
            port,
        ),
        ("busybox", "tftp", "-b", "1468", "-g", "-r", name, "-l", str(got), "127.0.0.1", port),
    )
    for command in commands:
        got.unlink(missing_ok=True)
        subprocess.run(command, check=True, timeout=60, capture_output=True)
        assert got.read_bytes() == expected, command


@pytest.mark.feature("G4")
def test_a_text_in_netascii_is_the_same_text_and_firmware_is_not_given_so(server: Server, tmp_path: Path) -> None:
    got = tmp_path / "got"
    client = ["tftp", "-m", "netascii", "127.0.0.1", str(server.port), "-c", "get"]
    subprocess.run([*client, TEXT, str(got)], check=True, timeout=60)
    assert got.read_bytes() == first_file(server)
    with Phone(server) as phone:
        assert phone.rest(phone.ask(TEXT.encode(), mode=b"NetASCII"), 512).count(b"\r\0\r\n") > 3
    with Phone(server) as phone:
        assert phone.ask(b"Phone-1.2.rom", mode=b"netascii")[:2] == (5, 4)
        assert phone.ask(TEXT.encode(), mode=b"mail")[:2] == (5, 4)


@pytest.mark.feature("G4")
def test_a_hundred_and_twenty_phones_at_once_all_get_the_whole_file(server: Server) -> None:
    def fetch(_: int) -> bytes:
        command = [
            "curl",
            "-sS",
            "-m",
            "120",
            "--tftp-blksize",
            "1428",
            f"tftp://127.0.0.1:{server.port}/phone-1.2.rom",
        ]
        return subprocess.run(command, check=True, capture_output=True).stdout

    with ThreadPoolExecutor(CLIENTS_AT_ONCE) as phones:
        assert all(received == FIRMWARE for received in phones.map(fetch, range(CLIENTS_AT_ONCE)))
    assert server.noted == [("phone-1.2.rom", "127.0.0.1", True)] * CLIENTS_AT_ONCE


@pytest.mark.feature("G4")
@pytest.mark.parametrize(
    ("options", "confirmed"),
    [
        ((b"tsize", b"0"), b"tsize\0%d\0"),
        ((b"TSize", b"0", b"BLKSIZE", b"1024"), b"tsize\0%d\0blksize\x001024\0"),
        ((b"blksize", b"65464"), b"blksize\x001468\0"),
        ((b"timeout", b"3", b"grandstream_ID", b"c074ad112233"), b"timeout\x003\0"),
        ((b"windowsize", b"4", b"blksize", b"8"), b"windowsize\x004\0blksize\x008\0"),
        ((b"windowsize", b"65535"), b"windowsize\x0032\0"),
    ],
)
def test_what_a_phone_may_ask_is_confirmed_and_nothing_else(
    server: Server, options: tuple[bytes, ...], confirmed: bytes
) -> None:
    with Phone(server) as phone:
        operation, _, answer = phone.ask(b"phone-1.2.rom", *options)
    assert operation == 6
    assert answer == (confirmed % len(FIRMWARE) if b"%d" in confirmed else confirmed)


@pytest.mark.feature("G4")
@pytest.mark.parametrize(
    "options",
    [
        (),
        (b"grandstream_ID", b"c074ad112233", b"grandstream_MOD", b"GRP2614"),
        (b"blksize", b"7"),
        (b"blksize", b"65465"),
        (b"blksize", b"abc"),
        (b"blksize", b"-9"),
        (b"windowsize", b"0"),
        (b"timeout", b"256"),
        (b"timeout", b"0"),
        (b"multicast", b"1"),
    ],
)
def test_no_option_worth_confirming_brings_the_first_block_at_once(server: Server, options: tuple[bytes, ...]) -> None:
    with Phone(server) as phone:
        first = phone.ask(b"phone-1.2.rom", *options)
        assert first == (3, 1, FIRMWARE[:512])
        phone.acknowledge(1)
        assert phone.hear() == (3, 2, FIRMWARE[512:1024])


@pytest.mark.feature("G4")
def test_block_numbers_begin_again_after_65535(server: Server) -> None:
    with Phone(server) as phone:
        phone.ask(b"phone-1.2.rom", b"blksize", b"16", b"windowsize", b"32")
        phone.acknowledge(0)
        received, expected = bytearray(), 1
        while True:
            operation, number, piece = phone.hear()
            assert (operation, number) == (3, expected & 0xFFFF)
            received += piece
            if len(piece) < 16:
                break
            if expected % 32 == 0:
                phone.acknowledge(number)
            expected += 1
        phone.acknowledge(number)
    assert expected > 131072
    assert received == FIRMWARE


@pytest.mark.feature("G4")
def test_a_lost_block_of_a_window_is_sent_again_with_those_after_it(server: Server) -> None:
    """RFC 7440 section 4: the acknowledgement names the last block before the gap."""
    with Phone(server) as phone:
        phone.ask(b"phone-1.2.rom", b"windowsize", b"4")
        phone.acknowledge(0)
        assert [phone.hear()[1] for _ in range(4)] == [1, 2, 3, 4]
        phone.acknowledge(2)
        assert [phone.hear()[1] for _ in range(4)] == [3, 4, 5, 6]
        phone.acknowledge(2)  # the first of the window was lost
        assert [phone.hear()[1] for _ in range(4)] == [3, 4, 5, 6]
        phone.acknowledge(2)
        assert phone.hears_nothing(0.3), "answered each time, a second copy of everything would follow"


@pytest.mark.feature("G4")
def test_what_is_lost_is_sent_again_and_what_comes_twice_is_not(server: Server) -> None:
    with Phone(server) as phone:
        first = phone.ask(b"phone-1.2.rom")
        assert phone.hear() == first, "no answer: the block again after a second"
        phone.acknowledge(1)
        assert phone.hear()[1] == 2
        phone.acknowledge(1)
        assert phone.hears_nothing(0.3), "RFC 1123 section 4.2.3.1: an acknowledgement that comes twice is dropped"
        phone.acknowledge(7000)
        assert phone.hears_nothing(0.3), "nothing was sent that this could mean"
    with Phone(server) as phone:
        phone.ask(b"phone-1.2.rom", b"timeout", b"2")
        assert phone.hears_nothing(1.5)
        assert phone.hear()[0] == 6, "the time that the phone named"


@pytest.mark.feature("G4")
def test_a_request_sent_twice_is_one_transfer(server: Server) -> None:
    with Phone(server) as phone:
        first = phone.ask(TEXT.encode())
        transfer = phone._transfer
        assert phone.ask(TEXT.encode()) == first
        assert phone._transfer == transfer
        assert phone.rest(first, 512) == first_file(server)
    assert len(server.noted) == 1


@pytest.mark.feature("G4")
def test_the_next_file_from_the_same_port_is_never_the_last_one(server: Server) -> None:
    """Some phones ask for file after file from one port, the next request right behind the last acknowledgement."""
    files = 200
    with Phone(server) as phone:
        for _ in range(files):
            assert phone.rest(phone.ask(TEXT.encode()), 512) == first_file(server)
        assert len(server.noted) == files, "each was a request of its own"
        assert phone.ask(TEXT.encode()) == (3, 1, first_file(server)), "its acknowledgement is lost"
        assert phone.ask(b"phone-1.2.rom") == (3, 1, FIRMWARE[:512])


@pytest.mark.feature("G4", "G8")
def test_nothing_is_written(server: Server, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"x")
    with Phone(server) as phone:
        assert phone.ask(TEXT.encode(), operation=2)[:2] == (5, 2)
        assert phone.ask(b"phone-1.2.rom", operation=2)[:2] == (5, 2)
    upload = ["curl", "-sS", "-m", "20", "-T", str(tmp_path / "x"), f"tftp://127.0.0.1:{server.port}/new.rom"]
    assert subprocess.run(upload, check=False, capture_output=True).returncode == 69  # curl(1): permission problem
    assert [path.name for path in server.folder.iterdir()] == ["Phone-1.2.rom"]
    assert (server.folder / "Phone-1.2.rom").read_bytes() == FIRMWARE


@pytest.mark.feature("G4", "G8")
def test_only_names_of_the_maps_exist_and_each_request_is_noted(server: Server, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("outside")
    (server.folder / ".hidden").write_text("hidden")
    (server.folder / "link.rom").symlink_to(tmp_path / "secret")
    (server.folder / "folder").mkdir()
    names = ["805ec0a1b2c3.cfg", "../secret", str(tmp_path / "secret"), ".hidden", "link.rom", "folder", ".", "", "no"]
    with Phone(server) as phone:
        for name in names[:7] + names[8:]:
            assert phone.ask(name.encode())[:2] == (5, 1), name
        (server.folder / "new.rom").write_bytes(b"new")
        assert phone.rest(phone.ask(b"NEW.rom"), 512) == b"new"
        (server.folder / "new.rom").unlink()
        assert phone.ask(b"new.rom")[:2] == (5, 1)
    assert ("805ec0a1b2c3.cfg", "127.0.0.1", False) in server.noted
    assert ("NEW.rom", "127.0.0.1", True) in server.noted


@pytest.mark.feature("G4")
def test_firmware_cut_short_while_it_is_sent_ends_with_an_error(server: Server) -> None:
    with Phone(server) as phone:
        phone.ask(b"phone-1.2.rom")
        (server.folder / "Phone-1.2.rom").write_bytes(b"")
        phone.acknowledge(1)
        assert phone.hear()[:2] == (5, 1), "a short block would look like the end of the file"


@pytest.mark.feature("G4")
def test_phones_that_never_answer_make_room_for_one_that_does(server: Server) -> None:
    """Requests in the name of others are one packet each; they must not keep a phone out."""
    silent = [Phone(server) for _ in range(450)]
    for phone in silent:
        phone.ask(TEXT.encode())
    began = time.monotonic()
    with Phone(server) as phone:
        assert phone.rest(phone.ask(TEXT.encode()), 512) == first_file(server)
    assert time.monotonic() - began < 1
    for phone in silent:
        phone.close()

"""TFTP for the first files: names from a map, nothing from the disk, nothing written."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import tftpy
from tftpy.TftpContexts import TftpContextServer
from tftpy.TftpPacketTypes import TftpPacketRRQ, TftpPacketWRQ

from provisioning.servers.boot_files import BootFiles

LOG = logging.getLogger(__name__)
logging.getLogger("tftpy").setLevel(logging.ERROR)  # it tells of every packet
TFTP_PORT = 69  # RFC 1350 section 4
BLOCK_BYTES = range(8, 65465)  # RFC 2348: 8 to 65464
RETRANSMIT_SECONDS = 2.0
RETRIES = 4
LARGEST_REQUEST_BYTES = 2048
SIMULTANEOUS_TRANSFERS = 64

# name asked, client's address, whether it was given
RequestNoted = Callable[[str, str, bool], None]


class TftpServer:
    """One thread receives requests, one more serves each transfer from a port of its own."""

    def __init__(
        self, address: str, files: BootFiles, noted: RequestNoted, empty_folder: Path, port: int = TFTP_PORT
    ) -> None:
        self._address = address
        self._port = port
        self._files = files
        self._noted = noted
        self._empty_folder = empty_folder  # tftpy wants a folder of files; there is nothing in ours
        self._slots = threading.BoundedSemaphore(SIMULTANEOUS_TRANSFERS)

    def run(self, stop: threading.Event, started: Callable[[int], None]) -> None:
        """Serve until `stop`; `started` is told the port. Raises OSError when it cannot be had."""
        self._empty_folder.mkdir(parents=True, exist_ok=True)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
            listener.bind((self._address, self._port))
            listener.settimeout(0.2)
            started(listener.getsockname()[1])
            while not stop.is_set():
                try:
                    datagram, (client, client_port) = listener.recvfrom(LARGEST_REQUEST_BYTES)
                except TimeoutError:
                    continue
                if not self._slots.acquire(blocking=False):
                    continue  # the phone asks again
                threading.Thread(target=self._serve, args=(datagram, client, client_port), daemon=True).start()

    def _serve(self, datagram: bytes, client: str, client_port: int) -> None:
        transfer: Any = TftpContextServer(
            client,
            client_port,
            RETRANSMIT_SECONDS,
            str(self._empty_folder),
            dyn_file_func=self._open,
            upload_open=_refuse_upload,
            retries=RETRIES,
        )
        try:
            transfer.sock.bind((self._address, 0))
            transfer.start(_only_options_we_honour(datagram, transfer))
            while transfer.state is not None:
                try:
                    transfer.cycle()
                except tftpy.TftpTimeout:
                    transfer.retry_count += 1
                    if transfer.retry_count > RETRIES:
                        raise
                    transfer.state.resendLast()
        except tftpy.TftpException as fault:
            LOG.debug("TFTP with %s ended: %s", client, fault)
        except Exception:
            # An entrance: tftpy meets malformed packets with errors of all kinds.
            LOG.info("TFTP request of %s makes no sense", client, exc_info=LOG.isEnabledFor(logging.DEBUG))
        finally:
            transfer.end()
            self._slots.release()

    def _open(self, name: str, raddress: str, rport: int) -> IO[bytes] | None:
        file = self._files.find(name)
        self._noted(name, raddress, file is not None)
        return _as_open_file(file.content) if file else None


def _refuse_upload(name: str, context: object) -> None:
    """Write nothing; tftpy answers error 2 (access violation)."""


def _only_options_we_honour(datagram: bytes, transfer: Any) -> bytes:
    """Return the request without options we do not take part in, and without senseless ones.

    tftpy confirms a block size even to who asked only for the transfer size, which RFC 2347 does not allow;
    so the transfer size is told only together with a block size.
    """
    request = transfer.factory.parse(datagram)
    if not isinstance(request, TftpPacketRRQ | TftpPacketWRQ):
        return datagram
    asked = {name.lower(): value for name, value in request.options.items()}
    kept: dict[str, str] = {}
    if asked.get("blksize", "").isdecimal() and int(asked["blksize"]) in BLOCK_BYTES:
        kept["blksize"] = asked["blksize"]
        if "tsize" in asked:
            kept["tsize"] = "0"
    request.options = kept
    request.mode = "octet"
    request.encode()
    return bytes(request.buffer)


def _as_open_file(content: bytes) -> IO[bytes]:
    """Return the content as a file with a descriptor, because tftpy locks what it sends."""
    file = os.fdopen(os.memfd_create("first-file"), "w+b")
    file.write(content)
    file.seek(0)
    return file

"""The phone-facing process: starts its parts, keeps going when one cannot, and says how each is."""

from __future__ import annotations

import ipaddress
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import waitress  # type: ignore[import-untyped]

from appliance.errors import BelboxError
from appliance.office.numbers import MacAddress
from appliance.paths import Paths
from provisioning.discovery import address_scan, dhcp_watch, mdns, neighbours, sip_pnp
from provisioning.discovery.dhcp_servers import watch_servers
from provisioning.discovery.inventory import Inventory
from provisioning.discovery.leases import watch_leases
from provisioning.discovery.registered import RegisteredAddresses
from provisioning.discovery.request_watch import sighting_of_request, watch_phone_log
from provisioning.enrolment import Enrolment, EnrolmentReader
from provisioning.guess_report import GUESSING_FROM, GuessReport, GuessWatch
from provisioning.network_facts import NetworkFacts
from provisioning.phone_identity import Answer, SeenBy, Sighting
from provisioning.phone_profile import BoxAddress
from provisioning.servers.access import NOBODY
from provisioning.servers.boot_files import BootFiles
from provisioning.servers.dhcp_option66 import lease_file
from provisioning.servers.enrolment import create_app, mac_asked
from provisioning.servers.https import phone_log
from provisioning.servers.request_notes import RequestNote, RequestNotes
from provisioning.servers.tftp import TFTP_PORT, TftpServer
from provisioning.servers.tftp_files import FirstFiles, FolderFiles

LOG = logging.getLogger(__name__)
RETRY_SECONDS = 10.0
SOCKET_MODE = "660"


class PartState(StrEnum):
    """How one part is."""

    STARTING = "starting"
    RUNNING = "running"
    FAILED = "failed"  # it is tried again
    STOPPED = "stopped"


@dataclass(slots=True)
class Part:
    """One part of the process. `run` works until the stop event and calls what it is given once it works."""

    name: str
    run: Callable[[Callable[[], None]], None]
    state: PartState = PartState.STARTING
    because: str = ""


def run(paths: Paths, network: NetworkFacts, stop: threading.Event, tftp_port: int = TFTP_PORT) -> None:
    """Serve the phones until `stop`."""
    parts = make_parts(paths, network, stop, tftp_port)
    threads = [threading.Thread(target=_keep_running, args=(part, stop), name=part.name, daemon=True) for part in parts]
    for thread in threads:
        thread.start()
    stop.wait()
    for thread in threads:
        thread.join(timeout=5)


def make_parts(
    paths: Paths, network: NetworkFacts, stop: threading.Event, tftp_port: int = TFTP_PORT
) -> tuple[Part, ...]:
    """Return the parts, none started."""
    box = BoxAddress(ip=network.address)
    registered = RegisteredAddresses(paths.live_state)
    inventory = Inventory(paths.sightings, lambda mac: mac in load().phones, registered.addresses)
    strangers, one_at_a_time = GuessWatch(), threading.Lock()
    requests = RequestNotes()
    guesses = GuessReport(paths)
    enrolments = EnrolmentReader(paths)

    def noted(sighting: Sighting) -> None:
        """Any thread. Who tells of one phone after another, and is none of them, is told of and not believed."""
        with one_at_a_time:
            if sighting.source and sighting.mac not in load().phones:
                device = str(mac_at(sighting.source) or sighting.source)
                if strangers.asked(device, sighting.mac, sighting.when) >= GUESSING_FROM:
                    if guesses.asked(sighting.source, sighting.mac, sighting.when):
                        LOG.warning("%s pretends to be one phone after another", sighting.source)
                    return
            if not inventory.record(sighting) and guesses.crowded(sighting.when):
                LOG.warning("somebody pretends to be ever new phones: the list is full")

    def load() -> Enrolment:
        return enrolments.read()

    def mac_at(address: str) -> MacAddress | None:
        return neighbours.mac_at(address, network.interface)

    def device_at(address: str) -> MacAddress | None:
        mac = mac_at(address)
        # Flooding the ARP cache must not help: who is on this LAN and not in it is nobody.
        is_on_lan = address != network.address and ipaddress.ip_address(address) in network.network
        return NOBODY if mac is None and is_on_lan else mac

    def pretends(address: str, mac: MacAddress) -> None:
        with one_at_a_time:
            if guesses.asked(address, mac, _now()):
                LOG.warning("%s pretends to be one phone after another", address)

    def tftp_request(name: str, address: str, given: bool) -> None:
        answer = Answer.GIVEN if given else Answer.NOT_THERE
        requests.put(RequestNote(name=name, address=address, seen_by=SeenBy.TFTP, when=_now(), answer=answer))

    def web_request(name: str, address: str, user_agent: str, answer: Answer, enrolled: bool) -> None:
        requests.put(
            RequestNote(
                name=name,
                address=address,
                seen_by=SeenBy.HTTP,
                when=_now(),
                user_agent=user_agent,
                is_enrolled=enrolled,
                answer=answer,
            )
        )

    def handle_request(note: RequestNote) -> None:
        mac = mac_asked(note.name, note.user_agent)
        with one_at_a_time:
            if mac is not None and guesses.asked(note.address, mac, note.when):
                LOG.warning("%s asks for one phone after another: somebody may be guessing", note.address)
        sighting = sighting_of_request(
            note.name,
            note.address,
            note.seen_by,
            note.when,
            device_at,
            user_agent=note.user_agent,
            enrolled=note.is_enrolled,
            answer=note.answer,
        )
        if sighting is not None:
            noted(sighting)

    def health() -> dict[str, object]:
        return {
            "ok": all(part.state is PartState.RUNNING for part in parts),
            "parts": [{"name": part.name, "state": part.state.value, "because": part.because} for part in parts],
        }

    def run_tftp(started: Callable[[], None]) -> None:
        sources = (FirstFiles(BootFiles(box)), FolderFiles(paths.firmware_files))
        server = TftpServer(network.address, sources, tftp_request, tftp_port)
        server.run(stop, lambda _port: started())

    def run_web(started: Callable[[], None]) -> None:
        app = create_app(paths, box, load, _now, device_at, web_request, health)
        _serve_app(app, paths.run / "provisioning.sock", stop, started)

    def run_inventory(started: Callable[[], None]) -> None:
        started()
        inventory.keep_written(stop)

    def run_pnp(started: Callable[[], None]) -> None:
        sip_pnp.answer_requests(box, load, mac_at, noted, pretends, _now, stop, started)

    parts = (
        Part("tftp", run_tftp),
        Part("enrolment", run_web),
        Part("requests", lambda started: requests.work(handle_request, stop, started)),
        Part("inventory", run_inventory),
        Part("sip-pnp", run_pnp),
        Part("lan-watch", lambda started: dhcp_watch.watch(network.interface, noted, _now, stop, started)),
        Part("lan-scan", lambda started: address_scan.scan_often(network, noted, _now, stop, started)),
        Part("dhcp-servers", lambda started: watch_servers(network.interface, paths.dhcp_servers, stop, started)),
        Part("leases", lambda started: watch_leases(lease_file(paths), noted, _now, stop, started)),
        Part("mdns", lambda started: mdns.announce_and_listen(network.address, mac_at, noted, _now, stop, started)),
        Part(
            "fetch-watch",
            lambda started: watch_phone_log(phone_log(paths), load, noted, _now, stop, started),
        ),
    )
    return parts


def _keep_running(part: Part, stop: threading.Event) -> None:
    def started() -> None:
        part.state, part.because = PartState.RUNNING, ""
        LOG.info("%s runs", part.name)

    while not stop.is_set():
        try:
            part.run(started)
        except Exception as fault:
            # An entrance: whatever a part meets, the others go on.
            known = isinstance(fault, OSError | BelboxError)
            if part.because != str(fault):
                LOG.warning("%s does not run: %s", part.name, fault, exc_info=not known)
            part.state, part.because = PartState.FAILED, str(fault)
            stop.wait(RETRY_SECONDS)
    part.state = PartState.STOPPED


def _serve_app(
    app: Callable[..., object], socket_path: Path, stop: threading.Event, started: Callable[[], None]
) -> None:
    socket_path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    channels: dict[int, object] = {}
    server = waitress.create_server(
        app,
        unix_socket=str(socket_path),
        unix_socket_perms=SOCKET_MODE,
        threads=4,
        map=channels,
        connection_limit=1_000,
    )
    started()
    try:
        while not stop.is_set():
            server.asyncore.loop(timeout=0.2, map=channels, count=1, use_poll=True)
    finally:
        server.task_dispatcher.shutdown()
        server.asyncore.close_all(channels, ignore_all=True)
        socket_path.unlink(missing_ok=True)


def _now() -> datetime:
    return datetime.now(tz=UTC)  # noqa: TID251  (an entrance reads the clock)

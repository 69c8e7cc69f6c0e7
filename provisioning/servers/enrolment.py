"""The small web application behind nginx for phones not enrolled yet: /boot/, /enrol/ and /health."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask, Response, jsonify, request

from appliance.errors import ApplianceError
from appliance.office.numbers import MacAddress
from appliance.paths import Paths
from provisioning.drivers import ALL_DRIVERS
from provisioning.drivers.driver import ProvisionedFile
from provisioning.enrolment import Enrolment, load_enrolment
from provisioning.phone_profile import BoxAddress
from provisioning.servers.access import may_enrol
from provisioning.servers.boot_files import BootFiles

LOG = logging.getLogger(__name__)
BURST_MISSES = 10  # a phone that walks its list of names misses four or five
BURST_TIME = timedelta(minutes=1)
ADDRESSES_REMEMBERED = 1000

# name asked, client's address, User-Agent, whether a secret path was given
RequestNoted = Callable[[str, str, str, bool], None]


class GuessWatch:
    """Counts names asked in vain per address, and says once per burst that somebody is guessing."""

    def __init__(self) -> None:
        self._misses: dict[str, deque[datetime]] = {}
        self._warned: dict[str, datetime] = {}

    def missed(self, address: str, now: datetime) -> bool:
        """Note one miss; return whether this is the moment to warn."""
        if len(self._misses) > ADDRESSES_REMEMBERED:
            self._misses.clear()
        times = self._misses.setdefault(address, deque(maxlen=BURST_MISSES))
        times.append(now)
        is_burst = len(times) == BURST_MISSES and now - times[0] < BURST_TIME
        if not is_burst or now - self._warned.get(address, now - BURST_TIME) < BURST_TIME:
            return False
        self._warned[address] = now
        return True


def create_app(
    paths: Paths,
    box: BoxAddress,
    clock: Callable[[], datetime],
    noted: RequestNoted,
    health: Callable[[], dict[str, object]],
) -> Flask:
    """Build the application. `clock` gives the aware time; `health` the answer of /health."""
    app = Flask(__name__, static_folder=None)
    files = BootFiles(box)
    guesses = GuessWatch()

    @app.get("/boot/<path:name>")
    def boot(name: str) -> Response:
        file = files.find(name, request.user_agent.string)
        noted(name, _client(), request.user_agent.string, False)
        return _answer(file) if file else _not_found()

    @app.get("/enrol/<path:name>")
    def enrol(name: str) -> Response:
        client, now = _client(), clock()
        file = _enrolment_file(_load(paths), box, name, request.user_agent.string, now)
        noted(name, client, request.user_agent.string, file is not None)
        if file is None:
            if guesses.missed(client, now):
                LOG.warning("%s asks for one phone after another in vain: somebody may be guessing", client)
            return _not_found()
        return _answer(file)

    @app.get("/health")
    def health_page() -> Response:
        return jsonify(health())

    @app.errorhandler(404)
    @app.errorhandler(405)
    def not_found(_: Exception) -> Response:
        return _not_found()

    return app


def _load(paths: Paths) -> Enrolment:
    try:
        return load_enrolment(paths)
    except ApplianceError as fault:
        LOG.error("nothing is handed out: %s", fault.message)
        return Enrolment()


def _enrolment_file(
    enrolment: Enrolment, box: BoxAddress, name: str, user_agent: str, now: datetime
) -> ProvisionedFile | None:
    for driver in ALL_DRIVERS:
        asked = driver.mac_and_model_asked(name, user_agent)
        if asked is None or asked.mac is None:
            continue
        phone = enrolment.phones.get(asked.mac)
        access = may_enrol(enrolment, asked.mac, now)
        if phone is None or phone.brand is not driver.brand or not access.is_granted:
            LOG.info("no secret path for %s: %s", asked.mac, access)
            continue
        file = driver.enrolment_file(box, asked.mac, phone.model, box.phone_url(phone.token))
        if file.name.casefold() == name.casefold():
            LOG.info("secret path given to %s: %s", asked.mac, access)
            return file
    return None


def mac_asked(name: str, user_agent: str) -> MacAddress | None:
    """Return the MAC address in a requested file name, in any brand's way of writing it."""
    name = name.rsplit("/", 1)[-1]
    for driver in ALL_DRIVERS:
        asked = driver.mac_and_model_asked(name, user_agent)
        if asked and asked.mac:
            return asked.mac
    return None


def _client() -> str:
    # Only nginx can reach the socket, and it always sets this header.
    return request.headers.get("X-Real-IP", "")


def _answer(file: ProvisionedFile) -> Response:
    return Response(file.content, content_type=file.content_type, headers={"Cache-Control": "no-store"})


def _not_found() -> Response:
    return Response(b"Not found\n", status=404, content_type="text/plain")

"""The small web application behind nginx: /boot/, /enrol/, odd spellings under /p/, and /health."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote

from flask import Flask, Response, jsonify, request

from appliance.office.numbers import MacAddress
from appliance.paths import Paths
from provisioning.drivers import ALL_DRIVERS, DRIVER_OF
from provisioning.drivers.driver import ProvisionedFile
from provisioning.enrolment import Enrolment
from provisioning.guess_report import GUESSING_FROM, GuessWatch
from provisioning.phone_identity import Answer
from provisioning.phone_profile import BoxAddress
from provisioning.publish import TOKEN_FORM
from provisioning.servers.access import Asker, may_enrol
from provisioning.servers.boot_files import BootFiles
from provisioning.servers.phone_certificate import mac_certified

LOG = logging.getLogger(__name__)

# name asked, client's address, User-Agent, what was answered, whether that was a secret path; must return at once
RequestNoted = Callable[[str, str, str, Answer, bool], None]


def create_app(
    paths: Paths,
    box: BoxAddress,
    load: Callable[[], Enrolment],
    clock: Callable[[], datetime],
    device_at: Callable[[str], MacAddress | None],
    noted: RequestNoted,
    health: Callable[[], dict[str, object]],
) -> Flask:
    """Build the application.

    `load` gives who may enrol now, `clock` the aware time, `device_at` what Asker.on_lan says of an address, `health`
    the answer of /health.
    """
    app = Flask(__name__, static_folder=None)
    app.url_map.merge_slashes = False  # a name is there or not; nobody is sent elsewhere
    files = BootFiles(box)
    guesses, one_at_a_time = GuessWatch(), threading.Lock()

    def asker(mac: MacAddress, client: str, now: datetime) -> Asker:
        with one_at_a_time:
            different_phones = guesses.asked(client, mac, now)
        return Asker(
            certified=mac_certified(request.headers.get("X-Phone-Certificate", "")),
            on_lan=device_at(client),
            is_guessing=different_phones >= GUESSING_FROM,
        )

    @app.get("/boot/<path:name>")
    def boot(name: str) -> Response:
        file = files.find(name, request.user_agent.string)
        answer = Answer.GIVEN if file else Answer.NOT_THERE
        noted(name, _client(), request.user_agent.string, answer, False)
        return _answer(file) if file else _not_found()

    @app.get("/enrol/<path:name>")
    def enrol(name: str) -> Response:
        # Everybody takes the same way to the decision, so that no time tells whose phone is known.
        client, user_agent = _client(), request.user_agent.string
        mac = mac_asked(name, user_agent)
        enrolment = load()
        file, answer = None, Answer.NOT_THERE
        if mac is not None:
            now = clock()
            access = may_enrol(enrolment, mac, now, asker(mac, client, now))
            if access.is_granted:
                file = _enrolment_file(enrolment, box, mac, name)
            else:
                answer = Answer.NOT_NOW
            LOG.info("%s asks for the secret path of %s: %s", client, mac, access)
        noted(name, client, user_agent, Answer.GIVEN if file else answer, file is not None)
        return _answer(file) if file else _not_found()

    @app.route("/p/<token>/<path:name>", methods=["GET", "POST"])
    def spelled_otherwise(token: str, name: str) -> Response:
        """nginx found no file of exactly this name; tell it the published spelling, if there is one."""
        published = _published_name(paths, token, _last_part(name))
        if published is None:
            return _not_found()
        return Response(headers={"X-Accel-Redirect": f"/p/{token}/{quote(published)}"})

    @app.get("/health")
    def health_page() -> Response:
        return jsonify(health())

    @app.errorhandler(404)
    @app.errorhandler(405)
    def not_found(_: Exception) -> Response:
        return _not_found()

    return app


def mac_asked(name: str, user_agent: str) -> MacAddress | None:
    """Return the MAC address in a requested file name, in any brand's way of writing it."""
    name = _last_part(name)
    for driver in ALL_DRIVERS:
        asked = driver.mac_and_model_asked(name, user_agent)
        if asked and asked.mac:
            return asked.mac
    return None


def _enrolment_file(enrolment: Enrolment, box: BoxAddress, mac: MacAddress, name: str) -> ProvisionedFile | None:
    """Return the file that leads this phone to its settings, if `name` is the one that its brand asks for."""
    phone = enrolment.phones[mac]
    driver = DRIVER_OF[phone.brand]
    file = driver.enrolment_file(box, mac, phone.model, box.phone_url(phone.token))
    return file if file.name.casefold() == _last_part(name).casefold() else None


def _published_name(paths: Paths, token: str, name: str) -> str | None:
    """Return how a file of this phone is spelled on the disk, whatever the case it was asked in."""
    if not TOKEN_FORM.fullmatch(token):
        return None
    try:
        names = [path.name for path in (paths.phone_files / token).iterdir()]
    except OSError:
        return None
    found = (known for known in names if known.casefold() == name.casefold() and known != name)
    return next((known for known in found if not known.startswith(".")), None)


def _last_part(name: str) -> str:
    """Folders before the name do not count: some Grandstream phones add one."""
    return name.rsplit("/", 1)[-1]


def _client() -> str:
    # Only nginx can reach the socket, and it always sets this header.
    return request.headers.get("X-Real-IP", "")


def _answer(file: ProvisionedFile) -> Response:
    return Response(file.content, content_type=file.content_type, headers={"Cache-Control": "no-store"})


def _not_found() -> Response:
    return Response(b"Not found\n", status=404, content_type="text/plain")

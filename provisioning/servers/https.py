"""nginx: the one web server, for people and for phones, as a configuration file made from facts."""

from __future__ import annotations

import os
import re
import socket
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from appliance.errors import BelboxError
from appliance.files import is_folder, replace_file, set_aside
from appliance.paths import Paths
from provisioning.certificate_authority import certificate_files
from provisioning.servers.phone_certificate import authorities_in

HTTP_PORT = 80
HTTPS_PORT = 443
MOST_CONNECTIONS = 20_000  # of all phones, browsers and strangers together; idle ones end after PATIENCE_SECONDS
PATIENCE_SECONDS = 10  # a phone on a bad line sends its request in one
MOST_REQUESTS = 100  # at once from one address: a router with a whole branch behind it
MOST_CONSOLE_REQUESTS = 40  # at once from one address: some browsers with a live page each
MOST_CONSOLE_BYTES = 256 * 1024  # of one request, as wizard/app.py
MOST_UPLOAD_BYTES = 64 * 1024 * 1024 + MOST_CONSOLE_BYTES  # a recording (operations/recordings.py) in its form
# nginx has no way to write a dollar sign, and quoting differs between directives; our places need neither.
_PLAIN_PATH = re.compile(r"/[A-Za-z0-9/._+@-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificatePlaces:
    """The box's certificates as a configuration file names them."""

    paths: Paths

    @property
    def certificate(self) -> str:
        """The server's certificate with its chain."""
        return plain_path(certificate_files(self.paths).server)

    @property
    def certificate_key(self) -> str:
        """The server's key."""
        return plain_path(certificate_files(self.paths).server_key)

    @property
    def authority(self) -> str:
        """The authority's certificate."""
        return plain_path(certificate_files(self.paths).authority)

    @property
    def authority_der(self) -> str:
        """The same in DER."""
        return plain_path(certificate_files(self.paths).authority_der)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebServer(CertificatePlaces):
    """Everything nginx is told. `worker_user` None: nginx stays who it was started as."""

    address: str
    http_port: int = HTTP_PORT
    https_port: int = HTTPS_PORT
    worker_user: str | None = None

    @property
    def configuration(self) -> Path:
        """The file to start nginx with: `nginx -c FILE -p FOLDER`."""
        return self.paths.web_server / "nginx.conf"

    @property
    def folder(self) -> str:
        """Where nginx keeps its own things."""
        return plain_path(self.paths.web_server)

    @property
    def phone_log(self) -> str:
        """One JSON line per file that an enrolled phone fetched."""
        return plain_path(phone_log(self.paths))

    @property
    def phone_files(self) -> str:
        """What /p/ shows."""
        return plain_path(self.paths.phone_files)

    @property
    def firmware_files(self) -> str:
        """What /firmware/ shows."""
        return plain_path(self.paths.firmware_files)

    @property
    def phone_authorities(self) -> str | None:
        """Who vouches for phones' own certificates; None: nobody, and no certificate is asked for."""
        path = phone_authorities(self.paths)
        return plain_path(path) if path.exists() else None

    @property
    def provisioning_socket(self) -> str:
        """Where /boot/ and /enrol/ are answered."""
        return plain_path(self.paths.run / "provisioning.sock")

    @property
    def web_socket(self) -> str:
        """Where the console is answered."""
        return plain_path(self.paths.run / "web.sock")

    @property
    def console_socket(self) -> str:
        """The console over plain HTTP, for this machine alone."""
        return plain_path(self.paths.run / "console.sock")

    @property
    def most_connections(self) -> int:
        """How many may be open at once."""
        return MOST_CONNECTIONS

    @property
    def patience_seconds(self) -> int:
        """How long nginx waits for the next part of a request."""
        return PATIENCE_SECONDS

    @property
    def most_requests(self) -> int:
        """How many requests one address may have under way."""
        return MOST_REQUESTS

    @property
    def most_console_requests(self) -> int:
        """How many of them to the console."""
        return MOST_CONSOLE_REQUESTS

    @property
    def most_console_bytes(self) -> int:
        """How long a form may be."""
        return MOST_CONSOLE_BYTES

    @property
    def most_upload_bytes(self) -> int:
        """How long a form with a file may be."""
        return MOST_UPLOAD_BYTES

    @property
    def https_port_suffix(self) -> str:
        """What a redirect needs after the host name."""
        return "" if self.https_port == HTTPS_PORT else f":{self.https_port}"


def phone_log(paths: Paths) -> Path:
    """Where nginx notes which phone files were fetched; it names tokens, so only we may read it."""
    return paths.web_server / "phones.log"


def phone_authorities(paths: Paths) -> Path:
    """Where all authorities of phone makers lie in one file, as nginx wants them."""
    return paths.web_server / "phone-authorities.pem"


def render_nginx_conf(web: WebServer) -> str:
    """Return the configuration; raises BelboxError for a place nginx could misread."""
    environment = Environment(
        loader=PackageLoader(__package__), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("nginx.conf.j2").render(web=web)


def prepare_web_server(web: WebServer) -> Path:
    """Write the configuration and make what nginx needs around it; returns the configuration file."""
    for folder in (web.paths.web_server, web.paths.run, web.paths.phone_files, web.paths.firmware_files):
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    if is_folder(phone_log(web.paths)):
        set_aside(phone_log(web.paths))
    phone_log(web.paths).touch(mode=0o640)
    _remove_dead_socket(Path(web.console_socket))
    if authorities := authorities_in(web.paths.phone_authorities):
        replace_file(phone_authorities(web.paths), authorities, 0o644)
    else:
        phone_authorities(web.paths).unlink(missing_ok=True)
    replace_file(web.configuration, render_nginx_conf(web).encode(), 0o644)
    return web.configuration


def default_worker_user() -> str | None:
    """Return what to put in `worker_user` so that workers can read what we can: root stays root."""
    return "root" if os.geteuid() == 0 else None


def _remove_dead_socket(path: Path) -> None:
    """After a crash nginx finds its own socket in the way."""
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            path.unlink()


def plain_path(path: Path) -> str:
    """Return the path as text; raises BelboxError for one that a configuration file could misread."""
    text = str(path.absolute())
    if not _PLAIN_PATH.fullmatch(text):
        raise BelboxError("folder-name", value=text)
    return text

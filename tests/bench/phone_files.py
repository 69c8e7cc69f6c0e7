"""P2: phones' settings over HTTPS as the box gives them out, against nginx with the same bytes as static files."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from appliance.office.numbers import MacAddress
from appliance.office.secret import Secret
from appliance.paths import Paths
from provisioning.certificate_authority import certificate_files, ensure_certificates
from provisioning.drivers import ALL_DRIVERS
from provisioning.phone_profile import BoxAddress
from provisioning.publish import publish
from provisioning.servers.https import WebServer, default_worker_user, prepare_web_server
from tests.bench.figures import heading, ratio, row
from tests.contract.test_phone_drivers import a_profile

PHONES = 256
ROUNDS, SECONDS = 8, 4
CONNECTIONS = 32
ADDRESS = "127.0.0.1"
STATIC = """
daemon off; pid {folder}/nginx.pid; error_log stderr crit; worker_processes 1; {user}
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    access_log off;
    ssl_certificate {certificate}; ssl_certificate_key {key};
    ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache shared:tls:2m;
    server {{ listen {address}:{port} ssl; location /p/ {{ alias {files}/; }} }}
}}
"""


@dataclass(frozen=True, slots=True)
class Side:
    """One nginx."""

    name: str
    configuration: Path
    port: int


def main() -> None:
    """Print the figures."""
    print(heading(f"P2, {PHONES} phones' files over HTTPS, {CONNECTIONS} connections; wazo-provd is not measured"))
    with tempfile.TemporaryDirectory(prefix="belbox-bench-") as folder:
        paths = Paths(Path(folder))
        _publish(paths)
        ensure_certificates(paths, ADDRESS, datetime.now(tz=UTC))  # noqa: TID251
        sides = (_ours(paths), _static(paths))
        script = paths.root / "phones.lua"
        script.write_text(_script(paths))
        with _running(sides[0]), _running(sides[1]):
            for name, headers in (("keep-alive", ()), ("no keep-alive", ("-H", "Connection: close"))):
                rates: dict[str, list[float]] = defaultdict(list)
                slowest: dict[str, list[float]] = defaultdict(list)
                for _ in range(ROUNDS):
                    for side in sides:
                        rate, p99 = _load(side, script, headers)
                        rates[side.name].append(rate)
                        slowest[side.name].append(p99)
                for side_name, values in rates.items():
                    print(row(f"files a second, {name}, {side_name}", values, "/s", 1.0))
                    print(row(f"99th of 100 answers, {name}, {side_name}", slowest[side_name]))
                print(ratio(f"files a second, {name}, ours by static", *rates.values()))


def _publish(paths: Paths) -> None:
    profiles = []
    for place in range(PHONES):
        driver = ALL_DRIVERS[place % len(ALL_DRIVERS)]
        profile = a_profile(driver, driver.models[0].name)
        mac = MacAddress(f"{int(profile.mac.digits, 16) + place:012x}")
        token = Secret(f"token-{place:03}-0123456789abcdefABCDEF")
        profiles.append(replace(profile, mac=mac, token=token, box=BoxAddress(ip=ADDRESS)))
    publish(paths, profiles)


def _ours(paths: Paths) -> Side:
    web = WebServer(
        paths=paths,
        address=ADDRESS,
        http_port=_free_port(),
        https_port=_free_port(),
        worker_user=default_worker_user(),
    )
    return Side("Belbox", prepare_web_server(web), web.https_port)


def _static(paths: Paths) -> Side:
    folder = paths.root / "static"
    folder.mkdir()
    files, port, user = certificate_files(paths), _free_port(), default_worker_user()
    configuration = folder / "nginx.conf"
    configuration.write_text(
        STATIC.format(
            folder=folder,
            user=f"user {user};" if user else "",
            certificate=files.server,
            key=files.server_key,
            address=ADDRESS,
            port=port,
            files=paths.phone_files,
        )
    )
    return Side("nginx static", configuration, port)


def _script(paths: Paths) -> str:
    """wrk's own language: each request the next phone's file; anything but 200 is counted."""
    found = sorted(str(path.relative_to(paths.phone_files)) for path in paths.phone_files.glob("*/*"))
    listed = ",".join(f'"/p/{path}"' for path in found)
    return (
        f"local paths = {{{listed}}}\nlocal place = 0\n"
        "request = function() place = place % #paths + 1 return wrk.format('GET', paths[place]) end\n"
        "done = function(summary, latency) io.write(string.format('bad=%d p99_us=%d\\n', summary.errors.status\n"
        "  + summary.errors.connect + summary.errors.timeout, latency:percentile(99))) end\n"
    )


def _load(side: Side, script: Path, headers: tuple[str, ...]) -> tuple[float, float]:
    """Return files a second and the 99th percentile of the answers, in seconds."""
    command = ["wrk", "-t", "1", "-c", str(CONNECTIONS), "-d", f"{SECONDS}s", "-s", str(script), *headers]
    said = subprocess.run(
        [*command, f"https://{ADDRESS}:{side.port}/"], check=True, capture_output=True, text=True
    ).stdout
    figures = re.search(r"Requests/sec:\s+([\d.]+)[\s\S]*bad=(\d+) p99_us=(\d+)", said)
    assert figures is not None, said
    if figures[2] != "0":
        sys.exit(f"{side.name}: {said}")
    return float(figures[1]), int(figures[3]) / 1e6


@contextmanager
def _running(side: Side) -> Iterator[None]:
    folder = side.configuration.parent
    server = subprocess.Popen(["nginx", "-e", "stderr", "-c", str(side.configuration), "-p", str(folder)])
    try:
        for _ in range(200):
            try:
                socket.create_connection((ADDRESS, side.port), timeout=0.1).close()
                break
            except OSError:
                threading.Event().wait(0.02)  # no event tells that another process listens
        yield
    finally:
        server.terminate()
        server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()

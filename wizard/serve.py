"""The web server of the pages: waitress on a unix socket, behind nginx."""

from __future__ import annotations

from pathlib import Path

import waitress  # type: ignore[import-untyped]  # has no types
from flask import Flask

# Each open live page holds a thread (live.py lets at most MOST_LISTENERS); the rest answer ordinary requests, none
# of which waits long for the world: what takes its time is a job (operations/jobs.py).
THREADS = 24
MOST_CONNECTIONS = 1_000  # from nginx, each with a whole request
SOCKET_MODE = "660"


def serve(app: Flask, socket_path: Path) -> None:
    """Answer requests until the process is told to stop; a socket left by an earlier run is replaced."""
    socket_path.parent.mkdir(parents=True, exist_ok=True)
    socket_path.unlink(missing_ok=True)
    try:
        waitress.serve(
            app,
            unix_socket=str(socket_path),
            unix_socket_perms=SOCKET_MODE,
            threads=THREADS,
            connection_limit=MOST_CONNECTIONS,
            asyncore_use_poll=True,  # select() knows no file above the 1,024th
            # nginx is the only one that can reach the socket; app.py reads what it says about the browser.
            clear_untrusted_proxy_headers=False,
            ident=None,
        )
    finally:
        socket_path.unlink(missing_ok=True)

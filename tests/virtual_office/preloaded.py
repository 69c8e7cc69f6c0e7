"""Programs of the checkout run by forks of one process that has the product loaded already.

To load it takes a second of a processor, and tests look at a box hundreds of times. A fork is as fresh as a process of
its own: nothing but imports was done before it. `python -m tests.virtual_office.preloaded NUMBER` serves the socket of
that number, which who started it holds the other end of.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import select
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
_LOADED = (
    "appliance.cli.status_cmd",
    "appliance.cli.phones_cmd",
    "appliance.cli.apply_cmd",
    "appliance.cli.office_cmd",
)
_MOST_BYTES = 65_536
_STDOUT, _STDERR = 1, 2


class Preloaded:
    """The process that has the product loaded, started by a command such as `ip netns exec NAME`."""

    def __init__(self, before: Sequence[str] = ()) -> None:
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = [*before, sys.executable, "-m", "tests.virtual_office.preloaded", str(theirs.fileno())]
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, cwd=CHECKOUT, pass_fds=[theirs.fileno()]
            )

    def is_running(self) -> bool:
        """Tell whether it can be asked."""
        return self._process.poll() is None

    def run(self, module: str, arguments: Sequence[str], seconds: float) -> subprocess.CompletedProcess[str]:
        """Run `main` of a module with these arguments, as `python -m MODULE` does, several at once too."""
        told, telling = os.pipe()
        with open(told, "rb") as answer, tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            request = json.dumps([module, *arguments]).encode()
            try:
                socket.send_fds(self._ours, [request], [out.fileno(), err.fileno(), telling])
            finally:
                os.close(telling)
            if not _comes(answer.fileno(), seconds):
                raise subprocess.TimeoutExpired([module, *arguments], seconds)
            status = int(answer.read() or -9)  # nothing was said: it was killed
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess([module, *arguments], status, out.read(), err.read())

    def stop(self) -> None:
        """End it, if it has not ended with the place it ran in."""
        self._ours.close()
        self._process.wait()


def _comes(number: int, seconds: float) -> bool:
    return bool(select.select([number], [], [], seconds)[0])


def _serve(number: int) -> None:
    """Fork for each request until nobody holds the other end."""
    for name in _LOADED:
        importlib.import_module(name)
    with socket.socket(fileno=number) as asked:
        while True:
            request, files, _, _ = socket.recv_fds(asked, _MOST_BYTES, 3)
            if not request:
                return
            if os.fork() == 0:
                asked.close()
                _run(files, json.loads(request))
            for file in files:
                os.close(file)
            _reap()


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return


def _run(files: Sequence[int], program: Sequence[str]) -> None:
    """Be the process that was asked for, and end."""
    out, err, telling = files
    os.dup2(out, _STDOUT)
    os.dup2(err, _STDERR)
    os.set_inheritable(telling, False)
    random.seed()
    sys.argv = list(program)
    status = 1
    try:
        status = importlib.import_module(program[0]).main()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os.write(telling, str(status).encode())
    os._exit(0)


if __name__ == "__main__":
    _serve(int(sys.argv[1]))

"""Reading the switch's manager interface: messages in pieces, and events that nobody wants."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from appliance.asterisk.manager_interface import ManagerAddress, ManagerInterface
from appliance.office.secret import Secret


@contextmanager
def _switch() -> Iterator[tuple[ManagerInterface, socket.socket]]:
    """A manager interface that is logged in, and the other end of its connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        ends: list[socket.socket] = []

        def let_in() -> None:
            end, _ = server.accept()
            ends.append(end)
            end.sendall(b"Asterisk Call Manager\r\n")
            end.recv(4096)
            end.sendall(b"Response: Success\r\nActionID: 1\r\n\r\n")

        thread = threading.Thread(target=let_in)
        thread.start()
        address = ManagerAddress(port=server.getsockname()[1], username="u", password=Secret("p"))
        with ManagerInterface(address, events=True) as manager:
            thread.join()
            with ends[0] as end:
                yield manager, end


def test_a_message_that_comes_in_pieces_is_one() -> None:
    with _switch() as (manager, end):
        end.sendall(b"Event: One\r\nA: 1\r")
        end.sendall(b"\nB: 2\r\n\r\nEvent: Two\r\n\r\n")
        events = manager.events(1.0)
        assert next(events) == {"Event": "One", "A": "1", "B": "2"}
        assert next(events) == {"Event": "Two"}


def test_events_dropped_are_those_that_have_come_whole() -> None:
    with _switch() as (manager, end):
        end.sendall(b"Event: One\r\n\r\n" + b"Event: Many\r\n\r\n" * 500 + b"Event: Half\r\n")
        assert next(manager.events(1.0)) == {"Event": "One"}
        manager.drop_events()
        end.sendall(b"A: 1\r\n\r\n")
        assert next(manager.events(1.0)) == {"Event": "Half", "A": "1"}

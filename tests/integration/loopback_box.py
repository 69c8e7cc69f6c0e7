"""A whole box of ours on loopback: real rooms, a real Asterisk in its jail; only what systemd would do is done here."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from appliance.asterisk.manager_interface import ManagerAddress, ManagerInterface
from appliance.changes.whole_office import import_office
from appliance.operations.box import Box
from appliance.operations.box_start import BoxStart
from appliance.system.helper import RestartableUnit, parse_request
from provisioning import network_facts
from provisioning.network_facts import DhcpRole, NetworkFacts
from tests.switch_bench.place import BenchPlace, take_place
from tests.switch_bench.switch_process import SwitchProcess


class LoopbackBox:
    """One box below `folder`, as a context manager: started for the first time, its switch running."""

    def __init__(self, folder: Path, switch_root: Path) -> None:
        self.box = Box(folder)
        self.switch = SwitchProcess(folder, switch_root)
        self.restarts = 0
        self._place: BenchPlace | None = None
        self._helper: socket.socket | None = None

    def __enter__(self) -> Self:
        self._place = take_place()
        facts = NetworkFacts(
            interface="lo",
            address=self._place.switch,
            prefix_length=24,
            router=self._place.switch,
            dns=self._place.switch,
            dhcp_role=DhcpRole.NEIGHBOUR,
            manager_port=self._place.manager_port,
        )
        network_facts.save(facts, self.box.paths.network_facts)
        BoxStart(self.box).make_ready()
        self._serve_helper()
        self.switch.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._helper is not None:
            self._helper.close()
        self.switch.stop_hard()
        if self._place is not None:
            self._place.leave()

    @property
    def manager(self) -> ManagerAddress:
        """The real door of the switch, whatever the network facts say."""
        assert self._place is not None
        address = self.box.manager
        return ManagerAddress(port=self._place.manager_port, username=address.username, password=address.password)

    def save(self, text: str) -> int:
        """Save an office file as the newest revision, and return its number."""
        outcome = import_office(self.box.changer("a test"), text, "office.toml")
        assert outcome.revision is not None, outcome.problems
        return outcome.revision

    def connected(self) -> ManagerInterface:
        """Return a connection to the switch, to be opened by `with`."""
        return ManagerInterface(self.manager)

    def _serve_helper(self) -> None:
        """Answer the helper's requests as systemd's part of it would: the switch is ended and started again."""
        place = self.box.helper_socket
        place.unlink(missing_ok=True)
        self._helper = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._helper.bind(str(place))
        self._helper.listen()
        threading.Thread(target=self._answer, args=(self._helper,), daemon=True).start()

    def _answer(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection:
                    unit = parse_request(connection.makefile("rb").readline())
                    if unit is RestartableUnit.SWITCH:
                        self.restarts += 1
                        self.switch.stop_hard()
                        self.switch.start()
                    connection.sendall(json.dumps({"ok": True}).encode() + b"\n")


def now() -> datetime:
    """Return the moment."""
    return datetime.now(UTC)  # noqa: TID251  (an entrance)

"""A fake of the switch's manager: the lines of Asterisk's manager interface, over state that a test sets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from appliance.compiler.checksum import DIALPLAN_CHECKSUM, dialplan_mark, phones_mark

Fields = Mapping[str, str]


class FakeSwitch:
    """Answers on `port` of 127.0.0.1; `files` is the folder that a reload reads. Whoever logs in is let in."""

    def __init__(self, files: Path) -> None:
        self.files = files
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.contacts: list[Fields] = []
        self.registrations: dict[str, str] = {}  # a line's name at the switch -> what its provider said
        self.device_states: dict[str, str] = {}
        self.refuses: set[str] = set()  # actions answered with an error
        self.heard: list[Fields] = []
        self._hears = threading.Condition()
        self.store: dict[tuple[str, str], str] = {}  # what it keeps itself, by family and key
        self._variables: dict[str, str] = {}
        self._phones_mark = ""
        self._listeners: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Go away, as a switch that is ended."""
        with suppress(OSError):  # it may be gone already
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def register(self, sip_user: str, address: str) -> None:
        """Let a phone be registered from now on, by another REGISTER than before."""
        others = [one for one in self.contacts if one["Endpoint"] != sip_user]
        uri, expires = f"sip:{sip_user}@{address}:5060", str(2_000_000_000 + len(self.heard))
        contact = {"Endpoint": sip_user, "ViaAddr": address, "Uri": uri, "Status": "Reachable"}
        self.contacts = [*others, {**contact, "ObjectName": sip_user, "ExpirationTime": expires}]

    def forget_what_is_loaded(self) -> None:
        """As a switch that was started again with other files."""
        self._variables.clear()

    def tell(self, **event: str) -> None:
        """Send an event to all who listen."""
        for listener in list(self._listeners):
            with suppress(OSError):
                listener.sendall(_lines(event))

    def wait_heard(self, action: str, seconds: float = 10.0) -> None:
        """Return once this was asked."""
        with self._hears:
            was_asked = self._hears.wait_for(lambda: any(one["Action"] == action for one in self.heard), seconds)
        assert was_asked, f"{action} was never asked"

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError), connection.makefile("r", newline="\r\n") as reader:
            connection.sendall(b"Asterisk Call Manager/9.0.0\r\n")
            fields: dict[str, str] = {}
            for line in reader:
                key, _, value = line.rstrip("\r\n").partition(": ")
                if key:
                    fields[key] = value
                    continue
                with self._hears:
                    self.heard.append(fields)
                    self._hears.notify_all()
                if fields.get("Events") == "on":
                    self._listeners.append(connection)
                connection.sendall(b"".join(map(_lines, self._answers(fields))))
                if fields["Action"] == "PJSIPRegister":
                    said = self.registrations[fields["Registration"]]
                    self.tell(Event="Registry", Username="client", Domain="server", Status=said)
                fields = {}

    def _answers(self, asked: Fields) -> Iterator[Fields]:
        action, number = asked["Action"], {"ActionID": asked["ActionID"]}
        place = (asked.get("Family", ""), asked.get("Key", ""))
        if action in self.refuses:
            yield {"Response": "Error", **number, "Message": "not now"}
            return
        family: list[Fields] = [
            {"Key": f"/{one}/{key}", "Val": value} for (one, key), value in self.store.items() if one == place[0]
        ]
        if (action in {"DBGet", "DBDel"} and place not in self.store) or (action == "DBGetTree" and not family):
            yield {"Response": "Error", **number, "Message": "Database entry not found"}
            return
        lists: dict[str, Callable[[], list[Fields]]] = {
            "DBGet": lambda: [{"Val": self.store[place]}],
            "DBGetTree": lambda: family,
            "PJSIPShowContacts": lambda: self.contacts,
            "PJSIPShowEndpoints": lambda: [{"ObjectName": n, "DeviceState": s} for n, s in self.device_states.items()],
            "PJSIPShowRegistrationsOutbound": lambda: [_registration(n, s) for n, s in self.registrations.items()],
            "CoreShowChannels": list,
            "PJSIPShowEndpoint": lambda: [{"Event": "EndpointDetail", "Accountcode": self._phones_mark}],
        }
        yield {"Response": "Success", **number, **self._value(asked)}
        if action in lists:
            yield from ({"Event": "Item", **item, **number} for item in lists[action]())
            yield {"Event": "Complete", "EventList": "Complete", **number}

    def _value(self, asked: Fields) -> Fields:
        match asked["Action"]:
            case "Getvar":
                return {"Value": self._variables.get(asked["Variable"], "")}
            case "Setvar":
                self._variables[asked["Variable"]] = asked["Value"]
            case "Reload":
                self._variables[DIALPLAN_CHECKSUM] = dialplan_mark((self.files / "extensions.conf").read_text())
                self._phones_mark = phones_mark((self.files / "pjsip.conf").read_text())
            case "DBPut":
                self.store[asked["Family"], asked["Key"]] = asked["Val"]
            case "DBDel":
                del self.store[asked["Family"], asked["Key"]]
        return {}


def _registration(name: str, status: str) -> Fields:
    return {
        "Event": "OutboundRegistrationDetail", "ObjectName": name, "Status": status, "ClientUri": "client",
        "ServerUri": "server",
    }  # fmt: skip


def _lines(fields: Fields) -> bytes:
    return ("".join(f"{key}: {value}\r\n" for key, value in fields.items()) + "\r\n").encode()

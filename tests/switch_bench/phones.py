"""The phones of a bench: they register, ring, answer, are busy, and keep one diary."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from appliance.office.extension import Extension
from tests.switch_bench.behaviour import RINGS, Behaviour
from tests.switch_bench.call import Call
from tests.switch_bench.diary import Diary, What
from tests.switch_bench.sip_text import answer_challenge, new_id, status_of
from tests.switch_bench.telephone import Telephone
from tests.virtual_office.sip_message import SipMessage

# What a NOTIFY of each event holds: RFC 4235, RFC 3842.
_BODY_OF = {"dialog": "application/dialog-info+xml", "message-summary": "application/simple-message-summary"}
REGISTRATION_SECONDS = 3600  # longer than a test, so that nothing comes between


class Phone(Telephone):
    """One phone with one account; `behaviour` is what it does with the next call."""

    behaviour: Behaviour = RINGS
    display_name = ""

    def call(self, target: str, headers: Mapping[str, str] | None = None) -> Call:
        """Dial; what comes of it is told by the call."""
        shown = '"' + self.display_name.replace("\\", "\\\\").replace('"', '\\"') + '" ' if self.display_name else ""
        return self._place(target.replace("#", "%23"), f"{shown}<{self.uri}>", headers or {})

    def register(self, wait_seconds: float = 5.0) -> None:
        """Register and wait for it; NotSeenError when the switch refuses."""
        self._register(REGISTRATION_SECONDS, What.REGISTERED, wait_seconds)

    def unregister(self) -> None:
        """Take the registration back: the phone is gone."""
        self._register(0, What.UNREGISTERED, 5.0)

    def watch(self, number: str, event: str = "dialog", seconds: int = REGISTRATION_SECONDS) -> None:
        """Light a lamp for a number (RFC 4235); each change is an event NOTIFIED with the body."""
        uri = f"sip:{number.replace('#', '%23')}@{self.domain}"
        call_id, tag = new_id(), new_id()

        def send(sequence: int, authorization: str | None) -> None:
            def answered(response: SipMessage) -> None:
                code = status_of(response)
                if code == 401 and authorization is None:
                    challenge = response.get("www-authenticate")
                    send(2, answer_challenge(challenge, "SUBSCRIBE", uri, self.user, self.password))
                elif code >= 300:
                    self.diary.write(self.name, What.NOT_WATCHED, number=number, code=str(code))

            headers = [("From", f"<{self.uri}>;tag={tag}"), ("To", f"<{uri}>"), ("Call-ID", call_id)]
            headers += [("CSeq", f"{sequence} SUBSCRIBE"), ("Contact", self.contact), ("Expires", str(seconds))]
            headers += [("Event", event), ("Accept", _BODY_OF[event])]
            if authorization is not None:
                headers.append(("Authorization", authorization))
            self.socket.ask("SUBSCRIBE", uri, headers, self.server, answered)

        self.thread.do(lambda: send(1, None))

    def fall_silent(self) -> None:
        """Lose the cable: the switch still has the registration and nobody answers."""
        self.socket.is_deaf = True

    def wake(self) -> None:
        """The cable is back."""
        self.socket.is_deaf = False

    def _incoming(self, call: Call, invite: SipMessage) -> None:
        call.receive(invite, self.behaviour)

    def _register(self, seconds: int, hoped_for: What, wait_seconds: float) -> None:
        after = self.diary.last
        self.thread.do(lambda: self._send_register(seconds, hoped_for, new_id(), 1, None))
        self.diary.wait_for(self.name, hoped_for, after=after, seconds=wait_seconds)

    def _send_register(
        self, seconds: int, hoped_for: What, call_id: str, sequence: int, authorization: str | None
    ) -> None:
        uri = f"sip:{self.domain}"

        def answered(response: SipMessage) -> None:
            code = status_of(response)
            if code == 401 and authorization is None:
                challenge = response.get("www-authenticate")
                value = answer_challenge(challenge, "REGISTER", uri, self.user, self.password)
                self._send_register(seconds, hoped_for, call_id, sequence + 1, value)
            elif 200 <= code < 300:
                self.diary.write(self.name, hoped_for)
            elif code >= 300:
                self.diary.write(self.name, What.REGISTRATION_REFUSED, code=str(code))

        headers = [("From", f"<{self.uri}>;tag={new_id()}"), ("To", f"<{self.uri}>"), ("Call-ID", call_id)]
        headers += [("CSeq", f"{sequence} REGISTER"), ("Contact", self.contact), ("Expires", str(seconds))]
        headers += [("User-Agent", "Belbox bench phone")]
        if authorization is not None:
            headers.append(("Authorization", authorization))
        self.socket.ask("REGISTER", uri, headers, self.server, answered)


class PhoneBank:
    """Phones by a name, as a rule the extension's number; a second phone of one extension gets a name of its own."""

    def __init__(self, make: Callable[[str], Phone], diary: Diary) -> None:
        self.diary = diary
        self._make = make
        self._phones: dict[str, Phone] = {}

    def __getitem__(self, name: str) -> Phone:
        return self._phones[name]

    def register(
        self, name: str, user: str, password: str, display_name: str = "", *, wait_seconds: float = 5.0
    ) -> Phone:
        """Plug a phone in, or the same again, and register it."""
        phone = self.plug_in(name, user, display_name)
        phone.password = password
        phone.register(wait_seconds)
        return phone

    def plug_in(self, name: str, user: str, display_name: str = "") -> Phone:
        """Plug in a phone that has no password and never registers, whoever it says it is."""
        phone = self._phones.get(name)
        if phone is None:
            phone = self._make(name)
            phone.open()
            self._phones[name] = phone
        phone.user, phone.password, phone.display_name = user, "", display_name
        return phone

    def register_extensions(self, *extensions: Extension) -> None:
        """Plug in one phone for each, named by its number."""
        for extension in extensions:
            self.register(extension.number.digits, extension.sip_user, extension.sip_password.reveal())

    def behave(self, name: str, behaviour: Behaviour) -> None:
        """Say what a phone does with the next call."""
        self._phones[name].behaviour = behaviour

    def call(self, name: str, target: str, headers: Mapping[str, str] | None = None) -> Call:
        """Let a phone dial."""
        return self._phones[name].call(target, headers)

    def ringing(self) -> frozenset[str]:
        """Return the names of the phones that ring now: the diary has it of each of them."""
        thread = next((phone.thread for phone in self._phones.values()), None)
        if thread is None:
            return frozenset()
        # Looked at between two messages: a phone's state and its line in the diary belong together.
        return thread.do(lambda: frozenset(name for name, phone in self._phones.items() if phone.is_ringing))

    def at_rest(self) -> None:
        """Let every phone ring at the next call, with its cable in."""
        for phone in self._phones.values():
            phone.behaviour = RINGS
            phone.wake()
            phone.forget_calls()

    def hang_up_all(self) -> None:
        """End every call of every phone."""
        for phone in self._phones.values():
            phone.hang_up_all()

    def close(self) -> None:
        """Unplug every phone."""
        for phone in self._phones.values():
            phone.close()

"""Debian's linphone (mbedTLS) as a softphone; with TLS it verifies the server."""

from __future__ import annotations

import subprocess
import time

from tests.integration.softphone import EVENT_SECONDS, Softphone, SoftphoneFailedError

_FORGOTTEN = "No call with such id"  # what is over it knows no more


class Linphone(Softphone):
    """By the daemon's commands on its standard input."""

    _calls = 0  # of its life; the number of a call

    def start(self) -> subprocess.Popen[str]:
        given = self.settings
        for home in (".local/share/linphone", ".config/linphone"):
            (self.folder / home).mkdir(parents=True)
        encryption = "srtp" if given["media"].startswith("SRTP") else "none"
        address = f"{given['server']}:{given['port']};transport={given['transport'].lower()}"
        configuration = [
            "[sip]", f"root_ca={self.authority}", "verify_server_certs=1", "verify_server_cn=1", "default_proxy=0",
            "sip_port=-1", "sip_tcp_port=-1", "sip_tls_port=-1", f"media_encryption={encryption}",
            f"media_encryption_mandatory={int(self.is_secure)}",
            "[auth_info_0]", f"username={given['user']}", f"passwd={given['password']}", f"domain={given['server']}",
            "[proxy_0]", f"reg_proxy=<sip:{address}>",
            f'reg_identity="{given["display"]}" <sip:{given["user"]}@{given["server"]}>',
            "reg_expires=60", "reg_sendregister=1", "publish=0",
        ]  # fmt: skip
        (self.folder / "linphonerc").write_text("\n".join(configuration) + "\n")
        command = ["linphone-daemon", "--config", str(self.folder / "linphonerc"), "--log", str(self.folder / "log")]
        return self._run(command)

    def wait_registered(self) -> None:
        self._until("register-status 1", "State: LinphoneRegistrationOk")

    def call(self, number: str) -> None:
        self._calls += 1
        self._tell(f"call {number}")
        self._speak()

    def dial(self, number: str) -> None:
        self._calls += 1
        self._tell(f"call {number}")
        self._until(f"call-status {self._calls}", _FORGOTTEN)

    def hold(self) -> None:
        self._tell(f"call-pause {self._calls}")
        self._until(f"call-status {self._calls}", "State: LinphoneCallPaused")

    def resume(self) -> None:
        self._tell(f"call-resume {self._calls}")
        self._speak()

    def transfer(self, number: str) -> None:
        self._tell(f"call-transfer {self._calls} sip:{number}@{self.settings['server']}")

    def transfer_to_second(self, number: str) -> None:
        """Ask a second person first, then join the two."""
        first = self._calls
        self.call(number)
        self._tell(f"call-transfer {first} {self._calls}")

    def answer(self) -> None:
        self._calls += 1
        self._until(f"call-status {self._calls}", "State: LinphoneCallIncomingReceived")
        self._tell(f"answer {self._calls}")
        self._speak()

    def _speak(self) -> None:
        self._until(f"call-status {self._calls}", "State: LinphoneCallStreamsRunning")
        self._tell(f"incall-player-start {self.tone} {self._calls}")

    def _tell(self, command: str) -> None:
        door = self.process.stdin
        assert door is not None
        door.write(f"{command}\n")
        door.flush()

    def _until(self, question: str, wanted: str) -> None:
        """Ask until the answer comes: the daemon tells nothing unasked."""
        limit = time.monotonic() + EVENT_SECONDS
        begin = len(self.printed.read_text(errors="replace"))
        while wanted not in (text := self.printed.read_text(errors="replace")[begin:]):
            if time.monotonic() > limit:
                raise SoftphoneFailedError(f"{question}: {text}")
            self._tell(question)
            time.sleep(0.2)  # it is asked again and again: it tells of no change by itself

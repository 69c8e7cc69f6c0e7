"""A deaf switch is started again: after a while, not again and again, and not for a moment's silence."""

from __future__ import annotations

import socket
import threading

import pytest

from appliance.errors import NotRunning
from appliance.monitor.deaf_switch import DEAF_SECONDS, STARTS_AGAIN_AFTER_SECONDS, DeafSwitch, answers_sip

pytestmark = pytest.mark.feature("R3", "I5")


def _minutes(answers: dict[str, bool], seconds: int, *, restart_fails: bool = False) -> list[float]:
    """Look once a second; return the moments at which the switch was started again."""
    moment, restarts = 0.0, []

    def restart() -> None:
        restarts.append(moment)
        if restart_fails:
            raise NotRunning("switch-not-running")

    deaf = DeafSwitch(lambda: answers["sip"], restart)
    for second in range(seconds):
        moment = float(second)
        deaf.check(answers["manager"], moment)
    return restarts


def test_a_switch_that_answers_is_left_alone() -> None:
    assert _minutes({"manager": True, "sip": True}, 600) == []


@pytest.mark.parametrize("answers", [{"manager": False, "sip": True}, {"manager": True, "sip": False}])
@pytest.mark.parametrize("restart_fails", [False, True])
def test_one_that_is_deaf_to_either_question_is_started_again(answers: dict[str, bool], restart_fails: bool) -> None:
    restarts = _minutes(answers, 300, restart_fails=restart_fails)
    assert DEAF_SECONDS <= restarts[0] <= DEAF_SECONDS + 10
    assert restarts[1] - restarts[0] >= STARTS_AGAIN_AFTER_SECONDS
    assert len(restarts) == 3


def test_an_answer_by_sip_is_any_answer() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as switch:
        switch.bind(("127.0.0.1", 0))
        seen: list[bytes] = []

        def answer() -> None:
            request, source = switch.recvfrom(4096)
            seen.append(request)
            switch.sendto(b"SIP/2.0 401 Unauthorized\r\n\r\n", source)

        thread = threading.Thread(target=answer)
        thread.start()
        assert answers_sip("127.0.0.1", switch.getsockname()[1])
        thread.join()
        assert seen[0].startswith(b"OPTIONS sip:")
        assert not answers_sip("127.0.0.1", switch.getsockname()[1], wait_seconds=0.05)

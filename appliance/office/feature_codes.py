"""What a phone may dial besides numbers: every code, what it does, and how it is written.

Numbers in use: `1233` and 2001-2999 and `*p*`, `*1xx*`, `0` + slot are the manuals' (PBXOnline, Connect 1); the
others are free of all of those.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from appliance.office.forwarding import ForwardCase
from appliance.office.voicemail import LISTEN_NUMBER

ECHO_TEST_NUMBER = "*43"  # the box hears itself: audio both ways
DIGIT_TEST_NUMBER = "*44"  # four digits sent come back as digits: DTMF both ways


class FeatureCode(StrEnum):
    """Each code's name in tables, texts and the dial plan."""

    FORWARD_ALWAYS = "forward-always"
    FORWARD_BUSY = "forward-busy"
    FORWARD_NO_ANSWER = "forward-no-answer"
    FORWARD_NO_ANSWER_AFTER = "forward-no-answer-after"
    FORWARD_UNREACHABLE = "forward-unreachable"
    STOP_FORWARD_ALWAYS = "stop-forward-always"
    STOP_FORWARD_BUSY = "stop-forward-busy"
    STOP_FORWARD_NO_ANSWER = "stop-forward-no-answer"
    STOP_FORWARD_UNREACHABLE = "stop-forward-unreachable"
    DO_NOT_DISTURB_ON = "do-not-disturb-on"
    DO_NOT_DISTURB_OFF = "do-not-disturb-off"
    CALL_WAITING_ON = "call-waiting-on"
    CALL_WAITING_OFF = "call-waiting-off"
    PICKUP = "pickup"
    GROUP_PICKUP = "group-pickup"
    CALL_BACK = "call-back"
    STOP_CALL_BACK = "stop-call-back"
    REDIAL = "redial"
    INTERCOM = "intercom"
    VOICEMAIL = "voicemail"
    VOICEMAIL_BOX = "voicemail-box"
    NIGHT_SWITCH = "night-switch"
    NIGHT_ON = "night-on"
    NIGHT_OFF = "night-off"
    NIGHT_AUTO = "night-auto"
    MODE_KEY = "mode-key"
    DIAL_WITH_PREFIX = "dial-with-prefix"
    FORWARD_NUMBER = "forward-number"
    STOP_FORWARD_NUMBER = "stop-forward-number"
    PARK = "park"
    FETCH = "fetch"
    LOG_IN = "log-in"
    LOG_OUT = "log-out"
    ECHO_TEST = "echo-test"
    DIGIT_TEST = "digit-test"


@dataclass(frozen=True, slots=True)
class CodeForm:
    """`digits` are dialled first, `rest` names what follows, as it stands in the table of codes."""

    digits: str
    rest: str = ""


CODES: dict[FeatureCode, CodeForm] = {
    FeatureCode.FORWARD_ALWAYS: CodeForm("*72", "number"),
    FeatureCode.STOP_FORWARD_ALWAYS: CodeForm("*73"),
    FeatureCode.FORWARD_BUSY: CodeForm("*90", "number"),
    FeatureCode.STOP_FORWARD_BUSY: CodeForm("*91"),
    FeatureCode.FORWARD_NO_ANSWER: CodeForm("*92", "number"),
    FeatureCode.FORWARD_NO_ANSWER_AFTER: CodeForm("*92*", "rings*number"),
    FeatureCode.STOP_FORWARD_NO_ANSWER: CodeForm("*93"),
    FeatureCode.FORWARD_UNREACHABLE: CodeForm("*94", "number"),
    FeatureCode.STOP_FORWARD_UNREACHABLE: CodeForm("*95"),
    FeatureCode.DO_NOT_DISTURB_ON: CodeForm("*78"),
    FeatureCode.DO_NOT_DISTURB_OFF: CodeForm("*79"),
    FeatureCode.CALL_WAITING_ON: CodeForm("*70"),
    FeatureCode.CALL_WAITING_OFF: CodeForm("*71"),
    FeatureCode.PICKUP: CodeForm("*8", "extension"),
    FeatureCode.GROUP_PICKUP: CodeForm("*8"),
    FeatureCode.CALL_BACK: CodeForm("*37"),
    FeatureCode.STOP_CALL_BACK: CodeForm("*38"),
    FeatureCode.REDIAL: CodeForm("*66"),
    FeatureCode.INTERCOM: CodeForm("*50", "extension"),
    FeatureCode.VOICEMAIL: CodeForm(LISTEN_NUMBER),
    FeatureCode.VOICEMAIL_BOX: CodeForm(LISTEN_NUMBER, "number"),
    FeatureCode.NIGHT_SWITCH: CodeForm("*28"),
    FeatureCode.NIGHT_OFF: CodeForm("*280"),
    FeatureCode.NIGHT_ON: CodeForm("*281"),
    FeatureCode.NIGHT_AUTO: CodeForm("*282"),
    FeatureCode.MODE_KEY: CodeForm("2001-2999"),
    FeatureCode.DIAL_WITH_PREFIX: CodeForm("*", "prefix*number"),
    FeatureCode.FORWARD_NUMBER: CodeForm("*1", "xx*number"),
    FeatureCode.STOP_FORWARD_NUMBER: CodeForm("#1", "xx#"),
    FeatureCode.PARK: CodeForm("0", "slot"),
    FeatureCode.FETCH: CodeForm("", "slot"),
    FeatureCode.LOG_IN: CodeForm("*11"),
    FeatureCode.LOG_OUT: CodeForm("*12"),
    FeatureCode.ECHO_TEST: CodeForm(ECHO_TEST_NUMBER),
    FeatureCode.DIGIT_TEST: CodeForm(DIGIT_TEST_NUMBER),
}

FORWARD_CODES: dict[ForwardCase, tuple[FeatureCode, FeatureCode]] = {
    ForwardCase.ALWAYS: (FeatureCode.FORWARD_ALWAYS, FeatureCode.STOP_FORWARD_ALWAYS),
    ForwardCase.BUSY: (FeatureCode.FORWARD_BUSY, FeatureCode.STOP_FORWARD_BUSY),
    ForwardCase.NO_ANSWER: (FeatureCode.FORWARD_NO_ANSWER, FeatureCode.STOP_FORWARD_NO_ANSWER),
    ForwardCase.UNREACHABLE: (FeatureCode.FORWARD_UNREACHABLE, FeatureCode.STOP_FORWARD_UNREACHABLE),
}

"""One call and the account of a virtual phone, as pjsua2 reports them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pjsua2

from tests.virtual_office.sip_message import SipMessage, read_address, read_message
from tests.virtual_office.sip_phone_events import Diary


class PhoneAccount(pjsua2.Account):  # type: ignore[misc]  # the wheel has no types
    """Writes the outcome of registrations and messages waiting; hands incoming calls on."""

    def __init__(self, diary: Diary, incoming: Callable[[int, str], None]) -> None:
        super().__init__()
        self._diary = diary
        self._incoming = incoming

    def onRegState(self, prm: Any) -> None:  # noqa: N802  (pjsua2's name)
        """`registered`, `unregistered` or `registration_failed`, each with the SIP code."""
        outcome = "registration_failed"
        if prm.code // 100 == 2:
            outcome = "registered" if prm.expiration else "unregistered"
        self._diary.write(outcome, code=prm.code, reason=prm.reason, expires_seconds=prm.expiration)

    def onIncomingCall(self, prm: Any) -> None:  # noqa: N802
        """A new INVITE."""
        self._incoming(prm.callId, prm.rdata.wholeMsg)

    def onMwiInfo(self, prm: Any) -> None:  # noqa: N802
        """`voicemail`: the lamp, from an unsolicited or subscribed message-summary."""
        body = read_message(prm.rdata.wholeMsg).body
        self._diary.write("voicemail", waiting="messages-waiting: yes" in body.lower(), body=body)


class Lamp(pjsua2.Buddy):  # type: ignore[misc]
    """A watched extension or mode key, by the presence event (RFC 3856; desk phones use RFC 4235 for the same)."""

    def __init__(self, diary: Diary, number: str) -> None:
        super().__init__()
        self._diary = diary
        self._number = number

    def onBuddyState(self) -> None:  # noqa: N802
        """`lamp`, at each NOTIFY: is it open, and the switch's word for it ("Ringing", "On the phone" ...)."""
        info = self.getInfo()
        if info.subState != pjsua2.PJSIP_EVSUB_STATE_ACTIVE:
            return
        is_open = info.presStatus.status == pjsua2.PJSUA_BUDDY_STATUS_ONLINE
        self._diary.write(
            "lamp",
            number=self._number,
            is_open=is_open,
            note=info.presStatus.note or info.presStatus.statusText,
        )


class PhoneCall(pjsua2.Call):  # type: ignore[misc]
    """One call; `record` is what is known of it, also after pjsua2 has forgotten it."""

    def __init__(self, diary: Diary, tone: Any, account: Any, call_id: int = pjsua2.PJSUA_INVALID_ID) -> None:
        super().__init__(account, call_id)
        self.record: dict[str, Any] = {
            "state": "calling", "name": "", "number": "", "asserted": "", "codec": "",
            "seconds": 0.0, "code": 0, "reason": "", "headers": {},
        }  # fmt: skip
        self.is_over = False
        self._diary = diary
        self._tone = tone

    def look(self) -> dict[str, Any]:
        """The record as it is now."""
        if not self.is_over:
            info = self.getInfo()
            self.record["seconds"] = _seconds(info.connectDuration)
        return dict(self.record)

    def describe_caller(self, invite: SipMessage) -> None:
        """Take who calls, and the headers a phone acts on, from the INVITE."""
        shown = read_address(invite.get("from"))
        self.record.update(
            state="ringing",
            name=shown.name,
            number=shown.number,
            asserted=invite.get("p-asserted-identity"),
            headers={
                name: invite.get(name)
                for name in ("from", "to", "alert-info", "call-info", "diversion", "privacy")
                if invite.get(name)
            },
        )

    def audio(self) -> Any:
        """The call's sound, present between answer and end."""
        if self.is_over:
            raise ValueError(f"call {self.record['call']} is over")
        return self.getAudioMedia(-1)

    def onCallState(self, prm: Any) -> None:  # noqa: N802
        """`ringing`, `progress`, `answered` and `ended`, once each."""
        info = self.getInfo()
        self._read_identity(prm)
        if info.state == pjsua2.PJSIP_INV_STATE_EARLY and self.record["direction"] == "outgoing":
            self._early(info.lastStatusCode)
        elif info.state == pjsua2.PJSIP_INV_STATE_CONFIRMED:
            self.record.update(state="answered", code=200)
            self._diary.write("answered", **self.look())
        elif info.state == pjsua2.PJSIP_INV_STATE_DISCONNECTED:
            self.record.update(
                state="ended",
                code=info.lastStatusCode,
                reason=info.lastReason,
                seconds=_seconds(info.connectDuration),
            )
            self.is_over = True
            self._diary.write("ended", **self.record)

    def onCallTsxState(self, prm: Any) -> None:  # noqa: N802
        """180 and 183 repeated within the early state are told here."""
        if self.is_over:
            return
        info = self.getInfo()
        if info.state == pjsua2.PJSIP_INV_STATE_EARLY and self.record["direction"] == "outgoing":
            self._early(info.lastStatusCode)

    def onCallMediaState(self, prm: Any) -> None:  # noqa: N802
        """Send this phone's tone as soon as there is sound both ways."""
        info = self.getInfo()  # a member does not keep its owner alive in pjsua2
        for index, media in enumerate(info.media):
            is_sounding = media.type == pjsua2.PJMEDIA_TYPE_AUDIO and media.status in (
                pjsua2.PJSUA_CALL_MEDIA_ACTIVE,
                pjsua2.PJSUA_CALL_MEDIA_REMOTE_HOLD,
            )
            if is_sounding:
                self._tone.startTransmit(self.getAudioMedia(index))

    def onStreamCreated(self, prm: Any) -> None:  # noqa: N802
        """Note the codec agreed on."""
        self.record["codec"] = self.getStreamInfo(prm.streamIdx).codecName

    def onDtmfDigit(self, prm: Any) -> None:  # noqa: N802
        """`dtmf`, one for each digit."""
        self._diary.write("dtmf", call=self.record["call"], digit=prm.digit)

    def onCallTransferStatus(self, prm: Any) -> None:  # noqa: N802
        """`transfer`, the progress of a REFER this phone sent."""
        self._diary.write("transfer", call=self.record["call"], code=prm.statusCode, final=bool(prm.finalNotify))

    def _early(self, code: int) -> None:
        name = {180: "ringing", 183: "progress"}.get(code)
        if name is not None and self.record["state"] != name:
            self.record.update(state=name, code=code)
            self._diary.write(name, **self.look())

    def _read_identity(self, prm: Any) -> None:
        try:
            whole = prm.e.body.tsxState.src.rdata.wholeMsg
        except AttributeError:
            return
        asserted = read_message(whole).get("p-asserted-identity") if whole else ""
        if asserted:
            self.record["asserted"] = asserted


def operation(code: int) -> Any:
    """What pjsua2 wants to be told to answer with a code."""
    wanted = pjsua2.CallOpParam()
    wanted.statusCode = code
    return wanted


def _seconds(duration: Any) -> float:
    return float(duration.sec) + float(duration.msec) / 1000

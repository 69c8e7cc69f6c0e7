"""The mails, as a part of the status."""

from __future__ import annotations

from collections.abc import Mapping

from appliance.errors import BelboxError
from appliance.mail.mail_state import MailState, NoMailState, read_mail_state
from appliance.mail.sending import Trouble
from appliance.operations.box import Box
from appliance.operations.status_part import Part, PartState


def mail_part(box: Box) -> Part:
    """Calls go on without mail, so that nothing here is more than a warning."""
    try:
        state = read_mail_state(box.paths.mail_state)
        server = box.repository.newest()[1].mail_server
    except NoMailState:
        return Part(name="mail", state=PartState.OK, what="mail-unused")  # the monitor says itself if it does not look
    except (BelboxError, OSError) as fault:
        return Part(
            name="mail",
            state=PartState.WARNING,
            what="settings-not-compared",
            remedy="settings-database",
            causes=(fault,),
        )
    facts = {
        "waiting": str(state.waiting),
        "failed": str(state.failed),
        "dropped": str(state.dropped),
        "reason": state.last_reason,
        "code": str(state.code),
        "host": server.host if server else "",
        "sender": server.sender if server else "",
    }
    if state.trouble is not None and (state.is_wanted or state.waiting):
        return _mail_trouble(state.trouble, facts)
    if state.failed:
        return Part(
            name="mail", state=PartState.WARNING, what="mail-failed", remedy="mail-check-addresses", facts=facts
        )
    if state.dropped:
        return Part(name="mail", state=PartState.WARNING, what="mail-dropped", remedy="mail-kept-shorter", facts=facts)
    return _mail_at_work(state, facts)


def _mail_trouble(trouble: Trouble, facts: Mapping[str, str]) -> Part:
    match trouble:
        case Trouble.NO_SERVER:
            return Part(
                name="mail", state=PartState.WARNING, what="mail-no-server", remedy="mail-set-server", facts=facts
            )
        case Trouble.NOT_REACHED:
            return Part(name="mail", state=PartState.WARNING, what="mail-not-reached", remedy="mail-wait", facts=facts)
        case Trouble.NOT_TRUSTED:
            return Part(
                name="mail", state=PartState.WARNING, what="mail-not-trusted", remedy="mail-check-security", facts=facts
            )
        case Trouble.LOGIN_REFUSED:
            return Part(
                name="mail", state=PartState.WARNING, what="mail-login-refused", remedy="mail-check-login", facts=facts
            )
        case Trouble.SENDER_REFUSED:
            return Part(
                name="mail",
                state=PartState.WARNING,
                what="mail-sender-refused",
                remedy="mail-check-sender",
                facts=facts,
            )


def _mail_at_work(state: MailState, facts: Mapping[str, str]) -> Part:
    if state.waiting:
        return Part(name="mail", state=PartState.OK, what="mail-waiting", facts=facts)
    return Part(name="mail", state=PartState.OK, what="mail-sent" if state.is_wanted else "mail-unused", facts=facts)

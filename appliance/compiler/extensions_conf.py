"""extensions.conf: the whole dial plan, put together from its nodes."""

from __future__ import annotations

from appliance.compiler.checksum import DIALPLAN_CHECKSUM, PLACEHOLDER, mark
from appliance.compiler.dialplan import (
    emergency,
    entrances,
    feature_codes,
    lamps,
    menus,
    messages,
    nodes,
    numbers,
    outgoing,
    parking,
    phone_forwards,
    ringing,
    times,
)
from appliance.compiler.dialplan_text import Context, merge, render_contexts
from appliance.compiler.target import AsteriskTarget
from appliance.office.call_path.steps import CallPath
from appliance.office.office import Office


def render(office: Office, target: AsteriskTarget, call_path: CallPath) -> str:
    """Return the text of extensions.conf; emergency calls stand first."""
    contexts: list[Context] = [
        *entrances.contexts(office, call_path),
        *feature_codes.contexts(office, call_path),
        *messages.boxes(office),
        *parking.contexts(office),
        phone_forwards.context(office),
        *lamps.contexts(office, target),
        *nodes.contexts(office, target, call_path),
        *ringing.contexts(office),
        *outgoing.contexts(office),
        *emergency.contexts(office),
        *numbers.contexts(office),
        *menus.contexts(office, call_path),
        *times.contexts(office),
    ]
    return mark(render_contexts({DIALPLAN_CHECKSUM: PLACEHOLDER}, merge(contexts)))

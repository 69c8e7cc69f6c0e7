"""extensions.conf: the whole dial plan, put together from its subjects."""

from __future__ import annotations

from appliance.compiler.checksum import DIALPLAN_CHECKSUM, PLACEHOLDER, mark
from appliance.compiler.dialplan import entrances, subjects
from appliance.compiler.dialplan_text import render_contexts
from appliance.office.call_path import build_call_path
from appliance.office.office import Office


def render(office: Office) -> str:
    """Return the text of extensions.conf; emergency calls stand first."""
    call_path = build_call_path(office)
    text = render_contexts(
        {DIALPLAN_CHECKSUM: PLACEHOLDER},
        [
            *entrances.contexts(office, call_path),
            *(subjects.context(office, subject, call_path.subjects[subject]) for subject in sorted(call_path.subjects)),
        ],
    )
    return mark(text)

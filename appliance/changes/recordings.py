"""Changes to what was recorded."""

from __future__ import annotations

from dataclasses import replace

from appliance.changes.change import Changer
from appliance.changes.outcome import Outcome
from appliance.office.office import Office


def forget_recording(changer: Changer, prompt_id: str) -> Outcome:
    """Let a prompt be spoken from its text again; one without a text would say nothing and stays as it is."""

    def edit(office: Office) -> Office:
        prompts = tuple(replace(one, audio="") if one.id == prompt_id else one for one in office.prompts)
        return replace(office, prompts=prompts)

    return changer.change(f"Recording of {prompt_id}", edit, {})

"""Every codec that is on offer, asked of a real switch: there is none that a call could not be spoken in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from appliance.compiler.pjsip_conf import PHONE_CODECS, VIDEO_CODEC
from appliance.office.declared.company import TRUNK
from appliance.office.declared.kinds import Choice
from appliance.office.declared.lists import Several
from appliance.office.trunk import Codec
from tests.integration.test_asterisk_reads_back import running_asterisk
from tests.offices import two_phones

LINEAR = "slin8"  # what the switch itself speaks: prompts, music, conferences


def on_offer() -> set[str]:
    """What a form, the API and the office file let choose for a line, and what phones are offered."""
    kinds = {column.key: column.kind for column in TRUNK.columns()}
    several = kinds["codecs"]
    assert isinstance(several, Several)
    assert isinstance(several.kind, Choice)
    return {*several.kind.words, *(codec.value for codec in PHONE_CODECS)}


@pytest.mark.feature("B2")
def test_the_switch_speaks_every_codec_that_can_be_chosen(switch_root: Path, tmp_path: Path) -> None:
    """B2: each is translated from and into every other, and into what the switch itself speaks."""
    office = two_phones()
    office = replace(office, trunks=tuple(replace(trunk, codecs=tuple(Codec)) for trunk in office.trunks))
    with running_asterisk(office, tmp_path, switch_root) as (manager, log):
        names = {line.split()[2] for line in manager.command("core show codecs").splitlines() if " audio " in line}
        videos = {line.split()[2] for line in manager.command("core show codecs").splitlines() if " video " in line}
        table = [line.split() for line in manager.command("core show translation").splitlines()]
        complaints = [line for line in log.read_text().splitlines() if " WARNING[" in line or " ERROR[" in line]
    assert on_offer() <= names
    assert VIDEO_CODEC in videos
    head = next(row for row in table if LINEAR in row)
    rows = {row[0]: dict(zip(head, row[1:], strict=False)) for row in table if len(row) == len(head) + 1}
    for codec in on_offer():
        for other in {LINEAR, *on_offer()} - {codec}:
            assert rows[codec][other].isdigit(), (codec, other)
    assert [line for line in complaints if "codec" in line.lower() or "format" in line.lower()] == []

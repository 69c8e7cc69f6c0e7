"""Messages as the switch keeps them (files of app_voicemail 22, as it wrote them)."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.asterisk.voicemail_messages import messages_in

FACTS = """;
; Message Information file
;
[message]
origmailbox=company
context=voicemail
exten=s
callerchan=PJSIP/ext-e201-0000000c
callerid={caller}
origdate=Fri Nov 27 09:02:55 PM UTC 2026
origtime={moment}
category=
msg_id={moment}-00000000
flag=
duration=2
"""


def _leave(box: Path, folder: str, number: int, caller: str, moment: int) -> None:
    place = box / folder
    place.mkdir(parents=True, exist_ok=True)
    (place / f"msg{number:04}.txt").write_text(FACTS.format(caller=caller, moment=moment))
    (place / f"msg{number:04}.wav").write_bytes(b"RIFF")


@pytest.mark.feature("E3")
def test_new_and_heard_messages_the_newest_first(tmp_path: Path) -> None:
    _leave(tmp_path, "INBOX", 0, '"Jan 100% = x" <201>', 1795813375)
    _leave(tmp_path, "Old", 0, "+32470999888", 1795813000)
    _leave(tmp_path, "INBOX", 1, "anonymous", 1795813999)
    found = messages_in(tmp_path)
    assert [(one.id, one.is_new) for one in found] == [
        ("1795813999-00000000", True),
        ("1795813375-00000000", True),
        ("1795813000-00000000", False),
    ]
    assert (found[1].caller_name, found[1].caller_number, found[1].seconds) == ("Jan 100% = x", "201", 2)
    assert (found[2].caller_name, found[2].caller_number) == ("", "+32470999888")
    assert (found[0].caller_name, found[0].caller_number) == ("", "")


@pytest.mark.feature("E3")
@pytest.mark.parametrize("facts", ["", "[message]\norigtime=soon\n", "no section at all", "[message\n"])
def test_a_file_that_is_no_message_is_left_out(tmp_path: Path, facts: str) -> None:
    _leave(tmp_path, "INBOX", 0, "x", 1795813375)
    (tmp_path / "INBOX" / "msg0000.txt").write_text(facts)
    assert messages_in(tmp_path) == ()


def test_a_box_that_nobody_has_called_is_empty(tmp_path: Path) -> None:
    assert messages_in(tmp_path / "company") == ()

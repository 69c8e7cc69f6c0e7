"""Messages in voicemail boxes, as the switch keeps them: a sound, and beside it a file of what is known of it."""

from __future__ import annotations

import configparser
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from appliance.asterisk.manager_interface import ManagerInterface

CONTEXT = "default"  # voicemail.conf
_NEW, _HEARD = "INBOX", "Old"  # app_voicemail.c, with moveheard
_BOTH = re.compile(r'"?(?P<name>[^"<]*?)"?\s*<(?P<number>[^<>]*)>')
_NUMBER = re.compile(r"\+?[0-9*#]{1,32}")
_NOBODY = frozenset({"anonymous", "unknown", "unknown caller", "an unknown caller"})


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxMessage:
    """`id` names it for good, wherever it is moved. `caller_name`, `caller_number`: empty if not shown."""

    id: str
    caller_name: str
    caller_number: str
    left_at: datetime
    seconds: int
    is_new: bool
    sound: Path

    @property
    def folder(self) -> str:
        """The folder of the box that it lies in."""
        return _NEW if self.is_new else _HEARD


def messages_in(box: Path) -> tuple[BoxMessage, ...]:
    """Return the messages in a box's folder, the newest first; one that the switch is just moving may be missing."""
    found = [
        message
        for folder in (_NEW, _HEARD)
        for facts in sorted((box / folder).glob("msg[0-9]*.txt"))
        if (message := _message(facts, is_new=folder == _NEW)) is not None
    ]
    return tuple(sorted(found, key=lambda message: message.left_at, reverse=True))


def remove_message(manager: ManagerInterface, box: str, message: BoxMessage) -> None:
    """Let the switch remove a message (VoicemailRemove); ManagerRefused where it is not there any more."""
    manager.act("VoicemailRemove", Context=CONTEXT, Mailbox=box, Folder=message.folder, ID=message.id)


def copy_message(manager: ManagerInterface, box: str, message: BoxMessage, to_box: str) -> None:
    """Let the switch put a copy among the new messages of another box (VoicemailForward); ManagerRefused as above."""
    manager.act(
        "VoicemailForward",
        Context=CONTEXT,
        Mailbox=box,
        Folder=message.folder,
        ID=message.id,
        ToContext=CONTEXT,
        ToMailbox=to_box,
        ToFolder=_NEW,
    )


def _message(facts: Path, *, is_new: bool) -> BoxMessage | None:
    sound = facts.with_suffix(".wav")
    read = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        read.read_string(facts.read_text(errors="replace"))
        said = read["message"]
        left_at = datetime.fromtimestamp(int(said["origtime"]), UTC)
        seconds = int(said.get("duration", "0"))
        one = said.get("msg_id") or said["origtime"]
    except (OSError, KeyError, ValueError, configparser.Error):
        return None
    if not sound.exists():
        return None
    name, number = _caller(said.get("callerid", "").strip())
    return BoxMessage(
        id=one,
        caller_name=name,
        caller_number=number,
        left_at=left_at,
        seconds=seconds,
        is_new=is_new,
        sound=sound,
    )


def _caller(line: str) -> tuple[str, str]:
    both = _BOTH.fullmatch(line)
    name, number = (both["name"], both["number"]) if both else ("", line) if _NUMBER.fullmatch(line) else (line, "")
    return "" if name.lower() in _NOBODY or name == number else name, number if _NUMBER.fullmatch(number) else ""

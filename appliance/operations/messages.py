"""Messages in the boxes of the office: the company's and the shared ones for all, a person's for that person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from appliance.asterisk.voicemail_messages import BoxMessage as BoxMessage
from appliance.asterisk.voicemail_messages import messages_in
from appliance.compiler.object_names import mailbox
from appliance.office.destination import ToSharedVoicemail, ToVoicemail
from appliance.office.office import Office
from appliance.office.voicemail import COMPANY_BOX
from appliance.operations.box import Box


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeBox:
    """`id`: for addresses. `name`: empty for the company's. `number`: empty if it has none."""

    id: str
    name: str
    number: str
    messages: tuple[BoxMessage, ...]


@dataclass(frozen=True, slots=True)
class Messages:
    """One box of ours."""

    box: Box

    def boxes(self, office: Office) -> tuple[OfficeBox, ...]:
        """Return each box of the office, with its messages."""
        return tuple(
            OfficeBox(id=one, name=name, number=number, messages=self._messages(place))
            for one, name, number, place in _boxes_of(office)
        )

    def sound(self, office: Office, box_id: str, message_id: str) -> bytes | None:
        """Return a message as WAV; None: it is not there (any more)."""
        return next((self._sound(place, message_id) for one, _, _, place in _boxes_of(office) if one == box_id), None)

    def own(self, extension_id: str) -> tuple[BoxMessage, ...]:
        """Return the messages of an employee."""
        return self._messages(ToVoicemail(extension_id))

    def own_sound(self, extension_id: str, message_id: str) -> bytes | None:
        """Return a message of an employee as WAV; None: it is not there (any more)."""
        return self._sound(ToVoicemail(extension_id), message_id)

    def _sound(self, place: ToVoicemail | ToSharedVoicemail, message_id: str) -> bytes | None:
        message = next((one for one in self._messages(place) if one.id == message_id), None)
        try:
            return message.sound.read_bytes() if message is not None else None
        except OSError:  # the switch moved it since
            return None

    def _messages(self, place: ToVoicemail | ToSharedVoicemail) -> tuple[BoxMessage, ...]:
        return messages_in(self.box.paths.voicemail_boxes / mailbox(place))


def _boxes_of(office: Office) -> Iterator[tuple[str, str, str, ToVoicemail | ToSharedVoicemail]]:
    yield COMPANY_BOX, "", office.company_voicemail.number.digits, ToVoicemail()
    for shared in office.shared_voicemails:
        number = shared.number.digits if shared.number else ""
        yield f"shared-{shared.id}", shared.name, number, ToSharedVoicemail(shared.id)

"""Messages in the boxes of the office: the company's and the shared ones for all, a person's for that person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from appliance.asterisk.manager_interface import ManagerInterface
from appliance.asterisk.voicemail_messages import BoxMessage as BoxMessage
from appliance.asterisk.voicemail_messages import copy_message, messages_in, remove_message
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

    def remove(self, office: Office, box_id: str, message_id: str) -> bool:
        """Remove a message for good; False: it is not there (any more). NotRunning, ManagerRefused."""
        return self._removed(_place_of(office, box_id), message_id)

    def send_on(self, office: Office, box_id: str, message_id: str, to_extension_id: str) -> bool:
        """Put a copy in an employee's box; False: it is not there, or they have none. NotRunning, ManagerRefused."""
        return self._sent_on(office, _place_of(office, box_id), message_id, to_extension_id)

    def own_remove(self, extension_id: str, message_id: str) -> bool:
        """As `remove`, of an employee's own."""
        return self._removed(ToVoicemail(extension_id), message_id)

    def own_send_on(self, office: Office, extension_id: str, message_id: str, to_extension_id: str) -> bool:
        """As `send_on`, of an employee's own."""
        return self._sent_on(office, ToVoicemail(extension_id), message_id, to_extension_id)

    def own(self, extension_id: str) -> tuple[BoxMessage, ...]:
        """Return the messages of an employee."""
        return self._messages(ToVoicemail(extension_id))

    def own_sound(self, extension_id: str, message_id: str) -> bytes | None:
        """Return a message of an employee as WAV; None: it is not there (any more)."""
        return self._sound(ToVoicemail(extension_id), message_id)

    def _removed(self, place: ToVoicemail | ToSharedVoicemail | None, message_id: str) -> bool:
        message = self._message(place, message_id)
        if place is None or message is None:
            return False
        with ManagerInterface(self.box.manager) as manager:
            remove_message(manager, mailbox(place), message)
        return True

    def _sent_on(
        self, office: Office, place: ToVoicemail | ToSharedVoicemail | None, message_id: str, to_extension_id: str
    ) -> bool:
        message = self._message(place, message_id)
        has_box = any(one.id == to_extension_id and one.voicemail is not None for one in office.extensions)
        if place is None or message is None or not has_box:
            return False
        with ManagerInterface(self.box.manager) as manager:
            copy_message(manager, mailbox(place), message, mailbox(ToVoicemail(to_extension_id)))
        return True

    def _message(self, place: ToVoicemail | ToSharedVoicemail | None, message_id: str) -> BoxMessage | None:
        return next((one for one in self._messages(place) if one.id == message_id), None) if place else None

    def _sound(self, place: ToVoicemail | ToSharedVoicemail, message_id: str) -> bytes | None:
        message = self._message(place, message_id)
        try:
            return message.sound.read_bytes() if message is not None else None
        except OSError:  # the switch moved it since
            return None

    def _messages(self, place: ToVoicemail | ToSharedVoicemail) -> tuple[BoxMessage, ...]:
        return messages_in(self.box.paths.voicemail_boxes / mailbox(place))


def _place_of(office: Office, box_id: str) -> ToVoicemail | ToSharedVoicemail | None:
    return next((place for one, _, _, place in _boxes_of(office) if one == box_id), None)


def _boxes_of(office: Office) -> Iterator[tuple[str, str, str, ToVoicemail | ToSharedVoicemail]]:
    yield COMPANY_BOX, "", office.company_voicemail.number.digits, ToVoicemail()
    for shared in office.shared_voicemails:
        number = shared.number.digits if shared.number else ""
        yield f"shared-{shared.id}", shared.name, number, ToSharedVoicemail(shared.id)

"""Names of Asterisk's objects, made from ids; no other module invents one."""

from __future__ import annotations

from appliance.office.call_path.steps import NodeId
from appliance.office.destination import ToSharedVoicemail, ToVoicemail
from appliance.office.extension import Extension
from appliance.office.trunk import Trunk

TEST_PHONE = "test-phone"
FROM_PHONES = "from-phones"
FROM_TEST_PHONE = "from-test-phone"
FROM_TRANSFERS = "from-transfers"
FROM_FORWARDS = "from-forwards"
LAMPS = "lamps"
VOICEMAIL_CONTEXT = "default"
DIRECTORY_CONTEXT = "directory"
PARKING_LOT = "office"
OFFICE_PICKUP_GROUP = "office"
_COMPANY_BOX = "company"


def phone_endpoint(extension: Extension) -> str:
    """Return the endpoint, auth and aor of an extension: the name its phones register with."""
    return extension.sip_user


def trunk_endpoint(trunk_id: str) -> str:
    """Return the endpoint of a trunk, which is also its auth, aor and registration."""
    return f"trunk-{trunk_id}"


def emergency_endpoint(trunk_id: str) -> str:
    """Return the endpoint by which emergency calls leave on a trunk, so that their channels can be told apart."""
    return f"emergency-{trunk_id}"


def trunk_context(trunk: Trunk) -> str:
    """Return the context in which a trunk's incoming calls arrive."""
    return f"from-trunk-{trunk.id}"


def line_context(trunk_id: str) -> str:
    """Return the context that calls a number by a trunk."""
    return f"line-{trunk_id}"


def subject_context(subject: NodeId) -> str:
    """Return the context that holds a subject's parts."""
    kind = subject.kind.value.replace("_", "-")
    return f"{kind}-{subject.id}" if subject.id else kind


def subject_place(subject: NodeId) -> str:
    """Return where a call enters a subject, as Goto takes it: context,extension,priority."""
    return f"{subject_context(subject)},{subject.part or 's'},1"


def mailbox(box: ToVoicemail | ToSharedVoicemail) -> str:
    """Return a mailbox's name, without its context."""
    if isinstance(box, ToSharedVoicemail):
        return f"shared-{box.box_id}"
    return f"box-{box.extension_id}" if box.extension_id else _COMPANY_BOX


def mode_key_device(mode_key_id: str) -> str:
    """Return the device whose state a mode key's lamp shows."""
    return f"Custom:mode-{mode_key_id}"


def music_class(music_id: str) -> str:
    """Return the class of music on hold."""
    return f"music-{music_id}"

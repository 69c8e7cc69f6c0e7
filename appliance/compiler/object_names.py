"""Names of Asterisk's objects, made from ids; no other module invents one."""

from __future__ import annotations

from appliance.office.call_path import SubjectId
from appliance.office.extension import Extension
from appliance.office.trunk import Trunk

TEST_PHONE = "test-phone"
FROM_PHONES = "from-phones"
VOICEMAIL_CONTEXT = "default"
_COMPANY_BOX = "company"


def phone_endpoint(extension: Extension) -> str:
    """Return the endpoint, auth and aor of an extension: the name its phones register with."""
    return extension.sip_user


def trunk_endpoint(trunk_id: str) -> str:
    """Return the endpoint of a trunk, which is also its auth, aor and registration."""
    return f"trunk-{trunk_id}"


def trunk_context(trunk: Trunk) -> str:
    """Return the context in which a trunk's incoming calls arrive."""
    return f"from-trunk-{trunk.id}"


def subject_context(subject: SubjectId) -> str:
    """Return the context that holds a subject's steps."""
    kind = subject.kind.value.replace("_", "-")
    return f"{kind}-{subject.id}" if subject.id else kind


def mailbox(extension_id: str | None) -> str:
    """Return the mailbox of an extension, or the company's (None), without its context."""
    return f"box-{extension_id}" if extension_id else _COMPANY_BOX

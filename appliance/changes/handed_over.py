"""Who loses a phone gets a new SIP password: what the phone still knows is of no use from that moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from appliance.office.office import Office
from appliance.office.secret import Secret


def with_new_passwords(before: Office, after: Office, new_password: Callable[[], Secret]) -> Office:
    """Return `after`, in which every extension that a phone of `before` no longer has got another SIP password.

    The phone may have been taken out, replaced, or given to somebody else. A password that the change sets stays.
    """
    known = {extension.id: extension.sip_password for extension in before.extensions}
    has = {phone.mac: frozenset(phone.extension_ids) for phone in after.phones}
    lost = {one for phone in before.phones for one in phone.extension_ids if one not in has.get(phone.mac, frozenset())}
    if not lost:
        return after
    extensions = tuple(
        replace(item, sip_password=new_password())
        if item.id in lost and item.sip_password == known.get(item.id)
        else item
        for item in after.extensions
    )
    return replace(after, extensions=extensions)

"""Taking registrations away from the switch."""

from __future__ import annotations

from collections.abc import Collection

from appliance.asterisk.manager_interface import ManagerInterface, ManagerRefused


def drop_registrations(manager: ManagerInterface, sip_users: Collection[str]) -> int:
    """Forget where the phones of these users are; return how many registrations there were.

    The switch keeps each in its store and reads it at each call (res_sorcery_astdb: family `registrar`, key
    `contact/<name>`). A phone that still has the right password registers again when it likes.
    """
    dropped = 0
    for item in manager.list("PJSIPShowContacts"):
        if item.get("Endpoint") not in sip_users:
            continue
        try:
            manager.act("DBDel", Family="registrar", Key=f"contact/{item['ObjectName']}")
        except ManagerRefused:
            continue  # it ended by itself
        dropped += 1
    return dropped

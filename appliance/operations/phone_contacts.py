"""Which registration at the switch is a phone's own."""

from __future__ import annotations

from appliance.asterisk.live_state import LiveContact
from appliance.office.office import Office
from appliance.office.phone import Phone
from provisioning.discovery.inventory import KnownPhone
from provisioning.drivers import DRIVER_OF


def is_own_contact(office: Office, phone: Phone, seen: KnownPhone | None, contact: LiveContact) -> bool:
    """Tell whether a contact of one of the phone's extensions is this phone.

    It is where the phone was seen; or the phone is the only one of its extension, and of this brand by what it says
    when it logs in with its password, which nobody else can say: where it is said to be does not matter then.
    """
    users = {office.extension(extension_id).sip_user: extension_id for extension_id in phone.extension_ids}
    if contact.sip_user not in users or not contact.is_reachable:
        return False
    if seen is not None and contact.address in seen.addresses:
        return True
    others = [one for one in office.phones if one is not phone and users[contact.sip_user] in one.extension_ids]
    return not others and DRIVER_OF[phone.brand].rules.seen_in(contact.user_agent) is not None

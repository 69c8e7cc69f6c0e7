"""Which registrations at the switch are a phone's own."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from appliance.asterisk.live_state import LiveContact
from appliance.office.office import Office
from appliance.office.phone import Phone
from provisioning.discovery.inventory import KnownPhone
from provisioning.drivers import DRIVER_OF


class OwnContacts:
    """Registrations that the switch told of, sorted by whose they are; a thousand phones are asked for at once."""

    def __init__(self, office: Office, contacts: Iterable[LiveContact]) -> None:
        self._office = office
        self._of_user: dict[str, list[LiveContact]] = defaultdict(list)
        for contact in contacts:
            if contact.is_reachable:
                self._of_user[contact.sip_user].append(contact)
        self._phones_of = Counter(one for phone in office.phones for one in set(phone.extension_ids))

    def of(self, phone: Phone, seen: KnownPhone | None) -> Iterator[LiveContact]:
        """Yield the registrations, of one of the phone's extensions, that are this phone.

        Such a one is where the phone was seen; or the phone is the only one of its extension, and of this brand by what
        it says when it logs in with its password, which nobody else can say: where it is said to be does not matter
        then.
        """
        for extension_id in phone.extension_ids:
            for contact in self._of_user.get(self._office.extension(extension_id).sip_user, ()):
                is_where_seen = seen is not None and contact.address in seen.addresses
                if is_where_seen or (self._phones_of[extension_id] == 1 and _says_so(phone, contact)):
                    yield contact


def _says_so(phone: Phone, contact: LiveContact) -> bool:
    return DRIVER_OF[phone.brand].rules.seen_in(contact.user_agent) is not None

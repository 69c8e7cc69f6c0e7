"""mDNS: the box says where it is (belbox.local), and hears phones that announce themselves."""

from __future__ import annotations

import socket
import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime

from zeroconf import ServiceBrowser, ServiceInfo, ServiceStateChange, Zeroconf

from appliance.office.numbers import MacAddress
from provisioning.certificate_authority import HOST_NAME
from provisioning.discovery.inventory import SightingNoted
from provisioning.drivers.recognition import Evidence
from provisioning.phone_identity import SeenBy, sighting_from

WEB_PAGE = "_http._tcp.local."
SIP_DEVICE = "_sip._udp.local."
ANSWER_MILLISECONDS = 1000
NAMES_WAITING = 64  # of a flood of names the newest; a phone is seen by other ways too
LOOK_EVERY_SECONDS = 0.2


def announce_and_listen(
    address: str,
    mac_at: Callable[[str], MacAddress | None],
    noted: SightingNoted,
    clock: Callable[[], datetime],
    stop: threading.Event,
    started: Callable[[], None],
) -> None:
    """Answer for belbox.local and report phones until `stop`. Raises OSError without a multicast socket."""
    zeroconf = Zeroconf(interfaces=[address])
    try:
        zeroconf.register_service(
            ServiceInfo(
                WEB_PAGE,
                f"Belbox.{WEB_PAGE}",
                addresses=[socket.inet_aton(address)],
                port=80,
                server=f"{HOST_NAME}.",
            ),
            allow_name_change=True,
        )

        names: deque[tuple[str, str]] = deque(maxlen=NAMES_WAITING)

        def heard(zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
            if state_change is not ServiceStateChange.Removed:
                names.append((service_type, name))

        def ask(service_type: str, name: str) -> None:
            info = zeroconf.get_service_info(service_type, name, ANSWER_MILLISECONDS)
            for found in info.parsed_addresses() if info else ():
                # The name a device gives itself is often its User-Agent's beginning.
                evidence = Evidence(mac=mac_at(found), user_agent=name.removesuffix(f".{service_type}"))
                sighting = sighting_from(evidence, SeenBy.MDNS, clock(), address=found, source=found)
                if sighting is not None:
                    noted(sighting)

        browser = ServiceBrowser(zeroconf, [WEB_PAGE, SIP_DEVICE], handlers=[heard])
        started()
        while not stop.wait(LOOK_EVERY_SECONDS):
            while names and not stop.is_set():
                ask(*names.popleft())
        browser.cancel()
    finally:
        zeroconf.close()

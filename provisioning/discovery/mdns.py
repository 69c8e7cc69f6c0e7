"""mDNS: the box says where it is (belbox.local), and hears phones that announce themselves."""

from __future__ import annotations

import socket
import threading
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
ANSWER_MILLISECONDS = 2000


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

        def heard(zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
            if state_change is ServiceStateChange.Removed:
                return
            info = zeroconf.get_service_info(service_type, name, ANSWER_MILLISECONDS)
            for found in info.parsed_addresses() if info else ():
                # The name a device gives itself is often its User-Agent's beginning.
                evidence = Evidence(mac=mac_at(found), user_agent=name.removesuffix(f".{service_type}"))
                sighting = sighting_from(evidence, SeenBy.MDNS, clock(), address=found)
                if sighting is not None:
                    noted(sighting)

        browser = ServiceBrowser(zeroconf, [WEB_PAGE, SIP_DEVICE], handlers=[heard])
        started()
        stop.wait()
        browser.cancel()
    finally:
        zeroconf.close()

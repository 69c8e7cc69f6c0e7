"""The router's DHCP rules the LAN and the box gives no addresses: phones that speak PnP are found and served."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.system.furnished import furnish, phone_rows
from tests.virtual_office.lab import VirtualOffice
from tests.virtual_office.network import PHONES


@pytest.mark.feature("G1", "G3", "A4")
def test_with_the_routers_dhcp_ruling_every_brand_is_found_and_served(
    make_office: Callable[[], VirtualOffice],
) -> None:
    """G1, G3, A4: addresses from the router, no option 66, the first place named by the box's PnP answer."""
    office = make_office()
    office.start(router_dhcp=True)
    furnish(office)
    assert "dnsmasq" not in office.ask("processes")["processes"]
    for phone in PHONES:
        state = json.loads((office.directory / f"phone-{phone.name}" / "state.json").read_text())
        assert state["dhcp_server"] == "192.168.77.1"
        assert "tftp_server_name" not in state["lease"]
        assert state["step"] == "registered"
    assert {row["brand"] for row in phone_rows(office)} == {phone.brand for phone in PHONES}

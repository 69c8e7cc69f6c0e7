"""Which phone it is, by what it sends and what it asks for."""

from __future__ import annotations

import pytest

from appliance.office.numbers import MacAddress
from appliance.office.phone import Brand
from provisioning.drivers import ALL_DRIVERS, DRIVER_OF, recognise
from provisioning.drivers.driver import PhoneDriver
from provisioning.drivers.grandstream.recognition import SAMPLES as GRANDSTREAM_SAMPLES
from provisioning.drivers.panasonic.recognition import SAMPLES as PANASONIC_SAMPLES
from provisioning.drivers.recognition import Certainty, Evidence
from provisioning.drivers.snom.recognition import SAMPLES as SNOM_SAMPLES
from provisioning.drivers.yealink.recognition import SAMPLES as YEALINK_SAMPLES

SAMPLES = {
    Brand.YEALINK: YEALINK_SAMPLES,
    Brand.SNOM: SNOM_SAMPLES,
    Brand.GRANDSTREAM: GRANDSTREAM_SAMPLES,
    Brand.PANASONIC: PANASONIC_SAMPLES,
}


@pytest.mark.feature("G1")
@pytest.mark.parametrize(
    ("brand", "name", "user_agent", "mac", "model"),
    [
        (Brand.YEALINK, "805ec0aabbcc.boot", "", "805ec0aabbcc", None),
        (Brand.YEALINK, "805EC0AABBCC.cfg", "", "805ec0aabbcc", None),
        (Brand.YEALINK, "805ec0aabbcc-local.cfg", "", "805ec0aabbcc", None),
        (Brand.YEALINK, "805ec0aabbcc.cfg", "W52P 25.30.0.2 80:5e:c0:aa:bb:cc", "805ec0aabbcc", "W52P"),
        (Brand.YEALINK, "y000000000000.boot", "", None, None),
        (Brand.YEALINK, "y000000000000.cfg", "", None, "SIP-T28P"),
        (Brand.YEALINK, "y000000000108.cfg", "", None, "SIP-T46U"),
        (Brand.YEALINK, "y000000000146.cfg", "", None, "W70B"),
        (Brand.YEALINK, "y000000009999.cfg", "", None, None),
        (Brand.SNOM, "snomD785.htm", "", None, "D785"),
        (Brand.SNOM, "snomD785-000413AABBCC.htm", "", "000413aabbcc", "D785"),
        (Brand.SNOM, "snom320-000413AABBCC.htm", "", "000413aabbcc", "320"),
        (Brand.SNOM, "snom-000413aabbcc.htm", "", "000413aabbcc", None),
        (Brand.SNOM, "000413AABBCC.xml", "", "000413aabbcc", None),
        (Brand.SNOM, "snomM900.htm", "", None, "M900"),
        (Brand.SNOM, "snomM900-000413AABBCC.htm", "", "000413aabbcc", "M900"),
        (Brand.GRANDSTREAM, "cfgc074ad112233", "", "c074ad112233", None),
        (Brand.GRANDSTREAM, "cfgc074ad112233.bin", "", "c074ad112233", None),
        (Brand.GRANDSTREAM, "cfgc074ad112233.xml", "", "c074ad112233", None),
        (Brand.GRANDSTREAM, "devc074ad112233.cfg", "", "c074ad112233", None),
        (Brand.GRANDSTREAM, "cfggxp2130.xml", "", None, "GXP2130"),
        (Brand.GRANDSTREAM, "cfg.xml", "Grandstream Model HW HT802 V1.1A SW 1.0.1 DevId 000b82aabbcc", None, "HT802"),
        (Brand.PANASONIC, "KX-HDV130.cfg", "", None, "KX-HDV130"),
        (Brand.PANASONIC, "KX-HDV130N.cfg", "", None, "KX-HDV130"),
        (Brand.PANASONIC, "KX-TGP550T04.cfg", "", None, "KX-TGP550"),
        (Brand.PANASONIC, "KX-TGP500B04.cfg", "", None, "KX-TGP500"),
        (Brand.PANASONIC, "ConfigBCC342AABBCC.cfg", "", "bcc342aabbcc", None),
    ],
)
def test_names_phones_ask_for_are_read(
    brand: Brand, name: str, user_agent: str, mac: str | None, model: str | None
) -> None:
    asked = DRIVER_OF[brand].mac_and_model_asked(name, user_agent)
    assert asked is not None
    assert (asked.mac.digits if asked.mac else None, asked.model) == (mac, model)


@pytest.mark.feature("G1", "G8")
@pytest.mark.parametrize(
    "name", ["favicon.ico", "phonebook.xml", "../x.cfg", "ff5ec0aabbcc.cfg", "gxp2140fw.bin", "", "x" * 9999]
)
@pytest.mark.parametrize("driver", ALL_DRIVERS, ids=lambda driver: driver.brand)
def test_other_names_are_nobodys(driver: PhoneDriver, name: str) -> None:
    assert driver.mac_and_model_asked(name, "") is None


@pytest.mark.feature("G1")
@pytest.mark.parametrize("driver", ALL_DRIVERS, ids=lambda driver: driver.brand)
def test_user_agents_name_brand_model_firmware_and_mac(driver: PhoneDriver) -> None:
    for user_agent, model, firmware, mac in SAMPLES[driver.brand]:
        recognition = recognise(Evidence(user_agent=user_agent))
        assert recognition is not None, user_agent
        assert recognition.brand is driver.brand
        assert (recognition.model, recognition.firmware) == (model, firmware)
        assert (recognition.mac.digits if recognition.mac else None) == mac
        assert recognition.certainty is Certainty.EXACT


@pytest.mark.feature("G1")
@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        (Evidence(mac=MacAddress("805ec0000001")), (Brand.YEALINK, Certainty.BRAND, None)),
        (Evidence(mac=MacAddress("0080f0000001")), (Brand.PANASONIC, Certainty.POSSIBLE, None)),
        (Evidence(user_agent="snom lid 3605"), (Brand.SNOM, Certainty.BRAND, None)),
        (Evidence(vendor_class="snomD785"), (Brand.SNOM, Certainty.EXACT, "D785")),
        (Evidence(vendor_class="snomM700-more"), (Brand.SNOM, Certainty.EXACT, "M700")),
        (Evidence(vendor_class="yealink\0"), (Brand.YEALINK, Certainty.BRAND, None)),
        (Evidence(pnp_vendor="Yealink", pnp_model="T46U"), (Brand.YEALINK, Certainty.EXACT, "SIP-T46U")),
        (Evidence(pnp_vendor="Yealink", pnp_model="SIP-T21P E2"), (Brand.YEALINK, Certainty.EXACT, "SIP-T21P_E2")),
        (Evidence(pnp_vendor="snom", pnp_model="snomM700"), (Brand.SNOM, Certainty.EXACT, "M700")),
        (
            Evidence(pnp_vendor="Panasonic", pnp_model="KX-HDV230NE"),
            (Brand.PANASONIC, Certainty.EXACT, "KX-HDV230"),
        ),
    ],
)
def test_other_evidence_is_graded(evidence: Evidence, expected: tuple[Brand, Certainty, str | None]) -> None:
    recognition = recognise(evidence)
    assert recognition is not None
    assert (recognition.brand, recognition.certainty, recognition.model) == expected
    assert recognition.because


@pytest.mark.feature("G1")
@pytest.mark.parametrize(
    "evidence",
    [
        Evidence(mac=MacAddress("000413800001")),  # Gigaset, inside Snom's range
        Evidence(mac=MacAddress("d85ed3000001"), user_agent="Mozilla/5.0 (X11; Linux x86_64)"),
        Evidence(vendor_class="MSFT 5.0"),
        Evidence(user_agent="\0" * 5000),
    ],
)
def test_other_devices_are_not_phones(evidence: Evidence) -> None:
    assert recognise(evidence) is None

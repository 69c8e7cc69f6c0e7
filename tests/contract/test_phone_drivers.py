"""What every brand's driver must hold, for every model it has."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.office.country import Country, Language
from appliance.office.numbers import MacAddress
from appliance.office.phone import Brand
from appliance.office.secret import Secret
from provisioning.drivers import ALL_DRIVERS, recognise
from provisioning.drivers.driver import PhoneDriver, UnknownModel
from provisioning.drivers.grandstream.recognition import SAMPLES as GRANDSTREAM_SAMPLES
from provisioning.drivers.panasonic.recognition import SAMPLES as PANASONIC_SAMPLES
from provisioning.drivers.recognition import Certainty, Evidence
from provisioning.drivers.snom.recognition import SAMPLES as SNOM_SAMPLES
from provisioning.drivers.time_zone import UnknownTimeZone
from provisioning.drivers.yealink.recognition import SAMPLES as YEALINK_SAMPLES
from provisioning.phone_profile import BoxAddress, LineProfile, PhonebookProfile, PhoneProfile
from tests.contract.phone_files import READERS, WORDS

BOX = BoxAddress(ip="192.0.2.10")
TOKEN = "tokentokentoken-0123456789"
HOSTILE = (
    "Zoë; rm -rf / # ] [x] ${EXTEN} & | ` <b>&amp;</b>",
    'quotes " \' and "more"',
    "one\nexten = 1\r\ntwo\x00three\x1b[0m\u2028four",
    "<!-- --> ]]> <P2>1</P2>",
    "😀 mixed 𝄞",
    "=%NULL%=",
    "{MAC} $MAC {{ 7*7 }} {% x %}",
    "x" * 4096,
    "é" * 4096,
)
EVERY_MODEL = [
    pytest.param(driver, model.name, id=f"{driver.brand}-{model.name}")
    for driver in ALL_DRIVERS
    for model in driver.models
]
SAMPLES = {
    Brand.YEALINK: YEALINK_SAMPLES,
    Brand.SNOM: SNOM_SAMPLES,
    Brand.GRANDSTREAM: GRANDSTREAM_SAMPLES,
    Brand.PANASONIC: PANASONIC_SAMPLES,
}


A_LINE = LineProfile(number="201", name="Reception", sip_user="ext-reception", sip_password=Secret("sip-secret-1"))


def a_profile(driver: PhoneDriver, model: str) -> PhoneProfile:
    return PhoneProfile(
        mac=MacAddress(f"{driver.rules.ouis[0]}a1b2c3"),
        brand=driver.brand,
        model=model,
        lines=(A_LINE,),
        phonebook=PhonebookProfile(password=Secret("phonebook-secret-3")),
        admin_password=Secret("admin-secret-2"),
        box=BOX,
        token=Secret(TOKEN),
        voicemail_number="1233",
        language=Language.FRENCH,
        country=Country.BELGIUM,
        time_zone="Europe/Brussels",
        emergency_numbers=("112", "101"),
    )


def read(driver: PhoneDriver, profile: PhoneProfile) -> dict[str, str]:
    file, *_ = driver.files(profile)
    return READERS[driver.brand](file.content)


def carried(brand: Brand, typed: str) -> str:
    """What a person's text becomes: the format's own limits and nothing else."""
    text = "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") else c for c in typed)
    text = "".join(" " if ord(c) & 0xFFFE == 0xFFFE else c for c in text).strip()
    if brand is Brand.YEALINK:
        text = text.replace("%NULL%", "NULL").replace("%EMPTY%", "EMPTY")
    if brand is Brand.PANASONIC:
        text = text.replace('"', "'")
    return text


@pytest.mark.feature("G2", "G5")
@pytest.mark.parametrize(("driver", "model"), EVERY_MODEL)
def test_whole_settings_read_back_as_the_profile(driver: PhoneDriver, model: str) -> None:
    profile = a_profile(driver, model)
    values, words = read(driver, profile), WORDS[driver.brand]

    assert values[words.name] == "Reception"
    assert values[words.label] == "201"
    assert values[words.user] == "ext-reception"
    assert values[words.password] == "sip-secret-1"
    assert values[words.server].split(":")[0] == BOX.ip
    assert values[words.admin_password].removeprefix("admin:") == "admin-secret-2"
    assert values[words.voicemail] == "1233"
    assert values[words.ntp] == BOX.ip
    assert values[words.provisioning_url].startswith(f"https://192.0.2.10/p/{TOKEN}/")


@pytest.mark.feature("G5", "G8")
@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize(("driver", "model"), EVERY_MODEL)
def test_hostile_values_stay_values(driver: PhoneDriver, model: str, hostile: str) -> None:
    plain = a_profile(driver, model)
    attacked = replace(
        plain,
        lines=(replace(A_LINE, name=hostile, number=hostile, sip_user=hostile, sip_password=Secret(hostile)),),
        voicemail_number=hostile,
        admin_password=Secret(hostile),
    )
    values, words = read(driver, attacked), WORDS[driver.brand]

    assert values.keys() == read(driver, plain).keys()
    for word in (words.name, words.label, words.user, words.password, words.voicemail):
        if len(hostile) < 500:
            assert values[word] == carried(driver.brand, hostile)
        else:
            assert values[word].rstrip("…") == hostile[: len(values[word].rstrip("…"))]
            assert len(values[word]) > 200


@pytest.mark.feature("G5")
@pytest.mark.parametrize(("driver", "model"), EVERY_MODEL)
@settings(deadline=None, max_examples=60)
@given(name=st.text(min_size=1, max_size=100).filter(lambda text: carried(Brand.SNOM, text)))
def test_any_name_reads_back(driver: PhoneDriver, model: str, name: str) -> None:
    values = read(driver, replace(a_profile(driver, model), lines=(replace(A_LINE, name=name),)))
    assert values[WORDS[driver.brand].name] == carried(driver.brand, name)


@pytest.mark.feature("G4", "G8")
@pytest.mark.parametrize(("driver", "model"), EVERY_MODEL)
def test_first_files_lead_to_the_enrolment_and_hold_no_secret(driver: PhoneDriver, model: str) -> None:
    (file,) = driver.first_files(BOX, model)
    values = READERS[driver.brand](file.content)

    assert not file.secret
    assert values[WORDS[driver.brand].provisioning_url].startswith("https://192.0.2.10/enrol/")
    assert values[WORDS[driver.brand].ntp] == BOX.ip, "HTTPS needs the right time"
    asked = driver.mac_and_model_asked(file.name, "")
    assert asked is not None
    assert (asked.mac, asked.model) == (None, model)


@pytest.mark.feature("G8")
@pytest.mark.parametrize(("driver", "model"), EVERY_MODEL)
def test_enrolment_file_leads_to_the_secret_folder_and_no_further(driver: PhoneDriver, model: str) -> None:
    profile = a_profile(driver, model)
    file = driver.enrolment_file(BOX, profile.mac, model, profile.settings_url)
    values = READERS[driver.brand](file.content)

    assert file.secret
    assert values[WORDS[driver.brand].provisioning_url].startswith(profile.settings_url)
    assert b"sip-secret-1" not in file.content
    assert b"admin-secret-2" not in file.content
    asked = driver.mac_and_model_asked(file.name, "")
    assert asked is not None
    assert asked.mac == profile.mac
    assert file.name == driver.files(profile)[0].name


@pytest.mark.feature("G5")
@pytest.mark.parametrize(("driver", "model"), EVERY_MODEL)
def test_same_profile_same_bytes_in_every_language_and_country(driver: PhoneDriver, model: str) -> None:
    for language in Language:
        for country in Country:
            profile = replace(a_profile(driver, model), language=language, country=country)
            assert driver.files(profile) == driver.files(profile)
            assert read(driver, profile)


@pytest.mark.feature("G2")
@pytest.mark.parametrize("driver", ALL_DRIVERS, ids=lambda driver: driver.brand)
def test_unknown_model_and_time_zone_are_said_not_guessed(driver: PhoneDriver) -> None:
    profile = a_profile(driver, driver.models[0].name)
    with pytest.raises(UnknownModel, match="no settings for a"):
        driver.files(replace(profile, model="XX-9999"))
    with pytest.raises(UnknownTimeZone, match="Mars/Olympus"):
        driver.files(replace(profile, time_zone="Mars/Olympus"))


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
        (Evidence(vendor_class="snomD785"), (Brand.SNOM, Certainty.EXACT, "D785")),
        (Evidence(vendor_class="yealink\0"), (Brand.YEALINK, Certainty.BRAND, None)),
        (Evidence(pnp_vendor="Yealink", pnp_model="T46U"), (Brand.YEALINK, Certainty.EXACT, "SIP-T46U")),
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

"""What every brand's driver must hold, for every model it has."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.office.country import Country, Language
from appliance.office.extension import SecureCalling
from appliance.office.numbers import MacAddress
from appliance.office.phone import Brand, Parameter
from appliance.office.phone_settings import Registrar
from appliance.office.secret import Secret
from provisioning.drivers import ALL_DRIVERS, DRIVER_OF
from provisioning.drivers.driver import PhoneDriver, PhoneKind, ProvisionedFile, UnknownModel
from provisioning.drivers.time_zone import UnknownTimeZone
from provisioning.phone_profile import (
    BoxAddress,
    FirmwareProfile,
    KeyKind,
    KeyProfile,
    LineProfile,
    PhonebookEntry,
    PhonebookProfile,
    PhoneProfile,
    RegistrarProfile,
)
from tests.contract.phone_files import READERS, Directory, read_panasonic_page, read_snom_firmware
from tests.contract.phone_words import Words, words_of

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
# One model for each way a template goes; what is tried in many combinations is tried on these.
_FAMILIES = (
    (Brand.YEALINK, "SIP-T46U"),
    (Brand.YEALINK, "SIP-T32G"),
    (Brand.YEALINK, "W60B"),
    (Brand.YEALINK, "W70B"),
    (Brand.SNOM, "D785"),
    (Brand.SNOM, "320"),
    (Brand.SNOM, "M700"),
    (Brand.GRANDSTREAM, "GRP2614"),
    (Brand.GRANDSTREAM, "GXP2140"),
    (Brand.GRANDSTREAM, "HT802"),
    (Brand.GRANDSTREAM, "HT814"),
    (Brand.GRANDSTREAM, "DP750"),
    (Brand.PANASONIC, "KX-HDV230"),
    (Brand.PANASONIC, "KX-UT136"),
    (Brand.PANASONIC, "KX-TGP600"),
    (Brand.PANASONIC, "KX-TGP550"),
)
FAMILIES = [pytest.param(DRIVER_OF[brand], model, id=f"{brand}-{model}") for brand, model in _FAMILIES]
WITH_DIRECTORY_FILE = [
    pytest.param(DRIVER_OF[brand], model, id=f"{brand}-{model}")
    for brand, model in _FAMILIES
    if words_of(brand, model).directory_file is not None
]

A_LINE = LineProfile(number="201", name="Reception", sip_user="ext-reception", sip_password=Secret("sip-secret-1"))
FIRMWARE = FirmwareProfile(version="1.2.3.4", path="brand/model/image.bin")


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
    """The settings; they are the first of a phone's files."""
    return READERS[driver.brand](driver.files(profile)[0].content)


def directory_in(driver: PhoneDriver, profile: PhoneProfile) -> Directory:
    words = words_of(driver.brand, profile.model)
    files = {file.name: file for file in driver.files(profile)}
    if driver.brand is Brand.PANASONIC:
        pages = sorted((n for n in files if n.startswith("phonebook-")), key=lambda n: int(n[10:-4]))
        return [entry for name in pages for entry in read_panasonic_page(files[name].content)]
    return words.directory(files[words.directory_file or driver.files(profile)[0].name].content)


def carried(brand: Brand, typed: str) -> str:
    """What a person's text becomes: the format's own limits and nothing else."""
    text = "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") else c for c in typed)
    text = "".join(" " if ord(c) & 0xFFFE == 0xFFFE else c for c in text).strip()
    if brand is Brand.YEALINK:
        text = text.replace("%NULL%", "NULL").replace("%EMPTY%", "EMPTY")
    if brand is Brand.PANASONIC:
        text = text.replace('"', "'")
    return text


def host_of(text: str) -> str:
    return text.split(";")[0].split(":")[0]


@pytest.mark.feature("G2")
def test_at_least_fifty_models_each_with_a_name_of_its_own() -> None:
    assert len(EVERY_MODEL) >= 50
    for driver in ALL_DRIVERS:
        names = [name.casefold() for row in driver.models for name in {row.name, *row.also}]
        assert len(names) == len(set(names)), driver.brand
        first_files = [file.name for row in driver.models for file in driver.first_files(BOX, row.name)]
        assert len(first_files) == len(set(first_files)), driver.brand


@pytest.mark.feature("G2")
@pytest.mark.parametrize(("driver", "model"), EVERY_MODEL)
def test_a_row_is_possible(driver: PhoneDriver, model: str) -> None:
    row = driver.model(model)
    assert row.accounts >= 1
    assert row.keys_per_page <= row.line_keys
    assert bool(row.modules) == bool(row.module_keys)
    assert (row.kind is PhoneKind.DESK) or row.line_keys == 0
    assert set(row.codecs) <= {"g722", "pcma", "pcmu"}
    for name in (row.name, *row.also):
        assert driver.model_name(name) == row.name


@pytest.mark.feature("G2", "G5")
@pytest.mark.parametrize(("driver", "model"), EVERY_MODEL)
def test_whole_settings_read_back_as_the_profile(driver: PhoneDriver, model: str) -> None:
    profile = a_profile(driver, model)
    values, words = read(driver, profile), words_of(driver.brand, model)
    line = words.line(1)

    assert values[line.name] == "Reception"
    assert values[line.user] == "ext-reception"
    assert values[line.password] == "sip-secret-1"
    assert host_of(values[line.server]) == BOX.ip
    if line.label:
        assert values[line.label] == "201"
    if line.voicemail:
        assert values[line.voicemail] == "1233"
    assert values[words.admin_password].removeprefix("admin:") == "admin-secret-2"
    assert values[words.ntp] == BOX.ip
    assert values[words.provisioning_url].startswith(f"https://192.0.2.10/p/{TOKEN}/")
    for name, value in (words.language, (words.emergency, None)):
        if name:
            assert values[name] == value if value else {"112", "101"} == set(values[name].replace(",", " ").split())


@pytest.mark.feature("G4", "G8")
@pytest.mark.parametrize(("driver", "model"), EVERY_MODEL)
def test_first_files_lead_to_the_enrolment_and_hold_no_secret(driver: PhoneDriver, model: str) -> None:
    (file,) = driver.first_files(BOX, model)
    values, words = READERS[driver.brand](file.content), words_of(driver.brand, model)

    assert not file.secret
    assert values[words.provisioning_url].startswith("https://192.0.2.10/enrol/")
    assert values[words.ntp] == BOX.ip, "HTTPS needs the right time"
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
    assert values[words_of(driver.brand, model).provisioning_url].startswith(profile.settings_url)
    assert b"sip-secret-1" not in file.content
    assert b"admin-secret-2" not in file.content
    asked = driver.mac_and_model_asked(file.name, "")
    assert asked is not None
    assert asked.mac == profile.mac
    assert file.name == driver.files(profile)[0].name


@pytest.mark.feature("G8")
@pytest.mark.parametrize(("driver", "model"), EVERY_MODEL)
def test_every_file_of_a_phone_is_secret_and_has_a_plain_name(driver: PhoneDriver, model: str) -> None:
    files = driver.files(replace(a_profile(driver, model), firmware=FIRMWARE))
    assert all(file.secret for file in files)
    assert all(file.name.replace("-", "").replace(".", "").isalnum() for file in files)
    assert len({file.name.casefold() for file in files}) == len(files)


@pytest.mark.feature("G8", "G11")
@pytest.mark.parametrize(
    ("driver", "setting", "value"),
    [
        (Brand.YEALINK, "static.zero_touch.enable", "0"),
        (Brand.YEALINK, "static.auto_provision.dhcp_option.enable", "0"),
        (Brand.SNOM, "provisioning_order", "pnp:stop"),
        (Brand.GRANDSTREAM, "P145", "0"),
        (Brand.PANASONIC, "OPTION66_ENABLE", "N"),
        (Brand.PANASONIC, "OPTION160_PROV_ENABLE", "N"),
    ],
)
def test_neither_the_makers_cloud_nor_dhcp_leads_an_enrolled_phone_away(
    driver: Brand, setting: str, value: str
) -> None:
    brand = DRIVER_OF[driver]
    assert read(brand, a_profile(brand, brand.models[0].name))[setting] == value


@pytest.mark.feature("G5")
@pytest.mark.parametrize(("driver", "model"), FAMILIES)
def test_every_line_has_its_own_account_and_the_others_are_off(driver: PhoneDriver, model: str) -> None:
    words, row = words_of(driver.brand, model), driver.model(model)
    lines = tuple(
        replace(A_LINE, number=f"20{n}", name=f"Person {n}", sip_user=f"user-{n}", sip_password=Secret(f"secret-{n}"))
        for n in range(1, row.accounts + 2)
    )
    profile = replace(a_profile(driver, model), lines=lines)
    values = read(driver, profile)
    for n in range(1, row.accounts + 1):
        line = words.line(n)
        assert values[line.name] == f"Person {n}"
        assert (values[line.user], values[line.password]) == (f"user-{n}", f"secret-{n}")
        assert host_of(values[line.server]) == BOX.ip
        if line.label:
            assert values[line.label] == f"20{n}"
    assert driver.lines_that_do_not_fit(profile) == lines[-1:]

    alone = read(driver, a_profile(driver, model))
    for n in range(2, row.accounts + 1):
        name, off = words.line_off(n)
        assert alone[name] == off
        assert words.line(n).password not in alone or alone[words.line(n).password] == ""


@pytest.mark.feature("G5", "E4")
@pytest.mark.parametrize("secure", SecureCalling)
@pytest.mark.parametrize("way", Registrar)
@pytest.mark.parametrize(("driver", "model"), FAMILIES)
def test_a_line_finds_its_servers_and_is_encrypted_as_wished(
    driver: PhoneDriver, model: str, way: Registrar, secure: SecureCalling
) -> None:
    words, line = words_of(driver.brand, model), words_of(driver.brand, model).line(1)
    registrar = {
        Registrar.ONE: RegistrarProfile(),
        Registrar.TWO: RegistrarProfile(way=Registrar.TWO, second="192.0.2.20"),
        Registrar.SRV: RegistrarProfile(way=Registrar.SRV, domain="phones.example"),
    }[way]
    profile = replace(a_profile(driver, model), registrar=registrar, lines=(replace(A_LINE, secure_calling=secure),))
    values = read(driver, profile)
    is_secret = secure is SecureCalling.ALWAYS or (secure is SecureCalling.AUTO and driver.model(model).speaks_tls)

    assert host_of(values[line.server]) == ("phones.example" if way is Registrar.SRV else BOX.ip)
    if line.second:
        assert host_of(values[line.second]) == ("192.0.2.20" if way is Registrar.TWO else "")
    if line.srv[0]:
        assert (values[line.srv[0]] == line.srv[1]) is (way is Registrar.SRV)
    port = "5061" if is_secret else "5060"
    assert (port in values.values() or any(f":{port}" in v for v in values.values())) is (
        way is not Registrar.SRV or driver.brand is Brand.PANASONIC
    )
    wanted_srtp = {
        SecureCalling.ALWAYS: words.mandatory_srtp,
        SecureCalling.AUTO: words.optional_srtp if is_secret else words.no_srtp,
        SecureCalling.NEVER: words.no_srtp,
    }[secure]
    if wanted_srtp and not (model == "KX-TGP600" and not is_secret):
        assert values[line.srtp] == wanted_srtp
    transport = values[line.transport].rpartition("transport=")[2]
    if driver.brand is Brand.YEALINK and way is Registrar.SRV and secure is not SecureCalling.ALWAYS:
        assert transport == "3", "NAPTR records choose"
    else:
        assert transport == (words.tls if is_secret else words.udp)


@pytest.mark.feature("G5")
def test_a_snoms_second_server_is_a_hidden_identity_that_takes_over() -> None:
    driver = DRIVER_OF[Brand.SNOM]
    two = RegistrarProfile(way=Registrar.TWO, second="192.0.2.20")
    lines = (A_LINE, replace(A_LINE, sip_user="other"))
    values = read(driver, replace(a_profile(driver, "D785"), registrar=two, lines=lines))
    for line, second in (("1", "3"), ("2", "4")):
        assert values[f"user_failover_identity[{line}]"] == second
        assert values[f"hide_identity[{second}]"] == "on"
        assert values[f"user_host[{second}]"] == "192.0.2.20"
        assert values[f"user_name[{second}]"] == values[f"user_name[{line}]"]
    assert values["user_active[5]"] == "off"


@pytest.mark.feature("G5")
def test_lines_of_a_dect_base_that_differ_in_secrecy_have_servers_of_their_own() -> None:
    lines = (A_LINE, replace(A_LINE, secure_calling=SecureCalling.ALWAYS))
    snom = DRIVER_OF[Brand.SNOM]
    values = read(snom, replace(a_profile(snom, "M700"), lines=lines))
    assert [values[f"subscr_sip_ua_data_server_id[{n}]"] for n in (1, 2)] == ["1", "2"]
    assert [values[f"srv_sip_transport[{n}]"] for n in (1, 2)] == ["udp", "tls"]
    yealink = DRIVER_OF[Brand.YEALINK]
    lines = (replace(A_LINE, secure_calling=SecureCalling.NEVER), A_LINE)
    values = read(yealink, replace(a_profile(yealink, "W70B"), lines=lines))
    assert [values[f"account.{n}.sip_server.template"] for n in (1, 2)] == ["1", "2"]
    assert [values[f"template.{n}.sip_server.1.port"] for n in (1, 2)] == ["5060", "5061"]


@pytest.mark.feature("G5")
@pytest.mark.parametrize(("driver", "model"), FAMILIES)
def test_call_waiting_is_off_when_the_line_wants_none(driver: PhoneDriver, model: str) -> None:
    plain = a_profile(driver, model)
    without = replace(plain, lines=(replace(A_LINE, has_call_waiting=False),))
    changed = {key for key, value in read(driver, plain).items() if read(driver, without)[key] != value}
    assert len(changed) == 1


@pytest.mark.feature("G5")
@pytest.mark.parametrize(("driver", "model"), FAMILIES)
def test_settings_are_fetched_again_as_often_as_wished(driver: PhoneDriver, model: str) -> None:
    name, units = words_of(driver.brand, model).resync
    if not name:
        pytest.skip("no document says how this base is told to look by itself")
    assert read(driver, replace(a_profile(driver, model), resync_minutes=90))[name] == str(90 * units)


@pytest.mark.feature("G5")
def test_a_grandstream_is_not_told_less_than_it_takes() -> None:
    driver = DRIVER_OF[Brand.GRANDSTREAM]
    assert read(driver, replace(a_profile(driver, "GRP2614"), resync_minutes=5))["P193"] == "60"
    assert [read(driver, a_profile(driver, model))["P194"] for model in ("GRP2614", "HT802")] == ["1", "3"]


@pytest.mark.feature("G5", "G10")
@pytest.mark.parametrize(("driver", "model"), FAMILIES)
def test_firmware_is_named_when_chosen_and_untouched_otherwise(driver: PhoneDriver, model: str) -> None:
    words = words_of(driver.brand, model)
    kept = read(driver, a_profile(driver, model))
    assert not {words.firmware, *words.never_with_firmware_kept} & kept.keys()
    profile = replace(a_profile(driver, model), firmware=FIRMWARE)
    chosen = read(driver, profile)
    if words.firmware:
        assert chosen[words.firmware] == words.firmware_url
    if words.firmware == "firmware_status":
        (file,) = (file for file in driver.files(profile) if file.name == "firmware.xml")
        assert read_snom_firmware(file.content) == "https://192.0.2.10/firmware/brand/model/image.bin"


@pytest.mark.feature("G5")
@pytest.mark.parametrize(("driver", "model"), FAMILIES)
def test_an_installers_own_parameter_wins_but_never_over_what_leads_the_phone(driver: PhoneDriver, model: str) -> None:
    words = words_of(driver.brand, model)
    plain = read(driver, a_profile(driver, model))
    own, new = words.own_parameter
    assert plain[own] != "77"
    parameters = tuple(Parameter(name=name, value="77") for name in (own, new, *words.protected))
    for parameter in parameters:
        parameter.check(driver.brand)
    profile = replace(a_profile(driver, model), parameters=parameters)
    values = read(driver, profile)

    assert values == {**plain, own: "77", new: "77"}
    assert [parameter.name for parameter in driver.parameters_left_out(profile)] == list(words.protected)


@pytest.mark.feature("G5")
def test_a_snoms_own_key_parameter_stands_among_the_keys() -> None:
    driver = DRIVER_OF[Brand.SNOM]
    parameter = Parameter(name="fkey[7]", value="keyevent F_DND")
    assert read(driver, replace(a_profile(driver, "D785"), parameters=(parameter,)))["fkey[7]"] == "keyevent F_DND"


@pytest.mark.feature("G5")
@pytest.mark.parametrize(("driver", "model"), FAMILIES)
def test_each_ring_tone_has_a_melody(driver: PhoneDriver, model: str) -> None:
    text, melody = words_of(driver.brand, model).ring_tone
    if not text:
        pytest.skip("no document lets this model choose a melody by a name in Alert-Info")
    values = read(driver, replace(a_profile(driver, model), ring_tones=("door",)))
    assert values[text] == "door"
    assert values[melody]


@pytest.mark.feature("G5")
@pytest.mark.parametrize(
    ("brand", "setting"),
    [
        (Brand.YEALINK, "features.intercom.allow"),
        (Brand.SNOM, "intercom_enabled"),
        (Brand.GRANDSTREAM, "P298"),
        (Brand.PANASONIC, "SIGNALING_AUTO_ANS_ENABLE"),
    ],
)
def test_an_intercom_call_is_answered_by_the_phone_itself(brand: Brand, setting: str) -> None:
    driver = DRIVER_OF[brand]
    assert read(driver, a_profile(driver, driver.models[0].name))[setting] in ("1", "on", "Y")


@pytest.mark.feature("G5", "G9")
@pytest.mark.parametrize(("driver", "model"), FAMILIES)
def test_the_directory_is_asked_by_ldap_over_tls(driver: PhoneDriver, model: str) -> None:
    ldap = words_of(driver.brand, model).ldap
    if not ldap:
        pytest.skip("no document names the parameters for this model")
    values = read(driver, a_profile(driver, model))
    assert values[ldap["host"]].removeprefix("ldaps://") == BOX.ip
    assert values[ldap["port"]] == "636"
    assert values[ldap["base"]] == "ou=phonebook,dc=belbox"
    assert values[ldap["user"]] == "cn=phones,dc=belbox"
    assert values[ldap["password"]] == "phonebook-secret-3"
    assert {
        Brand.YEALINK: values.get("ldap.tls_mode") == "2",
        Brand.SNOM: values.get("ldap_over_tls") == "on",
        Brand.GRANDSTREAM: values.get("P8037") == "1",
        Brand.PANASONIC: values.get("LDAP_SERVER") == "ldaps://192.0.2.10",
    }[driver.brand]
    filters = [value for value in values.values() if value.startswith("(|")]
    assert len(filters) == 2
    for attribute in ("cn", "sn", "telephoneNumber", "mobile", "homePhone"):
        assert any(f"({attribute}=%" in value for value in filters)


@pytest.mark.feature("G9")
@pytest.mark.parametrize(("driver", "model"), WITH_DIRECTORY_FILE)
def test_the_directory_reads_back(driver: PhoneDriver, model: str) -> None:
    entries = tuple(
        PhonebookEntry(name=f"Person {n:03} <&>", inside=str(200 + n), outside=(f"02555{n:04}", f"0470{n:06}"))
        for n in range(60)
    )
    plain = a_profile(driver, model)
    profile = replace(plain, phonebook=replace(plain.phonebook, entries=entries))
    each = words_of(driver.brand, model).numbers_each
    expected = [
        (entry.name, numbers[start : start + each])
        for entry in entries
        for numbers in ((entry.inside, *entry.outside),)
        for start in range(0, 3, each)
    ]
    assert directory_in(driver, profile) == expected
    assert directory_in(driver, plain) == []


@pytest.mark.feature("G9", "R6")
@pytest.mark.parametrize("name", ["n" * 5000, "é" * 2500, "\0\n", *HOSTILE], ids=range(3 + len(HOSTILE)))
@pytest.mark.parametrize(("driver", "model"), WITH_DIRECTORY_FILE)
def test_a_strange_name_in_the_directory_stays_a_name(driver: PhoneDriver, model: str, name: str) -> None:
    plain = a_profile(driver, model)
    entries = (
        *(PhonebookEntry(name=name, inside=str(n)) for n in range(200)),
        PhonebookEntry(name="last", inside="999"),
    )
    found = directory_in(driver, replace(plain, phonebook=replace(plain.phonebook, entries=entries)))
    assert len(found) == 201
    assert found[-1] == ("last", ("999",))
    for shown, _ in found[:-1]:
        assert shown
        assert len(shown.encode()) <= 120
        assert carried(Brand.SNOM, name).startswith(shown.removesuffix("…").rstrip()) or shown == "?"


@pytest.mark.feature("R6")
@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize(("driver", "model"), FAMILIES)
def test_hostile_values_stay_values(driver: PhoneDriver, model: str, hostile: str) -> None:
    row, words = driver.model(model), words_of(driver.brand, model)
    keys = tuple(
        KeyProfile(position=position, module=module, kind=kind, label=label, number=number, pickup="*8" + number)
        for label, number in ((hostile, hostile),)
        for position, module, kind in ((1, 0, KeyKind.LAMP), (2, 0, KeyKind.CALL), (1, 1, KeyKind.LAMP))
    )
    plain = replace(
        a_profile(driver, model),
        registrar=RegistrarProfile(way=Registrar.TWO, second="192.0.2.20"),
        keys=tuple(replace(key, label="label", number="1", pickup="*81") for key in keys),
        parameters=(Parameter(name=words.own_parameter[1], value="1"),),
        firmware=FIRMWARE,
    )
    attacked = replace(
        plain,
        lines=(replace(A_LINE, name=hostile, number=hostile, sip_user=hostile, sip_password=Secret(hostile)),),
        voicemail_number=hostile,
        admin_password=Secret(hostile),
        keys=keys,
        registrar=RegistrarProfile(way=Registrar.TWO, second=hostile),
        phonebook=PhonebookProfile(password=Secret(hostile), user=hostile, base=hostile),
        emergency_numbers=(hostile, "101"),
        ring_tones=(hostile, *plain.ring_tones[1:]),
        firmware=FirmwareProfile(version=hostile, path=f"brand/model/{hostile}"),
        parameters=(Parameter(name=words.own_parameter[1], value=hostile),),
    )
    values = read(driver, attacked)

    assert values.keys() == read(driver, plain).keys()
    line = words.line(1)
    for word in filter(None, (line.name, line.label, line.user, line.password, line.voicemail)):
        if len(hostile) < 500:
            assert values[word] == carried(driver.brand, hostile)
        else:
            assert values[word].rstrip("…") == hostile[: len(values[word].rstrip("…"))]
            assert len(values[word]) > 200
    if row.has_place_for(keys[0]) and len(hostile) < 500:
        assert carried(driver.brand, hostile) in values.values()


@pytest.mark.feature("R6")
@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize(("driver", "model"), FAMILIES)
def test_hostile_domain_and_numbers_stay_values(driver: PhoneDriver, model: str, hostile: str) -> None:
    plain = replace(a_profile(driver, model), registrar=RegistrarProfile(way=Registrar.SRV, domain="phones.example"))
    book = PhonebookProfile(
        password=Secret("x"), entries=(PhonebookEntry(name="n", inside=hostile, outside=(hostile,)),)
    )
    attacked = replace(plain, registrar=RegistrarProfile(way=Registrar.SRV, domain=hostile), phonebook=book)
    assert read(driver, attacked).keys() == read(driver, plain).keys()
    if words_of(driver.brand, model).directory_file is not None:
        assert {name for name, _ in directory_in(driver, attacked)} == {"n"}


@pytest.mark.feature("G5", "R6")
@pytest.mark.parametrize(("driver", "model"), FAMILIES)
@settings(deadline=None, max_examples=60)
@given(name=st.text(min_size=1, max_size=100).filter(lambda text: carried(Brand.SNOM, text)))
def test_any_name_reads_back(driver: PhoneDriver, model: str, name: str) -> None:
    values = read(driver, replace(a_profile(driver, model), lines=(replace(A_LINE, name=name),)))
    assert values[words_of(driver.brand, model).line(1).name] == carried(driver.brand, name)


@pytest.mark.feature("G5")
@pytest.mark.parametrize(("driver", "model"), FAMILIES)
def test_same_profile_same_bytes_in_every_language_and_country(driver: PhoneDriver, model: str) -> None:
    seen: set[tuple[ProvisionedFile, ...]] = set()
    for language in Language:
        for country in Country:
            profile = replace(a_profile(driver, model), language=language, country=country)
            assert driver.files(profile) == driver.files(profile)
            assert read(driver, profile)
            seen.add(driver.files(profile))
    # Of this base no document says how it is told either.
    assert len(seen) > 1 or model == "KX-TGP600"


@pytest.mark.feature("G2")
@pytest.mark.parametrize("driver", ALL_DRIVERS, ids=lambda driver: driver.brand)
def test_unknown_model_and_time_zone_are_said_not_guessed(driver: PhoneDriver) -> None:
    profile = a_profile(driver, driver.models[0].name)
    with pytest.raises(UnknownModel, match="unknown-model"):
        driver.files(replace(profile, model="XX-9999"))
    with pytest.raises(UnknownTimeZone, match="Mars/Olympus"):
        driver.files(replace(profile, time_zone="Mars/Olympus"))


@pytest.mark.feature("G5")
def test_summer_time_of_every_zone_is_written_out_for_the_oldest_panasonic() -> None:
    driver = DRIVER_OF[Brand.PANASONIC]
    for zone, minutes, begins, ends in (("Europe/Brussels", "60", "120", "180"), ("Europe/London", "0", "60", "120")):
        values = read(driver, replace(a_profile(driver, "KX-TGP550"), time_zone=zone))
        assert values["TIME_ZONE"] == minutes
        assert [values[f"DST_START_{part}"] for part in ("MONTH", "ORDINAL_DAY", "DAY_OF_WEEK", "TIME")] == [
            "3",
            "5",
            "0",
            begins,
        ]
        assert [values[f"DST_STOP_{part}"] for part in ("MONTH", "TIME")] == ["10", ends]


def test_words_know_every_family() -> None:
    assert all(isinstance(words_of(driver.brand, row.name), Words) for driver in ALL_DRIVERS for row in driver.models)


@pytest.mark.feature("G2")
@pytest.mark.parametrize("model", ["SIP-T28P", "SIP-T38G", "W52P", "SIP-T46G"])
def test_a_yealink_from_before_v80_is_told_under_its_old_names_too(model: str) -> None:
    """V80 put `static.` before names and gave accounts several servers; older firmware passes the new names over."""
    driver = DRIVER_OF[Brand.YEALINK]
    profile = replace(a_profile(driver, model), firmware=FIRMWARE)
    reader = READERS[Brand.YEALINK]
    first = reader(driver.first_files(BOX, model)[0].content)
    enrolment = reader(driver.enrolment_file(BOX, profile.mac, model, profile.settings_url).content)
    whole = read(driver, profile)
    for delivered in (first, enrolment, whole):
        for name in ("auto_provision.server.url", "trusted_certificates.url"):
            assert delivered[name] == delivered[f"static.{name}"]
    assert whole["firmware.url"] == whole["static.firmware.url"]
    assert whole["account.1.sip_server_host"] == whole["account.1.sip_server.1.address"] == BOX.ip
    assert whole["account.1.sip_server_port"] == whole["account.1.sip_server.1.port"]
    assert whole["account.1.transport"] == whole["account.1.sip_server.1.transport_type"]


@pytest.mark.feature("G2")
def test_a_newer_yealink_is_not_told_under_old_names() -> None:
    driver = DRIVER_OF[Brand.YEALINK]
    assert "auto_provision.server.url" not in read(driver, a_profile(driver, "SIP-T46U"))


@pytest.mark.feature("G10")
@pytest.mark.parametrize(("path", "folder"), [("x.bin", "firmware"), ("grp/x.bin", "firmware/grp")])
def test_a_grandstream_is_told_the_folder_of_its_firmware(path: str, folder: str) -> None:
    driver = DRIVER_OF[Brand.GRANDSTREAM]
    profile = replace(a_profile(driver, "GRP2614"), firmware=FirmwareProfile(version="1.2.3.4", path=path))
    assert read(driver, profile)["P192"].rstrip("/") == f"{BOX.ip}/{folder}"

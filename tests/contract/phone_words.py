"""Under which names each brand's files say the same things, taken from the vendors' documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from appliance.office.phone import Brand
from tests.contract.phone_files import (
    Directory,
    read_grandstream_directory,
    read_panasonic_page,
    read_snom_contacts,
    read_snom_directory,
    read_yealink_directory,
)


@dataclass(frozen=True, kw_only=True)
class LineWords:
    """One line; an empty word means that the format has none for it."""

    name: str
    user: str
    password: str
    server: str
    label: str = ""
    second: str = ""
    voicemail: str = ""
    transport: str = ""
    srtp: str = ""
    srv: tuple[str, str] = ("", "")  # a setting, and what it says when DNS SRV names the servers


@dataclass(frozen=True, kw_only=True)
class Words:
    """One format. `directory` reads the file called `directory_file` (empty: the settings); `keys` gives mode,
    number, label and line of a key by module and position."""

    provisioning_url: str
    admin_password: str
    ntp: str
    resync: tuple[str, int] = ("", 1)  # and how many of its units a minute has
    line: Callable[[int], LineWords]
    udp: str = "0"
    tls: str = "2"
    no_srtp: str = "0"
    optional_srtp: str = "1"
    mandatory_srtp: str = "2"
    line_off: Callable[[int], tuple[str, str]]
    ldap: Mapping[str, str] = field(default_factory=dict)
    directory_file: str | None = None
    directory: Callable[[bytes], Directory] = read_yealink_directory
    numbers_each: int = 1  # of a directory's entry; more make another entry
    firmware: str = ""
    firmware_url: str = "https://192.0.2.10/firmware/brand/model/image.bin"
    never_with_firmware_kept: tuple[str, ...] = ()
    ring_tone: tuple[str, str] = ("", "")  # the first tone's name and melody
    language: tuple[str, str] = ("", "")  # and French
    emergency: str = ""
    own_parameter: tuple[str, str]  # a name the template writes too, and one it does not
    protected: tuple[str, ...]


def _yealink_line(n: int) -> LineWords:
    own = f"account.{n}"
    return LineWords(
        name=f"{own}.display_name",
        label=f"{own}.label",
        user=f"{own}.user_name",
        password=f"{own}.password",
        server=f"{own}.sip_server.1.address",
        second=f"{own}.sip_server.2.address",
        voicemail=f"voice_mail.number.{n}",
        transport=f"{own}.sip_server.1.transport_type",
        srtp=f"{own}.srtp_encryption",
        srv=(f"{own}.sip_server.1.port", "0"),
    )


YEALINK = Words(
    provisioning_url="static.auto_provision.server.url",
    admin_password="static.security.user_password",
    ntp="local_time.ntp_server1",
    resync=("static.auto_provision.repeat.minutes", 1),
    line=_yealink_line,
    line_off=lambda n: (f"account.{n}.enable", "0"),
    ldap={
        "host": "ldap.host",
        "port": "ldap.port",
        "base": "ldap.base",
        "user": "ldap.user",
        "password": "ldap.password",
    },
    directory_file="phonebook.xml",
    numbers_each=99,
    firmware="static.firmware.url",
    ring_tone=("distinctive_ring_tones.alert_info.1.text", "distinctive_ring_tones.alert_info.1.ringer"),
    language=("lang.gui", "French"),
    emergency="phone_setting.emergency.number",
    own_parameter=("ldap.max_hits", "phone_setting.contrast"),
    protected=(
        "static.auto_provision.server.url",
        "account.1.password",
        "account.1.sip_server.1.address",
        "static.trusted_certificates.url",
        "static.security.user_password",
    ),
)


def _snom_line(n: int) -> LineWords:
    return LineWords(
        name=f"user_realname[{n}]",
        label=f"user_idle_text[{n}]",
        user=f"user_name[{n}]",
        password=f"user_pass[{n}]",
        server=f"user_host[{n}]",
        voicemail=f"user_mailbox[{n}]",
        transport=f"user_outbound[{n}]",
        srtp=f"user_savp[{n}]",
    )


SNOM = Words(
    provisioning_url="setting_server",
    admin_password="admin_mode_password",
    ntp="ntp_server",
    resync=("settings_refresh_timer", 60),
    line=_snom_line,
    udp="udp",
    tls="tls",
    no_srtp="off",
    optional_srtp="optional",
    mandatory_srtp="mandatory",
    line_off=lambda n: (f"user_active[{n}]", "off"),
    ldap={
        "host": "ldap_server",
        "port": "ldap_port",
        "base": "ldap_base",
        "user": "ldap_username",
        "password": "ldap_password",
    },
    directory_file="",
    directory=read_snom_contacts,
    firmware="firmware_status",
    firmware_url="https://192.0.2.10/p/tokentokentoken-0123456789/firmware.xml",
    never_with_firmware_kept=("update_policy", "firmware"),
    ring_tone=("internal_ringer_text[0]", "internal_ringer_file[0]"),
    language=("language", "Français"),
    emergency="keyboard_lock_emergency",
    own_parameter=("user_expiry[1]", "ring_sound"),
    protected=("setting_server", "user_pass[1]", "user_host[1]", "admin_mode_password", "check_trusted_certificate"),
)

SNOM_DECT = Words(
    provisioning_url="setting_server",
    admin_password="http_pass",
    ntp="ntp_server",
    line=lambda n: LineWords(
        name=f"user_realname[{n}]",
        label=f"subscr_sip_line_name[{n}]",
        user=f"user_name[{n}]",
        password=f"user_pass[{n}]",
        server="user_host[1]",
        voicemail=f"user_mailnumber[{n}]",
        transport="srv_sip_transport[1]",
        srtp="user_srtp[1]",
    ),
    udp="udp",
    tls="tls",
    no_srtp="off",
    mandatory_srtp="on",
    line_off=lambda n: (f"user_active[{n}]", "off"),
    directory_file="phonebook.xml",
    directory=read_snom_directory,
    never_with_firmware_kept=("fp_fwu_sw_version",),
    language=("language", "Français"),
    own_parameter=("user_expiry[1]", "tls_server_authentication"),
    protected=("setting_server", "user_pass[1]", "user_host[1]", "http_pass"),
)

# FusionPBX gxv3240 and grp2614: what each account's numbers are, written out.
_GRANDSTREAM_LINES = {
    1: LineWords(
        name="P3", label="P270", user="P35", password="P34", server="P47", second="P2312", voicemail="P33",
        transport="P130", srtp="P183", srv=("P103", "1"),
    ),
    2: LineWords(
        name="P407", label="P417", user="P404", password="P406", server="P402", second="P2412", voicemail="P426",
        transport="P448", srtp="P443", srv=("P408", "1"),
    ),
    3: LineWords(
        name="P507", label="P517", user="P504", password="P506", server="P502", second="P2512", voicemail="P526",
        transport="P548", srtp="P543", srv=("P508", "1"),
    ),
    4: LineWords(
        name="P607", label="P617", user="P604", password="P606", server="P602", second="P2612", voicemail="P626",
        transport="P648", srtp="P643", srv=("P608", "1"),
    ),
    5: LineWords(name="P1707", label="P1717", user="P1704", password="P1706", server="P1702"),
    6: LineWords(name="P1807", label="P1817", user="P1804", password="P1806", server="P1802"),
}  # fmt: skip
_GRANDSTREAM_ACTIVE = {1: "P271", 2: "P401", 3: "P501", 4: "P601", 5: "P1701", 6: "P1801"}

GRANDSTREAM = Words(
    provisioning_url="url",
    admin_password="P2",
    ntp="P30",
    resync=("P193", 1),
    line=lambda n: _GRANDSTREAM_LINES[n],
    line_off=lambda n: (_GRANDSTREAM_ACTIVE[n], "0"),
    ldap={"host": "P8020", "port": "P8021", "base": "P8022", "user": "P8023", "password": "P8024"},
    directory_file="phonebook.xml",
    directory=read_grandstream_directory,
    numbers_each=3,
    firmware="P192",
    firmware_url="192.0.2.10/firmware/brand/model",
    never_with_firmware_kept=("P6767",),
    ring_tone=("P1488", "P1489"),
    language=("P1362", "fr"),
    emergency="P8385",
    own_parameter=("P32", "P1345"),
    protected=("P2", "P237", "P34", "P47", "P406", "P8433", "P212"),
)

_FIRST_SOCKET = LineWords(
    name="P3", user="P35", password="P34", server="P47", second="P967", transport="P130", srtp="P183", srv=("P103", "1")
)
_SECOND_SOCKET = LineWords(
    name="P703", user="P735", password="P734", server="P747", second="P987", transport="P830", srtp="P443",
    srv=("P702", "1"),
)  # fmt: skip

GRANDSTREAM_SOCKETS = Words(
    provisioning_url="url",
    admin_password="P2",
    ntp="P30",
    resync=("P193", 1),
    line=lambda n: (_FIRST_SOCKET, _SECOND_SOCKET)[n - 1],
    line_off=lambda n: (("P271", "P401")[n - 1], "0"),
    firmware="P192",
    firmware_url="192.0.2.10/firmware/brand/model",
    never_with_firmware_kept=("P6767",),
    own_parameter=("P32", "P228"),
    protected=("P2", "P237", "P34", "P734", "P747", "P8463"),
)


def _user_of_table(n: int) -> LineWords:
    return LineWords(
        name=f"P{4179 + n}",
        user=f"P{4059 + n}",
        password=f"P{4119 + n}",
        server="P47",
        second="P967",
        transport="P130",
        srtp="P183",
        srv=("P103", "1"),
    )


GRANDSTREAM_USERS = Words(
    provisioning_url="url",
    admin_password="P2",
    ntp="P30",
    resync=("P193", 1),
    line=_user_of_table,
    line_off=lambda n: (f"P{4594 + n}", "0"),
    firmware="P192",
    firmware_url="192.0.2.10/firmware/brand/model",
    never_with_firmware_kept=("P6767",),
    own_parameter=("P32", "P228"),
    protected=("P2", "P237", "P4060", "P4121", "P47"),
)


def _panasonic_line(n: int) -> LineWords:
    return LineWords(
        name=f"DISPLAY_NAME_{n}",
        user=f"SIP_AUTHID_{n}",
        password=f"SIP_PASS_{n}",
        server=f"SIP_RGSTR_ADDR_{n}",
        second=f"SIP_2NDRGSTR_ADDR_{n}",
        voicemail=f"VM_NUMBER_{n}",
        transport=f"SIP_TRANSPORT_{n}",
        srtp=f"SRTP_CONNECT_MODE_{n}",
        srv=(f"SIP_DNSSRV_ENA_{n}", "Y"),
    )


PANASONIC = Words(
    provisioning_url="CFG_STANDARD_FILE_PATH",
    admin_password="ADMIN_PASS",
    ntp="NTP_ADDR",
    resync=("CFG_CYCLIC_INTVL", 1),
    line=_panasonic_line,
    no_srtp="1",  # nothing documented switches it off: 1 takes either
    mandatory_srtp="0",
    line_off=lambda n: (f"LINE_ENABLE_{n}", "Disabled"),
    ldap={
        "host": "LDAP_SERVER",
        "port": "LDAP_SERVER_PORT",
        "base": "LDAP_BASEDN",
        "user": "LDAP_USERID",
        "password": "LDAP_PASSWORD",
    },
    directory_file="phonebook-1.xml",
    directory=read_panasonic_page,
    numbers_each=99,
    firmware="FIRM_FILE_PATH",
    never_with_firmware_kept=("FIRM_UPGRADE_ENABLE", "FIRM_VERSION"),
    language=("DEFAULT_LANGUAGE", "fr"),
    own_parameter=("LDAP_MAXRECORD", "SYSLOG_ADDR"),
    protected=("CFG_STANDARD_FILE_PATH", "SIP_PASS_1", "SIP_RGSTR_ADDR_1", "ADMIN_PASS", "CFG_ROOT_CERTIFICATE_PATH"),
)

PANASONIC_DECT = Words(
    provisioning_url="CFG_STANDARD_FILE_PATH",
    admin_password="ADMIN_PASS",
    ntp="NTP_ADDR",
    resync=("CFG_CYCLIC_INTVL", 1),
    line=_panasonic_line,
    no_srtp="",
    mandatory_srtp="0",
    line_off=lambda n: (f"PHONE_NUMBER_{n}", ""),
    firmware="FIRM_FILE_PATH",
    never_with_firmware_kept=("FIRM_UPGRADE_ENABLE",),
    own_parameter=("REG_EXPIRE_TIME_1", "SYSLOG_ADDR"),
    protected=("CFG_STANDARD_FILE_PATH", "SIP_PASS_1", "SIP_RGSTR_ADDR_1", "ADMIN_PASS"),
)

_BY_BEGINNING = (
    (Brand.SNOM, "M", SNOM_DECT),
    (Brand.GRANDSTREAM, "HT801", GRANDSTREAM_SOCKETS),
    (Brand.GRANDSTREAM, "HT802", GRANDSTREAM_SOCKETS),
    (Brand.GRANDSTREAM, "HT812", GRANDSTREAM_SOCKETS),
    (Brand.GRANDSTREAM, "HT", GRANDSTREAM_USERS),
    (Brand.GRANDSTREAM, "DP", GRANDSTREAM_USERS),
    (Brand.PANASONIC, "KX-TGP", PANASONIC_DECT),
)
WORDS: Mapping[Brand, Words] = {
    Brand.YEALINK: YEALINK,
    Brand.SNOM: SNOM,
    Brand.GRANDSTREAM: GRANDSTREAM,
    Brand.PANASONIC: PANASONIC,
}


def words_of(brand: Brand, model: str) -> Words:
    """The words of a model's files; most models of a brand share them."""
    return next((w for b, start, w in _BY_BEGINNING if b is brand and model.startswith(start)), WORDS[brand])

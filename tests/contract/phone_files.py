"""Small readers of each brand's file format, written from the vendors' descriptions and not from our templates.

They are as strict as the phones: a file that a phone would throw away is a ValueError here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from defusedxml.ElementTree import fromstring

from appliance.office.phone import Brand


@dataclass(frozen=True, kw_only=True)
class Words:
    """Under which names a brand's file says the same things."""

    provisioning_url: str
    name: str
    label: str
    user: str
    password: str
    server: str
    admin_password: str
    voicemail: str
    ntp: str


def read_yealink(content: bytes) -> dict[str, str]:
    lines = content.decode("utf-8").split("\n")
    if lines[0] != "#!version:1.0.0.1":
        raise ValueError("without its first line the file is not read")
    values: dict[str, str] = {}
    for line in lines[1:]:
        if not line or line.startswith("#"):
            continue
        key, equals, value = line.partition("=")
        if not equals or not re.fullmatch(r"[a-z0-9_.]+", key.strip()):
            raise ValueError(f"no setting: {line!r}")
        # Both mean: back to what it was when the phone was new.
        values[key.strip()] = "" if value.strip() in ("", "%NULL%") else value.strip(" ")
    return values


def read_snom(content: bytes) -> dict[str, str]:
    root = fromstring(content)
    if root.tag != "settings":
        raise ValueError("not a settings file")
    values: dict[str, str] = {}
    for section in root:
        if section.tag not in ("phone-settings", "functionKeys", "certificates"):
            raise ValueError(f"unknown section {section.tag}")
        for setting in section:
            if section.tag != "certificates" and setting.get("perm") is None:
                raise ValueError(f"{setting.tag} has no permission")
            index = setting.get("idx")
            name = setting.tag if index is None else f"{setting.tag}[{index}]"
            values[name] = setting.text or setting.get("url") or ""
            if setting.get("label") is not None:
                values[f"{name}.label"] = setting.get("label") or ""
    return values


def read_grandstream(content: bytes) -> dict[str, str]:
    root = fromstring(content)
    configs = list(root)
    if root.tag != "gs_provision" or root.get("version") != "1" or [part.tag for part in configs] != ["config"]:
        raise ValueError("not a Grandstream file")
    values: dict[str, str] = {}
    for value in configs[0]:
        if not re.fullmatch(r"P\d+", value.tag) or len(value):
            raise ValueError(f"no P-value: {value.tag}")
        values[value.tag] = value.text or ""
    if "P237" in values:
        scheme = {"0": "tftp", "1": "http", "2": "https"}[values["P212"]]
        if "://" in values["P237"]:
            raise ValueError("P237 has no scheme")
        values["url"] = f"{scheme}://{values['P237']}/"
    return values


def read_panasonic(content: bytes) -> dict[str, str]:
    if not content.startswith(b"# Panasonic SIP Phone Standard Format File #\r\n"):
        raise ValueError("without its first line the file is thrown away")
    if not content.endswith(b"\r\n\r\n"):
        raise ValueError("the last line must be empty")
    if b"\n" in content.replace(b"\r\n", b"") or b"\r" in content.replace(b"\r\n", b""):
        raise ValueError("a line end that is not CR LF")
    values: dict[str, str] = {}
    for line in content.split(b"\r\n")[1:]:
        if not line or line.startswith(b"#"):
            continue
        match = re.fullmatch(r'([A-Z0-9_]{1,32})="([^"]{0,500})"', line.decode("utf-8"))
        if not match or len(line) > 537:
            raise ValueError(f"the phone ignores {line!r}")
        values.setdefault(match[1], match[2])
    return values


READERS: Mapping[Brand, Callable[[bytes], dict[str, str]]] = {
    Brand.YEALINK: read_yealink,
    Brand.SNOM: read_snom,
    Brand.GRANDSTREAM: read_grandstream,
    Brand.PANASONIC: read_panasonic,
}

WORDS: Mapping[Brand, Words] = {
    Brand.YEALINK: Words(
        provisioning_url="static.auto_provision.server.url",
        name="account.1.display_name",
        label="account.1.label",
        user="account.1.user_name",
        password="account.1.password",
        server="account.1.sip_server.1.address",
        admin_password="static.security.user_password",
        voicemail="voice_mail.number.1",
        ntp="local_time.ntp_server1",
    ),
    Brand.SNOM: Words(
        provisioning_url="setting_server",
        name="user_realname[1]",
        label="user_idle_text[1]",
        user="user_name[1]",
        password="user_pass[1]",
        server="user_host[1]",
        admin_password="admin_mode_password",
        voicemail="user_mailbox[1]",
        ntp="ntp_server",
    ),
    Brand.GRANDSTREAM: Words(
        provisioning_url="url",
        name="P3",
        label="P270",
        user="P35",
        password="P34",
        server="P47",
        admin_password="P2",
        voicemail="P33",
        ntp="P30",
    ),
    Brand.PANASONIC: Words(
        provisioning_url="CFG_STANDARD_FILE_PATH",
        name="DISPLAY_NAME_1",
        label="FLEX_BUTTON_LABEL1",
        user="SIP_AUTHID_1",
        password="SIP_PASS_1",
        server="SIP_RGSTR_ADDR_1",
        admin_password="ADMIN_PASS",
        voicemail="VM_NUMBER_1",
        ntp="NTP_ADDR",
    ),
}

"""What each virtual phone takes and refuses of a file, by the brand's rules; the files are written by hand."""

from __future__ import annotations

import pytest

from tests.virtual_office.desk_phone import grandstream, panasonic, snom
from tests.virtual_office.desk_phone.brand import Brand, Delivery, FileRefused, Wish
from tests.virtual_office.desk_phone.grandstream import Grandstream
from tests.virtual_office.desk_phone.kinds import phone_of_kind

BASE = "http://box/p/"
FIRST = "# Panasonic SIP Phone Standard Format File #\r\n"


def _provision(brand: Brand, files: dict[str, bytes], url: str = BASE) -> tuple[Delivery, list[str]]:
    """Provision from files by name; also tells the names asked for, in order."""
    asked: list[str] = []

    def get(wanted: str) -> bytes | None:
        asked.append(wanted.removeprefix(BASE))
        return files.get(wanted.removeprefix(BASE))

    return brand.provision(url, get, {}), asked


@pytest.mark.feature("G2")
def test_a_yealink_boot_file_hides_the_usual_names() -> None:
    boot = b'#!version:1.0.0.1\ninclude:config "own/$MAC.cfg"\n[T46U]include:config a.cfg\n[T58]include:config b.cfg\n'
    own = b"#!version:1.0.0.1\naccount.1.label = a # b\n"
    delivery, asked = _provision(
        phone_of_kind("yealink", "80:5E:C0:00:00:01"), {"805ec0000001.boot": boot, "own/805ec0000001.cfg": own}
    )
    assert asked == ["805ec0000001.boot", "own/805ec0000001.cfg", "a.cfg"]
    assert delivery.settings == {"account.1.label": "a # b"}


@pytest.mark.parametrize(
    "content",
    [
        b"#!version:1.0.0.2\na.b = 1\n",
        b"\xef\xbb\xbf#!version:1.0.0.1\na.b = 1\n",
        b"a.b = 1\n",
        b"#!version:1.0.0.1\na.b = \xff\n",
        b"",
    ],
)
def test_a_yealink_file_without_its_first_line_or_not_utf_8_is_refused(content: bytes) -> None:
    delivery, _ = _provision(phone_of_kind("yealink", "80:5e:c0:00:00:01"), {"805ec0000001.cfg": content})
    assert delivery.settings == {}
    assert len(delivery.odd) == 1
    assert not delivery.is_complete


def test_yealink_keeps_both_web_passwords_and_notes_a_line_that_is_no_setting() -> None:
    content = (
        b"#!version:1.0.0.1\nstatic.security.user_password = admin:a\nstatic.security.user_password = user:b\nhello\n"
    )
    delivery, _ = _provision(phone_of_kind("yealink", "80:5e:c0:00:00:01"), {"805ec0000001.cfg": content})
    assert set(delivery.settings.values()) == {"admin:a", "user:b"}
    assert "hello" in delivery.odd[0].reason


@pytest.mark.feature("G2")
def test_snom_asks_by_model_then_by_mac_and_follows_the_list() -> None:
    own = b'<setting-files><file url="settings/x.xml"/></setting-files>'
    listed = b'<settings><phone-settings e="2"><user_name idx="1" perm="">201</user_name></phone-settings></settings>'
    delivery, asked = _provision(
        phone_of_kind("snom", "00:04:13:aa:bb:cc"), {"snomD785-000413AABBCC.htm": own, "settings/x.xml": listed}
    )
    assert asked == ["snomD785.htm", "snomD785-000413AABBCC.htm", "settings/x.xml"]
    assert delivery.settings == {"user_name[1]": "201"}


def test_snom_lets_the_general_file_win_over_what_the_own_file_says_directly() -> None:
    general, own = (
        f"<settings><phone-settings><language perm=''>{language}</language></phone-settings></settings>".encode()
        for language in ("English", "Deutsch")
    )
    files = {"snomD785.htm": general, "snomD785-000413AABBCC.htm": own}
    delivery, _ = _provision(phone_of_kind("snom", "00:04:13:aa:bb:cc"), files)
    assert delivery.settings["language"] == "English"


@pytest.mark.parametrize(
    "content",
    [
        b"<settings><phone-settings></settings>",
        b"<html/>",
        b"",
        b'<!DOCTYPE s [<!ENTITY e "x">]><settings><phone-settings><a>&e;</a></phone-settings></settings>',
    ],
)
def test_snom_refuses_what_is_not_a_settings_file(content: bytes) -> None:
    with pytest.raises(FileRefused):
        snom.read_settings(content)


def test_snom_notes_a_wrong_perm_and_a_read_only_key() -> None:
    _, _, odd, _ = snom.read_settings(
        b"<settings><phone-settings><a perm='X'>1</a></phone-settings>"
        b"<functionKeys><fkey idx='0' perm='R'>line</fkey></functionKeys></settings>"
    )
    assert len(odd) == 2


@pytest.mark.feature("G2")
def test_grandstream_stops_at_the_first_file_it_finds() -> None:
    values = b"<P271>1</P271><P47>box:5070</P47><P35>201</P35>"
    xml = b'<gs_provision version="1"><config version="1">' + values + b"</config></gs_provision>"
    phone = phone_of_kind("grandstream", "c0:74:ad:00:00:03")
    delivery, asked = _provision(phone, {"cfggrp2614.xml": xml, "cfg.xml": xml})
    assert asked == ["cfgc074ad000003", "cfgc074ad000003.xml", "cfggrp2614.xml"]
    (account,) = phone.accounts(delivery.settings)
    assert (account.server, account.port, account.user) == ("box", 5070, "201")


@pytest.mark.parametrize(
    "content",
    [
        b'<gs_provision version="1"><mac>000b82000000</mac><config version="1"><P2>x</P2></config></gs_provision>',
        b'<gs_provision version="2"><config version="1"><P2>x</P2></config></gs_provision>',
        b'<gs_provision version="1"><config version="1"><P290>{<>x}</P290></config></gs_provision>',
        b'<gs_provision version="1"><config version="3"/></gs_provision>',
        b'<gs_provision version="1"/>',
    ],
)
def test_grandstream_refuses_another_phones_file_and_broken_xml(content: bytes) -> None:
    with pytest.raises(FileRefused):
        Grandstream("c0:74:ad:00:00:03", grandstream.KINDS[0]).read_config(content)


def test_grandstream_joins_protocol_and_path_to_its_next_url() -> None:
    phone = phone_of_kind("grandstream", "c0:74:ad:00:00:03")
    assert phone.provisioning_url({"P212": "2", "P237": "box/secret"}) == "https://box/secret"
    assert phone.provisioning_url({"P212": "2", "P237": "https://box/secret"}) is None


@pytest.mark.feature("G2")
def test_panasonic_takes_the_first_of_a_name_and_passes_over_long_lines() -> None:
    content = f'{FIRST}A="1"\r\nA="2"\r\nB="{"x" * 540}"\r\nC = "3"\r\n\r\n'.encode()
    settings, odd = panasonic.read_settings(content)
    assert settings == {"A": "1"}
    assert [reason.split(":")[0] for reason in odd] == ["line 3", "line 4", "line 5"]


@pytest.mark.parametrize(
    "content",
    [
        'A="1"\r\n\r\n',
        f'{FIRST}A="1"\r\n',
        f'{FIRST}A="1"\n\r\n',
        f'{FIRST}A="1\r\n2"\r\n\r\n',
        f'{FIRST.lower()}A="1"\r\n\r\n',
        FIRST + "# x\r\n" * 30_000 + "\r\n",
    ],
)
def test_panasonic_throws_a_file_away_that_breaks_its_frame(content: str) -> None:
    with pytest.raises(FileRefused):
        panasonic.read_settings(content.encode())


@pytest.mark.parametrize(
    ("brand", "event", "settings", "wish"),
    [
        ("yealink", "check-sync;reboot=false", {}, Wish.REBOOT),
        ("yealink", "check-sync;reboot=false", {"sip.notify_reboot_enable": "0"}, Wish.RESYNC),
        ("yealink", "check-sync;reboot=true", {"sip.notify_reboot_enable": "2"}, Wish.NOTHING),
        ("snom", "check-sync;reboot=false", {}, Wish.RESYNC),
        ("snom", "reboot", {}, Wish.REBOOT),
        ("snom", "check-sync;reboot=false", {"challenge_checksync": "on"}, Wish.CHALLENGE),
        ("grandstream", "check-sync", {}, Wish.CHALLENGE),
        ("grandstream", "check-sync", {"P4428": "1"}, Wish.RESYNC),
        ("panasonic", "check-sync", {}, Wish.RESYNC),
        ("panasonic", "check-sync", {"CFG_RESYNC_FROM_SIP": "resync"}, Wish.NOTHING),
    ],
)
@pytest.mark.feature("G6")
def test_what_a_notify_does_is_the_brands_own(brand: str, event: str, settings: dict[str, str], wish: Wish) -> None:
    assert phone_of_kind(brand, "00:00:00:00:00:01").wish(event, settings) is wish


def test_snom_takes_option_43_with_a_server_and_a_path_in_it() -> None:
    """Code, length, text; the maker's own example ends a text with a NUL."""
    inside = bytes((66, 11)) + b"http://box\0" + bytes((67, 3)) + b"a/b"
    url = phone_of_kind("snom", "00:04:13:00:00:01").url_from_option("vendor_encapsulated_options", inside.hex(":"))
    assert url == "http://box/a/b"


@pytest.mark.feature("G2")
def test_an_older_yealink_passes_over_the_names_that_came_later() -> None:
    phone = phone_of_kind("t28p", "00:15:65:00:00:01")
    assert phone.provisioning_url({"static.auto_provision.server.url": "https://box/"}) is None
    assert phone.provisioning_url({"auto_provision.server.url": "https://box/"}) == "https://box/"

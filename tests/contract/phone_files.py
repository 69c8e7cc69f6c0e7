"""Small readers of each brand's file formats, written from the vendors' descriptions and not from our templates.

They are as strict as the phones: a file that a phone would throw away is a ValueError here, and so is one that says
a thing twice, as brands differ in which of the two counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from appliance.office.phone import Brand

Directory = list[tuple[str, tuple[str, ...]]]  # name, numbers

MOST_PANASONIC_BYTES = 120 * 1024


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
        _once(values, key.strip(), "" if value.strip() in ("", "%NULL%") else value.strip(" "))
    return values


def read_snom(content: bytes) -> dict[str, str]:
    root = fromstring(content)
    if root.tag != "settings":
        raise ValueError("not a settings file")
    values: dict[str, str] = {}
    for section in root:
        if section.tag == "certificates":
            values["certificate"] = _only(section, "certificate").get("url") or ""
        elif section.get("e") != "2":
            raise ValueError(f"section {section.tag} is not marked e=2")
        elif section.tag in ("phone-settings", "functionKeys"):
            for setting in section:
                _read_snom_setting(values, setting, is_key=section.tag == "functionKeys")
        elif section.tag != "tbook":
            raise ValueError(f"unknown section {section.tag}")
    return values


def _read_snom_setting(values: dict[str, str], setting: Element, *, is_key: bool) -> None:
    if setting.get("perm") != "RW" or len(setting) or not re.fullmatch(r"[a-z][a-z0-9_]*", setting.tag):
        raise ValueError(f"{setting.tag} is no setting that can be changed later")
    index = setting.get("idx")
    if is_key != (setting.tag == "fkey") or (is_key and (index is None or setting.get("context") is None)):
        raise ValueError(f"{setting.tag} is in the wrong section, or a key without its place")
    name = setting.tag if index is None else f"{setting.tag}[{index}]"
    _once(values, name, setting.text or "")
    for attribute in ("label", "context"):
        if setting.get(attribute) is not None:
            values[f"{name}.{attribute}"] = setting.get(attribute) or ""


def read_grandstream(content: bytes) -> dict[str, str]:
    root = fromstring(content)
    configs = list(root)
    if root.tag != "gs_provision" or root.get("version") != "1" or [part.tag for part in configs] != ["config"]:
        raise ValueError("not a Grandstream file")
    if configs[0].get("version") != "1":
        raise ValueError("P-values are version 1")
    values: dict[str, str] = {}
    for value in configs[0]:
        if not re.fullmatch(r"P\d+", value.tag) or len(value):
            raise ValueError(f"no P-value: {value.tag}")
        _once(values, value.tag, value.text or "")
    for path in ("P237", "P331", "P192"):
        if "://" in values.get(path, ""):
            raise ValueError(f"{path} has no scheme")
    if "P237" in values:
        scheme = {"0": "tftp", "1": "http", "2": "https"}[values["P212"]]
        values["url"] = f"{scheme}://{values['P237']}/"
    return values


def read_panasonic(content: bytes) -> dict[str, str]:
    first, _, _ = content.partition(b"\r\n")
    known = (b"# Panasonic SIP Phone Standard Format File #", b"# PCC Standard Format File #")
    if not first.startswith(known):
        raise ValueError("without its first line the file is thrown away")
    if not content.endswith(b"\r\n\r\n"):
        raise ValueError("the last line must be empty")
    if b"\n" in content.replace(b"\r\n", b"") or b"\r" in content.replace(b"\r\n", b""):
        raise ValueError("a line end that is not CR LF")
    if len(content) > MOST_PANASONIC_BYTES:
        raise ValueError(f"{len(content)} bytes are too many")
    values: dict[str, str] = {}
    for line in content.split(b"\r\n")[1:]:
        if not line or line.startswith(b"#"):
            continue
        match = re.fullmatch(r'([A-Z][A-Z0-9_]{0,31})="([^"]{0,500})"', line.decode("utf-8"))
        if not match or len(line) > 537:
            raise ValueError(f"the phone ignores {line!r}")
        _once(values, match[1], match[2])
    return values


def read_yealink_directory(content: bytes) -> Directory:
    root = _root(content, "YealinkIPPhoneDirectory")
    return [_name_and_telephones(entry) for entry in _all(root, "DirectoryEntry")]


def read_snom_directory(content: bytes) -> Directory:
    root = _root(content, "SnomIPPhoneDirectory")
    return [_name_and_telephones(entry) for entry in _all(root, "DirectoryEntry")]


def read_snom_contacts(content: bytes) -> Directory:
    """The contacts that lie in the settings themselves."""
    book = _only(fromstring(content), "tbook")
    if book.get("complete") != "true":
        raise ValueError("old contacts would stay")
    found: Directory = []
    for place, item in enumerate(_all(book, "item")):
        if item.get("context") != "active" or item.get("index") != str(place):
            raise ValueError("a contact without its place")
        found.append((_text(_only(item, "name")), (_text(_only(item, "number")),)))
    return found


def read_grandstream_directory(content: bytes) -> Directory:
    root = _root(content, "AddressBook")
    found: Directory = []
    for contact in root.findall("Contact"):
        phones = contact.findall("Phone")
        kinds = [phone.get("type") for phone in phones]
        if len(set(kinds)) != len(kinds) or not set(kinds) <= {"Work", "Home", "Cell"}:
            raise ValueError(f"kinds of numbers: {kinds}")
        for phone in phones:
            if not re.fullmatch(r"[0-6]", _text(_only(phone, "accountindex"))):
                raise ValueError("no such account")
        _only(contact, "LastName")
        numbers = tuple(_text(_only(phone, "phonenumber")) for phone in phones)
        found.append((_text(_only(contact, "FirstName")), numbers))
    return found


def read_panasonic_page(content: bytes) -> Directory:
    space = "{http://panasonic/sip_phone}"
    screen = _only(_root(content, f"{space}ppxml"), f"{space}Screen")
    book = _only(screen, f"{space}PhoneBook")
    if screen.get("version") != "3.0" or book.get("version") != "2.0":
        raise ValueError("another version")
    found: Directory = []
    for person in _all(book, f"{space}Personnel"):
        name = _text(_only(person, f"{space}Name"))
        numbers = _all(_only(person, f"{space}PhoneNums"), f"{space}PhoneNum")
        if len(name) > 24 or not person.get("id"):
            raise ValueError(f"{name!r} is too long, or has no id")
        if not {number.get("type") for number in numbers} <= {"ext", "company", "mobile", "home"}:
            raise ValueError("no such kind of number")
        found.append((name, tuple(_text(number) for number in numbers)))
    if len(found) > 20:
        raise ValueError("a page holds twenty")
    return found


def read_snom_firmware(content: bytes) -> str:
    return _text(_only(_root(content, "firmware-settings"), "firmware"))


READERS: Mapping[Brand, Callable[[bytes], dict[str, str]]] = {
    Brand.YEALINK: read_yealink,
    Brand.SNOM: read_snom,
    Brand.GRANDSTREAM: read_grandstream,
    Brand.PANASONIC: read_panasonic,
}


def _once(values: dict[str, str], name: str, value: str) -> None:
    if name in values:
        raise ValueError(f"{name} is set twice")
    values[name] = value


def _root(content: bytes, tag: str) -> Element:
    root: Element = fromstring(content)
    if root.tag != tag:
        raise ValueError(f"{root.tag} is not {tag}")
    return root


def _all(parent: Element, tag: str) -> list[Element]:
    if {child.tag for child in parent} - {tag}:
        raise ValueError(f"other elements than {tag} in {parent.tag}")
    return list(parent)


def _only(parent: Element, tag: str) -> Element:
    found = parent.findall(tag)
    if len(found) != 1:
        raise ValueError(f"{len(found)} times {tag} in {parent.tag}")
    return found[0]


def _text(element: Element) -> str:
    if len(element):
        raise ValueError(f"{element.tag} has parts")
    return element.text or ""


def _name_and_telephones(entry: Element) -> tuple[str, tuple[str, ...]]:
    return _text(_only(entry, "Name")), tuple(_text(number) for number in entry.findall("Telephone"))

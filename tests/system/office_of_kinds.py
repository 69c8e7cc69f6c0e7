"""An office with whichever phones a test wants: one person on each line, one key on each desk phone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from appliance.paths import Paths
from provisioning.enrolment import open_window
from tests.system.furnished import wait_until
from tests.virtual_office.lab import VirtualOffice
from tests.virtual_office.network import VirtualPhone, chosen
from tests.virtual_office.sip_phone_client import SipPhoneClient

MODELS = {
    "yealink": "SIP-T46U", "t28p": "SIP-T28P", "t46s": "SIP-T46S", "t54w": "SIP-T54W", "w70b": "W70B",
    "snom": "D785", "snom320": "320", "snom710": "710", "d725": "D725", "m700": "M700", "m900": "M900",
    "grandstream": "GRP2614", "gxp2130": "GXP2130", "gxp2170": "GXP2170", "ht802": "HT802", "dp750": "DP750",
    "panasonic": "KX-HDV230", "hdv130": "KX-HDV130", "hdv330": "KX-HDV330", "ut123": "KX-UT123",
    "ut136": "KX-UT136", "tgp600": "KX-TGP600",
}  # fmt: skip
WITH_TWO_LINES = ("w70b", "m700", "m900", "ht802", "dp750", "tgp600")  # two handsets, or two sockets
WITHOUT_KEYS = (*WITH_TWO_LINES, "ut123")
WATCHED = "201"
FIRST_NUMBER = 201


@dataclass(frozen=True, kw_only=True)
class PluggedLine:
    """One line of a phone: a desk phone's first, or a handset of a base."""

    phone: VirtualPhone
    place: int  # 0 is the phone's first
    number: str

    @property
    def name(self) -> str:
        """What a failure calls it."""
        return f"{self.phone.name} ({self.number})"

    @property
    def tone_hz(self) -> float:
        """The voice of who uses it, as desk_phone/phone.py gives each handset one."""
        return float(self.phone.tone_hz + 15 * self.place)

    def handle(self, office: VirtualOffice) -> SipPhoneClient:
        """Return a connected handle."""
        name = "phone.sock" if self.place == 0 else f"phone-{self.place + 1}.sock"
        client = SipPhoneClient(office.directory / f"phone-{self.phone.name}" / name)
        client.connect()
        return client


def lines_of(names: Sequence[str]) -> list[PluggedLine]:
    """Number the lines of these phones."""
    places = [(phone, place) for phone in chosen(names) for place in range(1 + (_kind(phone) in WITH_TWO_LINES))]
    return [
        PluggedLine(phone=phone, place=place, number=str(number))
        for number, (phone, place) in enumerate(places, start=FIRST_NUMBER)
    ]


def furnish_kinds(office: VirtualOffice, names: Sequence[str], seconds: float) -> None:
    """Import, apply, open the window and wait until every phone is registered with all its lines."""
    document = office.directory.parent / "office.toml"
    document.write_text(_document(names))
    office.belbox("office", "import", str(document))
    office.belbox("apply")
    open_window(Paths(root=office.box_root), datetime.now(UTC) + timedelta(minutes=10))  # noqa: TID251  (a test)
    wait_until(lambda: not _not_registered(office, names), seconds, lambda: str(_not_registered(office, names)))


def state_of(office: VirtualOffice, name: str) -> dict[str, Any]:
    """Return what a phone shows of itself."""
    state: dict[str, Any] = json.loads((office.directory / f"phone-{name}" / "state.json").read_text())
    return state


def _not_registered(office: VirtualOffice, names: Sequence[str]) -> dict[str, Any]:
    states = {name: state_of(office, name) for name in names}
    return {name: state for name, state in states.items() if state["step"] != "registered"}


def _kind(phone: VirtualPhone) -> str:
    return phone.kind or phone.brand


def _document(names: Sequence[str]) -> str:
    text = '[site]\ncompany_name = "Kinds"\ncountry = "BE"\ntime_zone = "Europe/Brussels"\nlanguage = "nl"\n'
    lines = lines_of(names)
    for line in lines:
        text += f'\n[[extension]]\nnumber = "{line.number}"\nname = "Person {line.number}"\n'
    for phone in chosen(names):
        first, *further = [line.number for line in lines if line.phone == phone]
        text += f'\n[[phone]]\nmac = "{phone.mac}"\nbrand = "{phone.brand}"\nmodel = "{MODELS[_kind(phone)]}"\n'
        text += f'extension = "{first}"\nfurther_extensions = {json.dumps(further)}\n'
        if _kind(phone) not in WITHOUT_KEYS:
            text += f'keys = [{{ position = 2, does = "colleague {WATCHED}" }}]\n'
    return text

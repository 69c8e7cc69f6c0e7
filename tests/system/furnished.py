"""A virtual office with everything in it: four people, four phones registered, two lines, a backup route."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from appliance.paths import Paths
from provisioning.enrolment import open_window
from tests.virtual_office.lab import VirtualOffice
from tests.virtual_office.network import PHONES
from tests.virtual_office.provider import LINE_PASSWORDS, MOBILE_NUMBER, NUMBERS

MODELS = {"yealink": "SIP-T46U", "snom": "D785", "grandstream": "GRP2614", "panasonic": "KX-HDV230"}
EXTENSION_OF = {"yealink": "201", "snom": "202", "grandstream": "203", "panasonic": "204"}
WITHOUT_TLS = {"204"}  # as offices with older phones have; the others register by TLS, as delivered
REGISTERED_SECONDS = 60.0


def office_document(*, jan: str = "Jan Jansen") -> str:
    """Return the office as its manager would write it."""
    people = {"201": jan, "202": "Sandra Achterberg", "203": "Kees van de Heuvel", "204": "Monique"}
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    always = "".join(f'{day} = ["00:00-24:00"]\n' for day in days)
    text = f"""
[site]
company_name = "De Mooi bvba"
country = "BE"
time_zone = "Europe/Brussels"
language = "nl"
company_number = "{NUMBERS[0]}"

[[trunk]]
id = "line1"
name = "First line"
host = "203.0.113.10"
username = "belbox-line1"
password = "{LINE_PASSWORDS["line1"]}"

[[trunk]]
id = "line2"
name = "Second line"
host = "203.0.113.20"
username = "belbox-line2"
password = "{LINE_PASSWORDS["line2"]}"

[[ring_group]]
number = "300"
name = "Reception"
members = ["201", "202", "203", "204"]
ring_seconds = 15
no_answer = "voicemail"

[[backup_route]]
id = "mobile"
name = "Mobile of Jan"
destination = "{MOBILE_NUMBER}"

[[opening_hours]]
id = "never"
name = "Never open"

[[opening_hours]]
id = "always"
name = "Always open"
{always}
[[number]]
number = "{NUMBERS[0]}"
destination = "300"
opening_hours = "always"
backup_route = "mobile"

[[number]]
number = "{NUMBERS[1]}"
destination = "300"
opening_hours = "never"
when_closed = "voicemail"
"""
    for number, name in people.items():
        text += f'\n[[extension]]\nnumber = "{number}"\nname = "{name}"\n'
        if number in WITHOUT_TLS:
            text += 'secure_calling = "never"\n'
    for phone in PHONES:
        text += f'\n[[phone]]\nmac = "{phone.mac}"\nbrand = "{phone.brand}"\nmodel = "{MODELS[phone.brand]}"\n'
        text += f'extension = "{EXTENSION_OF[phone.brand]}"\n'
    return text


def furnish(office: VirtualOffice) -> None:
    """Import, apply, open the enrolment window and wait until all four phones are registered."""
    document = office.directory.parent / "office.toml"
    document.write_text(office_document())
    office.belbox("office", "import", str(document))
    office.belbox("apply")
    open_window(Paths(root=office.box_root), datetime.now(UTC) + timedelta(minutes=10))  # noqa: TID251  (a test)
    wait_until(lambda: phone_states(office) == {"registered"}, REGISTERED_SECONDS, lambda: str(phone_rows(office)))
    wait_until(lambda: line_states(office) == ["ready", "ready"], 20, lambda: str(line_states(office)))
    # The box knows of a registration a moment before the phone has its answer.
    wait_until(lambda: steps_of_phones(office) == {"registered"}, 10, lambda: str(steps_of_phones(office)))


def steps_of_phones(office: VirtualOffice) -> set[str]:
    """Return how far the phones are, as each says itself."""
    places = (office.directory / f"phone-{phone.name}" / "state.json" for phone in PHONES)
    return {json.loads(place.read_text())["step"] for place in places}


def phone_rows(office: VirtualOffice) -> list[dict[str, str]]:
    """Return `belbox phones --json`."""
    rows: list[dict[str, str]] = json.loads(office.belbox("phones", "--json").stdout)
    return rows


def phone_states(office: VirtualOffice) -> set[str]:
    """Return the states phones are in; empty while fewer than four are seen."""
    rows = phone_rows(office)
    return {row["state"] for row in rows} if len(rows) >= len(PHONES) else set()


def line_states(office: VirtualOffice) -> list[str]:
    """Return the state of each line."""
    return [line["state"] for line in json.loads(office.belbox("status", "--json", check=False).stdout)["lines"]]


def wait_until(is_so: Callable[[], bool], seconds: float, found: Callable[[], str] = lambda: "") -> float:
    """Wait for a state that no event tells of; return how long it took."""
    started = time.monotonic()
    while not is_so():
        assert time.monotonic() - started < seconds, f"not so after {seconds} s: {found()}"
        time.sleep(0.1)  # each look is a process of its own; there is no event to wait for
    return time.monotonic() - started


def contacts(office: VirtualOffice) -> dict[str, str]:
    """Return extension user -> status, as the switch's console lists contacts."""
    listed = office.switch_console("pjsip show contacts")
    return dict(re.findall(r"Contact:\s+(ext-\w+)/\S+\s+\S+\s+(\w+)", listed))

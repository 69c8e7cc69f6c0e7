"""The files that an office compiles to, of a box that stands for any: the same office, the same bytes."""

from __future__ import annotations

import hashlib
from pathlib import Path

from appliance.compiler.compile_office import compile_office
from appliance.compiler.target import AsteriskTarget
from appliance.office.office import Office
from appliance.office.secret import Secret
from appliance.operations.offices import ReadDocument
from appliance.storage.office_document import SecretMaker, read_document
from provisioning.drivers import DRIVER_OF
from provisioning.drivers.driver import UnknownModel
from provisioning.phone_profile import BoxAddress, Surroundings
from provisioning.publish import profiles_of

EXAMPLE_ADDRESS = "192.0.2.2"  # RFC 5737: stands for the box


def read_with_stand_ins(text: str) -> ReadDocument:
    """Read an office file, with the same secrets each time where it has none."""
    return read_document(text, _stand_in_secrets())


def write_compiled(office: Office, out: Path) -> None:
    """Write the switch's and the phones' files of an office below `out`."""
    target = AsteriskTarget(
        address=EXAMPLE_ADDRESS,
        test_phone_password=Secret("test-phone-password"),
        manager_password=Secret("manager-password"),
    )
    for file in compile_office(office, target):
        path = out / "asterisk" / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text)
    around = Surroundings(
        box=BoxAddress(ip=EXAMPLE_ADDRESS),
        admin_password=Secret("phone-password"),
        phonebook_password=Secret("phonebook-password"),
        firmware={},
    )
    for profile in profiles_of(office, around):
        try:
            files = DRIVER_OF[profile.brand].files(profile)
        except UnknownModel:
            continue
        for provisioned in files:
            path = out / "phones" / profile.mac.digits / provisioned.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(provisioned.content)


def _stand_in_secrets() -> SecretMaker:
    """A file has no secrets; these stand where they would, the same ones each time."""
    count = 0

    def next_one() -> str:
        nonlocal count
        count += 1
        return hashlib.sha256(str(count).encode()).hexdigest()

    return SecretMaker(
        password=lambda: Secret(next_one()[:24]),
        token=lambda: Secret(next_one()[:32]),
        pin=lambda: Secret(str(int(next_one()[:8], 16) % 1_000_000).zfill(6)),
    )

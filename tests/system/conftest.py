"""An office that its manager furnishes, for tests that set something on a page and see it at a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.system.console_visitor import ConsoleVisitor
from tests.system.furnished import furnish
from tests.system.talking import handles_on_phones
from tests.virtual_office.lab import VirtualOffice
from tests.virtual_office.sip_phone_client import SipPhoneClient


@pytest.fixture(scope="module")
def office(make_office: Callable[[], VirtualOffice]) -> VirtualOffice:
    """A virtual office; `manager` furnishes it."""
    return make_office()


@pytest.fixture(scope="module")
def manager(office: VirtualOffice) -> ConsoleVisitor:
    """The office manager, at the console of the furnished office."""
    visitor = ConsoleVisitor(f"http://127.0.0.1:{office.start().console_port}")
    furnish(office)
    visitor.claim(office.box_root / "office" / "claim-code")
    return visitor


@pytest.fixture
def phones(office: VirtualOffice, manager: ConsoleVisitor) -> Iterator[dict[str, SipPhoneClient]]:
    """Handles on every phone, all idle afterwards."""
    with handles_on_phones(office) as handles:
        yield handles

"""A phone that does not get on says at which step it stands, why, and what it asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from appliance.office.numbers import MacAddress
from appliance.office.phone import Brand
from appliance.office.problems import Severity
from appliance.office.secret import Secret
from appliance.words.texts import LANGUAGES, problem_text
from provisioning.discovery.inventory import KnownPhone
from provisioning.drivers.recognition import Certainty
from provisioning.enrolment import Enrolment, PublishedPhone
from provisioning.network_facts import DhcpRole, NetworkFacts
from provisioning.phone_identity import Answer, PhoneRequest, PhoneState, SeenBy
from provisioning.stuck import why_stuck

pytestmark = pytest.mark.feature("G1")

MAC = MacAddress("805ec0000001")
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
FACTS = NetworkFacts(
    interface="lan0",
    address="192.0.2.1",
    prefix_length=24,
    router="192.0.2.254",
    dns="192.0.2.254",
    dhcp_role=DhcpRole.NEIGHBOUR,
)
OPEN = Enrolment(
    open_until=NOW + timedelta(minutes=5),
    phones={MAC: PublishedPhone(brand=Brand.YEALINK, model="SIP-T46U", token=Secret("t" * 32))},
)
CLOSED = replace(OPEN, open_until=None)
SEALED = replace(OPEN, sealed=frozenset({MAC}))


def asked(name: str, answer: Answer, seconds_ago: float, by: SeenBy = SeenBy.HTTP) -> PhoneRequest:
    return PhoneRequest(seen_by=by, asked=name, answer=answer, when=NOW - timedelta(seconds=seconds_ago))


def phone(state: PhoneState, *requests: PhoneRequest, seconds_here: float = 300, heard: float = 1) -> KnownPhone:
    return KnownPhone(
        mac=MAC,
        brand=Brand.YEALINK,
        model="SIP-T46U",
        firmware=None,
        address="192.0.2.31",
        state=state,
        certainty=Certainty.EXACT,
        because="",
        first_seen=NOW - timedelta(seconds=seconds_here),
        last_seen=NOW - timedelta(seconds=heard),
        requests=requests,
    )


FIRST = asked("y000000000108.cfg", Answer.GIVEN, 200, SeenBy.TFTP)
REFUSED = asked("805ec0000001.cfg", Answer.NOT_NOW, 20)
GIVEN = asked("805ec0000001.cfg", Answer.GIVEN, 200)
CASES = {
    "phone-gone": (phone(PhoneState.SEEN, heard=1000), OPEN, True),
    "phone-asks-nothing-pnp": (phone(PhoneState.SEEN), OPEN, True),
    "phone-without-owner": (phone(PhoneState.ASKED, FIRST), OPEN, False),
    "phone-waits-for-window": (phone(PhoneState.ASKED, FIRST, REFUSED), CLOSED, True),
    "phone-was-enrolled": (phone(PhoneState.ASKED, FIRST, REFUSED), SEALED, True),
    "phone-asks-for-unknown": (
        phone(PhoneState.ASKED, asked("y000000000999.cfg", Answer.NOT_THERE, 20, SeenBy.TFTP)),
        OPEN,
        True,
    ),
    "phone-does-not-follow": (phone(PhoneState.ASKED, FIRST), OPEN, True),
    "phone-does-not-come-for-settings": (phone(PhoneState.ENROLLED, FIRST, GIVEN), OPEN, True),
    "phone-does-not-log-in": (phone(PhoneState.FETCHED, FIRST, GIVEN), OPEN, True),
    "phone-cannot-log-in": (
        phone(PhoneState.FETCHED, GIVEN, asked("REGISTER ext-e201", Answer.GIVEN, 100, SeenBy.SIP)),
        OPEN,
        True,
    ),
}


@pytest.mark.parametrize("rule", CASES)
def test_each_way_of_being_stuck_is_named_with_the_bytes_asked_for(rule: str) -> None:
    known, enrolment, is_ours = CASES[rule]
    problem = why_stuck(known, enrolment, FACTS, NOW, is_ours=is_ours, is_registered=False)
    assert problem is not None
    assert (problem.rule, problem.severity) == (rule, Severity.WARNING)
    if known.requests and rule not in ("phone-gone", "phone-without-owner"):
        for language in LANGUAGES:
            assert known.requests[-1].asked in problem_text(problem, language)
    assert why_stuck(known, enrolment, FACTS, NOW, is_ours=is_ours, is_registered=True) is None


def test_a_box_that_gives_out_addresses_says_another_remedy() -> None:
    facts = replace(FACTS, dhcp_role=DhcpRole.SERVER, pool_start="192.0.2.100", pool_end="192.0.2.150")
    problem = why_stuck(phone(PhoneState.SEEN), OPEN, facts, NOW, is_ours=True, is_registered=False)
    assert problem is not None
    assert problem.rule == "phone-asks-nothing"


@pytest.mark.parametrize(
    "known",
    [
        phone(PhoneState.SEEN, seconds_here=20),
        phone(PhoneState.ASKED, asked("y000000000108.cfg", Answer.GIVEN, 20, SeenBy.TFTP)),
        phone(PhoneState.ENROLLED, asked("805ec0000001.cfg", Answer.GIVEN, 20)),
        phone(PhoneState.FETCHED, asked("805ec0000001.cfg", Answer.GIVEN, 20)),
    ],
    ids=lambda known: known.state.value,
)
def test_a_phone_on_its_way_is_not_stuck(known: KnownPhone) -> None:
    assert why_stuck(known, OPEN, FACTS, NOW, is_ours=True, is_registered=False) is None

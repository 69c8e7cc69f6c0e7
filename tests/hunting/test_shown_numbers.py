"""The number that is shown outside: personal, company, none, or chosen by a prefix."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.office.behaviour import Behaviour, ForwardShows
from appliance.office.forwarding import ForwardCase
from appliance.office.live_settings import forward_family
from appliance.office.office import Office
from appliance.office.prefix_codes import DiallingPrefix
from tests.hunting.outgoing_office import COMPANY, DIRECT, answered, outgoing_office, with_extension
from tests.switch_bench.behaviour import PRESSES_ONE
from tests.switch_bench.bench import SwitchBench
from tests.switch_bench.diary import What
from tests.switch_bench.line import Invite

MOBILE = "0470123456"
OUTSIDE_CALLER = "+32475111222"


def personal(office: Office) -> Office:
    """People with a number of their own show it."""
    return replace(office, site=replace(office.site, shows_personal_numbers=True))


def sent(bench: SwitchBench, phone: str, number: str = MOBILE) -> Invite:
    """Call outside and return what the line was sent."""
    answered(bench, phone, number)
    return bench.line("line1").invites[-1]


@pytest.mark.feature("B4")
def test_company_personal_and_own_outgoing_number(bench: SwitchBench) -> None:
    """The company's for all; then one's own where there is one; then the one chosen for a person."""
    assert sent(bench, "202").caller.number == COMPANY.e164
    bench.change(personal(outgoing_office()))
    assert [sent(bench, phone).caller.number for phone in ("201", "202")] == [COMPANY.e164, DIRECT.e164]
    bench.change(with_extension(personal(outgoing_office()), "201", outgoing_number=DIRECT))
    assert sent(bench, "201").caller.number == DIRECT.e164


@pytest.mark.feature("B4")
@pytest.mark.parametrize("is_shown", [True, False], ids=["company name", "own name"])
def test_name_shown(bench: SwitchBench, is_shown: bool) -> None:
    """The company's name, or the person's."""
    office = outgoing_office()
    bench.change(replace(office, site=replace(office.site, shows_company_name=is_shown)))
    assert sent(bench, "202").caller.name == ("De Mooi bvba" if is_shown else "Person 202")


@pytest.mark.feature("B4")
def test_anonymous_person_tells_nothing(bench: SwitchBench) -> None:
    """No number and no name of the office anywhere in the call."""
    bench.change(with_extension(outgoing_office(), "201", is_anonymous=True))
    message = sent(bench, "201").message
    assert "anonymous" in message.get("from").lower()
    text = "\n".join(f"{header}" for header in message.headers)
    assert [hidden for hidden in ("25551001", "Mooi", "Person 201", "e201", "<sip:201") if hidden in text] == []


@pytest.mark.feature("B4")
def test_hidden_caller_from_outside_is_not_why_our_own_number_is_hidden(bench: SwitchBench) -> None:
    """Forwarded to a mobile, the office's number is shown; or, if the office wants so, that there is none."""
    for shows, expected in ((ForwardShows.OFFICE, COMPANY.e164), (ForwardShows.CALLER, "anonymous")):
        bench.change(outgoing_office(behaviour=Behaviour(forward_shows=shows)))
        bench.database_put(forward_family(ForwardCase.ALWAYS), "e201", "+32470123456")
        bench.line("line1").behave(PRESSES_ONE)
        bench.line("line1").call(COMPANY.e164, OUTSIDE_CALLER, anonymous=True).wait_for(What.ANSWERED)
        assert bench.line("line1").invites[-1].caller.number == expected
        assert OUTSIDE_CALLER[1:] not in bench.line("line1").invites[-1].message.get("from")
        bench.hang_up_all()


@pytest.mark.feature("B4")
def test_forwarded_call_shows_caller_office_or_a_chosen_number(bench: SwitchBench) -> None:
    """What a mobile shows when a call from outside is forwarded to it."""
    choices = (
        (Behaviour(forward_shows=ForwardShows.CALLER), OUTSIDE_CALLER),
        (Behaviour(), COMPANY.e164),
        (Behaviour(forward_number_id="direct"), DIRECT.e164),
    )
    for behaviour, expected in choices:
        bench.change(outgoing_office(behaviour=behaviour))
        bench.database_put(forward_family(ForwardCase.ALWAYS), "e201", "+32470123456")
        bench.line("line1").behave(PRESSES_ONE)
        bench.line("line1").call(COMPANY.e164, OUTSIDE_CALLER).wait_for(What.ANSWERED)
        assert bench.line("line1").invites[-1].caller.number == expected
        bench.hang_up_all()


@pytest.mark.feature("B6")
def test_prefix_chooses_the_number_shown_for_one_call(bench: SwitchBench) -> None:
    """`*1*` shows the direct number, `*31*` none; without a prefix all is as before; inside numbers are called too."""
    prefixes = (DiallingPrefix(prefix="1", number_id="direct"), DiallingPrefix(prefix="31", number_id=None))
    bench.change(outgoing_office(dialling_prefixes=prefixes))
    for dialled, expected in (
        (f"*1*{MOBILE}", DIRECT.e164),
        (f"*31*{MOBILE}", "anonymous"),
        (MOBILE, COMPANY.e164),
        ("*1*+32470123456", DIRECT.e164),
    ):
        invite = sent(bench, "201", dialled)
        assert (invite.number, invite.caller.number) == ("+32470123456", expected)
    bench.hang_up_all()
    assert bench.phones.call("201", f"*2*{MOBILE}").wait_ended(8.0).isdigit()


@pytest.mark.feature("B6")
def test_prefix_does_not_open_what_may_not_be_called(bench: SwitchBench) -> None:
    """A dear number stays refused behind a prefix."""
    bench.change(outgoing_office(dialling_prefixes=(DiallingPrefix(prefix="1", number_id="direct"),)))
    assert bench.phones.call("201", "*1*090612345").wait_ended(8.0) == "403"
    assert bench.line("line1").invites == ()

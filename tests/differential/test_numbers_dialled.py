"""Spelled numbers dialled for real, by phones, by the code that forwards, and by forwards: what is told is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from appliance.office.country import Country
from appliance.office.extension import Extension
from appliance.office.forwarding import ForwardCase
from appliance.office.live_settings import forward_family
from appliance.office.numbers import PhoneNumber
from tests.differential.spelled_numbers import spelled_numbers
from tests.differential.test_numbers_agree import Comparison, office_in
from tests.switch_bench.bench import SwitchBench
from tests.switch_bench.call import CallState

pytestmark = pytest.mark.feature("B5", "E2", "R7")

LINES = ("line1", "line2", "line3")
_DECIDED = {CallState.ANSWERED, CallState.ENDED, CallState.PROGRESS, CallState.RINGING}
_IN_A_URI = set("0123456789+*#-.()/")  # RFC 3261 section 25.1 and RFC 3966: what stands in an address as it is
_ANY_CASE = forward_family(ForwardCase.ALWAYS)


@pytest.fixture(scope="module")
def bench(needs_namespaces: None, switch_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SwitchBench]:
    """Twelve people with a rule set each."""
    with SwitchBench(office_in(Country.BELGIUM), tmp_path_factory.mktemp("bench"), switch_root=switch_root) as it:
        it.phones.register_extensions(*it.office.extensions)
        yield it


def test_spelled_numbers_go_out_as_told(bench: SwitchBench) -> None:
    """Two dozen by phones, a few by codes and forwards."""
    assert dial_for_real(bench, Country.LUXEMBOURG, 24, 6) >= 30


@pytest.mark.slow
@pytest.mark.parametrize("country", Country)
def test_more_spelled_numbers_go_out_as_told(bench: SwitchBench, country: Country) -> None:
    """More of them, in each country."""
    assert dial_for_real(bench, country, 120, 36) >= 150


def dial_for_real(bench: SwitchBench, country: Country, dialled: int, forwarded: int) -> int:
    """Dial so many texts at phones, and forward so many to each kind of forward; return how many in all."""
    both = Comparison(country)
    bench.change(both.office)
    people = both.office.extensions
    texts = (text for text in spelled_numbers(country, 100_000, seed=1) if set(text) <= _IN_A_URI)
    made = 0
    for _ in range(dialled // len(people)):
        batch = dict(zip(people, islice(texts, len(people)), strict=True))
        _dial(bench, both, batch)
        made += len(batch)
    numbers = (text for text in texts if text[0] in "0123456789+" and "#" not in text and "*" not in text)
    for text in islice(numbers, forwarded):
        _forward(bench, both, people[made % len(people)], text)
        made += 1
    return made


def _dial(bench: SwitchBench, both: Comparison, batch: dict[Extension, str]) -> None:
    bench.at_rest()
    told = {text: both.told(person, text) for person, text in batch.items()}
    calls = [bench.phones.call(person.number.digits, text) for person, text in batch.items()]
    bench.wait_until(lambda: all(call.state in _DECIDED for call in calls), "every call is decided", 10.0)
    expected = Counter(said.number for said in told.values() if said.what in {"out", "emergency"})
    bench.wait_until(lambda: _called(bench) == expected, "lines", 2.0, lambda: f"{_called(bench)} {told}")
    bench.hang_up_all()
    assert _called(bench) == expected, told
    bench.clear_memory()


def _forward(bench: SwitchBench, both: Comparison, person: Extension, text: str) -> None:
    """By the code first, which may refuse; then as a store of another day may hold it."""
    bench.at_rest()
    told = both.told(person, text)
    code = both.told(person, f"*72{text}")
    bench.phones.call(person.number.digits, f"*72{text}").wait_ended(10.0)
    kept = bench.database_get(_ANY_CASE, person.id) or ""
    may_keep = code.what == "code" and (told.what == "out" or (told.what == "inside" and len(text) < 5))
    assert kept in ({told.number} if may_keep else {""}), (person.name, text, told, kept)
    assert _called(bench) == Counter()
    if told.what in {"out", "not allowed"}:
        number = PhoneNumber.parse(text, person.country or both.office.site.country)
        bench.database_put(_ANY_CASE, person.id, number.e164)
        bench.database_put("forward-number", "all", person.number.digits)
        call = bench.line("line2").call("+3225551001")
        bench.wait_until(lambda: _called(bench) != Counter() or call.state in _DECIDED, "it is decided", 8.0)
        allowed = told.what == "out"
        assert set(_called(bench)) == ({told.number} if allowed else set()), (person.name, text, told)
    bench.hang_up_all()
    bench.clear_memory()


def _called(bench: SwitchBench) -> Counter[str]:
    return Counter(invite.number for line in LINES for invite in bench.line(line).invites)

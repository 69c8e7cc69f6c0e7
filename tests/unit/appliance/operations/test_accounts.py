"""One claim, names and passwords, sessions: over a real store, with a clock that a test moves."""

from __future__ import annotations

import pytest

from appliance.office.problems import Problem
from appliance.operations.accounts import SESSION_TIME, Account
from appliance.operations.tries import MOST_TRIES
from tests.edges.edged_box import PASSWORD, USER_NAME, EdgedBox, MakeBox

HERE = "192.168.77.7"


@pytest.fixture
def box(make_box: MakeBox) -> EdgedBox:
    made: EdgedBox = make_box(is_claimed=False)
    return made


def problems(answer: Account | tuple[Problem, ...]) -> tuple[Problem, ...]:
    assert isinstance(answer, tuple), answer
    return answer


def rules(answer: Account | tuple[Problem, ...]) -> list[str]:
    return [problem.rule for problem in problems(answer)]


@pytest.mark.parametrize(
    ("user_name", "password", "rule"),
    [
        ("sandra", "short", "password-short"),
        ("sandra", "x" * 257, "password-long"),
        ("sandra", "aaaaaaaaaaaaa", "password-common"),
        ("sandra", "my name is sandra", "password-common"),
        ("sandra", "with a bell \x07 inside", "password-control"),
        ("s", PASSWORD, "user-name-form"),
    ],
)
def test_a_weak_password_or_no_name_claims_nothing(box: EdgedBox, user_name: str, password: str, rule: str) -> None:
    accounts = box.operations.accounts
    assert rules(accounts.claim(box.claim_code, user_name, password, "nl", HERE)) == [rule]
    assert not accounts.is_claimed()


def test_the_claim_is_locked_for_who_guesses_and_open_for_others(box: EdgedBox) -> None:
    accounts = box.operations.accounts
    for left in range(MOST_TRIES - 1, -1, -1):
        (problem,) = problems(accounts.claim("AAAA", USER_NAME, PASSWORD, "nl", "192.168.77.66"))
        assert problem.facts == {"left": str(left)}
    assert rules(accounts.claim(box.claim_code, USER_NAME, PASSWORD, "nl", "192.168.77.66")) == ["claim-locked"]
    box.claim()
    assert rules(accounts.claim("AAAA", "other", PASSWORD, "nl", HERE)) == ["already-claimed"]


def test_a_session_lasts_a_working_day_or_until_it_ends(box: EdgedBox) -> None:
    account, accounts = box.claim(), box.operations.accounts
    first, second = accounts.begin_session(account.id), accounts.begin_session(account.id)
    assert accounts.account_of_session(first) == account
    accounts.end_session(first)
    assert accounts.account_of_session(first) is None
    box.clock.go_on(SESSION_TIME.total_seconds() - 1)
    assert accounts.account_of_session(second) == account
    box.clock.go_on(1)
    assert accounts.account_of_session(second) is None


def test_a_new_password_needs_the_old_one_and_ends_every_session(box: EdgedBox) -> None:
    account, accounts = box.claim(), box.operations.accounts
    token = accounts.begin_session(account.id)
    assert rules(accounts.set_password(account.id, "wrong", "een heel ander wachtwoord")) == ["password-wrong"]
    assert rules(accounts.set_password(account.id, PASSWORD, "short")) == ["password-short"]
    assert accounts.account_of_session(token) == account
    assert accounts.set_password(account.id, PASSWORD, "een heel ander wachtwoord") == ()
    assert accounts.account_of_session(token) is None
    assert rules(accounts.log_in(USER_NAME, PASSWORD, HERE)) == ["login-wrong"]
    assert accounts.log_in(f" {USER_NAME} ", "een heel ander wachtwoord", HERE) == account


def test_wrong_tries_lock_their_source_alone(box: EdgedBox) -> None:
    account, accounts = box.claim(), box.operations.accounts
    for _ in range(MOST_TRIES):
        assert rules(accounts.log_in(USER_NAME, "wrong", "192.168.77.66")) == ["login-wrong"]
    assert rules(accounts.log_in(USER_NAME, PASSWORD, "192.168.77.66")) == ["login-locked"]
    assert accounts.log_in(USER_NAME, PASSWORD, HERE) == account


def test_a_language_is_remembered(box: EdgedBox) -> None:
    account = box.claim()
    box.operations.accounts.set_language(account.id, "fr")
    found = box.operations.accounts.log_in(USER_NAME, PASSWORD, HERE)
    assert isinstance(found, Account)
    assert found.language == "fr"

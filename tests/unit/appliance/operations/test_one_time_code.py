"""Codes of an app, against the vectors of RFC 6238."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from appliance.operations.one_time_code import address_of, code_at, new_secret, time_step_of

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.feature("H13")
@pytest.mark.parametrize(
    ("second", "code"),
    [
        (59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"),
        (2000000000, "279037"), (20000000000, "353130"),
    ],
)  # fmt: skip
def test_codes_are_those_of_the_standard(second: int, code: str) -> None:
    """RFC 6238, appendix B, the last six of its eight digits."""
    assert code_at(SECRET, second // 30) == code
    assert time_step_of(SECRET, f"{code[:3]} {code[3:]}", datetime.fromtimestamp(second, UTC)) == second // 30


@pytest.mark.feature("H13")
def test_a_clock_may_be_half_a_minute_off_and_no_more() -> None:
    now = datetime.fromtimestamp(1_234_567_890, UTC)
    step = 1_234_567_890 // 30
    assert [time_step_of(SECRET, code_at(SECRET, step + away), now) for away in (-2, -1, 0, 1, 2)] == [
        None, step - 1, step, step + 1, None,
    ]  # fmt: skip
    for typed in ("", "28708", "abcdef", "\N{ARABIC-INDIC DIGIT ONE}" * 6, "0" * 400):
        assert time_step_of(SECRET, typed, now) is None


def test_secrets_are_new_each_time_and_travel_whole_in_the_address() -> None:
    secret = new_secret()
    assert len(base64.b32decode(secret)) == 20
    assert new_secret() != secret
    address = urlsplit(address_of(secret, "jan & co", "Belbox De Mooi"))
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert parse_qs(address.query) == {
        "secret": [secret], "issuer": ["Belbox De Mooi"], "digits": ["6"], "period": ["30"],
    }  # fmt: skip

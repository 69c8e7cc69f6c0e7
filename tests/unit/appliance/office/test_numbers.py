"""Numbers as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.office.country import Country
from appliance.office.numbers import ExtensionNumber, MacAddress, PhoneNumber
from appliance.office.problems import InvalidValueError


@pytest.mark.parametrize(
    ("text", "country", "e164"),
    [
        ("+32 2 555 10 01", Country.BELGIUM, "+3225551001"),
        ("+32 (0)2 555 10 01", Country.BELGIUM, "+3225551001"),
        ("02/555.10.01", Country.BELGIUM, "+3225551001"),
        ("0032-2-5551001", Country.BELGIUM, "+3225551001"),
        ("0031 20 794 0000", Country.BELGIUM, "+31207940000"),
        ("085-4879611", Country.NETHERLANDS, "+31854879611"),
        ("01 44 55 66 77", Country.FRANCE, "+33144556677"),
        ("26 12 34 56", Country.LUXEMBOURG, "+35226123456"),
    ],
)
def test_a_number_is_read_as_people_of_the_country_write_it(text: str, country: Country, e164: str) -> None:
    """National, international and typeset forms give one E.164 number."""
    assert PhoneNumber.parse(text, country).e164 == e164


@pytest.mark.parametrize("text", ["", "112", "abc", "+", "+0123456789", "0${EXTEN}", "02 555 10 0x", "+" + "1" * 16])
def test_what_is_no_number_is_refused_with_its_text(text: str) -> None:
    """The fault carries what was typed, so that the message can show it."""
    with pytest.raises(InvalidValueError) as fault:
        PhoneNumber.parse(text, Country.BELGIUM)
    assert fault.value.rule == "phone-number-form"


@given(st.from_regex(r"\+32(4[0-9]{8}|[1-9][0-9]{7})", fullmatch=True))
def test_national_form_reads_back(e164: str) -> None:
    """Printing a number nationally and reading it again gives the same number."""
    number = PhoneNumber(e164)
    assert PhoneNumber.parse(number.national(Country.BELGIUM), Country.BELGIUM) == number


@given(st.text(max_size=12))
def test_an_extension_number_is_two_to_four_digits_and_nothing_else(text: str) -> None:
    """Arabic-Indic digits, blanks and signs are no digits of a telephone."""
    is_right = 2 <= len(text) <= 4 and all(letter in "0123456789" for letter in text)
    try:
        ExtensionNumber(text)
    except InvalidValueError:
        assert not is_right
    else:
        assert is_right


@pytest.mark.parametrize("text", ["80:5E:C0:00:02:01", "80-5e-c0-00-02-01", "805e.c000.0201", " 805EC0000201 "])
def test_a_mac_address_is_read_in_every_usual_form(text: str) -> None:
    """Colons, dashes, dots and case do not matter."""
    assert str(MacAddress.parse(text)) == "80:5e:c0:00:02:01"


@pytest.mark.parametrize("text", ["01:00:5e:00:00:01", "80:5e:c0:00:02", "80:5e:c0:00:02:0g", ""])
def test_what_is_no_devices_mac_address_is_refused(text: str) -> None:
    """A multicast address belongs to no device."""
    with pytest.raises(InvalidValueError):
        MacAddress.parse(text)

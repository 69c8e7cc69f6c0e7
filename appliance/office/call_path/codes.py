"""The feature codes that an office has: exact ones, and the beginnings of those that a number follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from appliance.office.feature_codes import CODES, FORWARD_CODES, FeatureCode
from appliance.office.office import Office
from appliance.office.parking import PARK_PREFIX
from appliance.office.prefix_codes import ALL_NUMBERS_PREFIX

_OWN_ENTRY = {FeatureCode.VOICEMAIL, FeatureCode.ECHO_TEST, FeatureCode.DIGIT_TEST}  # numbers of the office


def codes(office: Office) -> Mapping[str, FeatureCode]:
    """Return every code that is dialled as it stands."""
    return dict(_codes(office))


def number_codes(office: Office) -> Mapping[str, FeatureCode]:
    """Return what is dialled before a number, by which calls are forwarded."""
    found = {CODES[on].digits: on for on, _ in FORWARD_CODES.values()}
    after = CODES[FeatureCode.FORWARD_NO_ANSWER_AFTER].digits
    found |= {f"{after}{rings}*": FeatureCode.FORWARD_NO_ANSWER_AFTER for rings in "123456789"}
    return found | {f"*{prefix}*": FeatureCode.FORWARD_NUMBER for prefix in _forwarding_prefixes(office)}


def _codes(office: Office) -> Iterator[tuple[str, FeatureCode]]:
    for code, form in CODES.items():
        if form.digits.startswith("*") and not form.rest and code not in _OWN_ENTRY:
            yield form.digits, code
    rung = [extension.number for extension in office.extensions]
    rung += [group.number for group in office.ring_groups if group.member_ids]
    for number in rung:
        yield f"{CODES[FeatureCode.PICKUP].digits}{number}", FeatureCode.PICKUP
    for extension in office.extensions:
        yield f"{CODES[FeatureCode.INTERCOM].digits}{extension.number}", FeatureCode.INTERCOM
    for box_number in office.boxes_by_number():
        yield f"{CODES[FeatureCode.VOICEMAIL_BOX].digits}{box_number}", FeatureCode.VOICEMAIL_BOX
    for prefix in _forwarding_prefixes(office):
        yield f"#{prefix}#", FeatureCode.STOP_FORWARD_NUMBER
        yield f"#{prefix}", FeatureCode.STOP_FORWARD_NUMBER
    for slot in office.parking.slots() if office.parking else ():
        yield f"{PARK_PREFIX}{slot}", FeatureCode.PARK
        yield slot, FeatureCode.FETCH


def _forwarding_prefixes(office: Office) -> tuple[str, ...]:
    return (ALL_NUMBERS_PREFIX, *(prefix.prefix for prefix in office.forwarding_prefixes))

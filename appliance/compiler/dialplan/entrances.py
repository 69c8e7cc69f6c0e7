"""The contexts in which calls begin: from phones of the office, and from each trunk."""

from __future__ import annotations

from appliance.compiler.dialplan_text import Context, DialplanExtension, Do
from appliance.compiler.object_names import FROM_PHONES, subject_context, trunk_context
from appliance.office.call_path import EMERGENCY, OUTGOING, CallPath, SubjectId
from appliance.office.dialled import emergency_forms, incoming_forms
from appliance.office.numbers import LONGEST_SHORT_NUMBER
from appliance.office.office import Office

# Q.850 cause 28, invalid number format: what stands behind a pattern's dot may hold anything a SIP address can.
_REFUSE = Do("Hangup", "28", label="refuse")


def contexts(office: Office, call_path: CallPath) -> list[Context]:
    """Return from-phones and one context per trunk."""
    return [_from_phones(office, call_path), *(_from_trunks(office, call_path))]


def _from_phones(office: Office, call_path: CallPath) -> Context:
    extensions = [
        DialplanExtension(form, _call(EMERGENCY, number))
        for number in call_path.emergency
        for form in emergency_forms(number)
    ]
    extensions += [
        DialplanExtension(number, _call(subject, number)) for number, subject in sorted(call_path.inside.items())
    ]
    extensions += [
        DialplanExtension(pattern, (_only_digits(skip), *_call(OUTGOING, f"+{prefix}${{EXTEN:{skip}}}"), _REFUSE))
        for pattern, skip, prefix in _outside_forms(office)
    ]
    return Context(FROM_PHONES, tuple(extensions), "What a phone of the office may dial")


def _only_digits(skip: int) -> Do:
    """Jump away if there is anything but digits after the prefix; only lengths are compared, never the text."""
    digits = f"${{LEN(${{FILTER(0-9,${{EXTEN:{skip}}})}})}}"
    return Do("GotoIf", f"$[{digits} != ${{LEN(${{EXTEN:{skip}}})}}]?refuse")


def _outside_forms(office: Office) -> list[tuple[str, int, str]]:
    """Return the forms of a number outside: pattern, digits to drop, country code to add."""
    pack = office.site.pack
    forms = [("_+X.", 1, ""), (f"_{pack.international_prefix}X.", len(pack.international_prefix), "")]
    if pack.national_prefix:
        forms.append((f"_{pack.national_prefix}[1-9]X.", len(pack.national_prefix), pack.calling_code))
    else:
        forms.append(("_[1-9]" + "X" * LONGEST_SHORT_NUMBER + "!", 0, pack.calling_code))
    return forms


def _from_trunks(office: Office, call_path: CallPath) -> list[Context]:
    extensions = tuple(
        DialplanExtension(form, _call(subject, number.e164))
        for number, subject in sorted(call_path.outside.items())
        for form in incoming_forms(number, office.site.country)
    )
    return [Context(trunk_context(trunk), extensions, f"Calls in by {trunk.name}") for trunk in office.trunks]


def _call(subject: SubjectId, number: str) -> tuple[Do, ...]:
    return (Do("Set", f"NUMBER={number}"), Do("Goto", f"{subject_context(subject)},s,1"))

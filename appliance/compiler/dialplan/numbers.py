"""What a dialled number is, and who may call it: the same plans as office/numbering.py, written for the switch.

`read-number-XX` returns the E.164 number that somebody of country XX dialled, empty if it is none; `whole-number` the
same for one with +. `number-kind` returns the kind of an E.164 number, `may-call-ID` yes or no.

`forward-number` returns the number outside to which a kept forward leads (office/forward_targets.py), empty for none.
"""

from __future__ import annotations

from collections.abc import Iterator

from appliance.compiler.dialplan_text import Context, DialplanExtension, Do
from appliance.office.calling_permission import CallingPermission
from appliance.office.country import COUNTRY_PACKS, PREMIUM_KINDS, Country, NumberKind
from appliance.office.forward_targets import ForwardTargets, forward_targets
from appliance.office.numbering import calling_codes, numbering_plan, plan_of
from appliance.office.numbers import LONGEST_SHORT_NUMBER, number_kinds
from appliance.office.office import Office

AUTOMATIC = "_automatic"  # what the office calls by itself; no id begins so
_LONGEST_TEST = 2000  # letters of one expression; Asterisk reads 4,096 (VAR_BUF_SIZE)


def contexts(office: Office) -> list[Context]:
    """Return the contexts that read numbers and judge them."""
    countries = {office.site.country, *(item.country for item in office.extensions if item.country is not None)}
    permissions = {item.id: item for item in (office.permission_of(extension) for extension in office.extensions)}
    permissions.setdefault(office.standard_permission.id, office.standard_permission)
    permissions[AUTOMATIC] = office.automatic_permission()
    return [
        *(_read_number(country) for country in sorted(countries)),
        _whole_number(),
        _number_kind(office.site.country),
        _forward_number(forward_targets(office)),
        *(_may_call(name, permission) for name, permission in sorted(permissions.items())),
    ]


def read_number(number: str) -> Do:
    """Read what whoever calls has dialled, into GOSUB_RETVAL."""
    return Do("Gosub", f"read-number-${{COUNTRY}},{number},1")


def may_call(whose: str, number: str) -> Do:
    """Ask whether a number in E.164 may be called, into GOSUB_RETVAL."""
    return Do("Gosub", f"may-call-{whose},{number},1")


def _forward_number(targets: ForwardTargets) -> Context:
    extensions = [DialplanExtension(short, (Do("Return", str(to)),)) for short, to in sorted(targets.outside.items())]
    extensions += [DialplanExtension(number.e164, (Do("Return"),)) for number in sorted(targets.own)]
    whole = (
        Do("Gosub", "whole-number,${EXTEN},1"),
        Do("ExecIf", '$["${GOSUB_RETVAL}" = "" | "${GOSUB_RETVAL}" = "${EXTEN}"]?Return(${GOSUB_RETVAL})'),
        Do("Goto", "${GOSUB_RETVAL},1"),
    )
    extensions += [DialplanExtension("_+X!", whole), DialplanExtension("_[0-9*#+]!", (Do("Return"),))]
    return Context("forward-number", tuple(extensions), "The number outside that a forward leads to, in E.164")


def _read_number(country: Country) -> Context:
    pack = COUNTRY_PACKS[country]
    abroad, own = len(pack.international_prefix), f"+{pack.calling_code}"
    forms = [("_+X!", "${EXTEN}"), (f"_{pack.international_prefix}X!", f"+${{EXTEN:{abroad}}}")]
    if pack.national_prefix:
        # Not what begins with it twice: that is the international prefix.
        forms.append((f"_{pack.national_prefix}[1-9]!", f"{own}${{EXTEN:{len(pack.national_prefix)}}}"))
    else:
        forms.append(("_[1-9]" + "X" * LONGEST_SHORT_NUMBER + "!", f"{own}${{EXTEN}}"))
    extensions = [
        DialplanExtension(pattern, (Do("Gosub", f"whole-number,{whole},1"), Do("Return", "${GOSUB_RETVAL}")))
        for pattern, whole in forms
    ]
    # A pattern that begins alike and is less exact.
    extensions += [DialplanExtension(pattern, (Do("Return"),)) for pattern in ("_[0-9]!", "_+!")]
    return Context(f"read-number-{country.value}", tuple(extensions), "A number as it is dialled there, in E.164")


def _whole_number() -> Context:
    extensions = []
    for code in calling_codes():
        plan = numbering_plan(code)
        if not plan.whole or not plan.lengths:
            continue
        steps = [Do("Set", f"LOCAL(NATIONAL)=${{EXTEN:{1 + len(code)}}}")]
        for national in ("${NATIONAL}", "${NATIONAL:1}"):
            if national != "${NATIONAL}":
                # A national prefix that was left in: +32 (0)2 555 10 01.
                steps.append(Do("ExecIf", '$["${NATIONAL:0:1}" != "0"]?Return()'))
            is_long_enough = " | ".join(f"${{LEN({national})}} = {length}" for length in plan.lengths)
            steps.append(Do("Set", f"LOCAL(FITS)=$[{is_long_enough}]"))
            steps += [
                Do("ExecIf", f'$[${{FITS}} & ${{REGEX("^({tests})$" {national})}}]?Return(+{code}{national})')
                for tests in _tests(plan.whole)
            ]
        extensions.append(DialplanExtension(f"_+{code}!", (*steps, Do("Return"))))
    extensions.append(DialplanExtension("_+!", (Do("Return"),)))
    return Context("whole-number", tuple(extensions), "The numbers that there can be, by calling code")


def _number_kind(country: Country) -> Context:
    """The longest beginning decides, unless it says nothing of a number that its country's plan says costs more."""
    kinds = number_kinds(country)
    beginnings = {*kinds, *(f"+{code}" for code in calling_codes() if numbering_plan(code).premium)}
    extensions = []
    for beginning in sorted(beginnings):
        kind = kinds[max((text for text in kinds if beginning.startswith(text)), key=len)]
        steps = () if kind in PREMIUM_KINDS else tuple(_costs_more(beginning))
        extensions.append(DialplanExtension(f"_{beginning}!", (*steps, Do("Return", kind.value))))
    return Context("number-kind", tuple(extensions), "What a call to a number is, seen from the office's country")


def _costs_more(beginning: str) -> Iterator[Do]:
    plan = plan_of(beginning)
    for tests in _tests(plan.premium) if plan else ():
        national = f"${{EXTEN:{1 + len(plan.calling_code)}}}" if plan else ""
        service = NumberKind.SERVICE.value
        yield Do("ExecIf", f'$[${{REGEX("^({tests})" {national})}}]?Return({service})')


def _tests(patterns: tuple[str, ...]) -> Iterator[str]:
    """Put as many patterns into one test as the switch can read."""
    kept: list[str] = []
    for pattern in patterns:
        if kept and len("|".join([*kept, pattern])) > _LONGEST_TEST:
            yield "|".join(kept)
            kept = []
        kept.append(pattern)
    if kept:
        yield "|".join(kept)


def _may_call(name: str, permission: CallingPermission) -> Context:
    extensions = [DialplanExtension(number.e164, (Do("Return", "yes"),)) for number in permission.exceptions]
    kinds = "|".join(sorted(kind.value for kind in permission.kinds if kind is not NumberKind.INSIDE))
    judge = (
        Do("Gosub", "number-kind,${EXTEN},1"),
        Do("ExecIf", f'$[${{REGEX("^({kinds})$" ${{GOSUB_RETVAL}})}}]?Return(yes)'),
    )
    steps = (*(judge if kinds else ()), Do("Return", "no"))
    extensions.append(DialplanExtension("_+!", steps))
    return Context(f"may-call-{name}", tuple(extensions), f"Calling permission: {permission.name}")

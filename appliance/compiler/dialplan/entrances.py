"""The contexts in which calls begin: from phones, from lines, from the box's own test phone, by a transfer."""

from __future__ import annotations

from dataclasses import replace

from appliance.compiler.dialplan import numbers, times
from appliance.compiler.dialplan.outgoing import ANONYMOUS
from appliance.compiler.dialplan_text import Context, DialplanExtension, Do
from appliance.compiler.object_names import (
    FROM_PHONES,
    FROM_TEST_PHONE,
    FROM_TRANSFERS,
    mailbox,
    subject_place,
    trunk_context,
)
from appliance.office.backup_route import BackupRoute
from appliance.office.behaviour import ForwardShows
from appliance.office.call_path.steps import (
    EMERGENCY,
    NO_NUMBER,
    NOT_ALLOWED,
    OUTGOING,
    CallPath,
    NodeId,
    NodeKind,
)
from appliance.office.country import NumberKind
from appliance.office.destination import ToExtension, ToVoicemail
from appliance.office.dialled import emergency_forms, incoming_forms
from appliance.office.extension import Extension
from appliance.office.numbering import numbering_plan
from appliance.office.numbers import PhoneNumber
from appliance.office.office import Office
from appliance.office.prefix_codes import DiallingPrefix
from appliance.office.trunk import Transport

# Q.850 cause 28, invalid number format: what stands behind a pattern's wildcard may hold anything a SIP address can.
_REFUSE = Do("Hangup", "28", label="refuse")
_EMERGENCIES = "emergency-numbers"
_PREFIXED = "emergency-numbers-after-a-prefix"
ANYTHING = "_[0-9*#+(]!"
_BETWEEN_DIGITS = r"\x20\x28\x29\x2d\x2e\x2f"  # blank ( ) - . /, as FILTER reads them
_ONLY_OUTSIDE = '$["${ONLY_OUTSIDE}" = "1"]'
AS_IF_OUTSIDE = "*40*"  # the test phone calls a number of the office as if from outside, at any moment it says
AS_IF_PHONES_GONE = "*41*"  # and takes a backup route, by its id, as a call from outside does while no phone answers


def contexts(office: Office, call_path: CallPath) -> list[Context]:
    """Return every context in which a call can begin; emergency calls stand first in each."""
    return [
        *_after_emergencies(_from_phones()),
        *_after_emergencies(_from_transfers()),
        *_after_emergencies(_from_test_phone(office), with_prefixes=False),
        *_emergencies(call_path),
        *(_from_trunk(office, trunk.id) for trunk in office.trunks),
        _numbers(office, call_path),
        *_dial(office, call_path),
        _inside_call(office),
        _outside_call(office),
        _caller_number(office),
        *(_caller(office, extension) for extension in office.extensions),
        *_owners(office),
    ]


def _after_emergencies(context: Context, *, with_prefixes: bool = True) -> list[Context]:
    """Put emergency numbers before everything else: what a context itself holds would be looked at first.

    `with_prefixes`: after a code for the number shown as well; the test phone's own codes look like one.
    """
    rest = f"{context.name}-dialled"
    first = (_EMERGENCIES, _PREFIXED) if with_prefixes else (_EMERGENCIES,)
    return [Context(context.name, (), context.comment, includes=(*first, rest)), replace(context, name=rest)]


def _emergencies(call_path: CallPath) -> list[Context]:
    go = Do("Goto", subject_place(EMERGENCY))
    forms = {
        form: (Do("Set", f"NUMBER={number}"), go) for number in call_path.emergency for form in emergency_forms(number)
    }
    bare = tuple(DialplanExtension(form, steps) for form, steps in forms.items())
    # An emergency shows the number that can be called back, whatever the code before it asks for.
    prefixed = tuple(
        DialplanExtension(f"_*{digits}*{form}", steps) for form, steps in forms.items() for digits in ("X", "XX")
    )
    return [
        Context(_EMERGENCIES, bare, "Emergency numbers, in every form in which they are dialled"),
        Context(_PREFIXED, prefixed, "The same, dialled with a code for the number shown"),
    ]


def _from_phones() -> Context:
    known = (
        *only_dialled(FROM_PHONES),
        Do("Gosub", "inside-call,s,1"),
        Do("GotoIf", f"{_ONLY_OUTSIDE}?dial-outside,${{EXTEN}},1:dial,${{EXTEN}},1"),
        _REFUSE,
    )
    comment = "What a phone of the office dials"
    return Context(FROM_PHONES, (DialplanExtension(ANYTHING, known),), comment)


def _from_transfers() -> Context:
    """The channel here is the one transferred; who transferred it is named in BLINDTRANSFER, and pays.

    That is a guest who is logged in at the phone. Whoever is nobody of the office may call nobody outside.
    """
    steps = (
        *only_dialled(FROM_TRANSFERS),
        # PJSIP/endpoint-0000001a
        Do("Set", "BY=${BLINDTRANSFER:6:-9}"),
        Do("MSet", "RETURN_TO=,PERMISSION=,ONLY_OUTSIDE="),
        Do("GotoIf", "$[${DIALPLAN_EXISTS(phone-owner,${BY},1)}]?known:go"),
        Do("Gosub", "phone-owner,${BY},1", label="known"),
        Do("Set", "RETURN_TO=${GOSUB_RETVAL}"),
        Do("ExecIf", '$["${DB(desk/${BY})}" != ""]?Set(RETURN_TO=${DB(desk/${BY})})'),
        Do("Gosub", "caller-${RETURN_TO},s,1"),
        Do("GotoIf", f"{_ONLY_OUTSIDE}?dial-outside,${{EXTEN}},1:dial,${{EXTEN}},1", label="go"),
        _REFUSE,
    )
    comment = "A call that somebody passes on"
    return Context(FROM_TRANSFERS, (DialplanExtension(ANYTHING, steps),), comment)


def _from_test_phone(office: Office) -> Context:
    header = "PJSIP_HEADER(read,X-Belbox-%s)"
    as_outside = (
        Do("Set", f"AS_IF_AT=${{FILTER(0-9,${{{header % 'At'}}})}}"),
        Do("Set", f"CALLERID(num)=${{FILTER(+0-9,${{{header % 'Caller'}}})}}"),
        Do("Set", "CALLERID(name)="),
        Do("Goto", f"numbers,${{EXTEN:{len(AS_IF_OUTSIDE)}}},1"),
    )
    inside = (
        *only_dialled(FROM_TEST_PHONE),
        Do("Set", "ORIGIN=inside"),
        Do("Set", "EXTENSION="),
        Do("Gosub", "standard-caller,s,1"),
        times.take_moment(office),
        Do("Goto", "dial,${EXTEN},1"),
        _REFUSE,
    )
    extensions = (
        DialplanExtension(f"_{AS_IF_OUTSIDE}[0-9+].", as_outside),
        *(_as_if_phones_gone(route, number) for route, number in office.backup_routes_in_use()),
        DialplanExtension(ANYTHING, inside),
    )
    return Context(FROM_TEST_PHONE, extensions, "The box's own test phone")


def _as_if_phones_gone(route: BackupRoute, number: PhoneNumber) -> DialplanExtension:
    steps = (
        Do("MSet", f"NUMBER={number},__DID={number},CALLERID(num)=,CALLERID(name)="),
        Do("Gosub", "outside-call,s,1"),
        Do("Goto", subject_place(NodeId(NodeKind.BACKUP_ROUTE, route.id))),
    )
    return DialplanExtension(f"{AS_IF_PHONES_GONE}{route.id}", steps)


def _from_trunk(office: Office, trunk_id: str) -> Context:
    trunk = office.trunk(trunk_id)
    comment = f"Calls in by {trunk.name}"
    if trunk.transport is not Transport.TLS:
        return Context(trunk_context(trunk), (), comment, includes=("numbers",))
    # Anybody can write its address on a packet by UDP; on a TLS connection that the box has made nobody can.
    steps = (
        *only_dialled(),
        Do("GotoIf", '$["${CHANNEL(pjsip,secure)}" = "1" & ${DIALPLAN_EXISTS(numbers,${EXTEN},1)}]?numbers,${EXTEN},1'),
        Do("Hangup", "21"),
        _REFUSE,
    )
    return Context(trunk_context(trunk), (DialplanExtension("_[0-9+]!", steps),), comment)


def _numbers(office: Office, call_path: CallPath) -> Context:
    extensions = []
    for number, subject in sorted(call_path.outside.items()):
        steps = (
            Do("MSet", f"NUMBER={number},__DID={number}"),
            Do("Gosub", "outside-call,s,1"),
            Do("Goto", subject_place(subject)),
        )
        extensions += [DialplanExtension(form, steps) for form in incoming_forms(number, office.site.country)]
    return Context("numbers", tuple(extensions), "Numbers of the office, in every form in which lines write them")


def _dial(office: Office, call_path: CallPath) -> list[Context]:
    """What anybody inside may dial, and where a forward to a number of the office goes.

    Included one after the other, so that a pattern never hides a number that stands somewhere exactly.
    """
    inside = tuple(
        DialplanExtension(number, (Do("Set", f"NUMBER={number}"), Do("Goto", subject_place(subject))))
        for number, subject in sorted(call_path.inside.items())
    )
    prefixes = tuple(_prefix(office, prefix) for prefix in office.dialling_prefixes)
    unknown = subject_place(NO_NUMBER)
    only_outside = (
        Do("GotoIf", f"$[${{DIALPLAN_EXISTS(inside,${{EXTEN}},1)}}]?{subject_place(NOT_ALLOWED)}:{unknown}"),
    )
    # After a prefix a number inside is none for anybody.
    may_be_inside = '$["${ONLY_OUTSIDE}" = "1" & "${PREFIXED}" = ""]'
    no_number = Do("GotoIf", f"{may_be_inside}?not-outside,${{EXTEN}},1:{unknown}")
    before, after = (_EMERGENCIES, _PREFIXED), ("outside-numbers",)
    return [
        Context("dial", (), "Numbers that may be dialled inside", includes=(*before, "inside", "prefixes", *after)),
        Context("dial-outside", (), "For who may call nobody inside", includes=(*before, "prefixes", *after)),
        Context("inside", (), includes=("inside-numbers", "codes", "parking")),
        Context("inside-numbers", inside),
        Context("prefixes", prefixes, "Codes that choose the number shown"),
        Context(
            "outside-numbers",
            (DialplanExtension("_[0-9+]!", _dial_outside(no_number)), DialplanExtension("_[*#]!", (no_number,))),
        ),
        Context("not-outside", (DialplanExtension("_[0-9*#+]!", only_outside),)),
    ]


def _prefix(office: Office, prefix: DiallingPrefix) -> DialplanExtension:
    shown = office.number(prefix.number_id).number.e164 if prefix.number_id else ANONYMOUS
    steps = (
        Do("MSet", f"__SHOWN={shown},PREFIXED=1"),
        Do("Goto", f"outside-numbers,${{EXTEN:{len(prefix.prefix) + 2}}},1"),
    )
    return DialplanExtension(f"_*{prefix.prefix}*[0-9+]!", steps)


def _dial_outside(no_number: Do) -> tuple[Do, ...]:
    return (
        numbers.read_number("${EXTEN}"),
        Do("Set", "NUMBER=${GOSUB_RETVAL}"),
        Do("GotoIf", '$["${NUMBER}" != ""]?known'),
        no_number,
        Do(
            "ExecIf",
            '$["${ORIGIN}" = "inside" & "${EXTENSION}" != ""]?Set(DB(redial/${EXTENSION})=${NUMBER})',
            label="known",
        ),
        Do("Goto", subject_place(OUTGOING)),
    )


def _inside_call(office: Office) -> Context:
    steps = (
        Do("Set", "ORIGIN=inside"),
        # EXTENSION is set at the phone's endpoint; somebody else may be logged in at that phone.
        Do("Set", "GUEST=${DB(desk/${CHANNEL(endpoint)})}"),
        Do("GotoIf", '$["${GUEST}" = ""]?own'),
        Do("Set", "EXTENSION=${GUEST}"),
        Do("Gosub", "phone-of,${GUEST},1"),
        Do("Set", "CALLERID(all)=${PJSIP_ENDPOINT(${GOSUB_RETVAL},callerid)}"),
        Do("Gosub", "caller-${EXTENSION},s,1", label="own"),
        times.take_moment(office),
        Do("Return"),
    )
    return Context("inside-call", (DialplanExtension("s", steps),), "Who calls from inside, and when")


def _outside_call(office: Office) -> Context:
    behaviour = office.behaviour
    shown = "${DID}"
    if behaviour.forward_shows is ForwardShows.CALLER:
        shown = f'${{IF($["${{CALLER}}" = ""]?{ANONYMOUS}:${{CALLER}})}}'
    elif behaviour.forward_number_id is not None:
        shown = office.number(behaviour.forward_number_id).number.e164
    steps = (
        # One line where it can be: every call from outside comes along here.
        Do("MSet", "ORIGIN=outside,GROUP(in)=${CHANNEL(endpoint):6},WRITTEN=${FILTER(+0-9,${CALLERID(num)})},CALLER="),
        Do("GotoIf", '$["${CALLERID(num-pres):0:6}" = "prohib" | "${WRITTEN}" = ""]?known'),
        Do("GotoIf", '$["${WRITTEN:0:1}" = "+"]?written'),
        Do("Gosub", "caller-number,${WRITTEN},1"),
        Do("Set", "WRITTEN=${GOSUB_RETVAL}"),
        Do("MSet", "CALLER=${WRITTEN},CALLERID(num)=${WRITTEN}", label="written"),
        Do("Set", f"__SHOWN={shown}", label="known"),
        times.take_moment(office),
        Do("Return"),
    )
    return Context("outside-call", (DialplanExtension("s", steps),), "Who calls from outside, and when")


def _caller_number(office: Office) -> Context:
    pack = office.site.pack
    own = pack.calling_code
    forms = [("_+X!", "${EXTEN}"), (f"_{pack.international_prefix}X!", f"+${{EXTEN:{len(pack.international_prefix)}}}")]
    if pack.national_prefix:
        forms.append((f"_{pack.national_prefix}[1-9]X!", f"+{own}${{EXTEN:{len(pack.national_prefix)}}}"))
    shortest = len(own) + numbering_plan(own).lengths[0]
    forms.append((f"_{own}{'X' * (shortest - len(own))}!", "+${EXTEN}"))
    forms += [("_X!", "${EXTEN}"), ("_+!", "${EXTEN}")]
    extensions = tuple(DialplanExtension(form, (Do("Return", written),)) for form, written in forms)
    return Context("caller-number", extensions, "A caller's number as lines write it, in E.164")


def _caller(office: Office, extension: Extension) -> Context:
    """What holds for calls that this extension makes."""
    own = _own_number(office, extension)
    shown = ANONYMOUS if extension.is_anonymous else own.e164 if own else ""
    permission = office.permission_of(extension)
    # Everything is said, what is empty too: the channel may have been somebody else's before, as in a transfer.
    values = {
        "EXTENSION": extension.id,
        "PERMISSION": permission.id,
        "ONLY_OUTSIDE": "" if NumberKind.INSIDE in permission.kinds else "1",
        "__SHOWN": shown,
        "OWN_NUMBER": own.e164 if own else "",
        "COUNTRY": (extension.country or office.site.country).value,
        "BOX": mailbox(ToVoicemail(extension.id)) if extension.voicemail else "",
    }
    lines = [Do("MSet", ",".join(f"{name}={value}" for name, value in values.items()))]
    if extension.language:
        lines.append(Do("Set", f"CHANNEL(language)={extension.language.value}"))
    comment = f"Calls made by {extension.number} {extension.name}"
    return Context(f"caller-{extension.id}", (DialplanExtension("s", (*lines, Do("Return"))),), comment)


def _own_number(office: Office, extension: Extension) -> PhoneNumber | None:
    if extension.outgoing_number is not None:
        return extension.outgoing_number
    if office.site.shows_personal_numbers:
        mine = ToExtension(extension.id)
        personal = next((number.number for number in office.numbers if number.destination == mine), None)
        if personal is not None:
            return personal
    return office.site.company_number


def _owners(office: Office) -> list[Context]:
    company = office.site.company_number
    caller = (
        Do("Set", f"PERMISSION={office.standard_permission.id}"),
        Do("Set", f"__SHOWN={company.e164 if company else ''}"),
        Do("Set", f"COUNTRY={office.site.country.value}"),
        Do("Return"),
    )
    return [
        Context("standard-caller", (DialplanExtension("s", caller),), "A call that no extension makes"),
        Context(
            "phone-owner",
            tuple(DialplanExtension(item.sip_user, (Do("Return", item.id),)) for item in office.extensions),
            "The extension of a phone, by the name it registers with",
        ),
        Context(
            "phone-of",
            tuple(DialplanExtension(item.id, (Do("Return", item.sip_user),)) for item in office.extensions),
        ),
    ]


def refuse() -> Do:
    """Return the end of a call to what holds more than a telephone can dial; `only_dialled` jumps there."""
    return _REFUSE


def only_dialled(place: str = "") -> list[Do]:
    """Jump away if there is anything but digits, + and the two signs; only lengths are compared, never the text.

    `place`: begin there again without what people and address books put between digits (RFC 3966 section 5.1.1).
    """
    length = "${LEN(${EXTEN})}"
    kept = "$[${LEN(${FILTER(+*#0-9,${EXTEN})})} %s ${LEN(${EXTEN})}]"
    if not place:
        return [Do("GotoIf", f"{kept % '!='}?refuse")]
    return [
        Do("GotoIf", f"{kept % '='}?plain"),
        Do("GotoIf", f"$[${{LEN(${{FILTER({_BETWEEN_DIGITS}+*#0-9,${{EXTEN}})}})}} != {length}]?refuse"),
        Do("Goto", f"{place},${{FILTER(+*#0-9,${{EXTEN}})}},1"),
        Do("NoOp", label="plain"),
    ]

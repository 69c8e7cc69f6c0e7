"""Ringing phones of the office, all together or one after another, and knowing when there are none.

The context `phones` says what can be rung for an extension now: it adds to RING, sets UP when a phone answers the
switch at all, and QUIET when that phone is not to be rung.
"""

from __future__ import annotations

import zlib

from appliance.compiler.dialplan import emergency
from appliance.compiler.dialplan_text import Context, DialplanExtension, Do
from appliance.compiler.object_names import phone_endpoint, subject_context, subject_place
from appliance.office.call_path.steps import (
    CheckReachable,
    ExtensionPhones,
    Hunt,
    NodeId,
    NodeKind,
    OutsidePhone,
    Ring,
    RingBackEmergency,
    RingTarget,
)
from appliance.office.forwarding import ForwardCase
from appliance.office.live_settings import DO_NOT_DISTURB, FORWARD_SECONDS, NO_CALL_WAITING, SPECIAL, forward_family
from appliance.office.office import Office
from appliance.office.ring_group import HuntPolicy

EMERGENCY_RETURN_SECONDS = 3600  # facts: a centre that calls back within the hour reaches who called it

_MILLISECONDS = "${STRFTIME(,,%s%3q)}"  # since 1970
_SHORTEST_RING_MS = 100  # less is no ring
_OUTSIDE_MEMBER = "outside-member"
_IN_USE = '$["${DEVICE_STATE(PJSIP/%s)}" = "NOT_INUSE" | "${DEVICE_STATE(PJSIP/%s)}" = "UNKNOWN"]'


def contexts(office: Office) -> list[Context]:
    """Return the contexts that every ringing uses."""
    return [
        _phones(office),
        *_outside_members(office),
        _ring_tone(),
        _hunt_answered(),
        *_backup_checks(office),
        _return(),
    ]


def ring(office: Office, step: Ring, index: int) -> list[Do]:
    """Ring every phone that can be rung; with none, look for the call's backup."""
    lines = [Do("Set", "RING="), Do("Set", "QUIET=")]
    for position, target in enumerate(step.targets):
        lines += _add(office, target, f"{index}-{position}")
    seconds = _seconds(office, step)
    rung, busy, nobody, silent = (f"{name}-{index}" for name in ("rung", "busy", "nobody", "silent"))
    lines += [
        # What is empty leaves only signs behind, which Dial passes over.
        Do("GotoIf", f"$[${{LEN(${{STRREPLACE(RING,&)}})}} = 0]?{nobody}"),
        Do("Dial", f"${{RING:1}},{seconds},{_options(office, step.targets)}"),
        *_comes_back(office),
        Do("GotoIf", f'$["${{DIALSTATUS}}" = "BUSY"]?{busy}'),
        # Else every phone was silent, as after a cut cable that is not known yet, or a number outside had no line.
        Do("GotoIf", f'$["${{DIALSTATUS}}" != "CHANUNAVAIL" & "${{DIALSTATUS}}" != "CONGESTION"]?{rung}'),
        Do("GotoIf", f'$["${{QUIET}}" = "1"]?{busy}', label=nobody),
        *_nobody_there(step.targets, step.on_unreachable, rung, label=silent),
        *_busy(step.targets, step.on_busy, label=busy),
        Do("NoOp", label=rung),
    ]
    return lines


def hunt(office: Office, step: Hunt, index: int) -> list[Do]:
    """Ring the members one after another, in the order kept for the group.

    MEMBERS: who is tried, in order; LEFT: who is still to come in this round; TRIED: who has been, each followed by |.
    """
    members = "|".join(_name(target) for target in step.targets)
    store = f"hunt/{_order_key(step)}"
    is_kept = step.policy is not HuntPolicy.LINEAR
    kept = f'${{IF($["${{DB({store})}}" = ""]?{members}:${{DB({store})}})}}' if is_kept else members
    again, following, over, rung, nobody, busy = (
        f"{name}-{index}" for name in ("round", "member", "over", "rung", "nobody", "busy")
    )
    wait = step.wait_seconds
    seconds = str(step.seconds_each)
    look = Do("Set", f"LEFT_MS=$[${{UNTIL}} - {_MILLISECONDS}]")
    in_time: list[Do] = []
    if wait is not None:
        in_time = [look, Do("GotoIf", f"$[${{LEFT_MS}} < {_SHORTEST_RING_MS}]?{rung}")]
        seconds = f"${{IF($[${{LEFT_MS}} < {step.seconds_each}000]?$[${{LEFT_MS}} / 1000]:{step.seconds_each})}}"
    answered = "U(hunt-answered)" if step.policy is HuntPolicy.UNIFORM else ""
    # The next caller of a circular group begins after the member rung now; of a uniform one, who answers comes last.
    after = "${IF($[${LEN(${LEFT})} > 0]?${LEFT}|)}"
    order = f"{after}${{TRIED}}${{MEMBER}}" if step.policy is HuntPolicy.CIRCULAR else f"${{TRIED}}{after}${{MEMBER}}"
    keep = {
        HuntPolicy.CIRCULAR: [Do("Set", f"DB({store})={order}")],
        HuntPolicy.UNIFORM: [Do("Set", f"__HUNT_STORE={store}"), Do("Set", f"__HUNT_ORDER={order}")],
    }.get(step.policy, [])
    return [
        Do("Set", f"MEMBERS={kept}"),
        Do("Set", "EVER_RANG="),
        Do("Set", "EVER_UP="),
        Do("Set", "SILENT=|"),
        *([] if wait is None else [Do("Set", f"UNTIL=$[{_MILLISECONDS} + {wait}000]")]),
        Do("Set", "LEFT=${MEMBERS}", label=again),
        Do("Set", "TRIED="),
        Do("Set", "RANG="),
        Do("Set", "MEMBER=${SHIFT(LEFT,|)}", label=following),
        Do("GotoIf", f'$["${{MEMBER}}" = ""]?{over}'),
        Do("Set", "RING="),
        Do("Set", "UP="),
        Do("Gosub", "phones,${MEMBER},1"),
        Do("Set", "EVER_UP=${EVER_UP}${UP}"),
        Do("GotoIf", f"$[${{LEN(${{RING}})}} > 0]?try-{index}"),
        Do("Set", "TRIED=${TRIED}${MEMBER}|", label=f"passed-{index}"),
        Do("Goto", following),
        Do("NoOp", label=f"try-{index}"),
        *in_time,
        *keep,
        Do("Dial", f"${{RING:1}},{seconds},{_options(office, step.targets)}{answered}"),
        *_comes_back(office),
        Do("GotoIf", f'$["${{DIALSTATUS}}" = "BUSY"]?passed-{index}'),
        Do("ExecIf", '$["${DIALSTATUS}" = "CHANUNAVAIL"]?Set(SILENT=${SILENT}${MEMBER}|):Set(RANG=1)'),
        Do("Set", "EVER_RANG=${EVER_RANG}${RANG}"),
        Do("Goto", f"passed-{index}"),
        Do("GotoIf", f"$[${{LEN(${{EVER_RANG}})}} = 0]?{nobody}", label=over),
        *(
            []
            if wait is None
            else [look, Do("GotoIf", f'$["${{RANG}}" = "1" & ${{LEFT_MS}} >= {_SHORTEST_RING_MS}]?{again}')]
        ),
        Do("Goto", rung),
        # Members that were up and did not ring are busy, unless each of them was called and stayed silent.
        Do("GotoIf", f"$[${{LEN(${{EVER_UP}})}} > ${{FIELDQTY(SILENT,|)}} - 2]?{busy}", label=nobody),
        *_nobody_there((), step.on_unreachable, rung, label=f"silent-{index}", silent="${SILENT}"),
        *_busy(step.targets, step.on_busy, label=busy),
        Do("NoOp", label=rung),
    ]


def check_reachable(step: CheckReachable) -> list[Do]:
    """Take the backup route when none of the extensions it watches has a phone that answers the switch."""
    route = subject_context(NodeId(NodeKind.BACKUP_ROUTE, step.backup_route_id))
    return [
        Do("Set", "SILENT=|"),
        Do("Gosub", f"{route},check,1"),
        Do("GotoIf", f'$["${{GOSUB_RETVAL}}" = "silent"]?{route},s,1'),
    ]


def ring_back_emergency(step: RingBackEmergency, index: int) -> list[Do]:
    """Ring who called an emergency number within the hour, whatever is set for that phone."""
    after = f"no-emergency-{index}"
    return [
        Do("GotoIf", f'$["${{DB(emergency/{step.number})}}" = ""]?{after}'),
        Do("Set", f"EMERGENCY=${{DB(emergency/{step.number})}}"),
        Do("GotoIf", f"$[${{EPOCH}} - ${{CUT(EMERGENCY,|,1)}} > {EMERGENCY_RETURN_SECONDS}]?{after}"),
        Do("Set", "PHONES=${PJSIP_DIAL_CONTACTS(${CUT(EMERGENCY,|,2)})}"),
        Do("GotoIf", f"$[${{LEN(${{PHONES}})}} = 0]?{after}"),
        emergency.mark(),
        Do("Set", "RING_TONE=urgent"),
        Do("Dial", f"${{PHONES}},{step.seconds},b(ring-tone^s^1)"),
        Do("Set", "RING_TONE="),
        Do("NoOp", label=after),
    ]


def _seconds(office: Office, step: Ring) -> str:
    text = str(step.seconds)
    if step.seconds_if_forwarded is not None and isinstance(step.targets[0], ExtensionPhones):
        owner = step.targets[0].extension_id
        forwarded = f"DB({forward_family(ForwardCase.NO_ANSWER)}/{owner})"
        own = f"DB({FORWARD_SECONDS}/{owner})"
        set_for_it = f'${{IF($["${{{own}}}" = ""]?{step.seconds_if_forwarded}:${{{own}}})}}'
        text = f'${{IF($["${{{forwarded}}}" = ""]?{text}:{set_for_it})}}'
    if office.behaviour.return_seconds is not None:
        text = f'${{IF($["${{RETURN_TO}}" = ""]?{text}:{office.behaviour.return_seconds})}}'
    return text


def _add(office: Office, target: RingTarget, place: str) -> list[Do]:
    """Add what can be rung: the phones of most people are just theirs, and are asked for without a detour."""
    through = Do("Gosub", f"phones,{_name(target)},1")
    if not isinstance(target, ExtensionPhones):
        return [through]
    own = phone_endpoint(office.extension(target.extension_id))
    return [
        Do("GotoIf", f'$["${{DB({SPECIAL}/{target.extension_id})}}" = ""]?plain-{place}'),
        through,
        Do("Goto", f"added-{place}"),
        Do("Set", f"RING=${{RING}}&${{PJSIP_DIAL_CONTACTS({own})}}", label=f"plain-{place}"),
        Do("NoOp", label=f"added-{place}"),
    ]


def _name(target: RingTarget) -> str:
    match target:
        case ExtensionPhones(extension_id):
            return extension_id
        case OutsidePhone(number, None):
            return number.e164
        case OutsidePhone(number, shown):
            return f"{number.e164}*{shown.e164[1:] if shown else ''}"


def _options(office: Office, targets: tuple[RingTarget, ...]) -> str:
    """Return Dial's options: `b` runs on each called channel before it rings."""
    alone = targets[0] if len(targets) == 1 else None
    if isinstance(alone, ExtensionPhones) and office.extension(alone.extension_id).answers_at_once:
        return "b(ring-tone^answer^1)"
    return '${IF($["${RING_TONE}" = ""]?:b(ring-tone^s^1))}'


def _comes_back(office: Office) -> list[Do]:
    if office.behaviour.return_seconds is None:
        return []
    return [Do("GotoIf", '$["${RETURN_TO}" != ""]?return,s,1')]


def _nobody_there(
    targets: tuple[RingTarget, ...], otherwise: NodeId | None, rung: str, *, label: str, silent: str = "|"
) -> list[Do]:
    """Take the call's backup if now every phone it watches is silent, those just tried (`silent`) among them."""
    tried = "".join(f"{target.extension_id}|" for target in targets if isinstance(target, ExtensionPhones))
    return [
        Do("Set", f"SILENT={silent}{tried}", label=label),
        Do("GotoIf", f'$["${{BACKUP}}" = ""]?no-backup-{label}'),
        Do("Gosub", "${BACKUP},check,1"),
        Do("GotoIf", '$["${GOSUB_RETVAL}" = "silent"]?${BACKUP},s,1'),
        Do("Goto", subject_place(otherwise) if otherwise else rung, label=f"no-backup-{label}"),
    ]


def _busy(targets: tuple[RingTarget, ...], otherwise: NodeId | None, *, label: str) -> list[Do]:
    """Remember who was busy, for call-back, and go on."""
    lines = [Do("NoOp", label=label)]
    if len(targets) == 1 and isinstance(targets[0], ExtensionPhones):
        was_busy = f"Set(DB(last-busy/${{EXTENSION}})={targets[0].extension_id})"
        lines.append(Do("ExecIf", f'$["${{ORIGIN}}" = "inside" & "${{EXTENSION}}" != ""]?{was_busy}'))
    if otherwise is not None:
        lines.append(Do("Goto", subject_place(otherwise)))
    return lines


def _phones(office: Office) -> Context:
    found = []
    for extension in office.extensions:
        own = phone_endpoint(extension)
        plain = (
            Do("GotoIf", f'$["${{DB({SPECIAL}/{extension.id})}}" != ""]?special'),
            Do("Set", f"PHONES=${{PJSIP_DIAL_CONTACTS({own})}}"),
            Do("GotoIf", "$[${LEN(${PHONES})} = 0]?none"),
            Do("Set", "UP=1"),
            Do("Set", "RING=${RING}&${PHONES}"),
            Do("Return", label="none"),
            Do("Gosub", f"phones,reach,1({extension.id},{own})", label="special"),
            Do("Return"),
        )
        found.append(DialplanExtension(extension.id, plain))
    reach = (
        # Addresses hold colons, so they never stand inside IF. Somebody else who is logged in at this extension's own
        # phone has it meanwhile.
        Do("Set", "PHONES="),
        Do("GotoIf", '$["${DB(desk/${ARG2})}" != ""]?away'),
        Do("Set", "PHONES=&${PJSIP_DIAL_CONTACTS(${ARG2})}"),
        Do("Set", "DESK=${DB(at/${ARG1})}", label="away"),
        Do("GotoIf", '$["${DESK}" = ""]?known'),
        Do("Set", "PHONES=${PHONES}&${PJSIP_DIAL_CONTACTS(${DESK})}"),
        # What is empty leaves only signs behind, which Dial passes over.
        Do("GotoIf", "$[${LEN(${PHONES})} < 4]?none", label="known"),
        Do("Set", "UP=1"),
        Do("GotoIf", f'$["${{DB({DO_NOT_DISTURB}/${{ARG1}})}}" != ""]?quiet'),
        Do("GotoIf", f'$["${{DB({NO_CALL_WAITING}/${{ARG1}})}}" = ""]?free'),
        Do("GotoIf", (_IN_USE % ("${ARG2}", "${ARG2}")) + "?free"),
        Do("Set", "QUIET=1", label="quiet"),
        Do("Return"),
        Do("Set", "RING=${RING}${PHONES}", label="free"),
        Do("Return", label="none"),
    )
    outside = (
        Do("Set", "UP=1"),
        Do("Set", f"RING=${{RING}}&Local/${{EXTEN}}@{_OUTSIDE_MEMBER}/n"),
        Do("Return"),
    )
    found.append(DialplanExtension("reach", reach))
    found.append(DialplanExtension("_+X!", outside))
    return Context("phones", tuple(found), "What can be rung for an extension now: adds to RING, sets UP")


def _outside_members(office: Office) -> list[Context]:
    """A member outside is called in a channel of its own: its confirmation is waited for while the others ring on."""
    if not any(group.outside_members for group in office.ring_groups):
        return []
    confirm = "1" if office.behaviour.confirms_plans else ""
    common = [
        Do("Set", f"CONFIRM={confirm}"),
        Do("Set", "RING_SECONDS=120"),  # the group's own time ends it
        Do("Gosub", "call-outside,s,1"),
        Do("GotoIf", '$["${OUTCOME}" = "busy"]?busy'),
        Do("Hangup", "20"),
        Do("Hangup", "17", label="busy"),
    ]
    steps = (
        Do("Set", "CALLED=${CUT(EXTEN,*,1)}"),
        Do("ExecIf", "$[${FIELDQTY(EXTEN,*)} = 2]?Set(SHOWN=+${CUT(EXTEN,*,2)})"),
        *common,
    )
    comment = "A group's member outside: number, or number*number shown"
    return [Context(_OUTSIDE_MEMBER, (DialplanExtension("_+X.", steps),), comment)]


def _ring_tone() -> Context:
    # Alert-Info (RFC 3261 section 20.4), with the info parameter phones choose a melody by; answer-after is the
    # parameter of the four brands for an intercom.
    alert = Do("Set", "PJSIP_HEADER(add,Alert-Info)=<http://belbox.invalid/${RING_TONE}>;info=${RING_TONE}")
    # A phone that sends the call elsewhere makes a channel of another kind, which bears no header.
    rings = Do("ExecIf", '$["${CHANNEL(channeltype)}" != "PJSIP"]?Return()')
    answer = (
        rings,
        Do("Set", "PJSIP_HEADER(add,Call-Info)=<sip:belbox.invalid>;answer-after=0"),
        Do("Set", "PJSIP_HEADER(add,Alert-Info)=<http://belbox.invalid>;info=alert-autoanswer;delay=0"),
        Do("Return"),
    )
    return Context(
        "ring-tone",
        (DialplanExtension("s", (rings, alert, Do("Return"))), DialplanExtension("answer", answer)),
        "How a called phone rings",
    )


def _hunt_answered() -> Context:
    steps = (Do("Set", "DB(${HUNT_STORE})=${HUNT_ORDER}"), Do("Return"))
    return Context(
        "hunt-answered", (DialplanExtension("s", steps),), "Who took a call of a uniform group comes last next time"
    )


def _backup_checks(office: Office) -> list[Context]:
    found = []
    for route in office.backup_routes:
        steps = []
        for watched in office.watched_extension_ids(route):
            contacts = f"PJSIP_DIAL_CONTACTS({phone_endpoint(office.extension(watched))})"
            was_tried = f'${{REGEX("[|]{watched}[|]" ${{SILENT}})}}'
            steps.append(Do("GotoIf", f"$[${{LEN(${{{contacts}}})}} > 0 & {was_tried} = 0]?there"))
        steps += [Do("Return", "silent"), Do("Return", "there", label="there")]
        subject = NodeId(NodeKind.BACKUP_ROUTE, route.id, "check")
        found.append(Context(subject_context(subject), (DialplanExtension("check", tuple(steps)),)))
    return found


def _return() -> Context:
    steps = (
        Do("Set", "BACK=${RETURN_TO}"),
        Do("Set", "RETURN_TO="),
        Do("Goto", "extension-${BACK},s,1"),
    )
    return Context("return", (DialplanExtension("s", steps),), "An unanswered transfer goes back to who transferred it")


def _order_key(step: Hunt) -> str:
    """Return the key of a group's kept order; another list of members begins anew."""
    members = "|".join(_name(target) for target in step.targets)
    return f"{step.ring_group_id}-{zlib.crc32(members.encode()):08x}"

"""Calls to the public network: which lines, in which order, what each may answer, and which number is shown.

Variables: CALLED, the number in E.164; RING_SECONDS; CONFIRM, 1 when who answers must press 1; SHOWN, the number
shown in E.164 or `anonymous`. `call-outside` returns OUTCOME: no-answer, busy, ended (the callee's own refusal) or
no-line.
"""

from __future__ import annotations

from dataclasses import replace

from appliance.compiler.dialplan import numbers, times
from appliance.compiler.dialplan_text import Context, DialplanExtension, Do
from appliance.compiler.object_names import line_context, trunk_endpoint
from appliance.office.call_path.steps import THE_OFFICE, WHO_CALLS, CallOutside, CheckPermission
from appliance.office.office import Office
from appliance.office.outbound_route import OutboundRoute
from appliance.office.trunk import NumberFormat, Trunk

SILENT_SECONDS = 2.0
_LOOK_SECONDS = 0.25
_SILENT_LINE = "silent-line"
ANONYMOUS = "anonymous"
# 183 with SDP: without it a phone whose call is not answered hears nothing of what is said next.
_BEFORE_VOICE = Do("Progress")

# What a SIP answer of a line means for the next one. Busy and declined are the callee's word and end the search
# (RFC 3261 section 21.6); so are "not found" and "temporarily unavailable", which telephone companies pass on from the
# callee's network. All else is the line's own trouble.
VERDICTS: dict[str, str] = {
    "404": "ended",
    "410": "ended",
    "480": "ended",
    "484": "ended",
    "486": "busy",
    "600": "busy",
    "603": "busy",
    "604": "ended",
    "607": "busy",
    "_XXX": "next",  # a pattern of Asterisk: any other SIP code, three digits
}


def contexts(office: Office) -> list[Context]:
    """Return the contexts that every call outside uses, and one for each line and permission."""
    return [
        _call_outside(),
        _route(office),
        *(_line(office, trunk) for trunk in office.trunks),
        _verdict(),
        _confirm(),
        _outgoing_leg(),
        _silent_line(),
    ]


def check_permission(office: Office, step: CheckPermission, place: str) -> list[Do]:
    """Go to the other place unless the number may be called; who has no permission at all may call none."""
    whose, unknown = "${PERMISSION}", [Do("GotoIf", f'$["${{PERMISSION}}" = ""]?{place}')]
    if step.payer == THE_OFFICE:
        whose, unknown = numbers.AUTOMATIC, []
    elif step.payer != WHO_CALLS:
        whose, unknown = office.permission_of(office.extension(step.payer)).id, []
    return [
        *unknown,
        numbers.may_call(whose, step.number.e164 if step.number else "${NUMBER}"),
        Do("GotoIf", f'$["${{GOSUB_RETVAL}}" != "yes"]?{place}'),
    ]


def call_outside(step: CallOutside, index: int) -> list[Do]:
    """Call a number; one that the caller dialled gives its own busy tone, another leaves the call to the next step."""
    if step.is_barred:
        return [Do("NoOp")]
    called = step.number.e164 if step.number else "${NUMBER}"
    lines = [
        Do("Set", f"CALLED={called}"),
        Do("Set", f"RING_SECONDS={step.seconds}"),
        Do("Set", f"CONFIRM={'1' if step.is_confirmed else ''}"),
        Do("Gosub", "call-outside,s,1"),
    ]
    if not step.is_forward:
        lines += [
            Do("GotoIf", f'$["${{OUTCOME}}" = "no-line"]?no-line-{index}'),
            Do("ExecIf", '$["${OUTCOME}" = "no-answer"]?Hangup(19)'),
            Do("ExecIf", '$["${OUTCOME}" = "busy"]?Hangup(17)'),  # declined as well: "forbidden" tells nobody anything
            Do("Hangup", "${HANGUPCAUSE}"),
            replace(_BEFORE_VOICE, label=f"no-line-{index}"),
        ]
    return lines


def show(office: Office, trunk: Trunk, index: str) -> list[Do]:
    """Show the number in SHOWN as this line wants it written, or none."""
    shown = _written(office, trunk.shown_format, "SHOWN")
    lines = [
        Do("GotoIf", f'$["${{SHOWN}}" = "{ANONYMOUS}"]?hidden-{index}'),
        Do("Set", f"CALLERID(num)={shown}"),
        Do("Set", "CALLERID(pres)=allowed"),  # the caller's own wish was about the caller's number
    ]
    if office.site.shows_company_name:
        lines.append(Do("Set", "CALLERID(name)=${AST_CONFIG(texts.conf,company,name)}"))
    return [
        *lines,
        Do("Goto", f"shown-{index}"),
        Do("Set", "CALLERID(pres)=prohib", label=f"hidden-{index}"),
        Do("NoOp", label=f"shown-{index}"),
    ]


def is_dark(trunk_id: str) -> str:
    """Return the expression that holds while the switch believes that this line does not answer."""
    return f'$["${{DEVICE_STATE(PJSIP/{trunk_endpoint(trunk_id)})}}" = "UNAVAILABLE"]'


def _call_outside() -> Context:
    steps = (
        Do("Gosub", "route,${CALLED},1"),
        Do("Set", "LINES=${GOSUB_RETVAL}"),
        Do("Set", "KEPT_CALLER=${CALLERID(all)}"),
        Do("Set", "KEPT_PRES=${CALLERID(num-pres)}"),
        Do("Set", "KEPT_NAME_PRES=${CALLERID(name-pres)}"),
        Do("Set", "LINE=${SHIFT(LINES,|)}", label="next"),
        Do("GotoIf", '$["${LINE}" = ""]?none'),
        Do("Gosub", "line-${LINE},s,1"),
        # The caller is kept for what follows: a voicemail box tells who called.
        Do("Set", "CALLERID(all)=${KEPT_CALLER}"),
        Do("Set", "CALLERID(num-pres)=${KEPT_PRES}"),
        Do("Set", "CALLERID(name-pres)=${KEPT_NAME_PRES}"),
        Do("GotoIf", '$["${OUTCOME}" = "next"]?next'),
        Do("Return"),
        Do("Set", "OUTCOME=no-line", label="none"),
        Do("Return"),
    )
    return Context("call-outside", (DialplanExtension("s", steps),), "Call CALLED by the first line that takes it")


def _line(office: Office, trunk: Trunk) -> Context:
    lines = [Do("GotoIf", f"{is_dark(trunk.id)}?next")]
    if trunk.ordinary_channels is not None:
        used = f"${{GROUP_COUNT({trunk.id}@in)}} + ${{GROUP_COUNT({trunk.id}@out)}}"
        lines.append(Do("GotoIf", f"$[{used} >= {trunk.ordinary_channels}]?next"))
    lines += show(office, trunk, "number")
    called = _written(office, trunk.called_format, "CALLED")
    confirm = '${IF($["${CONFIRM}" = "1"]?U(confirm^s^1))}'
    # Watched only while there is another line to go to.
    leg = f"ib(outgoing-leg^s^1({trunk.id}^${{LEN(${{LINES}})}}))"
    lines += [
        Do("HangupCauseClear"),
        Do("Dial", f"PJSIP/{called}@{trunk_endpoint(trunk.id)},${{RING_SECONDS}},{leg}{confirm}"),
        # A line that has not said a word is dark, however short the call was to ring.
        Do("Set", "KEYS=${HANGUPCAUSE_KEYS()}"),
        Do("GotoIf", "$[${LEN(${KEYS})} = 0]?next"),
        Do("Set", "OUTCOME=no-answer"),
        Do("Set", "ANSWERED=${HANGUPCAUSE(${KEYS},tech)}"),
        Do("Set", "CODE=${ANSWERED:4:3}"),  # "SIP 486 Busy Here"
        # "Too many hops" is the line's own loop, though Asterisk takes it for nobody's answer (hangup_sip2cause).
        Do("GotoIf", '$["${CODE}" = "483"]?next'),
        # ANSWER: somebody took the call outside and did not press 1.
        Do("GotoIf", '$["${DIALSTATUS}" = "NOANSWER" | "${DIALSTATUS}" = "ANSWER"]?out'),
        Do("GotoIf", "$[${LEN(${CODE})} < 3]?next"),
        Do("Gosub", "verdict,${CODE},1"),
        Do("Set", "OUTCOME=${GOSUB_RETVAL}"),
        Do("Return", label="out"),
        Do("Set", "OUTCOME=next", label="next"),
        Do("Return"),
    ]
    return Context(line_context(trunk.id), (DialplanExtension("s", tuple(lines)),), f"Call CALLED by {trunk.name}")


def _written(office: Office, number_format: NumberFormat, variable: str) -> str:
    """Return the E.164 number in a variable as a line wants it."""
    pack = office.site.pack
    own = f"+{pack.calling_code}"
    abroad = f"{pack.international_prefix}${{{variable}:1}}"
    match number_format:
        case NumberFormat.PLUS:
            return f"${{{variable}}}"
        case NumberFormat.BARE:
            return f"${{{variable}:1}}"
        case NumberFormat.INTERNATIONAL:
            return abroad
        case NumberFormat.NATIONAL:
            national = f"{pack.national_prefix}${{{variable}:{len(own)}}}"
            return f'${{IF($["${{{variable}:0:{len(own)}}}" = "{own}"]?{national}:{abroad})}}'


def _route(office: Office) -> Context:
    """The most exact beginning of the number decides; a route out of its hours leaves it to the next shorter one."""
    every = "|".join(trunk.id for trunk in office.trunks)
    beginnings = sorted({"+"} | {text for route in office.outbound_routes for text in route.beginnings})
    extensions = []
    for beginning in beginnings:
        steps: list[Do] = []
        for route in _routes_for(office, beginning):
            answer = "|".join(route.trunk_ids())
            if route.opening_hours_id is None:
                steps.append(Do("Return", answer))
                break
            tests = office.opening_hours_of(route.opening_hours_id).every_test()
            steps.append(Do("ExecIf", f"$[{times.holds(tests)}]?Return({answer})"))
        else:
            steps.append(Do("Return", every))
        extensions.append(DialplanExtension(f"_{beginning}!", tuple(steps)))
    return Context("route", tuple(extensions), "The lines for a number, in the order in which they are tried")


def _routes_for(office: Office, beginning: str) -> list[OutboundRoute]:
    fitting = [
        (len(text), -position, route)
        for position, route in enumerate(office.outbound_routes)
        for text in route.beginnings
        if beginning.startswith(text)
    ]
    return [route for _, _, route in sorted(fitting, key=lambda entry: entry[:2], reverse=True)]


def _verdict() -> Context:
    extensions = tuple(DialplanExtension(code, (Do("Return", meaning),)) for code, meaning in VERDICTS.items())
    return Context("verdict", extensions, "What a line's SIP answer means: busy and ended are never tried on another")


def _confirm() -> Context:
    steps = (
        Do("Read", "KEY,belbox/confirm-call,1,,2,5"),
        Do("GotoIf", '$["${KEY}" = "1"]?taken'),
        Do("Set", "GOSUB_RESULT=CONTINUE"),
        Do("Return", label="taken"),
    )
    return Context("confirm", (DialplanExtension("s", steps),), "Who answers outside presses 1; a voicemail does not")


def _outgoing_leg() -> Context:
    """What the called channel knows of itself; its own group goes with it when the call is passed on."""
    steps = (
        Do("Set", "GROUP(out)=${ARG1}"),
        Do("Set", "SHARED(DIRECTION)=out"),
        Do("GotoIf", "$[0${ARG2} > 0]?watched,1"),
        Do("Return"),
    )
    # A channel of its own, beside Dial: as a second leg of Dial it would silence the line's announcements.
    watched = (Do("Originate", f"Local/${{CHANNEL(name):6}}@{_SILENT_LINE}/n,app,NoOp,,,5,a"), Do("Return"))
    extensions = (DialplanExtension("s", steps), DialplanExtension("watched", watched))
    return Context("outgoing-leg", extensions, "A called channel of a line, before it is called")


def _silent_line() -> Context:
    """End a called channel whose line has not said a word, not even 100, in two seconds: five INVITEs were lost."""
    leg = "PJSIP/${EXTEN}"
    steps = (
        Do("Set", "LOOKS=0"),
        Do("Wait", f"{_LOOK_SECONDS}", label="look"),
        Do("GotoIf", f"$[${{LEN(${{IMPORT({leg},CHANNEL(name))}})}} = 0]?over"),
        Do("GotoIf", f"$[${{LEN(${{IMPORT({leg},HANGUPCAUSE_KEYS())}})}} > 0]?over"),
        Do("Set", "LOOKS=$[${LOOKS} + 1]"),
        Do("GotoIf", f"$[${{LOOKS}} < {SILENT_SECONDS / _LOOK_SECONDS:.0f}]?look"),
        Do("SoftHangup", leg),
        Do("Hangup", label="over"),
    )
    return Context(_SILENT_LINE, (DialplanExtension("_[a-z].", steps),), "Is this channel's line dark?")

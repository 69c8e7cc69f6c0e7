"""Emergency calls: each line is asked, then an ordinary call is ended where every line that could help is full.

Variables of the call: VERDICT_n, what line n answered; JUDGED, 1 when a line called the number busy, unknown or
refused; BUSY, 1 when it was busy; FREED_n, 1 when a call was ended on line n; ENDED_out and ENDED_in, how many in all.

Verdicts: silent (no word, or known dark), full (no channel), trouble (the line's own), judged (its word on the
number: unknown, refused, or rung in vain), busy.
"""

from __future__ import annotations

from appliance.compiler.dialplan.outgoing import is_dark, show
from appliance.compiler.dialplan_text import Context, DialplanExtension, Do
from appliance.compiler.object_names import emergency_endpoint, trunk_endpoint
from appliance.office.call_path.steps import CallEmergency
from appliance.office.office import Office
from appliance.office.trunk import Trunk

EMERGENCY_RING_SECONDS = 120
MOST_CALLS_ENDED = 3  # in each direction, for one emergency call
_DIRECTIONS = ("out", "in")
# RFC 3261 section 21. 401, 407, 408 and 483 speak of the way to the centre and not of its number.
_VERDICTS = {
    "503": "full",
    "401": "trouble",
    "407": "trouble",
    "408": "trouble",
    "483": "trouble",
    "486": "busy",
    "600": "busy",
    "_[46]XX": "judged",
    "_XXX": "trouble",
}
_MARK = "EMERGENCY"  # shared by a channel that talks to a centre, or tries to


def contexts(office: Office) -> list[Context]:
    """Return the contexts that an emergency call uses, and the one that marks a centre's own call."""
    return [
        *(_line(office, trunk) for trunk in office.trunks),
        _verdict(),
        *([_pre_empt()] if office.trunks else []),
    ]


def mark() -> Do:
    """Say of this channel that it talks to a centre: it is never ended for another emergency."""
    return Do("Set", f"SHARED({_MARK})=1")


def call_emergency(office: Office, step: CallEmergency, index: int) -> list[Do]:
    """Call as dialled: by the lines that are up, then by a channel freed for it, then by every line once more.

    A line that spoke of the number is not asked again, and the caller hears busy.
    """
    company = office.site.company_number or (office.numbers[0].number if office.numbers else None)
    lines = [
        mark(),
        # Emergency calls come here before anything is known of who calls; only the number they show is asked for.
        Do("ExecIf", "$[${DIALPLAN_EXISTS(caller-${EXTENSION},s,1)}]?Gosub(caller-${EXTENSION},s,1)"),
        Do("Set", 'SHOWN=${IF($["${OWN_NUMBER}" = ""]?%s:${OWN_NUMBER})}' % (company.e164 if company else "")),
        # Who called, for the centre that calls back; the phone itself, since a person may have logged out by then.
        Do("Set", "DB(emergency/${SHOWN})=${EPOCH}|${CHANNEL(endpoint)}"),
    ]
    trunks = [office.trunk(trunk_id) for trunk_id in step.trunk_ids]
    watched = "watched" if len(trunks) > 1 else ""
    for position, trunk in enumerate(trunks):
        following = f"asked-{index}-{position}"
        lines += [
            Do("Set", f"VERDICT_{position}=silent"),
            Do("GotoIf", f"{is_dark(trunk.id)}?{following}"),
            *_ask(trunk, position, watched),
            Do("NoOp", label=following),
        ]
    for direction in _DIRECTIONS:
        for position, trunk in enumerate(trunks):
            lines += _free(trunk, position, direction, f"{direction}-{index}-{position}")
    for position, trunk in enumerate(trunks):
        following = f"again-{index}-{position}"
        has_judged = f'$["${{VERDICT_{position}}}" = "judged" | "${{VERDICT_{position}}}" = "busy"]'
        lines += [Do("GotoIf", f"{has_judged}?{following}"), *_ask(trunk, position), Do("NoOp", label=following)]
    return [
        *lines,
        Do("ExecIf", '$["${JUDGED}" = "1"]?Hangup(17)'),
        Do("Progress"),  # without it a phone whose call is not answered hears nothing of what is said next
    ]


def _ask(trunk: Trunk, position: int, watched: str = "") -> list[Do]:
    return [
        Do("Gosub", f"{_context(trunk)},s,1({watched})"),
        Do("Set", f"VERDICT_{position}=${{GOSUB_RETVAL}}"),
    ]


def _free(trunk: Trunk, position: int, direction: str, label: str) -> list[Do]:
    """End ordinary calls of this line, one at a time, while it is full; another emergency may take what was freed."""
    over, full, ended = f"over-{label}", f"full-{label}", f"ENDED_{direction}"
    verdict = f'"${{VERDICT_{position}}}"'
    counted: list[Do] = []
    if trunk.channels is not None:
        # Its answer alone proves nothing where the calls can be counted, and need not say so where they fill it.
        counted = [
            Do("Set", f"FOUND=${{CHANNELS(^PJSIP/(trunk|emergency)-{trunk.id}-[0-9a-f]*$)}}"),
            # Every channel's name has one stroke.
            Do("GotoIf", f"$[${{FIELDQTY(FOUND,/)}} - 1 < {trunk.channels}]?{over}"),
            Do("GotoIf", f'$[{verdict} = "trouble"]?{full}'),
        ]
    return [
        Do("GotoIf", f'$["${{BUSY}}" = "1" | 0${{{ended}}} >= {MOST_CALLS_ENDED}]?{over}', label=label),
        *counted,
        Do("GotoIf", f'$[{verdict} != "full"]?{over}'),
        Do("GotoIf", f'$["${{FREED_{position}}}" = ""]?{full}'),
        # It is full again, or still: again only if there is somebody who may have taken what was freed.
        Do("GotoIf", f"$[${{LEN(${{CHANNELS(^PJSIP/{emergency_endpoint(trunk.id)}-[0-9a-f]*$)}})}} = 0]?{over}"),
        Do("Gosub", f"pre-empt,s,1({trunk_endpoint(trunk.id)},{direction})", label=full),
        Do("GotoIf", f'$["${{GOSUB_RETVAL}}" != "freed"]?{over}'),
        Do("MSet", f"FREED_{position}=1,{ended}=$[0${{{ended}}} + 1]"),
        *_ask(trunk, position),
        Do("Goto", label),
        Do("NoOp", label=over),
    ]


def _line(office: Office, trunk: Trunk) -> Context:
    """Call NUMBER by this line; ARG1 not empty: end it when the line says nothing at all. Returns a verdict."""
    watched = '${IF($["${ARG1}" = ""]?i:ib(outgoing-leg^watched^1))}'
    steps = [
        *show(office, trunk, "number"),
        Do("HangupCauseClear"),
        Do("Dial", f"PJSIP/${{NUMBER}}@{emergency_endpoint(trunk.id)},{EMERGENCY_RING_SECONDS},{watched}"),
        Do("Set", "KEYS=${HANGUPCAUSE_KEYS()}"),
        Do("GotoIf", "$[${LEN(${KEYS})} = 0]?silent"),
        Do("Set", "ANSWERED=${HANGUPCAUSE(${KEYS},tech)}"),
        Do("Set", "CODE=${FILTER(0-9,${ANSWERED:4:3})}"),  # "SIP 486 Busy Here"
        Do("ExecIf", "$[${LEN(${CODE})} != 3]?Return(trouble)"),
        # What Dial calls no answer is one only where the line has not refused: it takes 483 for one as well.
        Do("Set", 'RUNG=$["${DIALSTATUS}" = "NOANSWER" & (${CODE} < 300 | ${CODE} = 487)]'),
        Do("Gosub", "emergency-verdict,${IF($[${RUNG} = 1]?rung:${CODE})},1"),
        Do("Set", "VERDICT=${GOSUB_RETVAL}"),
        Do("ExecIf", '$["${VERDICT}" = "judged" | "${VERDICT}" = "busy"]?Set(JUDGED=1)'),
        Do("ExecIf", '$["${VERDICT}" = "busy"]?Set(BUSY=1)'),
        Do("Return", "${VERDICT}"),
        Do("Return", "silent", label="silent"),
    ]
    return Context(
        _context(trunk), (DialplanExtension("s", tuple(steps)),), f"Call an emergency number by {trunk.name}"
    )


def _verdict() -> Context:
    verdicts = {"rung": "judged", **_VERDICTS}
    extensions = tuple(DialplanExtension(code, (Do("Return", verdict),)) for code, verdict in verdicts.items())
    return Context("emergency-verdict", extensions, "What a line's SIP answer to an emergency call means")


def _pre_empt() -> Context:
    """End the youngest ordinary call of a trunk, `out` or `in`, to make room for an emergency; returns freed or none.

    A channel's name ends in a number that counts up (chan_pjsip), so the largest is the youngest. One that talks to an
    emergency centre is no ordinary call, whoever made it: a centre that calls back, a caller who was passed on to one.
    """
    bridged_to = "${IMPORT(${ONE},BRIDGEPEER)}"
    pick = (
        Do("Set", "LOCAL(FOUND)=${CHANNELS(^PJSIP/${ARG1}-[0-9a-f]*$)}"),
        Do("Set", "LOCAL(YOUNGEST)="),
        Do("Set", "LOCAL(ONE)=${SHIFT(FOUND, )}", label="look"),
        Do("GotoIf", '$["${ONE}" = ""]?done'),
        Do("Set", 'LOCAL(DIRECTION)=${IF($["${SHARED(DIRECTION,${ONE})}" = "out"]?out:in)}'),
        Do("GotoIf", '$["${DIRECTION}" != "${ARG2}"]?look'),
        Do("GotoIf", f'$["${{SHARED({_MARK},${{ONE}})}}" = "1"]?look'),
        Do("GotoIf", f'$[${{REGEX("PJSIP/emergency-" {bridged_to})}}]?look'),
        Do("ExecIf", '$["x${ONE}" > "x${YOUNGEST}"]?Set(LOCAL(YOUNGEST)=${ONE})'),
        Do("Goto", "look"),
        Do("GotoIf", '$["${YOUNGEST}" = ""]?none', label="done"),
        Do("SoftHangup", "${YOUNGEST}"),
        # The line sees the BYE before the INVITE that follows.
        Do("Wait", "0.2"),
        Do("Return", "freed"),
        Do("Return", "none", label="none"),
    )
    return Context("pre-empt", (DialplanExtension("s", pick),), "Free a line for an emergency call")


def _context(trunk: Trunk) -> str:
    return f"emergency-line-{trunk.id}"

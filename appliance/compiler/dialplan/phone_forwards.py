"""Calls that a phone itself sends elsewhere, by 302: followed as its owner's forward, where the owner may call that.

Else the caller goes on in the plan, as if nobody had answered at that phone.
"""

from __future__ import annotations

from dataclasses import replace

from appliance.compiler.dialplan import numbers
from appliance.compiler.dialplan.entrances import ANYTHING, only_dialled, refuse
from appliance.compiler.dialplan_text import Context, DialplanExtension, Do
from appliance.compiler.object_names import FROM_FORWARDS
from appliance.office.call_path.building import FORWARD_RING_SECONDS
from appliance.office.explain import MOST_FORWARDS
from appliance.office.office import Office

_NO_ANSWER = Do("Hangup", "19", label="no")  # Q.850


def context(office: Office) -> Context:
    """Return the context; the channel here is a new one, and FORWARDERNAME says which phone sends the call on."""
    steps = (
        *only_dialled(FROM_FORWARDS),
        Do("Set", "__FORWARDS=$[0${FORWARDS} + 1]"),
        Do("GotoIf", f"$[${{FORWARDS}} > {MOST_FORWARDS}]?no"),
        # PJSIP/endpoint-0000001a
        Do("Set", "BY=${FORWARDERNAME:6:-9}"),
        Do("GotoIf", "$[${DIALPLAN_EXISTS(phone-owner,${BY},1)}]?known:no"),
        Do("Gosub", "phone-owner,${BY},1", label="known"),
        Do("Set", "OWNER=${GOSUB_RETVAL}"),
        Do("ExecIf", '$["${DB(desk/${BY})}" != ""]?Set(OWNER=${DB(desk/${BY})})'),
        # What the call shows outside was decided where it came in.
        Do("Set", "WAS_SHOWN=${SHOWN}"),
        Do("Gosub", "caller-${OWNER},s,1"),
        Do("ExecIf", '$["${WAS_SHOWN}" != ""]?Set(__SHOWN=${WAS_SHOWN})'),
        Do("MSet", 'EXTENSION=,ORIGIN=${IF($["${DID}" = ""]?inside:outside)}'),
        Do("GotoIf", "$[${DIALPLAN_EXISTS(callable,${EXTEN},1)}]?callable,${EXTEN},1"),
        Do("GotoIf", '$["${FILTER(*#,${EXTEN})}" != ""]?no'),
        Do("Gosub", "forward-number,${EXTEN},1"),
        Do("Set", "NUMBER=${GOSUB_RETVAL}"),
        Do("GotoIf", '$["${NUMBER}" != ""]?read'),
        numbers.read_number("${EXTEN}"),
        Do("GotoIf", '$["${GOSUB_RETVAL}" = ""]?no'),
        Do("Gosub", "forward-number,${GOSUB_RETVAL},1"),
        Do("Set", "NUMBER=${GOSUB_RETVAL}"),
        Do("GotoIf", '$["${NUMBER}" = ""]?no'),
        replace(numbers.may_call("${PERMISSION}", "${NUMBER}"), label="read"),
        Do("GotoIf", '$["${GOSUB_RETVAL}" != "yes"]?no'),
        Do("MSet", f"CALLED=${{NUMBER}},RING_SECONDS={FORWARD_RING_SECONDS}"),
        Do("Set", f"CONFIRM={'1' if office.behaviour.confirms_plans else ''}"),
        Do("Gosub", "call-outside,s,1"),
        Do("ExecIf", '$["${OUTCOME}" = "busy"]?Hangup(17)'),
        _NO_ANSWER,
        refuse(),
    )
    return Context(FROM_FORWARDS, (DialplanExtension(ANYTHING, steps),), "A call that a phone sends elsewhere")

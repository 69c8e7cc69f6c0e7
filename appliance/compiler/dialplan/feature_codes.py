"""Feature codes: what a phone changes or asks by dialling (office/feature_codes.py)."""

from __future__ import annotations

from appliance.compiler.dialplan import numbers
from appliance.compiler.dialplan.lamps import LIGHT_NIGHT_LAMP
from appliance.compiler.dialplan_text import Context, DialplanExtension, Do
from appliance.compiler.object_names import phone_endpoint, subject_place
from appliance.office.call_path.steps import OUTGOING
from appliance.office.destination import ToExtension
from appliance.office.extension import SECONDS_PER_RING
from appliance.office.feature_codes import CODES, FORWARD_CODES, FeatureCode
from appliance.office.forward_targets import forward_targets
from appliance.office.forwarding import ForwardCase
from appliance.office.live_settings import (
    ALL_NUMBERS,
    DO_NOT_DISTURB,
    FORWARD_SECONDS,
    NIGHT_STATE,
    NO_CALL_WAITING,
    NUMBER_FORWARD,
    SPECIAL,
    forward_family,
)
from appliance.office.night import NightSetting
from appliance.office.office import Office
from appliance.office.prefix_codes import ALL_NUMBERS_PREFIX

CALL_BACK_SECONDS = 1800  # how long a busy extension is waited for
_LOOK_AGAIN_SECONDS = 2
_PIN_TRIES = 3


def contexts(office: Office) -> list[Context]:
    """Return the codes and what they need."""
    return [
        Context("codes", tuple(_codes(office)), "Feature codes"),
        *_forward_to(office),
        *_call_back(office),
        _numbers_to_ids(office),
        _leave_desk(),
    ]


def _codes(office: Office) -> list[DialplanExtension]:
    return [
        *_forwarding(),
        _switch(FeatureCode.DO_NOT_DISTURB_ON, f"{DO_NOT_DISTURB}/${{EXTENSION}}", "do-not-disturb-on"),
        _clear(FeatureCode.DO_NOT_DISTURB_OFF, f"{DO_NOT_DISTURB}/${{EXTENSION}}", "do-not-disturb-off"),
        _clear(FeatureCode.CALL_WAITING_ON, f"{NO_CALL_WAITING}/${{EXTENSION}}", "call-waiting-on"),
        _switch(FeatureCode.CALL_WAITING_OFF, f"{NO_CALL_WAITING}/${{EXTENSION}}", "call-waiting-off"),
        *_night(),
        *_pickup(office),
        *_intercom(office),
        _redial(),
        *_call_back_codes(),
        *_hot_desk(),
        *_prefixes(office),
    ]


def _forwarding() -> list[DialplanExtension]:
    found = []
    for case, (on, off) in FORWARD_CODES.items():
        digits = CODES[on].digits
        steps = (
            Do("Set", f"TO=${{EXTEN:{len(digits)}}}"),
            Do("Set", f"STORE={forward_family(case)}/${{EXTENSION}}"),
            Do("Set", f"DB_DELETED=${{DB_DELETE({FORWARD_SECONDS}/${{EXTENSION}})}}")
            if case is ForwardCase.NO_ANSWER
            else Do("NoOp"),
            Do("Goto", "forward-to,${TO},1"),
        )
        found.append(DialplanExtension(f"_{digits}[0-9+].", steps))
        found.append(_clear(off, f"{forward_family(case)}/${{EXTENSION}}", "forward-off"))
    after = CODES[FeatureCode.FORWARD_NO_ANSWER_AFTER].digits
    rings = f"${{EXTEN:{len(after)}:1}}"
    after_rings = (
        Do("Set", f"DB({FORWARD_SECONDS}/${{EXTENSION}})=$[{rings} * {SECONDS_PER_RING}]"),
        Do("Set", f"STORE={forward_family(ForwardCase.NO_ANSWER)}/${{EXTENSION}}"),
        Do("Goto", f"forward-to,${{EXTEN:{len(after) + 2}}},1"),
    )
    found.append(DialplanExtension(f"_{after}[1-9]*[0-9+].", after_rings))
    return found


def _forward_to(office: Office) -> list[Context]:
    """Keep a forward in the form in which it is called: a short number, or E.164 (office/forward_targets.py).

    FOR_OFFICE is 1 when a number of the office is forwarded: then the office, which pays, must allow it too. CALLED is
    the number outside that is judged.
    """
    targets = forward_targets(office)
    keep = Do("Goto", "forward-keep,s,1")
    kept = (
        Do("Set", "DB(${STORE})=${KEPT}"),
        Do("Answer"),
        Do("Playback", "belbox/forward-on"),
        Do("Hangup"),
    )
    extensions = []
    for number, destination in sorted(targets.inside.items()):
        steps = [Do("Set", "KEPT=${EXTEN}"), keep]
        if isinstance(destination, ToExtension):
            is_own = f'$["${{EXTENSION}}" = "{destination.extension_id}" & "${{FOR_OFFICE}}" = ""]'
            steps.insert(0, Do("GotoIf", f"{is_own}?i,1"))
        extensions.append(DialplanExtension(number, tuple(steps)))
    for short, speed_dial in sorted(targets.outside.items()):
        judged = (Do("MSet", f"KEPT={short},CALLED={speed_dial}"), Do("Goto", "judge,1"))
        extensions.append(DialplanExtension(short, judged))
    outside = (
        numbers.read_number("${EXTEN}"),
        Do("GotoIf", '$["${GOSUB_RETVAL}" = ""]?i,1'),
        Do("Gosub", "forward-number,${GOSUB_RETVAL},1"),
        Do("MSet", "KEPT=${GOSUB_RETVAL},CALLED=${GOSUB_RETVAL}"),
        Do("GotoIf", '$["${KEPT}" = ""]?i,1:judge,1'),
    )
    judge = (
        numbers.may_call("${PERMISSION}", "${CALLED}"),
        Do("GotoIf", '$["${GOSUB_RETVAL}" != "yes"]?no'),
        Do("GotoIf", '$["${FOR_OFFICE}" = ""]?forward-keep,s,1'),
        numbers.may_call(numbers.AUTOMATIC, "${CALLED}"),
        Do("GotoIf", '$["${GOSUB_RETVAL}" = "yes"]?forward-keep,s,1'),
        Do("Answer", label="no"),
        Do("Playback", "belbox/not-allowed"),
        Do("Hangup", "21"),
    )
    unknown = (Do("Answer"), Do("Playback", "belbox/number-unknown"), Do("Hangup", "1"))
    extensions += [
        DialplanExtension("_[0-9+]!", outside),
        DialplanExtension("judge", judge),
        DialplanExtension("i", unknown),
    ]
    return [
        Context("forward-to", tuple(extensions), "Where calls may be forwarded to"),
        Context("forward-keep", (DialplanExtension("s", kept),)),
    ]


def _night() -> list[DialplanExtension]:
    on = [Do("Set", f"DB({NIGHT_STATE})={NightSetting.ON.value}"), LIGHT_NIGHT_LAMP]
    off = [Do("Set", f"DB({NIGHT_STATE})={NightSetting.OFF.value}"), LIGHT_NIGHT_LAMP]
    auto = [Do("Set", f"GONE=${{DB_DELETE({NIGHT_STATE})}}"), LIGHT_NIGHT_LAMP]

    def said(name: str) -> list[Do]:
        return [Do("Answer"), Do("Playback", f"belbox/{name}"), Do("Hangup")]

    # The key goes over to the other state, and back to the schedule when the schedule would say the same.
    switch = [
        Do("Gosub", "night,s,1"),
        Do("Set", "WANTED=$[1 - ${GOSUB_RETVAL}]"),
        Do("Gosub", "night,s,auto"),
        Do("GotoIf", "$[${GOSUB_RETVAL} = ${WANTED}]?auto"),
        Do("GotoIf", "$[${WANTED} = 1]?on"),
        *off,
        *said("night-off"),
        Do("NoOp", label="on"),
        *on,
        *said("night-on"),
        Do("NoOp", label="auto"),
        *auto,
        *said("${IF($[${WANTED} = 1]?night-on:night-off)}"),
    ]
    return [
        DialplanExtension(CODES[FeatureCode.NIGHT_SWITCH].digits, tuple(switch)),
        DialplanExtension(CODES[FeatureCode.NIGHT_ON].digits, (*on, *said("night-on"))),
        DialplanExtension(CODES[FeatureCode.NIGHT_OFF].digits, (*off, *said("night-off"))),
        DialplanExtension(CODES[FeatureCode.NIGHT_AUTO].digits, (*auto, *said("night-automatic"))),
    ]


def _pickup(office: Office) -> list[DialplanExtension]:
    digits = CODES[FeatureCode.PICKUP].digits
    found = [DialplanExtension(digits, (Do("Pickup"), Do("Hangup", "1")))]
    for extension in office.extensions:
        device = f"PJSIP/{phone_endpoint(extension)}"
        found.append(
            DialplanExtension(f"{digits}{extension.number}", (Do("PickupChan", f"{device}-,p"), Do("Hangup", "1")))
        )
    for group in office.ring_groups:
        devices = "&".join(f"PJSIP/{phone_endpoint(office.extension(member))}-" for member in group.member_ids)
        if devices:
            found.append(
                DialplanExtension(f"{digits}{group.number}", (Do("PickupChan", f"{devices},p"), Do("Hangup", "1")))
            )
    return found


def _intercom(office: Office) -> list[DialplanExtension]:
    digits = CODES[FeatureCode.INTERCOM].digits
    found = []
    for extension in office.extensions:
        steps = (
            Do("Set", "RING="),
            Do("Set", "UP="),
            Do("Gosub", f"phones,{extension.id},1"),
            Do("GotoIf", "$[${LEN(${RING})} = 0]?none"),
            Do("Dial", "${RING:1},10,b(ring-tone^answer^1)"),
            Do("Hangup", '${IF($["${UP}" = "1"]?17:20)}', label="none"),
        )
        found.append(DialplanExtension(f"{digits}{extension.number}", steps))
    return found


def _redial() -> DialplanExtension:
    steps = (
        Do("Set", "NUMBER=${DB(redial/${EXTENSION})}"),
        Do("GotoIf", f"$[${{LEN(${{NUMBER}})}} > 0]?{subject_place(OUTGOING)}"),
        Do("Answer"),
        Do("Playback", "belbox/nothing-to-redial"),
        Do("Hangup"),
    )
    return DialplanExtension(CODES[FeatureCode.REDIAL].digits, steps)


def _call_back_codes() -> list[DialplanExtension]:
    wait = (
        Do("Set", "WANTED=${DB(last-busy/${EXTENSION})}"),
        Do("Answer"),
        Do("GotoIf", "$[${LEN(${WANTED})} = 0]?none"),
        Do("Set", "DB(call-back/${EXTENSION})=${WANTED}"),
        Do(
            "Originate",
            f"Local/${{EXTENSION}}*${{WANTED}}@call-back/n,exten,call-back-wanted,${{WANTED}},1,{CALL_BACK_SECONDS},a",
        ),
        Do("Playback", "belbox/callback-set"),
        Do("Hangup"),
        Do("Playback", "belbox/callback-none", label="none"),
        Do("Hangup"),
    )
    stop = (
        Do("Set", "GONE=${DB_DELETE(call-back/${EXTENSION})}"),
        Do("Answer"),
        Do("Playback", "belbox/callback-none"),
        Do("Hangup"),
    )
    return [
        DialplanExtension(CODES[FeatureCode.CALL_BACK].digits, wait),
        DialplanExtension(CODES[FeatureCode.STOP_CALL_BACK].digits, stop),
    ]


def _call_back(office: Office) -> list[Context]:
    """Wait inside the switch until both are free, ring who asked, then who was busy."""
    wait = (
        Do("Set", "ASKED_BY=${CUT(EXTEN,*,1)}"),
        Do("Set", "WANTED=${CUT(EXTEN,*,2)}"),
        Do("Gosub", "phone-of,${ASKED_BY},1"),
        Do("Set", "ASKING_PHONE=PJSIP/${GOSUB_RETVAL}"),
        Do("Gosub", "phone-of,${WANTED},1"),
        Do("Set", "WANTED_PHONE=PJSIP/${GOSUB_RETVAL}"),
        Do("Wait", str(_LOOK_AGAIN_SECONDS), label="again"),
        Do("GotoIf", '$["${DB(call-back/${ASKED_BY})}" != "${WANTED}"]?stop'),
        Do("GotoIf", '$["${DEVICE_STATE(${WANTED_PHONE})}" != "NOT_INUSE"]?again'),
        Do("GotoIf", '$["${DEVICE_STATE(${ASKING_PHONE})}" != "NOT_INUSE"]?again'),
        Do("Set", "GONE=${DB_DELETE(call-back/${ASKED_BY})}"),
        Do("Set", "RING="),
        Do("Gosub", "phones,${ASKED_BY},1"),
        Do("GotoIf", "$[${LEN(${RING})} = 0]?stop"),
        Do("Set", "CALLERID(all)=${PJSIP_ENDPOINT(${WANTED_PHONE:6},callerid)}"),
        Do("Dial", "${RING:1},30"),
        Do("Hangup", label="stop"),
    )
    wanted = []
    for extension in office.extensions:
        steps = (Do("Set", "ORIGIN=inside"), Do("Goto", f"extension-{extension.id},s,1"))
        wanted.append(DialplanExtension(extension.id, steps))
    return [
        Context("call-back", (DialplanExtension("_[a-z].", wait),), "Who asked * who was busy"),
        Context("call-back-wanted", tuple(wanted)),
    ]


def _hot_desk() -> list[DialplanExtension]:
    """The PIN stands in desks.conf, which only the switch reads."""
    log_in = [
        Do("Answer"),
        Do("Set", "TRIES=0"),
        Do("Set", "TRIES=$[${TRIES} + 1]", label="again"),
        Do("GotoIf", f"$[${{TRIES}} > {_PIN_TRIES}]?over"),
        Do("Read", "TYPED,belbox/enter-extension,4,,1,6"),
        Do("Read", "TYPED_PIN,belbox/enter-pin,10,,1,6"),
        Do("GotoIf", '$["${TYPED}" = "" | "${TYPED_PIN}" = ""]?wrong'),
        Do("GotoIf", "$[${DIALPLAN_EXISTS(extension-id,${TYPED},1)}]?known:wrong"),
        Do("Gosub", "extension-id,${TYPED},1", label="known"),
        Do("Set", "WHO=${GOSUB_RETVAL}"),
        Do("GotoIf", '$["x${TYPED_PIN}" = "x${AST_CONFIG(desks.conf,${WHO},pin)}"]?right'),
        Do("Playback", "belbox/wrong-pin", label="wrong"),
        Do("Goto", "again"),
        Do("Set", "DESK=${CHANNEL(endpoint)}", label="right"),
        Do("Gosub", "leave-desk,s,1(${DESK})"),
        Do("Gosub", "phone-of,${WHO},1"),
        # At one's own phone logging in only ends a guest's visit.
        Do("GotoIf", '$["${GOSUB_RETVAL}" = "${DESK}"]?done'),
        Do("Set", "BEFORE=${DB(at/${WHO})}"),
        Do("ExecIf", '$["${BEFORE}" != ""]?Gosub(leave-desk,s,1(${BEFORE}))'),
        Do("Gosub", "phone-owner,${DESK},1"),
        Do("Set", f"DB({SPECIAL}/${{GOSUB_RETVAL}})=1"),
        Do("Set", f"DB({SPECIAL}/${{WHO}})=1"),
        Do("Set", "DB(desk/${DESK})=${WHO}"),
        Do("Set", "DB(at/${WHO})=${DESK}"),
        Do("Playback", "belbox/logged-in", label="done"),
        Do("Hangup", label="over"),
    ]
    log_out = [
        Do("Answer"),
        Do("Gosub", "leave-desk,s,1(${CHANNEL(endpoint)})"),
        Do("Playback", "belbox/logged-out"),
        Do("Hangup"),
    ]
    return [
        DialplanExtension(CODES[FeatureCode.LOG_IN].digits, tuple(log_in)),
        DialplanExtension(CODES[FeatureCode.LOG_OUT].digits, tuple(log_out)),
    ]


def _numbers_to_ids(office: Office) -> Context:
    found = [
        DialplanExtension(item.number.digits, (Do("Return", item.id),))
        for item in office.extensions
        if item.login_pin is not None
    ]
    return Context("extension-id", tuple(found), "Extensions whose owner may log in at any phone")


def _leave_desk() -> Context:
    steps = (
        Do("Set", "LOCAL(WAS)=${DB(desk/${ARG1})}"),
        Do("GotoIf", '$["${WAS}" = ""]?done'),
        Do("Set", "GONE=${DB_DELETE(desk/${ARG1})}"),
        Do("Set", "GONE=${DB_DELETE(at/${WAS})}"),
        Do("Return", label="done"),
    )
    return Context("leave-desk", (DialplanExtension("s", steps),), "A guest's visit at a phone ends")


def _prefixes(office: Office) -> list[DialplanExtension]:
    found = []
    forwards = [(ALL_NUMBERS_PREFIX, ALL_NUMBERS)]
    forwards += [(prefix.prefix, prefix.number_id) for prefix in office.forwarding_prefixes]
    for digits, number_id in forwards:
        store = f"{NUMBER_FORWARD}/{number_id}"
        start = (
            Do("MSet", f"STORE={store},FOR_OFFICE=1"),
            Do("Goto", f"forward-to,${{EXTEN:{len(digits) + 2}}},1"),
        )
        found.append(DialplanExtension(f"_*{digits}*[0-9+].", start))
        stop = (
            Do("Set", f"GONE=${{DB_DELETE({store})}}"),
            Do("Answer"),
            Do("Playback", "belbox/number-normal"),
            Do("Hangup"),
        )
        found.append(DialplanExtension(f"#{digits}#", stop))
        # Some phones keep the last # for themselves.
        found.append(DialplanExtension(f"#{digits}", stop))
    return found


def _switch(code: FeatureCode, key: str, said: str) -> DialplanExtension:
    """Turn on something that `phones` must look at before it rings this extension."""
    special = Do("Set", f"DB({SPECIAL}/${{EXTENSION}})=1")
    steps = (special, Do("Set", f"DB({key})=1"), Do("Answer"), Do("Playback", f"belbox/{said}"), Do("Hangup"))
    return DialplanExtension(CODES[code].digits, steps)


def _clear(code: FeatureCode, key: str, said: str) -> DialplanExtension:
    steps = (
        Do("Set", f"GONE=${{DB_DELETE({key})}}"),
        Do("Answer"),
        Do("Playback", f"belbox/{said}"),
        Do("Hangup"),
    )
    return DialplanExtension(CODES[code].digits, steps)

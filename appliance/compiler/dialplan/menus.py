"""Asking a caller: menus of keys, typed codes, a number of the office, a name."""

from __future__ import annotations

from appliance.compiler.dialplan.messages import said
from appliance.compiler.dialplan_text import Context, DialplanExtension, Do
from appliance.compiler.object_names import DIRECTORY_CONTEXT, mailbox, subject_place
from appliance.compiler.target import AsteriskTarget
from appliance.office.auto_attendant import LONGEST_CODE
from appliance.office.call_path.steps import AskCode, AskExtension, AskKey, AskName, CallPath, NodeId
from appliance.office.destination import ToVoicemail
from appliance.office.explain import MOST_MENU_ROUNDS
from appliance.office.forward_targets import forward_targets
from appliance.office.numbers import LONGEST_SHORT_NUMBER
from appliance.office.office import Office


def contexts(office: Office, call_path: CallPath) -> list[Context]:
    """Return the numbers a caller may dial from a menu, and the names."""
    callable_numbers = tuple(
        DialplanExtension(number, (Do("Goto", subject_place(call_path.inside[number])),))
        for number in sorted(forward_targets(office).inside)
    )
    names = tuple(
        DialplanExtension(mailbox(ToVoicemail(extension.id)), (Do("Goto", f"extension-{extension.id},s,1"),))
        for extension in office.extensions
    )
    return [
        Context("callable", callable_numbers, "Numbers a caller may dial from a menu, and calls be forwarded to"),
        Context(DIRECTORY_CONTEXT, names, "People a caller may choose by name"),
    ]


def ask_key(office: Office, target: AsteriskTarget, step: AskKey, subject: NodeId, index: int) -> list[Do]:
    """Say the greeting, during which a key may be pressed already."""
    timeout = subject_place(step.timeout)
    return [
        *_begin(step.tries, timeout, index),
        Do("BackGround", said(office, target, step.greeting)),
        Do("WaitExten", str(step.seconds)),
    ]


def key_extensions(step: AskKey, subject: NodeId, index: int) -> list[DialplanExtension]:
    """Return what stands beside a menu: its keys, silence and a wrong key."""
    part = subject.part or "s"
    again = f"{part},again-{index}"
    silence = again if step.asks_again else subject_place(step.timeout)
    keys = [DialplanExtension(key, (Do("Goto", subject_place(chosen)),)) for key, chosen in sorted(step.keys.items())]
    wrong = (Do("Playback", "belbox/menu-invalid"), Do("Goto", again))
    return [*keys, DialplanExtension("t", (Do("Goto", silence),)), DialplanExtension("i", wrong)]


def ask_code(office: Office, target: AsteriskTarget, step: AskCode, index: int) -> list[Do]:
    """Read several digits, ended by # or silence."""
    timeout = subject_place(step.timeout)
    again = f"again-{index}"
    prompt = said(office, target, step.greeting)
    lines = [
        *_begin(step.tries, timeout, index),
        Do("Read", f"TYPED,{prompt},{LONGEST_CODE},,1,{step.seconds}"),
        Do("GotoIf", f'$["${{TYPED}}" = ""]?{again if step.asks_again else timeout}'),
    ]
    lines += [
        Do("GotoIf", f'$["x${{TYPED}}" = "x{code}"]?{subject_place(chosen)}') for code, chosen in step.codes.items()
    ]
    if step.any_code is not None:
        lines.append(Do("Goto", subject_place(step.any_code)))
    else:
        lines += [Do("Playback", "belbox/menu-invalid"), Do("Goto", again)]
    return lines


def ask_extension(step: AskExtension, index: int) -> list[Do]:
    """Read a number of the office."""
    return [
        Do("Answer"),
        Do("Read", f"TYPED,belbox/dial-extension,{LONGEST_SHORT_NUMBER},,1,5"),
        Do("GotoIf", f'$["${{TYPED}}" = ""]?unknown-{index}'),
        Do("GotoIf", "$[${DIALPLAN_EXISTS(callable,${TYPED},1)}]?callable,${TYPED},1"),
        Do("Playback", "belbox/menu-invalid", label=f"unknown-{index}"),
        Do("Goto", subject_place(step.otherwise)),
    ]


def ask_name(step: AskName) -> list[Do]:
    """Let the caller spell the first letters of a last or first name."""
    return [
        Do("Answer"),
        Do("Directory", f"{DIRECTORY_CONTEXT},{DIRECTORY_CONTEXT},b"),
        Do("Goto", subject_place(step.otherwise)),
    ]


def _begin(tries: int, timeout: str, index: int) -> list[Do]:
    return [
        Do("Answer"),
        Do("Set", "MENU_ROUNDS=$[0${MENU_ROUNDS} + 1]"),
        Do("GotoIf", f"$[${{MENU_ROUNDS}} > {MOST_MENU_ROUNDS}]?{timeout}"),
        Do("Set", "TRIES=0"),
        Do("Set", "TRIES=$[${TRIES} + 1]", label=f"again-{index}"),
        Do("GotoIf", f"$[${{TRIES}} > {tries}]?{timeout}"),
    ]

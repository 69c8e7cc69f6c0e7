"""What a call would do, without a call: who calls which number, and what then happens."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from appliance.compiler.object_names import phone_endpoint
from appliance.office.call_path.build import build_call_path
from appliance.office.call_path.steps import NO_NUMBER, CallPath, NodeId
from appliance.office.circumstances import Circumstances, as_configured
from appliance.office.dialled import from_inside, from_outside, may_dial
from appliance.office.explain import Explanation, walk
from appliance.office.extension import Extension
from appliance.office.feature_codes import FeatureCode
from appliance.office.forward_targets import typed_forward
from appliance.office.numbers import PhoneNumber
from appliance.office.office import Office
from appliance.office.problems import InvalidValueError
from appliance.operations.live import LineState
from appliance.operations.set_at_phones import SetAtPhones
from appliance.operations.shared_look import SharedLook


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedCall:
    """A call through the call path; `entry` is where it comes in."""

    explanation: Explanation
    call_path: CallPath
    entry: NodeId


@dataclass(frozen=True, slots=True, kw_only=True)
class DialledCode:
    """A code, which reaches nobody. `verdict`: what becomes of `number`, typed after it; empty where none was."""

    code: FeatureCode
    verdict: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Explain:
    """The simulator of one box. `look` is what the switch says, shared with the pages."""

    look: SharedLook
    set_at_phones: SetAtPhones

    def circumstances(self, office: Office, at: datetime) -> tuple[Circumstances, bool]:
        """Return what codes and keys have set, at a local time; False: as configured, the switch does not answer."""
        so = self.set_at_phones.now(office)
        return (so.circumstances(at), True) if so else (as_configured(office, at), False)

    def as_it_is(self, office: Office, now: Circumstances) -> Circumstances:
        """Return circumstances with the phones that do not answer at this moment down, and such lines dark."""
        state = self.look.look()
        if state is None:
            return now
        down = frozenset(one.id for one in office.extensions if phone_endpoint(one) not in state.answering)
        dark = frozenset(line.id for line in state.lines if line.state is not LineState.READY)
        return replace(now, down=down, dark_lines=dark)

    def call(
        self, office: Office, caller: Extension | None, called: str, now: Circumstances
    ) -> FollowedCall | DialledCode | None:
        """Follow a call to `called` as dialled, by an extension or from outside (`now.caller`); None: to nobody."""
        call_path, country = build_call_path(office), office.site.country
        if caller is not None:
            now = replace(now, calling_extension_id=caller.id)
            dialled = from_inside(call_path, caller.country or country, called)
            dialled = may_dial(dialled, office.permission_of(caller))
        else:
            dialled = from_outside(call_path, country, e164_or_as_typed(called, office))
        if dialled.code is not None:
            if not dialled.after or caller is None:
                return DialledCode(code=dialled.code)
            of_a_number = dialled.code is FeatureCode.FORWARD_NUMBER
            typed = typed_forward(office, caller, dialled.after, of_a_number=of_a_number)
            return DialledCode(code=dialled.code, verdict=typed.verdict, number=typed.kept or dialled.after)
        if dialled.subject is None or dialled.subject == NO_NUMBER:
            return None
        explanation = walk(office, call_path, dialled.subject, dialled.number, now)
        return FollowedCall(explanation=explanation, call_path=call_path, entry=dialled.subject)


def e164_or_as_typed(number: str, office: Office) -> str:
    """Return a number outside in E.164, and any other text as it is."""
    try:
        return PhoneNumber.parse(number, office.site.country).e164
    except InvalidValueError:
        return number

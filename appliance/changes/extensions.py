"""Changes to employees and their extensions."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from appliance.changes.change import Changer, FieldProblemsError, parse_fields
from appliance.changes.everyone import with_newcomer
from appliance.changes.objects import moved, renumbered
from appliance.changes.outcome import Outcome
from appliance.office.declared.moving import Move
from appliance.office.destination import Destination, ToVoicemail
from appliance.office.extension import Extension
from appliance.office.forward_targets import number_of
from appliance.office.names import OUTER_SPACES, check_name
from appliance.office.numbers import ExtensionNumber
from appliance.office.office import Office
from appliance.office.phone import Phone
from appliance.office.phone_key import Colleague, OwnLine
from appliance.office.problems import InvalidValueError, Problem
from appliance.office.secret import Secret
from appliance.office.voicemail import VoicemailBox

_BETWEEN = rf"[{OUTER_SPACES};,]+"
_NUMBER_FIRST = re.compile(rf"(?P<number>[0-9]+){_BETWEEN}(?P<name>.+)", re.DOTALL)
_NUMBER_LAST = re.compile(rf"(?P<name>.+?){_BETWEEN}(?P<number>[0-9]+)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSecrets:
    """Where a new employee's SIP password and voicemail PIN come from."""

    password: Callable[[], Secret]
    pin: Callable[[], Secret]


def save_employee(changer: Changer, secrets: NewSecrets, *, extension_id: str, name: str, number: str) -> Outcome:
    """Add (empty id) or change an employee; fields: name, number."""

    def edit(office: Office) -> Office:
        parse_fields(name=lambda: check_name(name), number=lambda: ExtensionNumber(number.strip(OUTER_SPACES)))
        return _put(office, secrets, extension_id, check_name(name), ExtensionNumber(number.strip(OUTER_SPACES)))

    return changer.change(f"Employee {name.strip()}", edit, {".number": "number"})


def paste_employees(changer: Changer, secrets: NewSecrets, text: str) -> Outcome:
    """Add one employee a line, number first or last; all or none. Fields: `line N`."""

    def edit(office: Office) -> Office:
        problems: list[Problem] = []
        places: dict[str, str] = {}
        # Not `splitlines`: it takes control characters for ends of lines.
        for count, ended in enumerate(text.split("\n"), start=1):
            line = ended.removesuffix("\r").strip(OUTER_SPACES)
            if not line:
                continue
            place = f"line {count}"
            match = _NUMBER_FIRST.fullmatch(line) or _NUMBER_LAST.fullmatch(line)
            if match is None:
                problems.append(Problem(where=place, rule="paste-line", facts={"value": line}))
                continue
            try:
                number = ExtensionNumber(match["number"])
                name = check_name(match["name"].strip(f"{OUTER_SPACES};,"))
            except InvalidValueError as fault:
                problems.append(fault.at(place))
                continue
            if number.digits in places or any(item.number == number for item in office.extensions):
                holder = next((item.name for item in office.extensions if item.number == number), "?")
                facts = {"value": number.digits, "holder": holder}
                problems.append(Problem(where=place, rule="short-number-taken", facts=facts))
                continue
            places[number.digits] = place
            office = _put(office, secrets, "", name, number)
        if problems:
            raise FieldProblemsError(*problems)
        return office

    return changer.change("Employees pasted", edit, {})


def remove_employee(
    changer: Changer, extension_id: str, calls_to: Callable[[Office], Destination] = lambda _: ToVoicemail()
) -> Outcome:
    """Remove an employee: calls that went to them go to `calls_to`, as delivered the company's voicemail.

    Their phone is free again. Groups, keys and steps of call plans go on without them; a plan that had no other step
    is refused.
    """

    def edit(office: Office) -> Office:
        if extension_id not in {extension.id for extension in office.extensions}:
            facts = {"value": extension_id}
            raise FieldProblemsError(Problem(where="employee", rule="no-such-extension", facts=facts))
        number = office.extension(extension_id).number
        office = replace(
            office,
            extensions=tuple(item for item in office.extensions if item.id != extension_id),
            phones=tuple(_phone_without(phone, extension_id) for phone in office.phones),
        )
        instead = calls_to(office)
        forwards_to = number_of(office, instead)
        return moved(office, Move("extension", extension_id, instead, number=number, forwards_to=forwards_to))

    return changer.change("Employee removed", edit, {})


def _put(office: Office, secrets: NewSecrets, extension_id: str, name: str, number: ExtensionNumber) -> Office:
    old = next((extension for extension in office.extensions if extension.id == extension_id), None)
    if old is not None:
        changed = replace(old, name=name, number=number)
        extensions = tuple(changed if item.id == old.id else item for item in office.extensions)
        return renumbered(replace(office, extensions=extensions), old.number, number)
    taken = {extension.id for extension in office.extensions}
    wanted = [f"e{number}", *(f"e{number}-{count}" for count in range(2, 100))]
    extension = Extension(
        id=next(candidate for candidate in wanted if candidate not in taken),
        number=number,
        name=name,
        sip_password=secrets.password(),
        voicemail=VoicemailBox(pin=secrets.pin()),
    )
    return with_newcomer(replace(office, extensions=(*office.extensions, extension)), extension.id)


def _phone_without(phone: Phone, extension_id: str) -> Phone:
    lines = [item for item in phone.extension_ids if item != extension_id]
    kept = tuple(
        key
        for key in phone.keys
        if key.does != Colleague(extension_id)
        and not (isinstance(key.does, OwnLine) and key.does.line > max(1, len(lines)))
    )
    return replace(phone, extension_id=lines[0] if lines else None, further_extension_ids=tuple(lines[1:]), keys=kept)

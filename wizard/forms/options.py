"""What can be chosen in a field that names something of the office."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from appliance.office.declared.catalogue import SUBJECT_OF
from appliance.office.declared.destinations import HANG_UP, VOICEMAIL
from appliance.office.declared.rows import writing
from appliance.office.office import Office
from appliance.office.voicemail import COMPANY_BOX
from wizard.forms.fields import Option

Say = Callable[[str], str]  # a text in the reader's language
# What calls can be sent to, and the word before its id where it has no number of its own (the office file's).
_CALLED = {
    "extension": "",
    "ring_group": "",
    "call_plan": "plan",
    "attendant": "attendant",
    "shared_voicemail": "box",
    "speed_dial": "speed-dial",
}
_NEEDS_NO_PHONE = ("shared_voicemail", "call_plan")
LINES_OF_A_PHONE = 12  # offered on a key; more can be set in the office file


def named(office: Office, kind: str) -> Iterator[Option]:
    """Return the objects of a kind, as a row names them."""
    subject, written = SUBJECT_OF[kind], writing(office)
    for thing in subject.objects(office):
        yield Option(written.name_of(kind, thing.id), subject.title_of(thing))


def boxes(office: Office, say: Say) -> Iterator[Option]:
    """Return the boxes that a lamp can show."""
    yield Option(COMPANY_BOX, say("form-company-box"))
    yield from named(office, "shared_voicemail")


def destinations(office: Office, say: Say, *, without_phones: bool = False) -> Iterator[Option]:
    """Return where calls can be sent, but for numbers outside; `without_phones`: what a backup route may use."""
    written = writing(office)
    for kind, word in _CALLED.items():
        if without_phones and kind not in _NEEDS_NO_PHONE:
            continue
        subject = SUBJECT_OF[kind]
        for thing in subject.objects(office):
            value = written.number_of(kind, thing.id)
            if value is None or kind == "speed_dial":
                value = f"{word} {thing.id}"
            yield Option(value, subject.title_of(thing), say(f"subject-{kind}-many"))
    yield Option(VOICEMAIL, say("form-company-box"), say("form-boxes"))
    for extension in office.extensions:
        if extension.voicemail:
            title = SUBJECT_OF["extension"].title_of(extension)
            yield Option(f"{VOICEMAIL} {extension.number}", title, say("form-boxes"))
    if not without_phones:
        for prompt in office.prompts:
            yield Option(f"prompt {prompt.id}", prompt.name, say("form-says-and-ends"))
        yield Option(HANG_UP, say("form-hang-up"))


def key_functions(office: Office, say: Say) -> Iterator[Option]:
    """Return what a phone's key can do, but for calling a number outside."""
    for kind, word in (("extension", "colleague"), ("ring_group", "group"), ("mode_key", "mode")):
        for one in named(office, kind):
            yield Option(f"{word} {one.value}", one.label, say(f"subject-{kind}-many"))
    if office.parking is not None:
        for slot in office.parking.slots():
            yield Option(f"parking {slot}", slot, say("subject-parking"))
    for line in range(1, LINES_OF_A_PHONE + 1):
        yield Option(f"line {line}", f"{say('form-line')} {line}", say("form-lines"))
    yield Option("night", say("subject-night"))
    yield Option("pickup", say("form-pickup"))

"""What can be chosen in a field that names something of the office."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from appliance.office.backup_route import BackupDestination
from appliance.office.declared.catalogue import SUBJECT_OF
from appliance.office.declared.destinations import DESTINATION_OF, show_destination
from appliance.office.declared.devices import show_function
from appliance.office.declared.known_names import Writing
from appliance.office.declared.rows import writing
from appliance.office.destination import Destination, HangUp, PlayPrompt, ToVoicemail
from appliance.office.numbers import ExtensionNumber
from appliance.office.office import Office
from appliance.office.phone_key import (
    Colleague,
    Group,
    KeyFunction,
    ModeSwitch,
    NightSwitch,
    OwnLine,
    ParkingPlace,
    PickUp,
)
from appliance.office.voicemail import COMPANY_BOX
from wizard.forms.fields import Choices, Option
from wizard.forms.words import Words

Say = Callable[[str], str]  # a text in the reader's language
LINES_OF_A_PHONE = 12  # offered on a key; more can be set in the office file


def options_of(office: Office, words: Words) -> Options:
    """Return the choices of an office in one language, made once while it is the newest."""
    return office.once(f"choices in {words.language}", lambda one: Options(one, words.say))


class Options:
    """The choices of one office, in one language; each list is made once, however many fields offer it."""

    def __init__(self, office: Office, say: Say) -> None:
        self._office = office
        self._say = say
        self._named: dict[str, tuple[Option, ...]] = {}
        self._lists: dict[str, Choices] = {}

    def named(self, kind: str) -> tuple[Option, ...]:
        """Return the objects of a kind, as a row names them."""
        if kind not in self._named:
            subject = SUBJECT_OF[kind]
            self._named[kind] = tuple(
                Option(self._written.name_of(kind, thing.id), subject.title_of(thing))
                for thing in subject.objects(self._office)
            )
        return self._named[kind]

    def of(self, name: str) -> Choices:
        """Return a list: `destinations`, `backup_destinations`, `key_functions` or a kind; an empty one else."""
        if name not in self._lists:
            match name:
                case "destinations":
                    options = self.destinations
                case "backup_destinations":
                    options = self.backup_destinations
                case "key_functions":
                    options = self.key_functions
                case _ if name in SUBJECT_OF:
                    options = self.named(name)
                case _:
                    return Choices("", ())  # whoever sends a name may send any
            self._lists[name] = Choices(name, options)
        return self._lists[name]

    @cached_property
    def called(self) -> Mapping[str, str]:
        """What a person calls what a row names: an object, a destination."""
        called = {one.value: one.label for one in self.destinations}
        for kind, subject in SUBJECT_OF.items():
            if subject.has_ids and not subject.is_one and kind != "phone":
                called |= {one.value: one.label for one in self.named(kind) if one.value not in called}
        return called

    @cached_property
    def boxes(self) -> tuple[Option, ...]:
        """The boxes that a lamp can show."""
        return (Option(COMPANY_BOX, self._say("form-company-box")), *self.named("shared_voicemail"))

    @cached_property
    def destinations(self) -> tuple[Option, ...]:
        """Where calls can be sent, but for numbers outside."""
        return tuple(self._option(*one) for one in self._destinations())

    @cached_property
    def backup_destinations(self) -> tuple[Option, ...]:
        """Those that work without any phone of the office."""
        return tuple(self._option(*one) for one in self._destinations() if isinstance(one[0], BackupDestination))

    @cached_property
    def key_functions(self) -> tuple[Option, ...]:
        """What a phone's key can do, but for calling a number outside."""
        return tuple(
            Option(show_function(does, self._written), label, group) for does, label, group in self._key_functions()
        )

    @cached_property
    def _written(self) -> Writing:
        return writing(self._office)

    def _option(self, destination: Destination, label: str, group: str) -> Option:
        return Option(show_destination(destination, self._written), label, group)

    def _destinations(self) -> Iterator[tuple[Destination, str, str]]:
        office, say = self._office, self._say
        for kind, make in DESTINATION_OF.items():
            subject = SUBJECT_OF[kind]
            for thing in subject.objects(office):
                yield make(thing.id), subject.title_of(thing), say(f"subject-{kind}-many")
        yield ToVoicemail(), say("form-company-box"), say("form-boxes")
        for extension in office.extensions:
            if extension.voicemail:
                yield ToVoicemail(extension.id), SUBJECT_OF["extension"].title_of(extension), say("form-boxes")
        for prompt in office.prompts:
            yield PlayPrompt(prompt.id), prompt.name, say("form-says-and-ends")
        yield HangUp(), say("form-hang-up"), ""

    def _key_functions(self) -> Iterator[tuple[KeyFunction, str, str]]:
        office, say = self._office, self._say
        makers: tuple[tuple[str, Callable[[str], KeyFunction]], ...] = (
            ("extension", Colleague), ("ring_group", Group), ("mode_key", ModeSwitch),
        )  # fmt: skip
        for kind, make in makers:
            subject = SUBJECT_OF[kind]
            for thing in subject.objects(office):
                yield make(thing.id), subject.title_of(thing), say(f"subject-{kind}-many")
        for slot in office.parking.slots() if office.parking is not None else ():
            yield ParkingPlace(ExtensionNumber(slot)), slot, say("subject-parking")
        for line in range(1, LINES_OF_A_PHONE + 1):
            yield OwnLine(line), f"{say('form-line')} {line}", say("form-lines")
        yield NightSwitch(), say("subject-night"), ""
        yield PickUp(), say("form-pickup"), ""

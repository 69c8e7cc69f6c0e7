"""Settings of one object that do not go together, and what somebody should know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from appliance.office.auto_attendant import Menu
from appliance.office.declared.place import Place, place_of
from appliance.office.destination import HangUp
from appliance.office.extension import Extension
from appliance.office.night import NightSetting
from appliance.office.office import Office
from appliance.office.phone_key import OwnLine, ParkingPlace
from appliance.office.problems import Problem, problem_at, warning_at
from appliance.office.schedule import Handling
from appliance.office.trunk import Transport
from appliance.office.voicemail import VoicemailBox


def contradictions(office: Office) -> Iterator[Problem]:
    """Return what cannot be as it is set: errors, and the attendant's own warning."""
    yield from _phones(office)
    for trunk in office.trunks:
        if trunk.encrypts_media and trunk.transport is not Transport.TLS:
            place = place_of("trunk", trunk.name).below("encrypts_media")
            yield problem_at(place, "srtp-without-tls", value=trunk.name)
    for attendant in office.attendants:
        place = place_of("attendant", attendant.id)
        menus = [("menu", attendant.menu)] + ([("closed_menu", attendant.closed_menu)] if attendant.closed_menu else [])
        for name, menu in menus:
            yield from _menu(place.below(name), menu, attendant.name)
        if attendant.reception is None and any(menu.timeout is None for _, menu in menus):
            yield warning_at(place.below("reception"), "no-reception", value=attendant.name)
    for extension in office.extensions:
        yield from _extension(extension)
    yield from _box(place_of("company_voicemail"), "", office.company_voicemail, office.site.company_name)
    for shared in office.shared_voicemails:
        yield from _box(place_of("shared_voicemail", shared.id), "", shared.box, shared.name)
    for schedule in office.schedules:
        for position, event in enumerate(schedule.events, start=1):
            if event.handling is Handling.FORWARD and isinstance(event.destination, HangUp):
                place = place_of("schedule", schedule.id).below("event", position).below("destination")
                yield problem_at(place, "forward-nowhere", value=event.name)
    for prompt in office.prompts:
        if not prompt.says_something:
            yield problem_at(place_of("prompt", prompt.id).below("text"), "prompt-silent", value=prompt.name)
    if office.night.setting is NightSetting.AUTO and office.night.opening_hours_id is None:
        yield problem_at(place_of("night").below("opening_hours"), "night-without-hours")


def attention(office: Office) -> Iterator[Problem]:
    """Return warnings: the office can be used, and somebody should know."""
    site, place = office.site, place_of("site").below("company_number")
    if site.company_number is None:
        yield warning_at(place, "no-company-number")
    elif office.numbers and site.company_number not in {number.number for number in office.numbers}:
        yield warning_at(place, "company-number-not-ours", value=str(site.company_number))
    if not office.trunks:
        yield warning_at(place_of("trunk"), "no-trunk")
    for group in office.ring_groups:
        if not group.member_ids and not group.outside_members:
            yield warning_at(
                place_of("ring_group", str(group.number)).below("members"), "ring-group-empty", value=group.name
            )
    for number in office.numbers:
        place = place_of("number", str(number.number))
        if number.backup_route_id is None:
            yield warning_at(place.below("backup_route"), "no-backup-route", value=str(number.number))
        if isinstance(number.destination, HangUp):
            yield warning_at(place.below("destination"), "number-without-plan", value=str(number.number))


def _phones(office: Office) -> Iterator[Problem]:
    slots = office.parking.slots() if office.parking else ()
    for phone in office.phones:
        place = place_of("phone", str(phone.mac))
        if phone.further_extension_ids and phone.extension_id is None:
            yield problem_at(place.below("extension"), "missing", value="extension")
        for (_, position), count in Counter((key.module, key.position) for key in phone.keys).items():
            if count > 1:
                yield problem_at(place.below("key", position), "key-twice", value=str(position))
        for key in phone.keys:
            does = place.below("key", key.position).below("does")
            match key.does:
                case OwnLine(line) if not 1 <= line <= max(1, len(phone.extension_ids)):
                    most = str(max(1, len(phone.extension_ids)))
                    yield problem_at(does, "key-line", value=str(line), most=most)
                case ParkingPlace(slot) if slot.digits not in slots:
                    yield problem_at(does, "key-slot", value=slot.digits)
                case _:
                    pass


def _extension(extension: Extension) -> Iterator[Problem]:
    place = place_of("extension", str(extension.number))
    for case, number in extension.forwarding.each():
        if number == extension.number:
            key = f"forward_{case.value.replace('-', '_')}"
            yield problem_at(place.below(key), "forward-to-itself", value=str(number))
    if extension.mails_when_offline and extension.email is None:
        yield problem_at(place.below("mails_when_offline"), "mail-without-address", value=extension.name)
    if extension.voicemail:
        yield from _box(place, "voicemail_", extension.voicemail, extension.name)


def _menu(place: Place, menu: Menu, name: str) -> Iterator[Problem]:
    if menu.keys and menu.codes:
        yield problem_at(place, "keys-and-codes", value=name)
    if not menu.keys and not menu.codes:
        yield problem_at(place, "menu-empty", value=name)


def _box(place: Place, prefix: str, box: VoicemailBox, name: str) -> Iterator[Problem]:
    if box.deletes_after_mail and not (box.emails and box.attaches_recording):
        # The message would be nowhere at all.
        yield problem_at(place.below(prefix + "deletes_after_mail"), "message-would-be-lost", value=name)

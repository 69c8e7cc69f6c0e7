"""A law firm of two hundred: the largest office that one box is for."""

from __future__ import annotations

from datetime import datetime

from appliance.office.auto_attendant import AutoAttendant, KeyDoes, Menu, MenuKey
from appliance.office.backup_route import BackupRoute
from appliance.office.call_plan import CallPlan, CallSpeedDial, CheckModeKey, GoTo, RingTheGroup, SayPrompt
from appliance.office.country import Country, Language
from appliance.office.destination import (
    ToAttendant,
    ToCallPlan,
    ToExtension,
    ToOutsideNumber,
    ToRingGroup,
    ToSharedVoicemail,
    ToVoicemail,
)
from appliance.office.extension import Extension
from appliance.office.mode_key import ModeKey
from appliance.office.number import Number
from appliance.office.numbers import ExtensionNumber, MacAddress, PhoneNumber
from appliance.office.office import Office
from appliance.office.parking import Parking
from appliance.office.phone import Brand, Phone
from appliance.office.prompt import Prompt
from appliance.office.ring_group import HuntPolicy, RingGroup
from appliance.office.schedule import Closure, OpeningHours, Period, PublicHolidays, Weekday
from appliance.office.secret import Secret
from appliance.office.site import Site
from appliance.office.speed_dial import SpeedDial
from appliance.office.trunk import Trunk
from appliance.office.voicemail import CompanyVoicemail, SharedVoicemail, VoicemailBox

EXTENSIONS = 200
GROUPS = 20
LINES = 3
FIRST_EXTENSION = 200
FIRST_GROUP = 500
_COMPANY_NUMBER = PhoneNumber("+3225551000")
_MOBILE = PhoneNumber("+32470123456")
_FIRST_NAMES = ("An", "Bram", "Céline", "Dirk", "Elise", "Frank", "Greet", "Hugo", "Inès", "Joris")
_LAST_NAMES = (
    "Aerts", "Bogaert", "Claes", "Dubois", "Engels", "Fontaine", "Goossens", "Hermans", "Ibrahim", "Jacobs",
    "Körner", "Lambert", "Maes", "Nys", "Orban", "Peeters", "Quintens", "Renard", "Smets", "Thys",
)  # fmt: skip
_DEPARTMENTS = (
    "Reception", "Family law", "Tax", "Labour", "Real estate", "Notary", "Criminal law", "Companies", "Insurance",
    "Transport", "Medical", "Patents", "Media", "Energy", "Public law", "Bankruptcy", "Mediation", "Accounts",
    "Library", "IT",
)  # fmt: skip
_MODELS = (
    (Brand.YEALINK, "SIP-T46U"),
    (Brand.SNOM, "D785"),
    (Brand.GRANDSTREAM, "GRP2614"),
    (Brand.PANASONIC, "KX-HDV230"),
)
_WORKDAYS = (Weekday.MONDAY, Weekday.TUESDAY, Weekday.WEDNESDAY, Weekday.THURSDAY, Weekday.FRIDAY)


def law_firm() -> Office:
    """Two hundred extensions, twenty groups of ten and three lines; every person has a phone and a lamp to watch."""
    extensions = tuple(_extension(place) for place in range(EXTENSIONS))
    own_numbers = tuple(
        Number(
            id=f"direct-{extension.number}",
            number=PhoneNumber(f"+3225552{extension.number}"),
            destination=ToExtension(extension.id),
            backup_route_id="mobile",
        )
        for extension in extensions[:100]
    )
    return Office(
        site=Site(
            company_name="Peeters, Renard & Vennoten",
            country=Country.BELGIUM,
            time_zone="Europe/Brussels",
            language=Language.DUTCH,
            company_number=_COMPANY_NUMBER,
            shows_personal_numbers=True,
        ),
        company_voicemail=CompanyVoicemail(pin=Secret("990099"), emails=("info@example.be",)),
        trunks=tuple(
            Trunk(
                id=f"line{line}",
                name=f"Line {line}",
                host=f"203.0.113.{line}",
                username=f"firm{line}",
                password=Secret(f"secret-of-line-{line}"),
                channels=30,
            )
            for line in range(1, LINES + 1)
        ),
        numbers=(
            Number(
                id="main",
                number=_COMPANY_NUMBER,
                destination=ToAttendant("language"),
                opening_hours_id="office",
                when_closed=ToCallPlan("closed"),
                public_holidays_id="holidays",
                closure_ids=("christmas",),
                mode_key_id="k2001",
                backup_route_id="mobile",
            ),
            *own_numbers,
        ),
        extensions=extensions,
        phones=tuple(_phone(place, extension) for place, extension in enumerate(extensions)),
        ring_groups=tuple(_group(place) for place in range(GROUPS)),
        call_plans=(
            *(_department_plan(place) for place in range(1, 10)),
            CallPlan(id="closed", name="Closed", steps=(SayPrompt("closed"), GoTo(ToSharedVoicemail("reception")))),
        ),
        attendants=(
            _menu("language", "Language", "choose", None, (ToAttendant("dutch"), ToAttendant("french"))),
            _menu("dutch", "Nederlands", "departments-nl", Language.DUTCH, _plans()),
            _menu("french", "Français", "departments-fr", Language.FRENCH, _plans()),
        ),
        opening_hours=(
            OpeningHours(
                id="office",
                name="Office hours",
                periods={day: (Period.parse("08:30-12:30"), Period.parse("13:30-18:00")) for day in _WORKDAYS},
            ),
        ),
        public_holidays=(
            PublicHolidays(id="holidays", name="Holidays", country=Country.BELGIUM, destination=ToCallPlan("closed")),
        ),
        closures=(
            Closure(
                id="christmas",
                name="Christmas",
                start=datetime(2026, 12, 24, 12),
                end=datetime(2027, 1, 4),
                destination=ToCallPlan("closed"),
                yearly=True,
            ),
        ),
        backup_routes=(BackupRoute(id="mobile", name="Mobile of the porter", destination=ToOutsideNumber(_MOBILE)),),
        mode_keys=(
            ModeKey(id="k2001", name="Evacuation", number=ExtensionNumber("2001"), red=ToOutsideNumber(_MOBILE)),
            ModeKey(id="k2002", name="Training", number=ExtensionNumber("2002"), red=ToVoicemail()),
        ),
        speed_dials=(
            SpeedDial(
                id="courthouse",
                name="Courthouse",
                short=ExtensionNumber("4001"),
                number=PhoneNumber("+3225550099"),
            ),
        ),
        shared_voicemails=(
            SharedVoicemail(
                id="reception",
                name="Reception",
                box=VoicemailBox(pin=Secret("440044"), emails=("reception@example.be",)),
                number=ExtensionNumber("600"),
            ),
        ),
        prompts=tuple(_prompt(*given) for given in _PROMPTS),
        parking=Parking(
            name="Waiting room", first=ExtensionNumber("701"), last=ExtensionNumber("720"), timeout=ToRingGroup("g500")
        ),
    )


_PROMPTS = (
    ("choose", None, "Voor Nederlands, druk 1. Pour le français, appuyez sur le 2."),
    ("departments-nl", Language.DUTCH, "Kies uw afdeling, van 1 tot 9, of wacht op de receptie."),
    ("departments-fr", Language.FRENCH, "Choisissez votre service, de 1 à 9, ou attendez la réception."),
    ("closed", None, "Wij zijn gesloten. Laat een bericht na."),
)


def _extension(place: int) -> Extension:
    number = str(FIRST_EXTENSION + place)
    first, last = _FIRST_NAMES[place % len(_FIRST_NAMES)], _LAST_NAMES[place // len(_FIRST_NAMES)]
    return Extension(
        id=f"e{number}",
        number=ExtensionNumber(number),
        name=f"{first} {last}",
        sip_password=Secret(f"password-of-{number}"),
        voicemail=VoicemailBox(pin=Secret(f"1{number}"), emails=(f"{number}@example.be",)),
        language=Language.FRENCH if place % 2 else None,
        lamp_box_ids=("reception",) if place < EXTENSIONS // GROUPS else (),  # the people of the reception
    )


def _phone(place: int, extension: Extension) -> Phone:
    brand, model = _MODELS[place % len(_MODELS)]
    return Phone(
        id=f"p{extension.number}",
        mac=MacAddress(f"805ec0{place:06x}"),
        brand=brand,
        model=model,
        token=Secret(f"{place:032x}"),
        extension_id=extension.id,
    )


def _group(place: int) -> RingGroup:
    size = EXTENSIONS // GROUPS
    return RingGroup(
        id=f"g{FIRST_GROUP + place}",
        number=ExtensionNumber(str(FIRST_GROUP + place)),
        name=_DEPARTMENTS[place],
        member_ids=tuple(f"e{FIRST_EXTENSION + place * size + member}" for member in range(size)),
        policy=tuple(HuntPolicy)[place % len(HuntPolicy)],
        ring_seconds=15,
        wait_seconds=90,
        no_answer=ToSharedVoicemail("reception"),
    )


def _department_plan(place: int) -> CallPlan:
    return CallPlan(
        id=f"department-{place}",
        name=_DEPARTMENTS[place],
        steps=(
            CheckModeKey("k2002"),
            RingTheGroup(f"g{FIRST_GROUP + place}", 45),
            RingTheGroup(f"g{FIRST_GROUP}", 30),
            *((CallSpeedDial("courthouse", 20),) if _DEPARTMENTS[place] == "Criminal law" else ()),
            GoTo(ToVoicemail()),
        ),
    )


def _plans() -> tuple[ToCallPlan, ...]:
    return tuple(ToCallPlan(f"department-{place}") for place in range(1, 10))


def _menu(
    one: str, name: str, greeting: str, language: Language | None, choices: tuple[ToCallPlan | ToAttendant, ...]
) -> AutoAttendant:
    keys = {
        str(key): MenuKey(does=KeyDoes.FORWARD, destination=destination)
        for key, destination in enumerate(choices, start=1)
    }
    return AutoAttendant(
        id=one,
        name=name,
        menu=Menu(greeting_id=greeting, keys=keys),
        reception=ToRingGroup(f"g{FIRST_GROUP}"),
        language=language,
    )


def _prompt(one: str, language: Language | None, text: str) -> Prompt:
    return Prompt(id=one, name=one.capitalize(), language=language, text=text)

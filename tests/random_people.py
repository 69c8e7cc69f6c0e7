"""The people, lines and belongings of a random office."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from hypothesis import strategies as st

from appliance.office.call_plan import (
    PlanUse,
)
from appliance.office.caller import CallFilter
from appliance.office.calling_permission import CallingPermission
from appliance.office.contact import Contact
from appliance.office.country import Country, Language, NumberKind
from appliance.office.extension import Extension, SecureCalling
from appliance.office.forwarding import Forwarding
from appliance.office.mode_key import ModeKey
from appliance.office.music import Music
from appliance.office.night import NightChoice, NightMode, NightSetting
from appliance.office.numbers import ExtensionNumber, MacAddress, PhoneNumber
from appliance.office.outbound_route import OutboundRoute, RouteTrunk
from appliance.office.parking import Parking
from appliance.office.phone import Brand, Parameter, Phone
from appliance.office.phone_key import (
    Colleague,
    Group,
    KeyFunction,
    ModeSwitch,
    NightSwitch,
    OutsideNumber,
    OwnLine,
    ParkingPlace,
    PhoneKey,
    PickUp,
)
from appliance.office.phone_settings import BrandParameter, PhoneSettings, Registrar
from appliance.office.prompt import Prompt
from appliance.office.public_holidays import public_holidays
from appliance.office.ring_group import RingGroup
from appliance.office.schedule import (
    OpeningHours,
    PublicHolidays,
)
from appliance.office.site import Site
from appliance.office.trunk import Codec, NumberFormat, Transport, Trunk
from appliance.office.voicemail import (
    COMPANY_BOX,
    COMPANY_VOICEMAIL_NUMBER,
    SharedVoicemail,
    VoicemailBox,
    VoicemailRules,
)
from tests.random_drawing import Drawing
from tests.strategies_of_values import (
    PARKING_SLOTS,
    emails,
    labels,
    passwords,
    phone_numbers,
    pins,
    recordings,
    spoken_texts,
    texts,
    tokens,
)


class People(Drawing):
    """Makes one of each."""

    def site(self, permissions: list[CallingPermission], outside: list[PhoneNumber]) -> Site:
        return Site(
            company_name=self.name(),
            country=self.country,
            time_zone=self.draw(st.sampled_from(("Europe/Brussels", "Europe/Paris", "America/New_York", "UTC"))),
            language=self.draw(st.sampled_from(Language)),
            company_number=self.maybe(st.sampled_from(outside)) if outside else None,
            shows_company_name=self.flag(),
            shows_personal_numbers=self.flag(),
            permission_id=self.id_of(permissions),
            allowed_numbers=self.few(phone_numbers(self.country)),
        )

    def trunk(self, one: str) -> Trunk:
        registers, transport = self.flag(), self.draw(st.sampled_from(Transport))
        return Trunk(
            id=one,
            name=self.name(),
            host=self.draw(st.sampled_from(("203.0.113.10", "sip.example.com", "a-b.example"))),
            port=self.draw(st.integers(1, 65535)),
            username=self.draw(st.sampled_from(("belbox", "+3225551001", "a._-+1") + (() if registers else ("",)))),
            password=self.draw(passwords()),
            registers=registers,
            answers_options=self.flag(),
            channels=self.maybe(st.integers(1, 1000)),
            transport=transport,
            encrypts_media=transport is Transport.TLS and self.flag(),
            codecs=tuple(self.several(st.sampled_from(Codec), least=1, most=5)),
            called_format=self.draw(st.sampled_from(NumberFormat)),
            shown_format=self.draw(st.sampled_from(NumberFormat)),
        )

    def prompt(self, one: str) -> Prompt:
        text = self.draw(spoken_texts())
        return Prompt(
            id=one,
            name=self.name(),
            text=text,
            language=self.maybe(st.sampled_from(Language)),
            audio=self.draw(recordings() if not any(map(str.isalnum, text)) else st.just("") | recordings()),
        )

    def permission(self, one: str) -> CallingPermission:
        exceptions = self.few(phone_numbers(self.country))
        return CallingPermission(id=one, name=self.name(), kinds=self.some_of(NumberKind), exceptions=exceptions)

    def box(self, prompts: list[Prompt]) -> VoicemailBox:
        mails = tuple(self.several(emails(), most=3))
        attaches = self.flag()
        return VoicemailBox(
            pin=self.draw(pins()),
            emails=mails,
            attaches_recording=attaches,
            deletes_after_mail=bool(mails) and attaches and self.flag(),
            says_time=self.flag(),
            says_caller=self.flag(),
            greeting_id=self.id_of(prompts),
            busy_greeting_id=self.id_of(prompts),
            takes_messages=self.flag(),
            after_greeting=self.maybe_destination(PlanUse.CALL_PLAN),
        )

    def shared_voicemail(self, one: str, short: Iterator[ExtensionNumber], prompts: list[Prompt]) -> SharedVoicemail:
        number = next(short) if self.flag() else None
        return SharedVoicemail(id=one, name=self.name(), box=self.box(prompts), number=number)

    def extension(
        self,
        one: str,
        number: ExtensionNumber,
        prompts: list[Prompt],
        music: list[Music],
        permissions: list[CallingPermission],
        filters: list[CallFilter],
        shared: list[SharedVoicemail],
        outside: list[PhoneNumber],
    ) -> Extension:
        shared_numbers = [box.number for box in shared if box.number is not None]
        others = st.sampled_from([COMPANY_VOICEMAIL_NUMBER, *shared_numbers])
        forward = st.none() | others | phone_numbers(self.country)
        email = self.maybe(emails())
        boxes = [COMPANY_BOX, *(box.id for box in shared)]
        return Extension(
            id=one,
            number=number,
            name=self.name(),
            sip_password=self.draw(passwords()),
            ring_seconds=self.draw(st.integers(1, 300)),
            voicemail=self.box(prompts) if self.flag() else None,
            voicemail_rules=VoicemailRules(all_calls=self.flag(), busy=self.flag(), no_answer=self.flag()),
            forwarding=Forwarding(
                always=self.draw(forward),
                busy=self.draw(forward),
                no_answer=self.draw(forward),
                unreachable=self.draw(forward),
                ring_seconds=self.draw(st.integers(1, 300)),
            ),
            has_call_waiting=self.flag(),
            do_not_disturb=self.flag(),
            night=self.draw(st.sampled_from(NightChoice)),
            permission_id=self.id_of(permissions),
            outgoing_number=self.maybe(st.sampled_from(outside)) if outside else None,
            is_anonymous=self.flag(),
            country=self.maybe(st.sampled_from(Country)),
            language=self.maybe(st.sampled_from(Language)),
            music_id=self.id_of(music),
            filter_ids=self.ids_of(filters),
            lamp_box_ids=self.few(st.sampled_from(boxes)),
            login_pin=self.maybe(pins()),
            answers_at_once=self.flag(),
            email=email,
            mails_when_offline=email is not None and self.flag(),
            description=self.draw(labels()),
            secure_calling=self.draw(st.sampled_from(SecureCalling)),
            has_video=self.flag(),
        )

    def phones(
        self, extensions: list[Extension], groups: list[RingGroup], modes: list[ModeKey], parking: Parking | None
    ) -> tuple[Phone, ...]:
        # The second digit of a device's address is even (IEEE 802).
        digits = self.several(st.integers(0, 16**10 - 1).map(lambda number: f"{number:010x}"))
        return tuple(
            self._phone(one, MacAddress(f"80{rest}"), extensions, groups, modes, parking)
            for one, rest in zip(self.ids(), digits, strict=False)
        )

    def _phone(
        self,
        one: str,
        mac: MacAddress,
        extensions: list[Extension],
        groups: list[RingGroup],
        modes: list[ModeKey],
        parking: Parking | None,
    ) -> Phone:
        brand = self.draw(st.sampled_from(Brand))
        owner = self.id_of(extensions)
        further = self.ids_of(extensions) if owner else ()
        functions: list[KeyFunction] = [OwnLine(), NightSwitch(), PickUp(), OutsideNumber(PhoneNumber("+32470123456"))]
        functions += [OwnLine(1 + len(further))] if further else []
        functions += [Colleague(item.id) for item in extensions]
        functions += [Group(item.id) for item in groups]
        functions += [ModeSwitch(item.id) for item in modes]
        functions += [ParkingPlace(ExtensionNumber(slot)) for slot in parking.slots()[:1]] if parking else []
        return Phone(
            id=one,
            mac=mac,
            brand=brand,
            model=self.draw(st.sampled_from(("SIP-T46U", "KX-HDV230", "D785", "GRP 2614"))),
            token=self.draw(tokens()),
            extension_id=owner,
            further_extension_ids=further,
            keys=tuple(
                PhoneKey(
                    position=position,
                    does=self.draw(st.sampled_from(functions)),
                    label=self.draw(labels()),
                    module=self.draw(st.integers(0, 6)),
                )
                for position in self.several(st.integers(1, 300), most=4)
            ),
            parameters=self.few(self.parameters(brand)),
        )

    def parameters(self, brand: Brand) -> st.SearchStrategy[Parameter]:
        """Settings in the brand's own words, with values that mean something to some format."""
        name = {
            Brand.YEALINK: "phone_setting.dnd",
            Brand.SNOM: "user_ringer[1]",
            Brand.GRANDSTREAM: "P334",
            Brand.PANASONIC: "CW_ENABLE_1",
        }[brand]
        values = texts().map(lambda text: "".join(c for c in text if c.isprintable() and c != '"')[:90])
        return values.map(lambda value: Parameter(name=name, value=value))

    def contacts(self) -> tuple[Contact, ...]:
        numbers = [PhoneNumber("+32470123456"), PhoneNumber("+3225551001"), PhoneNumber("+33123456789")]
        return tuple(
            Contact(id=one, name=self.name(), numbers=tuple(numbers[: self.draw(st.integers(1, 3))]))
            for one in self.ids()
        )

    def phone_settings(self) -> PhoneSettings:
        brand = self.draw(st.sampled_from(Brand))
        return PhoneSettings(
            registrar=self.draw(st.sampled_from(Registrar)),
            second_server="192.0.2.3",
            domain="phones.example.be",
            resync_minutes=self.draw(st.integers(5, 10_080)),
            parameters=tuple(
                BrandParameter(brand=brand, parameter=parameter, model=self.draw(st.sampled_from(("", "SIP-T46U"))))
                for parameter in self.few(self.parameters(brand))
            ),
        )

    def outbound_route(self, one: str, trunks: list[Trunk], hours: list[OpeningHours]) -> OutboundRoute:
        cents = st.none() | st.integers(0, 10_000_000)
        return OutboundRoute(
            id=one,
            name=self.name(),
            beginnings=self.few(st.sampled_from(("+", "+32", "+3247", "+1"))),
            trunks=tuple(
                RouteTrunk(trunk_id=trunk, millicents_per_minute=self.draw(cents)) for trunk in self.ids_of(trunks)
            ),
            cheapest_first=self.flag(),
            opening_hours_id=self.id_of(hours),
        )

    def parking(self) -> Parking:
        first, last = sorted(self.several(st.sampled_from(PARKING_SLOTS), least=2, most=2))
        return Parking(
            name=self.name(),
            first=ExtensionNumber(str(first)),
            last=ExtensionNumber(str(last)),
            timeout_seconds=self.draw(st.integers(1, 3600)),
            timeout=self.maybe_destination(PlanUse.PARKING),
        )

    def night(self, hours: list[OpeningHours], holidays: list[PublicHolidays]) -> NightMode:
        hours_id = self.id_of(hours)
        settings = [one for one in NightSetting if one is not NightSetting.AUTO or hours_id]
        return NightMode(
            setting=self.draw(st.sampled_from(settings)),
            destination=self.destination(PlanUse.OPENING_HOURS),
            opening_hours_id=hours_id,
            public_holidays_id=self.id_of(holidays),
        )

    def public_holidays(self, one: str) -> PublicHolidays:
        country = self.draw(st.sampled_from(Country))
        return PublicHolidays(
            id=one,
            name=self.name(),
            country=country,
            worked=frozenset(self.several(st.sampled_from(sorted(set(public_holidays(country).values()))))),
            extra=self.few(st.dates(date(2020, 1, 1), date(2040, 1, 1))),
            destination=self.destination(PlanUse.PUBLIC_HOLIDAYS),
        )

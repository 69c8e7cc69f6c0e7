"""What one phone needs, in words no brand owns; the drivers write it in their brand's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from appliance.office.country import Country, Language
from appliance.office.extension import Extension, SecureCalling
from appliance.office.feature_codes import CODES, FeatureCode
from appliance.office.numbers import MacAddress
from appliance.office.office import Office
from appliance.office.phone import Brand, Parameter, Phone
from appliance.office.phone_key import (
    Colleague,
    Group,
    ModeSwitch,
    NightSwitch,
    OutsideNumber,
    OwnLine,
    ParkingPlace,
    PhoneKey,
    PickUp,
)
from appliance.office.phone_settings import Registrar
from appliance.office.ring_tone import RingTone
from appliance.office.secret import Secret
from appliance.office.voicemail import LISTEN_NUMBER

SIP_TLS_PORT = 5061  # RFC 3261 section 19.1.2
LDAP_BASE = "ou=phonebook,dc=belbox"
LDAP_USER = "cn=phones,dc=belbox"
LDAPS_PORT = 636  # IANA: ldaps


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxAddress:
    """Where the phones reach the box: one IPv4 address serves SIP, HTTP, HTTPS, TFTP, LDAP and NTP."""

    ip: str
    sip_port: int = 5060
    sip_tls_port: int = SIP_TLS_PORT

    @property
    def ca_url(self) -> str:
        """The box's CA certificate (PEM), over plain HTTP: it is public, and no phone trusts us before it."""
        return f"http://{self.ip}/ca.pem"

    @property
    def ca_der_url(self) -> str:
        """The same certificate in DER, for brands that read no PEM."""
        return f"http://{self.ip}/ca.der"

    @property
    def boot_url(self) -> str:
        """The first files over plain HTTP, the same as by TFTP."""
        return f"http://{self.ip}/boot/"

    @property
    def tftp_url(self) -> str:
        """The first files by TFTP."""
        return f"tftp://{self.ip}/"

    @property
    def enrolment_url(self) -> str:
        """Where a phone asks for its own secret path; answers only in an enrolment window."""
        return f"https://{self.ip}/enrol/"

    @property
    def firmware_url(self) -> str:
        """Where firmware images lie; they are no secret."""
        return f"https://{self.ip}/firmware/"

    def phone_url(self, token: Secret) -> str:
        """Return the folder where one phone's settings lie."""
        return f"https://{self.ip}/p/{token.reveal()}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineProfile:
    """One line: the extension it registers as. Texts are as people typed them."""

    number: str
    name: str  # of the person
    sip_user: str
    sip_password: Secret
    secure_calling: SecureCalling = SecureCalling.AUTO
    has_video: bool = False
    has_call_waiting: bool = True


class KeyKind(StrEnum):
    """What the phone itself must do; what the number then does is the switch's."""

    LINE = "line"
    LAMP = "lamp"  # watches `number` (RFC 4235) and calls it
    CALL = "call"  # calls `number`


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyProfile:
    """One key. `line` is the line it works on, from 1; `pickup` what to dial while its lamp rings, or empty."""

    position: int  # from 1, over all pages
    kind: KeyKind
    label: str
    number: str = ""
    line: int = 1
    pickup: str = ""
    module: int = 0  # 0: the phone itself


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrarProfile:
    """Where to register. `second` has a host for Registrar.TWO; `domain` is set for Registrar.SRV."""

    way: Registrar = Registrar.ONE
    second: str = ""
    domain: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhonebookEntry:
    """Somebody in the phone's directory, with the numbers as this phone dials them."""

    name: str
    inside: str = ""  # an extension's number
    outside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PhonebookProfile:
    """The office's directory: by LDAP over TLS at the box, and written out for phones that read XML."""

    password: Secret
    entries: tuple[PhonebookEntry, ...] = ()
    user: str = LDAP_USER
    base: str = LDAP_BASE
    port: int = LDAPS_PORT


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmwareProfile:
    """The firmware this phone should run; `path` is the file's name under BoxAddress.firmware_url."""

    version: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneProfile:
    """One phone. At least one line; texts are as people typed them, each driver escapes for its own format."""

    mac: MacAddress
    brand: Brand
    model: str
    lines: tuple[LineProfile, ...]
    admin_password: Secret  # of the phone's own web page
    box: BoxAddress
    token: Secret  # names the phone's secret folder
    phonebook: PhonebookProfile
    language: Language
    country: Country
    time_zone: str
    emergency_numbers: tuple[str, ...]
    keys: tuple[KeyProfile, ...] = ()
    registrar: RegistrarProfile = RegistrarProfile()
    voicemail_number: str = LISTEN_NUMBER
    # The switch names them in Alert-Info, `info=<name>` (compiler/dialplan/ringing.py).
    ring_tones: tuple[str, ...] = tuple(tone.value for tone in RingTone)
    resync_minutes: int = 1440
    firmware: FirmwareProfile | None = None  # None: keep what it has
    parameters: tuple[Parameter, ...] = ()  # the installer's own, the strongest last

    @property
    def settings_url(self) -> str:
        """The phone's secret folder; ends in /."""
        return self.box.phone_url(self.token)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the box adds to the office's settings: its address, secrets of its own, firmware chosen by phone."""

    box: BoxAddress
    admin_password: Secret
    phonebook_password: Secret
    firmware: Mapping[MacAddress, FirmwareProfile]


def build_profile(office: Office, phone: Phone, around: Surroundings) -> PhoneProfile:
    """Gather what this phone needs; the phone must have an extension."""
    lines = tuple(_line(office.extension(extension_id)) for extension_id in phone.extension_ids)
    if not lines:
        raise ValueError(f"phone {phone.mac} has no extension")
    settings = office.phone_settings
    return PhoneProfile(
        mac=phone.mac,
        brand=phone.brand,
        model=phone.model,
        lines=lines,
        keys=_keys(office, phone, lines),
        registrar=RegistrarProfile(way=settings.registrar, second=settings.second_server, domain=settings.domain),
        phonebook=PhonebookProfile(password=around.phonebook_password, entries=phonebook_entries(office)),
        admin_password=around.admin_password,
        box=around.box,
        token=phone.token,
        language=office.extension(phone.extension_ids[0]).language or office.site.language,
        country=office.site.country,
        time_zone=office.site.time_zone,
        emergency_numbers=office.site.pack.emergency_numbers,
        resync_minutes=settings.resync_minutes,
        firmware=around.firmware.get(phone.mac),
        parameters=_parameters(office, phone),
    )


def _line(extension: Extension) -> LineProfile:
    return LineProfile(
        number=extension.number.digits,
        name=extension.name,
        sip_user=extension.sip_user,
        sip_password=extension.sip_password,
        secure_calling=extension.secure_calling,
        has_video=extension.has_video,
        has_call_waiting=extension.has_call_waiting,
    )


def _keys(office: Office, phone: Phone, lines: tuple[LineProfile, ...]) -> tuple[KeyProfile, ...]:
    """The phone's keys in their order; its first keys are its lines where nothing else was chosen for them."""
    chosen = {(key.module, key.position): _key(office, key, lines) for key in phone.keys}
    own = {line for key in chosen.values() if key.kind is KeyKind.LINE for line in (key.line,)}
    for line, profile in enumerate(lines, start=1):
        if line not in own and (0, line) not in chosen:
            chosen[0, line] = KeyProfile(position=line, kind=KeyKind.LINE, label=profile.number, line=line)
    return tuple(chosen[place] for place in sorted(chosen))


def _key(office: Office, key: PhoneKey, lines: tuple[LineProfile, ...]) -> KeyProfile:
    kind, number, natural, line, pickup = KeyKind.LAMP, "", "", 1, ""
    match key.does:
        case OwnLine(line):
            kind, natural = KeyKind.LINE, lines[line - 1].number
        case Colleague(one):
            colleague = office.extension(one)
            number, natural = colleague.number.digits, colleague.name
            pickup = CODES[FeatureCode.PICKUP].digits + number
        case Group(one):
            group = office.ring_group(one)
            number, natural = group.number.digits, group.name
            pickup = CODES[FeatureCode.PICKUP].digits + number
        case ModeSwitch(one):
            mode = office.mode_key(one)
            number, natural = mode.number.digits, mode.name
        case NightSwitch():
            number = natural = CODES[FeatureCode.NIGHT_SWITCH].digits
        case ParkingPlace(slot):
            number, natural = slot.digits, f"P {slot}"
        case OutsideNumber(outside):
            kind, number = KeyKind.CALL, outside.national(office.site.country)
            natural = number
        case PickUp():
            kind, number = KeyKind.CALL, CODES[FeatureCode.GROUP_PICKUP].digits
            natural = number
    return KeyProfile(
        position=key.position,
        module=key.module,
        kind=kind,
        label=key.label or natural,
        number=number,
        line=line,
        pickup=pickup,
    )


def phonebook_entries(office: Office) -> tuple[PhonebookEntry, ...]:
    """Return whom every phone of the office finds by name: colleagues, groups and contacts; nothing private."""
    return office.once("phonebook", _phonebook_entries)


def _phonebook_entries(office: Office) -> tuple[PhonebookEntry, ...]:
    country = office.site.country
    inside = [PhonebookEntry(name=item.name, inside=item.number.digits) for item in office.extensions]
    inside += [PhonebookEntry(name=item.name, inside=item.number.digits) for item in office.ring_groups]
    outside = [
        PhonebookEntry(name=item.name, outside=tuple(number.national(country) for number in item.numbers))
        for item in office.contacts
    ]
    return tuple(sorted((*inside, *outside), key=lambda entry: (entry.name.casefold(), entry.inside, entry.outside)))


def _parameters(office: Office, phone: Phone) -> tuple[Parameter, ...]:
    """Brand, then model, then phone; of one name the last counts."""
    every = [item for item in office.phone_settings.parameters if item.brand is phone.brand]
    ordered = [
        *(item.parameter for item in every if not item.model),
        *(item.parameter for item in every if item.model == phone.model),
        *phone.parameters,
    ]
    return tuple({parameter.name: parameter for parameter in ordered}.values())

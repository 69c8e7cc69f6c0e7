"""What one phone needs, in words no brand owns; the drivers write it in their brand's."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.office.country import Country, Language
from appliance.office.numbers import MacAddress
from appliance.office.office import Office
from appliance.office.phone import Brand, Phone
from appliance.office.secret import Secret
from appliance.office.voicemail import LISTEN_NUMBER


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxAddress:
    """Where the phones reach the box: one IPv4 address serves SIP, HTTP, HTTPS, TFTP and NTP."""

    ip: str
    sip_port: int = 5060

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

    def phone_url(self, token: Secret) -> str:
        """Return the folder where one phone's settings lie."""
        return f"https://{self.ip}/p/{token.reveal()}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneProfile:
    """One phone with one line; texts are as people typed them, each driver escapes for its own format."""

    mac: MacAddress
    brand: Brand
    model: str
    name: str  # of the person
    extension_number: str
    sip_user: str
    sip_password: Secret
    admin_password: Secret  # of the phone's own web page
    box: BoxAddress
    token: Secret  # names the phone's secret folder
    voicemail_number: str
    language: Language
    country: Country
    time_zone: str
    emergency_numbers: tuple[str, ...]

    @property
    def settings_url(self) -> str:
        """The phone's secret folder; ends in /."""
        return self.box.phone_url(self.token)


def build_profile(office: Office, phone: Phone, box: BoxAddress, admin_password: Secret) -> PhoneProfile:
    """Gather what this phone needs; the phone must have an extension."""
    if phone.extension_id is None:
        raise ValueError(f"phone {phone.mac} has no extension")
    extension = office.extension(phone.extension_id)
    return PhoneProfile(
        mac=phone.mac,
        brand=phone.brand,
        model=phone.model,
        name=extension.name,
        extension_number=extension.number.digits,
        sip_user=extension.sip_user,
        sip_password=extension.sip_password,
        admin_password=admin_password,
        box=box,
        token=phone.token,
        voicemail_number=LISTEN_NUMBER,
        language=office.site.language,
        country=office.site.country,
        time_zone=office.site.time_zone,
        emergency_numbers=office.site.pack.emergency_numbers,
    )

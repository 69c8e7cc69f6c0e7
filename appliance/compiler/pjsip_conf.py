"""pjsip.conf: phones, lines and the box's own test phone as SIP endpoints."""

from __future__ import annotations

from appliance.compiler.checksum import PLACEHOLDER, mark
from appliance.compiler.conf_text import Section, quoted_caller, render_sections
from appliance.compiler.object_names import (
    FROM_PHONES,
    TEST_PHONE,
    VOICEMAIL_CONTEXT,
    mailbox,
    phone_endpoint,
    trunk_context,
    trunk_endpoint,
)
from appliance.compiler.target import AsteriskTarget
from appliance.office.extension import Extension
from appliance.office.office import Office
from appliance.office.secret import Secret
from appliance.office.trunk import Trunk

CODECS = "g722,alaw,ulaw"  # G.722 between phones, G.711 towards lines; in order of preference

# RFC 3261 section 17.1.1.1: T1 is the round trip, timer B = 64 * T1. 100 ms fits a LAN and a near
# provider; a call caught in the gap before a dark line is known moves on after 6.4 s.
TIMER_T1_MILLISECONDS = 100
TIMER_B_MILLISECONDS = 64 * TIMER_T1_MILLISECONDS

# A phone that lost its power or its cable is known after at most 5 + 2 s; 250 phones are 50 OPTIONS a second.
PHONE_QUALIFY_SECONDS = 5
PHONE_QUALIFY_TIMEOUT_SECONDS = "2.0"
# A dark line is known after at most 2 + 1.5 s.
TRUNK_QUALIFY_SECONDS = 2
TRUNK_QUALIFY_TIMEOUT_SECONDS = "1.5"

MOST_CONTACTS = 3  # desk phone, DECT handset, softphone of one person
REGISTRATION_SECONDS = 120
REGISTRATION_RETRY_SECONDS = 10
REGISTRATION_REFUSED_RETRY_SECONDS = 60
# Asterisk stops for good after this many refusals; an office wants to be back when the provider is.
REGISTRATION_MOST_RETRIES = 1_000_000


def render(office: Office, target: AsteriskTarget) -> str:
    """Return the text of pjsip.conf; it holds passwords."""
    sections = [
        Section(
            "system",
            (
                ("type", "system"),
                ("timer_t1", str(TIMER_T1_MILLISECONDS)),
                ("timer_b", str(TIMER_B_MILLISECONDS)),
            ),
        ),
        Section(
            "global",
            (
                ("type", "global"),
                ("user_agent", "Belbox"),
                ("keep_alive_interval", "30"),
                # An unknown name and a wrong password look the same from outside.
                ("endpoint_identifier_order", "username,ip"),
            ),
        ),
        Section(
            "transport-udp",
            (
                ("type", "transport"),
                ("protocol", "udp"),
                ("bind", f"{target.address}:{target.sip_port}"),
                ("allow_reload", "no"),  # a moved transport drops every registration
            ),
        ),
    ]
    for trunk in office.trunks:
        sections += _trunk(trunk, target)
    for extension in office.extensions:
        sections += _phone(extension)
    sections += _test_phone(target)
    return mark(render_sections(sections))


def _phone(extension: Extension) -> list[Section]:
    name = phone_endpoint(extension)
    mailboxes = f"{mailbox(extension.id)}@{VOICEMAIL_CONTEXT}" if extension.voicemail else ""
    caller = quoted_caller(extension.name, extension.number.digits)
    options = [*_phone_endpoint_options(name), ("callerid", caller)]
    if mailboxes:
        options.append(("mailboxes", mailboxes))
    return [
        Section(name, tuple(options), comment=f"{extension.number} {extension.name}"),
        _auth(name, name, extension.sip_password),
        Section(
            name,
            (
                ("type", "aor"),
                ("max_contacts", str(MOST_CONTACTS)),
                ("remove_existing", "yes"),
                ("remove_unavailable", "yes"),
                ("default_expiration", str(REGISTRATION_SECONDS)),
                ("maximum_expiration", "3600"),
                ("minimum_expiration", "30"),
                ("qualify_frequency", str(PHONE_QUALIFY_SECONDS)),
                ("qualify_timeout", PHONE_QUALIFY_TIMEOUT_SECONDS),
            ),
        ),
    ]


def _phone_endpoint_options(name: str) -> list[tuple[str, str]]:
    return [
        ("type", "endpoint"),
        ("context", FROM_PHONES),
        ("disallow", "all"),
        ("allow", CODECS),
        ("auth", name),
        ("aors", name),
        ("direct_media", "no"),
        ("rtp_symmetric", "yes"),
        ("force_rport", "yes"),
        ("rewrite_contact", "yes"),
        ("dtmf_mode", "rfc4733"),
        ("rtp_timeout", "30"),  # a call whose phone died does not hold a line for ever
        ("rtp_timeout_hold", "3600"),
    ]


def _test_phone(target: AsteriskTarget) -> list[Section]:
    caller = quoted_caller("Belbox test", "*40")
    return [
        Section(
            TEST_PHONE,
            (
                *_phone_endpoint_options(TEST_PHONE),
                ("callerid", caller),
                ("accountcode", PLACEHOLDER),
            ),
            comment="The box's own test phone",
        ),
        _auth(TEST_PHONE, TEST_PHONE, target.test_phone_password),
        Section(TEST_PHONE, (("type", "aor"), ("max_contacts", "1"), ("remove_existing", "yes"))),
    ]


def _trunk(trunk: Trunk, target: AsteriskTarget) -> list[Section]:
    name = trunk_endpoint(trunk.id)
    address = target.resolved.get(trunk.host, trunk.host)
    server = f"sip:{address}:{trunk.port}"
    endpoint = [
        ("type", "endpoint"),
        ("context", trunk_context(trunk)),
        ("disallow", "all"),
        ("allow", "alaw,ulaw"),
        ("aors", name),
        ("direct_media", "no"),
        ("rtp_symmetric", "yes"),
        ("from_domain", trunk.host),
        ("dtmf_mode", "rfc4733"),
        ("rtp_timeout", "30"),
        ("rtp_timeout_hold", "3600"),
        ("allow_transfer", "no"),
    ]
    aor = [("type", "aor"), ("contact", server)]
    if trunk.answers_options:
        aor += [
            ("qualify_frequency", str(TRUNK_QUALIFY_SECONDS)),
            ("qualify_timeout", TRUNK_QUALIFY_TIMEOUT_SECONDS),
        ]
    sections = [
        Section(name, (*endpoint, *((("outbound_auth", name),) if trunk.username else ())), comment=trunk.name),
        Section(name, tuple(aor)),
        Section(name, (("type", "identify"), ("endpoint", name), ("match", address), ("srv_lookups", "no"))),
    ]
    if trunk.username:
        sections.append(_auth(name, trunk.username, trunk.password))
    if trunk.registers:
        sections.append(
            Section(
                name,
                (
                    ("type", "registration"),
                    ("server_uri", server),
                    ("client_uri", f"sip:{trunk.username}@{trunk.host}"),
                    ("contact_user", trunk.username),
                    ("outbound_auth", name),
                    ("expiration", str(REGISTRATION_SECONDS)),
                    ("retry_interval", str(REGISTRATION_RETRY_SECONDS)),
                    ("forbidden_retry_interval", str(REGISTRATION_REFUSED_RETRY_SECONDS)),
                    ("auth_rejection_permanent", "no"),
                    # The default waits up to 10 s at random, for boxes by the thousand; an installer waits for it.
                    ("max_random_initial_delay", "0"),
                    ("max_retries", str(REGISTRATION_MOST_RETRIES)),
                ),
            )
        )
    return sections


def _auth(name: str, username: str, password: Secret) -> Section:
    options = (
        ("type", "auth"),
        ("auth_type", "userpass"),
        ("username", username),
        ("password", password.reveal()),
    )
    return Section(name, options)

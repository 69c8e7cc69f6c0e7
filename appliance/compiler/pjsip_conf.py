"""pjsip.conf: phones, lines and the box's own test phone as SIP endpoints."""

from __future__ import annotations

import re
from collections.abc import Mapping

from appliance.compiler.checksum import PLACEHOLDER, mark
from appliance.compiler.conf_text import Section, quoted_caller, render_sections
from appliance.compiler.object_names import (
    FROM_FORWARDS,
    FROM_PHONES,
    FROM_TEST_PHONE,
    FROM_TRANSFERS,
    LAMPS,
    OFFICE_PICKUP_GROUP,
    TEST_PHONE,
    VOICEMAIL_CONTEXT,
    emergency_endpoint,
    mailbox,
    music_class,
    phone_endpoint,
    trunk_context,
    trunk_endpoint,
)
from appliance.compiler.target import AsteriskTarget
from appliance.office.destination import ToSharedVoicemail, ToVoicemail
from appliance.office.extension import Extension, SecureCalling
from appliance.office.office import Office
from appliance.office.secret import Secret
from appliance.office.trunk import Transport, Trunk
from appliance.office.voicemail import COMPANY_BOX

PATH = "pjsip.conf"
RELOAD = "res_pjsip.so"
# Without res_pjsip_messaging, which runs the dial plan for every MESSAGE: a text to 112 is refused, no silent call.
MODULES = """
res_pjproject res_http_websocket res_websocket_client res_pjsip res_pjsip_session res_pjsip_pubsub
res_pjsip_authenticator_digest res_pjsip_outbound_authenticator_digest res_pjsip_outbound_publish
res_pjsip_endpoint_identifier_user res_pjsip_endpoint_identifier_ip res_pjsip_acl
res_pjsip_caller_id res_pjsip_dialog_info_body_generator res_pjsip_diversion res_pjsip_dlg_options
res_pjsip_dtmf_info res_pjsip_empty_info res_pjsip_exten_state res_pjsip_header_funcs
res_pjsip_logger res_pjsip_maintenance res_pjsip_mwi
res_pjsip_mwi_body_generator res_pjsip_nat res_pjsip_notify res_pjsip_outbound_registration
res_pjsip_path res_pjsip_pidf_body_generator res_pjsip_refer res_pjsip_registrar res_pjsip_rfc3326
res_pjsip_sdp_rtp chan_pjsip
"""
SECRET = True

CODECS = "g722,alaw,ulaw"  # G.722 between phones, G.711 towards lines; in order of preference
VIDEO_CODEC = "h264"  # added to them
# All of the line's codecs in the line's order. Asterisk's default offers the caller's first, of those the line has too.
LINE_OFFER = "local_merge"

# RFC 3261 section 17.1.1.1: T1 is the round trip, timer B = 64 * T1. 100 ms, the least Asterisk takes, fits a LAN and
# a near provider; a call caught in the gap before a dark line is known moves on after 6.4 s.
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
                # In whose name the switch tells one phone of several something (PJSIPNotify with a URI).
                ("default_outbound_endpoint", TEST_PHONE),
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
    if target.has_certificate:
        sections.append(_phones_transport(target))
    if any(trunk.transport is not Transport.UDP for trunk in office.trunks):
        sections += _stream_transports(target)
    for trunk in office.trunks:
        sections += _trunk(office, trunk, target)
    groups = _pickup_groups(office)
    for extension in office.extensions:
        encryption = _encryption(extension) if target.has_certificate else ()
        sections += _phone(office, extension, groups.get(extension.id, OFFICE_PICKUP_GROUP), encryption)
    sections += _test_phone(target)
    return mark(render_sections(sections))


def _phones_transport(target: AsteriskTarget) -> Section:
    """Phones that speak TLS come in here; which phone it is their password says, not a certificate."""
    options = (
        ("type", "transport"),
        ("protocol", "tls"),
        ("method", "tlsv1_2"),
        ("bind", f"{target.address}:{target.sip_tls_port}"),
        ("cert_file", target.directories.certificate),
        ("priv_key_file", target.directories.certificate),
        ("allow_reload", "no"),
    )
    return Section("transport-phones-tls", options)


def _encryption(extension: Extension) -> tuple[tuple[str, str], ...]:
    match extension.secure_calling:
        case SecureCalling.AUTO:
            # Keys are offered in a plain offer, which a phone that knows nothing of them passes over.
            return (("media_encryption", "sdes"), ("media_encryption_optimistic", "yes"))
        case SecureCalling.ALWAYS:
            return (("media_encryption", "sdes"),)
        case SecureCalling.NEVER:
            return ()


def _stream_transports(target: AsteriskTarget) -> list[Section]:
    """TCP and TLS towards lines: from any free port, since nobody calls us there."""
    common = (("type", "transport"), ("bind", f"{target.address}:0"), ("allow_reload", "no"))
    tls = (
        ("protocol", "tls"),
        ("method", "tlsv1_2"),
        ("verify_server", "yes"),
        ("ca_list_file", target.directories.authorities),
    )
    return [
        Section("transport-tcp", (*common, ("protocol", "tcp"))),
        Section("transport-tls", (*common, *tls)),
    ]


def _pickup_groups(office: Office) -> dict[str, str]:
    """Return the groups within which an extension's calls are picked up: its ring groups, or the office."""
    groups: dict[str, list[str]] = {}
    for group in office.ring_groups:
        for member in group.member_ids:
            groups.setdefault(member, []).append(f"group-{group.id}")
    return {extension_id: ",".join(sorted(set(names))) for extension_id, names in groups.items()}


def _phone(
    office: Office, extension: Extension, pickup_groups: str, encryption: tuple[tuple[str, str], ...]
) -> list[Section]:
    name = phone_endpoint(extension)
    caller = quoted_caller(extension.name, extension.number.digits)
    language = extension.language or office.site.language
    options = [
        *_phone_endpoint_options(name, FROM_PHONES),
        *encryption,
        *((("allow", VIDEO_CODEC),) if extension.has_video else ()),
        ("callerid", caller),
        ("set_var", f"EXTENSION={extension.id}"),
        ("subscribe_context", LAMPS),
        ("named_call_group", pickup_groups),
        ("named_pickup_group", pickup_groups),
        ("language", language.value),
    ]
    if extension.music_id:
        options.append(("moh_suggest", music_class(extension.music_id)))
    boxes = tuple(
        [("mailboxes", ",".join(f"{box}@{VOICEMAIL_CONTEXT}" for box in _lamp_boxes(extension)))]
        if _lamp_boxes(extension)
        else []
    )
    if boxes:
        # Told unasked, or to a phone that subscribes (RFC 3842): Asterisk looks for the boxes of a subscription at the
        # AOR (res_pjsip_mwi.c), and would tell such a phone everything twice.
        options += [*boxes, ("mwi_subscribe_replaces_unsolicited", "yes")]
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
                *boxes,
            ),
        ),
    ]


def _lamp_boxes(extension: Extension) -> list[str]:
    own = [mailbox(ToVoicemail(extension.id))] if extension.voicemail else []
    others = [
        ToVoicemail() if box_id == COMPANY_BOX else ToSharedVoicemail(box_id) for box_id in extension.lamp_box_ids
    ]
    return own + [mailbox(box) for box in others]


def _phone_endpoint_options(name: str, context: str) -> list[tuple[str, str]]:
    return [
        ("type", "endpoint"),
        ("context", context),
        ("identify_by", "username"),  # and then by the password that `auth` asks for
        # A transfer by this phone looks its number up there, whoever is transferred.
        ("set_var", f"TRANSFER_CONTEXT={FROM_TRANSFERS}"),
        # So does a call that this phone itself sends elsewhere (302).
        ("set_var", f"FORWARD_CONTEXT={FROM_FORWARDS}"),
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
                *_phone_endpoint_options(TEST_PHONE, FROM_TEST_PHONE),
                ("callerid", caller),
                ("accountcode", PLACEHOLDER),
            ),
            comment="The box's own test phone",
        ),
        _auth(TEST_PHONE, TEST_PHONE, target.test_phone_password),
        Section(TEST_PHONE, (("type", "aor"), ("max_contacts", "1"), ("remove_existing", "yes"))),
    ]


def _trunk(office: Office, trunk: Trunk, target: AsteriskTarget) -> list[Section]:
    name = trunk_endpoint(trunk.id)
    address = target.resolved.get(trunk.host, trunk.host)
    stream = "" if trunk.transport is Transport.UDP else f";transport={trunk.transport.value}"
    # By its name if it must prove that it has that name (resolver_unbound_conf.py).
    host = trunk.host if trunk.transport is Transport.TLS else address
    server = f"sip:{host}:{trunk.port}{stream}"
    endpoint = [
        ("type", "endpoint"),
        ("context", trunk_context(trunk)),
        # A line has no password to be asked for: it is known by its address, never by its name in a From header.
        ("identify_by", "ip"),
        ("allow_subscribe", "no"),
        ("transport", f"transport-{trunk.transport.value}"),
        ("disallow", "all"),
        ("allow", ",".join(codec.value for codec in trunk.codecs)),
        # What the line prefers goes first, whatever the caller speaks: the switch translates.
        ("outgoing_call_offer_pref", LINE_OFFER),
        ("aors", name),
        ("direct_media", "no"),
        ("rtp_symmetric", "yes"),
        ("from_domain", trunk.host),
        ("dtmf_mode", "rfc4733"),
        ("rtp_timeout", "30"),
        ("rtp_timeout_hold", "3600"),
        ("allow_transfer", "no"),
        ("language", office.site.language.value),
    ]
    if trunk.encrypts_media:
        endpoint.append(("media_encryption", "sdes"))
    # A line that asks for no password gets none: an empty one is refused by the switch itself.
    logs_in = bool(trunk.username and trunk.password)
    if logs_in:
        endpoint.append(("outbound_auth", name))
    aor = [("type", "aor"), ("contact", server)]
    if trunk.answers_options:
        aor += [
            ("qualify_frequency", str(TRUNK_QUALIFY_SECONDS)),
            ("qualify_timeout", TRUNK_QUALIFY_TIMEOUT_SECONDS),
        ]
    sections = [
        Section(name, tuple(endpoint), comment=trunk.name),
        Section(emergency_endpoint(trunk.id), tuple(endpoint), comment=f"{trunk.name}, emergency calls"),
        Section(name, tuple(aor)),
        Section(name, (("type", "identify"), ("endpoint", name), ("match", address), ("srv_lookups", "no"))),
    ]
    if logs_in:
        sections.append(_auth(name, trunk.username, trunk.password))
    if trunk.registers:
        sections.append(
            Section(
                name,
                (
                    ("type", "registration"),
                    ("server_uri", server),
                    ("client_uri", f"sip:{trunk.username}@{trunk.host}"),
                    ("transport", f"transport-{trunk.transport.value}"),
                    ("contact_user", trunk.username),
                    *((("outbound_auth", name),) if logs_in else ()),
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


def passwords_in(text: str) -> Mapping[str, str]:
    """Return user name -> password of every login that stands in a pjsip.conf of ours."""
    return dict(re.findall(r"^username = (.*)\npassword = (.*)$", text, re.MULTILINE))

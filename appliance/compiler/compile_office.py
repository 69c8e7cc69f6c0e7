"""The single entrance of the compiler."""

from __future__ import annotations

from collections.abc import Mapping

from appliance.compiler import (
    asterisk_conf,
    desks_conf,
    extensions_conf,
    indications_conf,
    keep_mail_sh,
    line_hosts,
    live_settings_json,
    logger_conf,
    manager_conf,
    modules_conf,
    musiconhold_conf,
    pjsip_conf,
    res_parking_conf,
    resolver_unbound_conf,
    rtp_conf,
    texts_conf,
    voicemail_conf,
)
from appliance.compiler.conf_text import HEADER
from appliance.compiler.config_file import ConfigFile, ConfigFileSet, FileModule
from appliance.compiler.target import AsteriskTarget
from appliance.office.call_path.build import build_call_path
from appliance.office.office import Office

# Call records come with the console's call history; until then the switch writes none.
_NO_RECORDS = f"{HEADER}\n[general]\nenable = no\n"

# The same for every office. The empty ones a module of ours insists on; their defaults are what we want.
FIXED_FILES: Mapping[str, str] = {
    "acl.conf": HEADER,
    "ccss.conf": HEADER,
    "cdr.conf": _NO_RECORDS,
    "cel.conf": _NO_RECORDS,
    "cli_permissions.conf": HEADER,
    "codecs.conf": HEADER,
    "features.conf": HEADER,
    "http.conf": HEADER,
    "pjproject.conf": HEADER,
    "pjsip_notify.conf": HEADER,
    "sorcery.conf": HEADER,
    "stasis.conf": HEADER,
    "udptl.conf": HEADER,
    "websocket_client.conf": HEADER,
}

# In the order in which the switch loads what they need: phones and lines before the dial plan, which names them.
FILES: tuple[FileModule, ...] = (
    asterisk_conf,
    modules_conf,
    logger_conf,
    manager_conf,
    indications_conf,
    resolver_unbound_conf,
    line_hosts,
    pjsip_conf,
    rtp_conf,
    extensions_conf,
    desks_conf,
    texts_conf,
    live_settings_json,
    musiconhold_conf,
    res_parking_conf,
    voicemail_conf,
    keep_mail_sh,
)


def compile_office(office: Office, target: AsteriskTarget) -> ConfigFileSet:
    """Return every file of the switch for an office without errors (office/checks.py)."""
    call_path = build_call_path(office)
    texts = {
        asterisk_conf.PATH: asterisk_conf.render(target),
        desks_conf.PATH: desks_conf.render(office),
        extensions_conf.PATH: extensions_conf.render(office, target, call_path),
        indications_conf.PATH: indications_conf.render(office),
        keep_mail_sh.PATH: keep_mail_sh.render(target),
        line_hosts.PATH: line_hosts.render(office, target),
        live_settings_json.PATH: live_settings_json.render(office),
        logger_conf.PATH: logger_conf.render(),
        manager_conf.PATH: manager_conf.render(target),
        modules_conf.PATH: modules_conf.render(office, FILES),
        musiconhold_conf.PATH: musiconhold_conf.render(office, target),
        pjsip_conf.PATH: pjsip_conf.render(office, target),
        res_parking_conf.PATH: res_parking_conf.render(office),
        resolver_unbound_conf.PATH: resolver_unbound_conf.render(office, target),
        rtp_conf.PATH: rtp_conf.render(target),
        texts_conf.PATH: texts_conf.render(office, call_path),
        voicemail_conf.PATH: voicemail_conf.render(office, target),
    }
    files = [ConfigFile(path, text) for path, text in FIXED_FILES.items()]
    files += [ConfigFile(file.PATH, texts[file.PATH], secret=file.SECRET) for file in FILES]
    return ConfigFileSet(tuple(sorted(files)))

"""The single entrance of the compiler."""

from __future__ import annotations

from appliance.compiler import (
    asterisk_conf,
    desks_conf,
    extensions_conf,
    indications_conf,
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
from appliance.compiler.config_file import ConfigFile, ConfigFileSet
from appliance.compiler.target import AsteriskTarget
from appliance.office.call_path.build import build_call_path
from appliance.office.office import Office

# Call records come with the console's call history; until then the switch writes none.
_NO_RECORDS = f"{HEADER}\n[general]\nenable = no\n"

# Files a module of ours insists on; their defaults are what we want.
_EMPTY_FILES = (
    "acl.conf",
    "ccss.conf",
    "cli_permissions.conf",
    "codecs.conf",
    "features.conf",
    "http.conf",
    "pjproject.conf",
    "pjsip_notify.conf",
    "sorcery.conf",
    "stasis.conf",
    "udptl.conf",
    "websocket_client.conf",
)


def compile_office(office: Office, target: AsteriskTarget) -> ConfigFileSet:
    """Return every file of the switch for an office without errors (office/checks.py)."""
    call_path = build_call_path(office)
    files = [ConfigFile(path, HEADER) for path in _EMPTY_FILES]
    files += [ConfigFile(path, _NO_RECORDS) for path in ("cdr.conf", "cel.conf")]
    files += [
        ConfigFile("asterisk.conf", asterisk_conf.render(target)),
        ConfigFile("desks.conf", desks_conf.render(office), secret=True),
        ConfigFile("extensions.conf", extensions_conf.render(office, target, call_path)),
        ConfigFile("indications.conf", indications_conf.render(office)),
        ConfigFile(live_settings_json.PATH, live_settings_json.render(office)),
        ConfigFile("logger.conf", logger_conf.render()),
        ConfigFile(manager_conf.PATH, manager_conf.render(target), secret=True),
        ConfigFile("modules.conf", modules_conf.render(office)),
        ConfigFile("musiconhold.conf", musiconhold_conf.render(office, target)),
        ConfigFile("pjsip.conf", pjsip_conf.render(office, target), secret=True),
        ConfigFile("resolver_unbound.conf", resolver_unbound_conf.render(office, target)),
        ConfigFile(resolver_unbound_conf.HOSTS_PATH, resolver_unbound_conf.render_hosts(office, target)),
        ConfigFile("rtp.conf", rtp_conf.render(target)),
        ConfigFile("res_parking.conf", res_parking_conf.render(office)),
        ConfigFile(voicemail_conf.MAIL_PROGRAM, voicemail_conf.render_mail_program(target)),
        ConfigFile("texts.conf", texts_conf.render(office, call_path)),
        ConfigFile("voicemail.conf", voicemail_conf.render(office, target), secret=True),
    ]
    return ConfigFileSet(tuple(sorted(files)))

"""modules.conf: only what the office uses is loaded; a short list is a small surface and a clean log."""

from __future__ import annotations

from collections.abc import Iterable

from appliance.compiler import resolver_unbound_conf
from appliance.compiler.conf_text import HEADER
from appliance.compiler.config_file import RESTART, FileModule
from appliance.office.office import Office
from appliance.office.trunk import Transport

PATH = "modules.conf"
RELOAD = RESTART
# What no file of ours is about. Loaded first: others name their symbols (Asterisk 22.10: no ERROR at load).
MODULES = """
res_timing_timerfd res_crypto res_sorcery_config res_sorcery_memory res_sorcery_astdb
codec_alaw codec_ulaw codec_a_mu codec_g722 codec_gsm codec_opus_open_source codec_resample
res_format_attr_opus res_format_attr_h264 format_wav format_pcm format_gsm format_sln
bridge_simple bridge_softmix bridge_holding bridge_native_rtp bridge_builtin_features
"""
SECRET = False


def render(office: Office, files: Iterable[FileModule]) -> str:
    """Return the text of modules.conf: what each of `files` needs, in their order.

    The resolver is loaded only with a line that speaks TLS. That the first such line changes this file, and so restarts
    the switch, is needed: Asterisk looks up names only for kinds of transport that it had when it started
    (sip_resolve.c).
    """
    has_tls_lines = any(trunk.transport is Transport.TLS for trunk in office.trunks)
    wanted = MODULES.split()
    for file in files:
        if has_tls_lines or file.PATH != resolver_unbound_conf.PATH:
            wanted += file.MODULES.split()
    loads = "".join(f"load => {module}.so\n" for module in dict.fromkeys(wanted))
    return f"{HEADER}\n[modules]\nautoload = no\n{loads}"

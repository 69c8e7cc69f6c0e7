"""modules.conf: only what the office uses is loaded; a short list is a small surface and a clean log."""

from __future__ import annotations

from appliance.compiler.conf_text import HEADER
from appliance.office.office import Office
from appliance.office.trunk import Transport

# Without res_pjsip_messaging, which runs the dial plan for every MESSAGE: a text to 112 is refused, no silent call.
# Order matters where a module names another's symbols; measured with Asterisk 22.10: no ERROR at load.
MODULES = """
res_timing_timerfd res_crypto res_sorcery_config res_sorcery_memory res_sorcery_astdb res_pjproject
res_http_websocket res_websocket_client res_speech res_pjsip res_pjsip_session res_pjsip_pubsub
res_pjsip_authenticator_digest res_pjsip_outbound_authenticator_digest res_pjsip_outbound_publish
res_pjsip_endpoint_identifier_user res_pjsip_endpoint_identifier_ip res_pjsip_acl
res_pjsip_caller_id res_pjsip_dialog_info_body_generator res_pjsip_diversion res_pjsip_dlg_options
res_pjsip_dtmf_info res_pjsip_empty_info res_pjsip_exten_state res_pjsip_header_funcs
res_pjsip_logger res_pjsip_maintenance res_pjsip_mwi
res_pjsip_mwi_body_generator res_pjsip_nat res_pjsip_notify res_pjsip_outbound_registration
res_pjsip_path res_pjsip_pidf_body_generator res_pjsip_refer res_pjsip_registrar res_pjsip_rfc3326
res_pjsip_sdp_rtp chan_pjsip res_rtp_asterisk res_srtp res_format_attr_h264 codec_alaw codec_ulaw codec_a_mu codec_g722
codec_gsm codec_opus_open_source res_format_attr_opus codec_resample
format_wav format_pcm format_gsm format_sln bridge_simple bridge_softmix
bridge_holding bridge_native_rtp bridge_builtin_features pbx_config pbx_spool app_dial app_playback app_read
app_record app_stack app_verbose app_userevent app_voicemail app_echo app_exec app_if app_senddtmf
app_playtones app_channelredirect app_directory app_directed_pickup app_originate app_softhangup app_db
app_sayunixtime func_callerid func_channel func_cut func_db func_devstate func_dialplan func_global func_hangupcause
func_logic func_math func_module func_pjsip_aor func_pjsip_contact func_pjsip_endpoint func_sprintf func_strings
func_timeout func_volume func_config func_env func_groupcount res_musiconhold res_parking res_clioriginate
res_manager_devicestate res_mwi_devstate res_security_log
"""


# Only with a line that speaks TLS (resolver_unbound_conf.py). That the first one changes this file, and so restarts the
# switch, is needed: Asterisk looks up names only for kinds of transport that it had when it started (sip_resolve.c).
FOR_TLS_LINES = "res_resolver_unbound"


def render(office: Office) -> str:
    """Return the text of modules.conf."""
    modules = MODULES.split()
    if any(trunk.transport is Transport.TLS for trunk in office.trunks):
        modules.append(FOR_TLS_LINES)
    loads = "".join(f"load => {module}.so\n" for module in modules)
    return f"{HEADER}\n[modules]\nautoload = no\n{loads}"

"""extensions.conf: the whole dial plan, put together from its nodes."""

from __future__ import annotations

from appliance.compiler.checksum import DIALPLAN_CHECKSUM, PLACEHOLDER, mark
from appliance.compiler.dialplan import (
    emergency,
    entrances,
    feature_codes,
    lamps,
    menus,
    messages,
    nodes,
    numbers,
    outgoing,
    parking,
    phone_forwards,
    ringing,
    times,
)
from appliance.compiler.dialplan_text import Context, merge, render_contexts
from appliance.compiler.target import AsteriskTarget
from appliance.office.call_path.steps import CallPath
from appliance.office.office import Office

PATH = "extensions.conf"
RELOAD = "pbx_config.so"
MODULES = """
pbx_config pbx_spool res_speech app_dial app_playback app_read app_record app_stack app_verbose app_userevent app_echo
app_exec app_if app_senddtmf app_playtones app_channelredirect app_directory app_directed_pickup app_originate
app_softhangup app_db app_sayunixtime func_callerid func_channel func_cut func_db func_devstate func_dialplan
func_global func_hangupcause func_logic func_math func_module func_pjsip_aor func_pjsip_contact func_pjsip_endpoint
func_sprintf func_strings func_timeout func_volume func_env func_groupcount res_clioriginate
"""
SECRET = False


def render(office: Office, target: AsteriskTarget, call_path: CallPath) -> str:
    """Return the text of extensions.conf; emergency calls stand first."""
    contexts: list[Context] = [
        *entrances.contexts(office, call_path),
        *feature_codes.contexts(office),
        *messages.boxes(office),
        *parking.contexts(office),
        phone_forwards.context(office),
        *lamps.contexts(office, target),
        *nodes.contexts(office, target, call_path),
        *ringing.contexts(office),
        *outgoing.contexts(office),
        *emergency.contexts(office),
        *numbers.contexts(office),
        *menus.contexts(office, call_path),
        *times.contexts(office),
    ]
    return mark(render_contexts({DIALPLAN_CHECKSUM: PLACEHOLDER}, merge(contexts)))

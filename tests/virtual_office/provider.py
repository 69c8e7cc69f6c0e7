"""The telephone company of the virtual office: an Asterisk with its own hand-written configuration.

Two lines (one address each), two numbers, a mobile and an emergency centre. A line can be told to refuse
calls with a SIP code: `database put line1 refuse 503`.
"""

from __future__ import annotations

from pathlib import Path

from tests.virtual_office.network import PROVIDER_ADDRESSES, SUBSCRIBER_ADDRESS
from tests.virtual_office.switch_jail import Bind, jail, own

NUMBERS = ("+3225551001", "+3225551002")
MOBILE_NUMBER = "+32470123456"
EMERGENCY_NUMBERS = ("112", "100", "101")
LINE_PASSWORDS = {"line1": "first-line-password", "line2": "second-line-password"}
SUBSCRIBER_PASSWORD = "subscriber-password"

_MODULES = """
res_timing_timerfd res_sorcery_config res_sorcery_memory res_sorcery_astdb res_pjproject res_http_websocket
res_websocket_client res_speech res_pjsip res_pjsip_session res_pjsip_pubsub res_pjsip_authenticator_digest
res_pjsip_outbound_authenticator_digest res_pjsip_endpoint_identifier_user res_pjsip_endpoint_identifier_ip
res_pjsip_caller_id res_pjsip_dlg_options res_pjsip_header_funcs res_pjsip_nat res_pjsip_registrar res_pjsip_rfc3326
res_pjsip_sdp_rtp chan_pjsip res_rtp_asterisk res_srtp codec_alaw codec_ulaw bridge_simple bridge_native_rtp
pbx_config app_dial app_exec app_stack app_verbose func_callerid func_channel func_cut func_db func_logic func_pjsip_aor
func_pjsip_contact func_strings
"""

# SIP code -> Q.850 cause that Asterisk turns into it (chan_pjsip.c, hangup_cause2sip).
_REFUSALS = {"503": "34", "486": "17", "404": "1", "403": "21", "480": "18"}


def write_configuration(folder: Path) -> None:
    """Write the provider's files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "asterisk.conf": "[directories]\nastetcdir=/etc/asterisk\n[options]\nverbose=0\n",
        "modules.conf": "[modules]\nautoload=no\n" + "".join(f"load => {name}.so\n" for name in _MODULES.split()),
        "logger.conf": "[logfiles]\nmessages => warning,error\n",
        "rtp.conf": "[general]\nrtpstart=20000\nrtpend=20999\n",
        "cdr.conf": "[general]\nenable=no\n",
        "cel.conf": "[general]\nenable=no\n",
        "pjsip.conf": _pjsip(),
        "extensions.conf": _extensions(),
    }
    for empty in ("acl", "features", "http", "indications", "manager", "pjproject", "sorcery", "stasis", "udptl"):
        files[f"{empty}.conf"] = ""
    files["websocket_client.conf"] = ""
    for name, text in files.items():
        (folder / name).write_text(text)


def command(switch_root: Path, folder: Path) -> list[str]:
    """Return the command that runs the provider; its state lies beside its configuration."""
    return jail(switch_root, _binds(folder), ["/usr/sbin/asterisk", "-f"])


def console(switch_root: Path, folder: Path, line: str) -> list[str]:
    """Return the command that gives the provider's console one line."""
    return jail(switch_root, _binds(folder), ["/usr/sbin/asterisk", "-rx", line])


def _binds(folder: Path) -> list[Bind]:
    binds = [Bind(source=folder, place="/etc/asterisk", writable=False)]
    for name, place in (
        ("lib", "/var/lib/asterisk"),
        ("spool", "/var/spool/asterisk"),
        ("log", "/var/log/asterisk"),
        ("run", "/run/asterisk"),
    ):
        own(folder / name)
        binds.append(Bind(source=folder / name, place=place, writable=True))
    hosts = folder / "hosts"
    hosts.write_text("127.0.0.1 localhost belbox\n::1 localhost belbox\n")
    return [*binds, Bind(source=hosts, place="/etc/hosts", writable=False)]


def _pjsip() -> str:
    # By the name it logs in with: what a customer shows as its number is in From.
    text = "[global]\ntype=global\nendpoint_identifier_order=auth_username,username\n"
    for line, address in (*PROVIDER_ADDRESSES.items(), ("subscriber", SUBSCRIBER_ADDRESS)):
        text += f"[{line}-transport]\ntype=transport\nprotocol=udp\nbind={address}:5060\n"
    for line in PROVIDER_ADDRESSES:
        # The account name is the line's, "belbox-line1", as a provider would give it.
        text += _account(f"belbox-{line}", LINE_PASSWORDS[line], f"from-{line}", f"{line}-transport")
    for subscriber in ("mobile", "emergency"):
        text += _account(subscriber, SUBSCRIBER_PASSWORD, "from-outside", "subscriber-transport")
    return text


def _account(name: str, password: str, context: str, transport: str) -> str:
    return (
        f"[{name}]\ntype=endpoint\ncontext={context}\ntransport={transport}\ndisallow=all\nallow=alaw,ulaw\n"
        f"auth={name}\naors={name}\ndirect_media=no\nrtp_symmetric=yes\nforce_rport=yes\nrewrite_contact=yes\n"
        f"trust_id_inbound=yes\nidentify_by=auth_username,username\n"
        f"[{name}]\ntype=auth\nauth_type=userpass\nusername={name}\npassword={password}\n"
        f"[{name}]\ntype=aor\nmax_contacts=1\nremove_existing=yes\n"
    )


def _extensions() -> str:
    text = ""
    for line in PROVIDER_ADDRESSES:
        text += f"[from-{line}]\n"
        for dialled in (*EMERGENCY_NUMBERS, MOBILE_NUMBER, *NUMBERS):
            text += f"exten => {dialled},1,Goto(refuse-{line},{dialled},1)\n"
        text += f"[refuse-{line}]\nexten => _[+0-9]!,1,NoOp()\n"
        for code, cause in _REFUSALS.items():
            text += f' same => n,ExecIf($["${{DB({line}/refuse)}}" = "{code}"]?Hangup({cause}))\n'
        text += " same => n,Goto(public,${EXTEN},1)\n"
    text += "[from-outside]\n"
    for number in NUMBERS:
        text += f"exten => {number},1,Goto(public,{number},1)\n"
    text += "[public]\n"
    for number in NUMBERS:
        text += f"exten => {number},1,NoOp()\n"
        for line in PROVIDER_ADDRESSES:
            account = f"belbox-{line}"
            text += (
                f' same => n,GotoIf($["${{PJSIP_AOR({account},contact)}}" = ""]?no-{line})\n'
                f" same => n,Set(URI=${{PJSIP_CONTACT(${{PJSIP_AOR({account},contact)}},uri)}})\n"
                f" same => n,Dial(PJSIP/{account}/sip:{number}@${{CUT(URI,@,2)}},120)\n"
                f" same => n(no-{line}),NoOp()\n"
            )
        text += " same => n,Hangup(${HANGUPCAUSE})\n"
    text += f"exten => {MOBILE_NUMBER},1,Dial(PJSIP/mobile,60)\n same => n,Hangup(${{HANGUPCAUSE}})\n"
    for number in EMERGENCY_NUMBERS:
        text += f"exten => {number},1,Dial(PJSIP/emergency,60)\n"
        text += " same => n,Hangup(${HANGUPCAUSE})\n"
    return text

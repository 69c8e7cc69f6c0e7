"""A telephone company that takes only TLS and SRTP: an Asterisk with a hand-written configuration, which echoes."""

from __future__ import annotations

import re
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.hunting.outgoing_office import DIRECT
from tests.switch_bench.switch_process import SwitchProcess

SIPS_PORT = 5061  # RFC 3261 section 19.1.2
SHORT_CALL = "+32470999999"  # hangs up after a moment
CALLS_IN = "+32470888888"  # calls 202's number at the box
NUMBER_OF_202 = DIRECT.e164
_CONFIGURATION = "/var/lib/belbox/switch/current/asterisk"  # where its jail shows it
_MODULES = """
res_timing_timerfd res_sorcery_config res_sorcery_memory res_sorcery_astdb res_pjproject res_http_websocket
res_websocket_client res_speech res_crypto res_pjsip res_pjsip_session res_pjsip_pubsub
res_pjsip_endpoint_identifier_anonymous res_pjsip_caller_id res_pjsip_dlg_options res_pjsip_header_funcs res_pjsip_nat
res_pjsip_rfc3326 res_pjsip_sdp_rtp res_pjsip_logger chan_pjsip res_rtp_asterisk res_srtp codec_alaw codec_ulaw
bridge_simple pbx_config app_dial app_echo func_callerid func_channel
"""
_EMPTY = """
acl ccss cdr cel features http indications manager pjproject sorcery stasis udptl websocket_client
"""
_RECEIVED = re.compile(r"<--- Received SIP request \(\d+ bytes\) from (\S+) --->\n(.*?)(?=\n\[|\n<---|\Z)", re.DOTALL)


class EncryptedProvider:
    """The provider at one address, as a context manager; `certificate` is a PEM text with its key."""

    def __init__(self, folder: Path, switch_root: Path, address: str, certificate: str, *, media: str = "sdes") -> None:
        self._process = SwitchProcess(folder, switch_root)
        self._files = _files(address, certificate, media)

    def __enter__(self) -> Self:
        self._process.configuration.mkdir(parents=True, exist_ok=True)
        for name, text in self._files.items():
            (self._process.configuration / name).write_text(text)
        self._process.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.stop_hard()

    def requests(self, method: str) -> list[tuple[str, str]]:
        """Return each request of a method as it came: from where (`TLS:address:port`), and its text."""
        found = _RECEIVED.findall((self._process.state / "log" / "everything").read_text(errors="replace"))
        return [(source, text) for source, text in found if text.startswith(f"{method} ")]


def _files(address: str, certificate: str, media: str) -> dict[str, str]:
    return dict.fromkeys((f"{name}.conf" for name in _EMPTY.split()), "") | {
        "asterisk.conf": f"[directories]\nastetcdir=>{_CONFIGURATION}\n[options]\nverbose=3\n",
        "modules.conf": "[modules]\nautoload=no\n" + "".join(f"load => {name}.so\n" for name in _MODULES.split()),
        "logger.conf": "[logfiles]\neverything => warning,error,verbose\n",
        "rtp.conf": "[general]\nrtpstart=11000\nrtpend=11099\n",
        "certificate.pem": certificate,
        "pjsip.conf": (
            "[global]\ntype=global\ndebug=yes\n"
            f"[tls]\ntype=transport\nprotocol=tls\nbind={address}:{SIPS_PORT}\nmethod=tlsv1_2\n"
            f"cert_file={_CONFIGURATION}/certificate.pem\npriv_key_file={_CONFIGURATION}/certificate.pem\n"
            "[anonymous]\ntype=endpoint\ncontext=public\ntransport=tls\ndisallow=all\nallow=alaw\ndirect_media=no\n"
            f"media_encryption={media}\nrtp_symmetric=yes\nforce_rport=yes\nrewrite_contact=yes\n"
        ),
        "extensions.conf": (
            "[public]\nexten => _[+0-9]!,1,Answer()\n same => n,Echo()\nexten => s,1,Hangup()\n"
            f"exten => {SHORT_CALL},1,Answer()\n same => n,Wait(0.3)\n same => n,Hangup()\n"
            # Back to the port the connection came from, as to a customer that has registered by it.
            f"exten => {CALLS_IN},1,Set(THERE=${{CHANNEL(pjsip,remote_addr)}})\n"
            f" same => n,Dial(PJSIP/anonymous/sip:{NUMBER_OF_202}@${{THERE}}\\;transport=tls,20)\n"
        ),
    }

"""The other side: nginx, dnsmasq and an Asterisk configured by hand, giving the phones the very same bytes."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable, Mapping
from typing import Any

from appliance.office.phone import Brand
from appliance.paths import Paths
from provisioning.certificate_authority import certificate_files
from provisioning.drivers import DRIVER_OF
from provisioning.phone_profile import BoxAddress
from tests.bench.boot_storm.office import BRANDS, OUIS, POOL
from tests.bench.boot_storm.one_storm import Told
from tests.virtual_office.lab import VirtualOffice
from tests.virtual_office.network import BOX_ADDRESS, ROUTER_ADDRESS

OURS = ("provisioning", "monitor", "web", "phonebook", "nginx", "dnsmasq", "switch")
_NGINX = """
daemon off; pid {folder}/nginx.pid; error_log stderr warn; worker_processes 1; user root;
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    access_log off; log_not_found off;
    ssl_certificate {certificate}; ssl_certificate_key {key};
    ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache shared:tls:2m;
    root {files};
    server {{ listen {address}:80; }}
    server {{ listen {address}:443 ssl; }}
}}
"""
_DNSMASQ = """
port=0
keep-in-foreground
user=root
interface=eth0
bind-interfaces
no-ping
dhcp-authoritative
dhcp-leasefile={folder}/leases
pid-file
dhcp-range={first},{last},255.255.255.0,12h
dhcp-option=option:router,{router}
enable-tftp
tftp-root={files}
tftp-max=500
"""
_PJSIP = """
[transport-udp]
type = transport
protocol = udp
bind = {address}:5060

[phone](!)
type = endpoint
context = phones
subscribe_context = phones
disallow = all
allow = g722,alaw,ulaw
direct_media = no
rtp_symmetric = yes
force_rport = yes
rewrite_contact = yes

[password](!)
type = auth
auth_type = userpass

[place](!)
type = aor
max_contacts = 3
remove_existing = yes
qualify_frequency = 5
qualify_timeout = 2
"""
_ENDPOINT = """
[{user}](phone)
auth = {user}
aors = {user}

[{user}](password)
username = {auth_user}
password = {password}

[{user}](place)
"""


def start_plain(office: VirtualOffice, box: VirtualOffice, told: Told) -> list[subprocess.Popen[bytes]]:
    """Start the lab with these in place of the box's; they end with it. `box` gave the bytes and the certificate."""
    office.start(phones=False)
    running = office.ask("processes")["processes"]
    for name in OURS:
        if name in running:
            office.ask("stop", name=name)
    folder = office.directory.parent / "plain"
    folder.mkdir()
    certificates = certificate_files(Paths(root=box.box_root))
    (folder / "nginx.conf").write_text(
        _NGINX.format(
            folder=folder,
            certificate=certificates.server,
            key=certificates.server_key,
            files=told.files / "web",
            address=BOX_ADDRESS,
        )
    )
    first, _, last = POOL.partition("-")
    names = _DNSMASQ.format(folder=folder, first=first, last=last, router=ROUTER_ADDRESS, files=told.files / "tftp")
    (folder / "dnsmasq.conf").write_text(names + "\n".join(_brands()) + "\n")
    _write_switch(Paths(root=office.box_root), told.storm["accounts"].values())
    office.ask("start", name="switch")
    commands = (
        ["nginx", "-e", "stderr", "-c", str(folder / "nginx.conf"), "-p", str(folder)],
        ["dnsmasq", f"--conf-file={folder / 'dnsmasq.conf'}"],
    )
    started = []
    for command in commands:
        with (folder / f"{command[0]}.log").open("wb") as log:
            started.append(subprocess.Popen(office.in_place("box", command), stdout=log, stderr=log))
    return started


def _brands() -> Iterable[str]:
    box = BoxAddress(ip=BOX_ADDRESS)
    for brand in BRANDS:
        yield f"dhcp-mac=set:{brand},{OUIS[brand]}:*:*:*"
        yield f'dhcp-option=tag:{brand},66,"{DRIVER_OF[Brand(brand)].option66(box)}"'


def _write_switch(paths: Paths, accounts: Iterable[Mapping[str, Any]]) -> None:
    """Only what routes calls and knows phones is by hand; the modules loaded are the same on both sides."""
    by_hand = paths.generations / "900000"
    shutil.copytree(paths.current_generation.resolve(), by_hand)
    pjsip, extensions = _PJSIP.format(address=BOX_ADDRESS), "[phones]\n"
    for account in accounts:
        pjsip += _ENDPOINT.format(**account)
        number = account["user"].removeprefix("ext-e")
        extensions += f"exten => {number},hint,PJSIP/{account['user']}\n"
    extensions += "exten => _X.,1,Dial(PJSIP/ext-e${EXTEN},30)\n"
    (by_hand / "asterisk" / "pjsip.conf").write_text(pjsip)
    (by_hand / "asterisk" / "extensions.conf").write_text(extensions)
    paths.current_generation.unlink()
    paths.current_generation.symlink_to(by_hand.relative_to(paths.switch))

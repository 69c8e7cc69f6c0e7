"""A change while people talk: nothing is dropped, nobody registers again, only what changed is reloaded."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from appliance.apply.generations import Generations
from appliance.paths import Paths
from tests.system.furnished import MODELS, WITHOUT_TLS, contacts, furnish, office_document, wait_until
from tests.virtual_office.lab import VirtualOffice
from tests.virtual_office.network import BOX_ADDRESS

CALLS = 20
BACK_SECONDS = 10.0  # phones by TLS, after the switch is there again; they try again each few seconds

# A caller that stays on the line until it is told to go, silent: SIPp's own words, no authentication (a line's call).
CALLER = """<?xml version="1.0" encoding="UTF-8"?>
<scenario name="stays">
  <send retrans="500"><![CDATA[
INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
From: <sip:+3227770[call_number]@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:caller@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [auto_media_port] RTP/AVP 8
a=rtpmap:8 PCMA/8000
]]></send>
  <recv response="100" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="183" optional="true"/>
  <recv response="200"/>
  <send><![CDATA[
ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
From: <sip:+3227770[call_number]@[local_ip]:[local_port]>;tag=[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
  <nop><action><exec rtp_stream="{sound},-1,8,PCMA/8000"/></action></nop>
  <recv request="BYE" timeout="120000"/>
  <send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
</scenario>
"""


@pytest.fixture(scope="module")
def office(make_office: Callable[[], VirtualOffice]) -> VirtualOffice:
    """A furnished virtual office."""
    office = make_office()
    office.start()
    furnish(office)
    return office


@pytest.fixture
def twenty_calls(office: VirtualOffice, tmp_path: Path) -> Iterator[None]:
    """Twenty calls that came in by the line and lie in the voicemail's ear, from the provider's own address."""
    scenario = tmp_path / "stays.xml"
    sound = tmp_path / "silence.alaw"
    sound.write_bytes(b"\xd5" * 8000)  # a second of G.711 A-law; a line without any sound ends after rtp_timeout
    scenario.write_text(CALLER.replace("{sound}", str(sound)))
    command = ["sipp", f"{BOX_ADDRESS}:5060", "-sf", str(scenario), "-s", "+3225551002", "-i", "203.0.113.10"]
    command += ["-p", "5070", "-m", str(CALLS), "-l", str(CALLS), "-r", "20", "-nostdin"]
    route = ["ip", "route", "add", "192.168.77.0/24", "via", "203.0.113.1"]
    office.run("provider", *route, check=False)
    caller = subprocess.Popen(
        office.in_place("provider", command), cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: calls_up(office) == CALLS, 20, lambda: f"{calls_up(office)} calls")
        yield
    finally:
        office.switch_console("channel request hangup all")
        caller.kill()
        caller.wait()


def calls_up(office: VirtualOffice) -> int:
    """Return the number of calls in progress."""
    return int(re.findall(r"(\d+) active call", office.switch_console("core show channels count"))[0])


def registration_times(office: VirtualOffice) -> dict[str, float]:
    """Return when each phone registered last, as its own state says (Unix time); 0 while it is not."""
    return {
        path.parent.name: json.loads(path.read_text())["registered_at"] or 0.0
        for path in office.directory.glob("phone-*/state.json")
    }


def _display_name(state: Path) -> str:
    return str((json.loads(state.read_text())["account"] or {}).get("display_name"))


@pytest.mark.feature("I3")
def test_renaming_an_employee_with_twenty_calls_up_drops_nothing(
    office: VirtualOffice, twenty_calls: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """I3: 20 calls stay, no registration is lost, and the callee's phone shows the new name.

    Only the phone of who was renamed registers again, because it takes its new name by itself (G6).
    """
    before, registered = contacts(office), registration_times(office)
    document = tmp_path / "office.toml"
    document.write_text(office_document(jan="Jan De Smet"))
    office.belbox("office", "import", str(document))
    applied = json.loads(office.belbox("apply", "--json").stdout)
    with capsys.disabled():
        print(f"\n    apply with {CALLS} calls up: {applied['seconds']:.2f} s, changed {', '.join(applied['changed'])}")
    assert applied["changed"] == ["extensions.conf", "pjsip.conf", "voicemail.conf"]
    assert applied["reloaded"] == ["app_voicemail.so", "res_pjsip.so", "pbx_config.so"]
    assert calls_up(office) == CALLS
    assert contacts(office).keys() >= before.keys() - {"ext-e201"}
    renamed = office.directory / "phone-yealink" / "state.json"
    wait_until(lambda: _display_name(renamed) == "Jan De Smet", 20)
    wait_until(lambda: registration_times(office)["phone-yealink"] > registered["phone-yealink"], 20)
    wait_until(lambda: contacts(office).keys() == before.keys(), 20, lambda: str(contacts(office)))
    assert calls_up(office) == CALLS
    others = {name: time for name, time in registered.items() if name != "phone-yealink"}
    assert registration_times(office).items() >= others.items()
    snom = office.phone("snom")
    yealink = office.phone("yealink")
    mark = snom.last_sequence()
    call = yealink.call("202")
    assert snom.wait_for("incoming", timeout=10, after=mark)["name"] == "Jan De Smet"
    yealink.hangup(call)
    yealink.stop()
    snom.stop()


@pytest.mark.feature("I3")
def test_an_apply_that_the_switch_does_not_take_is_undone(office: VirtualOffice, tmp_path: Path) -> None:
    """I3: the switch cannot read a file of the new generation; the earlier one is in force again, and carries calls."""
    earlier = Generations(Paths(root=office.box_root)).current()
    assert earlier is not None
    document = tmp_path / "office.toml"
    document.write_text(office_document(jan="Jan Van Damme"))
    office.belbox("office", "import", str(document))
    breaker = (
        "import sys; from pathlib import Path\n"
        "from appliance.apply import generations as g; from appliance.cli import main\n"
        "real = g.Generations.put_in_force\n"
        "def broken(self, number):\n"
        "    real(self, number)\n"
        f"    target = self.folder(number) / 'asterisk' / 'extensions.conf'\n"
        f"    if number > {earlier.number}: target.chmod(0)\n"
        "g.Generations.put_in_force = broken\n"
        "sys.exit(main.main(sys.argv[1:]))\n"
    )
    done = office.run("box", sys.executable, "-c", breaker, "--root", str(office.box_root), "apply", check=False)
    assert done.returncode == 4, done.stdout + done.stderr
    assert "pbx_config.so" in done.stderr
    assert "earlier settings are in force" in done.stderr
    assert Generations(Paths(root=office.box_root)).current() == earlier
    status = json.loads(office.belbox("status", "--json", check=False).stdout)
    assert {part["name"]: part["state"] for part in status["parts"]}["switch"] == "ok"
    assert office.belbox("test-call", "*43", "--listen-seconds", "1").returncode == 0
    office.belbox("apply")


@pytest.mark.feature("I3")
def test_rollback_brings_an_earlier_office_back(office: VirtualOffice) -> None:
    """I3: as a new revision, applied; the history says what is in force."""
    history = json.loads(office.belbox("history", "--json").stdout)
    first = history[-1]["revision"]
    office.belbox("rollback", str(first))
    newest = json.loads(office.belbox("history", "--json").stdout)[0]
    assert newest["in_force"]
    assert newest["summary"] == f"Back to revision {first}"
    assert '"Jan Jansen"' in (office.box_root / "switch" / "current" / "asterisk" / "pjsip.conf").read_text()


@pytest.mark.feature("I3")
def test_a_killed_switch_is_back_with_every_phone_still_known(office: VirtualOffice) -> None:
    """I3: kill -9; contacts live in the switch's own store, so nobody has to register again.

    But whoever registered by TLS: such a contact is its connection, which died; the phone makes a new one by itself.
    """
    wait_until(lambda: len(contacts(office)) == len(MODELS), 20, lambda: str(contacts(office)))  # one was renamed
    before, registered = contacts(office), registration_times(office)
    office.ask("kill", name="switch", restart=True)
    wait_until(lambda: office.belbox("test-call", "*43", check=False).returncode == 0, 20)
    assert {user.removeprefix("ext-e") for user in contacts(office)} & WITHOUT_TLS == WITHOUT_TLS
    assert registration_times(office)["phone-panasonic"] == registered["phone-panasonic"]
    wait_until(lambda: contacts(office).keys() == before.keys(), BACK_SECONDS, lambda: str(contacts(office)))
    assert registration_times(office)["phone-panasonic"] == registered["phone-panasonic"]


@pytest.mark.feature("I3")
def test_a_broken_office_file_changes_nothing(office: VirtualOffice, tmp_path: Path) -> None:
    """I3: every fault is printed with its place, the exit status is not 0, the revision stays."""
    before = office.belbox("history", "--json").stdout
    broken = tmp_path / "broken.toml"
    broken.write_text(office_document().replace('number = "201"', 'number = "112"').replace("203.0.113.10", "no host"))
    done = office.belbox("office", "import", str(broken), check=False)
    assert done.returncode == 2
    assert "extension[112].number" in done.stdout
    assert "trunk[First line].host" in done.stdout
    assert office.belbox("history", "--json").stdout == before

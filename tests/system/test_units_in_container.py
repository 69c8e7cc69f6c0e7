"""Layer L2: the box's own root with its systemd units, in a container on a LAN of its own."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from image.box_root import build_root
from tests.system.box_container import BoxContainer, missing_for_containers
from tests.virtual_office.units import CHECKOUT, read_unit

UNITS = tuple(
    path.stem for path in sorted((CHECKOUT / "systemd").glob("belbox-*.service")) if not path.stem.endswith("@")
)
NOT_AS_NEIGHBOUR = "belbox-dnsmasq"


@pytest.fixture(scope="module")
def root(switch_root: Path) -> Path:
    """The root, built once and kept until something in it changes."""
    if reason := missing_for_containers():
        pytest.skip(reason)  # no systemd-nspawn, or no root
    started = time.monotonic()
    root = CHECKOUT / "var" / "cache" / "container" / "root"
    is_new = build_root(root, CHECKOUT / "var" / "cache", switch_root, with_kernel=False)
    print(f"\nroot {'built' if is_new else 'found'} in {time.monotonic() - started:.1f} s")
    return root


@pytest.fixture(scope="module")
def box(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BoxContainer]:
    """A box that has started for the first time, next to a router that gives out addresses."""
    with BoxContainer(root, tmp_path_factory.mktemp("container")) as container:
        container.start_router_dhcp()
        started = time.monotonic()
        container.start()
        assert container.system_state() == "running", container.failed_units()
        print(f"\nfirst start to running: {time.monotonic() - started:.1f} s")
        yield container


@pytest.mark.feature("I1")
@pytest.mark.parametrize("unit", UNITS)
def test_unit_is_active(box: BoxContainer, unit: str) -> None:
    """Every unit is up at the first try; the DHCP server stays out because another one rules."""
    shown = box.run("systemctl", "show", unit, "-P", "ActiveState", "-P", "ConditionResult", "-P", "NRestarts")
    condition, state, restarts = sorted(shown.stdout.split(), key=lambda word: (word.isdigit(), word not in "yes no"))
    expected = ("no", "inactive") if unit == NOT_AS_NEIGHBOUR else ("yes", "active")
    assert (condition, state, restarts) == (*expected, "0"), box.journal(unit)


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit != "belbox-switch"])  # its jail needs a real place
def test_virtual_office_reads_the_same_units(unit: str, tmp_path: Path) -> None:
    """The parser of the layers without systemd understands the units."""
    read = read_unit(unit.removeprefix("belbox-"), tmp_path / "box", tmp_path / "switch-root")
    assert read.command
    assert read.restart != read.oneshot
    assert (read.needs is not None) == (unit in (NOT_AS_NEIGHBOUR, "belbox-phonebook"))


@pytest.mark.feature("A1")
def test_claim_page_over_https_from_the_lan(box: BoxContainer, tmp_path: Path) -> None:
    """A computer on the LAN that trusts the box's authority gets the claim page; one that does not, gets nothing."""
    address = box.address()
    authority = tmp_path / "ca.pem"
    box.run_outside("curl", "--silent", "--fail", "--output", str(authority), f"http://{address}/ca.pem")
    page = f"https://{address}/claim"
    claim = box.run_outside("curl", "--silent", "--fail", "--location", "--cacert", str(authority), page)
    assert re.search(r"<form[^>]*>.*<input[^>]*code", claim.stdout, re.DOTALL)
    assert box.run_outside("curl", "--silent", page, check=False).returncode == 60  # certificate not trusted


def test_status_inside_is_ok(box: BoxContainer) -> None:
    """The product's own look at itself finds every part, the switch among them."""
    status = json.loads(box.run("belbox", "status", "--json").stdout)
    assert status["ok"], status
    assert {part["name"]: part["state"] for part in status["parts"]}["switch"] == "ok"
    assert status["console"] == f"https://{box.address()}/"


@pytest.mark.feature("A1")
def test_console_page_says_where_the_box_is(box: BoxContainer) -> None:
    """The screen shows the address, how to claim the box and that everything runs."""
    page = box.run("/usr/lib/belbox/console-page", "--once").stdout
    code = box.run("cat", "/var/lib/belbox/office/claim-code").stdout.strip()
    assert f"https://{box.address()}/" in page
    assert re.fullmatch(r"[A-Z2-9]{3}-[A-Z2-9]{3}-[A-Z2-9]{3}", code)
    assert f"Claim code   {code}" in page
    assert "everything runs" in page


def test_switch_runs_with_no_right_at_all(box: BoxContainer) -> None:
    """It is user 101 in its own root, holds no capability and does not see the office's database."""
    pid = box.run("systemctl", "show", "belbox-switch", "-P", "MainPID").stdout.strip()
    status = box.run("cat", f"/proc/{pid}/status").stdout
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert fields["Name"] == "asterisk"
    assert fields["Uid"].split() == ["101"] * 4
    assert {int(fields[name], 16) for name in ("CapPrm", "CapEff", "CapBnd", "CapInh", "CapAmb")} == {0}
    assert fields["NoNewPrivs"] == "1"
    root = f"/proc/{pid}/root"
    seen = box.run("ls", f"{root}/usr/sbin", f"{root}/var/lib/belbox").stdout.split()
    assert "asterisk" in seen
    assert "switch" in seen
    assert "office" not in seen


def test_nobody_can_log_in(box: BoxContainer) -> None:
    """No account has a password, and nothing that asks for one runs."""
    hashes = [line.split(":")[1] for line in box.run("cat", "/etc/shadow").stdout.splitlines()]
    assert all(text.startswith(("*", "!")) for text in hashes)
    listening = box.run("ss", "-Htln").stdout.split()
    assert not [word for word in listening if word.endswith(":22")]
    assert box.run("systemctl", "is-enabled", "getty@.service", check=False).stdout.strip() == "masked"


@pytest.mark.feature("I5")
def test_one_address_may_hold_so_many_connections_and_no_more(box: BoxContainer) -> None:
    """The rules are in force on the box itself; what they do is shown by tests/switch/test_crowded_switch.py."""
    rules = box.run("nft", "list", "table", "inet", "belbox_doors").stdout
    assert "ct count over 50 } reject" in rules
    assert "notrack" in rules


def test_root_is_read_only(box: BoxContainer) -> None:
    """All that is written lies under /var."""
    assert box.run("touch", "/usr/lib/belbox/here", check=False).returncode != 0
    assert box.run("touch", "/etc/here", check=False).returncode != 0


def test_helper_restarts_the_switch(box: BoxContainer) -> None:
    """The helper, which holds no capability, may still have systemd restart a unit; it comes back by itself."""
    before = box.run("systemctl", "show", "belbox-switch", "-P", "MainPID").stdout
    ask = (
        "from pathlib import Path; from appliance.system.helper import RestartableUnit, restart_unit;"
        "restart_unit(Path('/var/lib/belbox/run/helper.sock'), RestartableUnit.SWITCH)"
    )
    box.run("/usr/lib/belbox/venv/bin/python", "-c", ask)
    after = box.run("systemctl", "show", "belbox-switch", "-P", "MainPID").stdout
    assert before != after
    assert box.run("systemctl", "is-active", "belbox-switch").stdout.strip() == "active"


@pytest.mark.feature("R3", "I5")
def test_a_deaf_switch_is_started_again(box: BoxContainer) -> None:
    """It runs and answers nobody, as after a deadlock; the watch notices, and says so in its log."""
    before = box.run("systemctl", "show", "belbox-switch", "-P", "MainPID").stdout.strip()
    box.run("sh", "-c", f"kill -STOP {before}")
    box.wait_for(
        lambda: "it is started again" if "it is started again" in box.journal("belbox-monitor") else "",
        "the monitor's word",
    )
    box.wait_for(lambda: _other_pid(box, "belbox-switch", before), "another switch")
    box.wait_for(lambda: _state_if(box, "belbox-switch", "active"), "the switch")
    assert "ok       switch " in box.run("belbox", "status", check=False).stdout


def test_no_configuration_but_ours_is_on_the_box(box: BoxContainer) -> None:
    """The samples of Asterisk's package would let it start with something else."""
    assert box.run("ls", "/usr/lib/belbox/switch-root/etc/asterisk", check=False).returncode != 0


@pytest.mark.feature("R3")
def test_damaged_store_does_not_keep_the_switch_from_starting(box: BoxContainer) -> None:
    """A power cut left garbage: systemd starts the switch all the same, and the box says what was lost."""
    store = "/var/lib/belbox/switch-state/lib/astdb.sqlite3"
    box.run("systemctl", "stop", "belbox-switch")
    box.run("sh", "-c", f"head -c 8192 /dev/urandom > {store}; echo {{}} > /var/lib/belbox/office/given-settings.json")
    box.run("systemctl", "start", "belbox-switch")
    assert box.run("systemctl", "is-active", "belbox-switch").stdout.strip() == "active", box.journal("belbox-switch")
    assert "ready-switch: the switch's store was damaged" in box.journal("belbox-switch")
    assert box.run("sh", "-c", f"ls {store}.damaged-*").stdout.count("\n") == 1
    status = json.loads(box.run("belbox", "status", "--json").stdout)
    part = next(part for part in status["parts"] if part["name"] == "switch-store")
    assert (part["state"], "lost" in part["what"], "2 minutes" in part["remedy"]) == ("warning", True, True)


@pytest.mark.feature("I1")
def test_second_start_keeps_everything(box: BoxContainer) -> None:
    """After an orderly stop the same box comes up: same claim code, first boot not repeated, same address."""
    code = box.run("cat", "/var/lib/belbox/office/claim-code").stdout
    address = box.address()
    stopped = box.stop()
    started = time.monotonic()
    box.start()
    assert box.system_state() == "running", box.failed_units()
    print(f"\nstop: {stopped:.1f} s, second start to running: {time.monotonic() - started:.1f} s")
    assert box.run("cat", "/var/lib/belbox/office/claim-code").stdout == code
    assert box.address() == address
    first = box.run("systemctl", "show", "belbox-first-boot", "-P", "ConditionResult").stdout.strip()
    assert first == "no"
    assert json.loads(box.run("belbox", "status", "--json").stdout)["ok"]


@pytest.mark.feature("A1")
def test_first_boot_waits_for_an_address(root: Path, tmp_path: Path) -> None:
    """Without a router the box makes no settings, however long; once one gives an address, it comes up by itself."""
    with BoxContainer(root, tmp_path / "container") as box:
        box.start()
        wait_online = "systemd-networkd-wait-online"
        box.wait_for(lambda: _state_if(box, wait_online, "activating"), "the wait for the network")
        assert _state_if(box, "belbox-first-boot", "inactive")
        box.run("systemctl", "stop", wait_online)  # as its time limit does
        box.wait_for(lambda: _state_if(box, "belbox-first-boot", "activating"), "the first boot's own wait")
        assert box.run("test", "-e", "/var/lib/belbox/network.toml", check=False).returncode == 1
        assert "none yet" in box.run("/usr/lib/belbox/console-page", "--once").stdout
        box.start_router_dhcp()
        assert box.system_state() == "running", box.failed_units()
        assert box.address() in box.run("cat", "/var/lib/belbox/network.toml").stdout


@pytest.mark.feature("A1")
def test_dhcp_server_runs_when_it_is_the_box_s_task(root: Path, tmp_path: Path) -> None:
    """A box made the server gives out addresses under its unit's restrictions; a second server does not go unsaid."""
    with BoxContainer(root, tmp_path / "container") as box:
        box.start_router_dhcp()
        box.start()
        assert box.system_state() == "running", box.failed_units()
        own = ("--interface", "host0", "--address", f"{box.address()}/24", "--router", "192.168.78.1")
        box.run("belbox", "first-boot", *own, "--dhcp-role", "server", "--pool", "192.168.78.100-192.168.78.120")
        box.run("systemctl", "restart", "belbox-dnsmasq")
        assert box.run("systemctl", "is-active", "belbox-dnsmasq").stdout.strip() == "active"
        box.run("belbox", "network")  # asks the LAN now
        assert "192.168.78.1" in _dhcp_part(box)
        box.stop_router_dhcp()
        box.run("belbox", "network")
        assert _dhcp_part(box) == "Gives out addresses."
        sockets = box.run("ss", "-Hulnp").stdout
        assert ":67 " in sockets, box.journal("belbox-dnsmasq")


def _dhcp_part(box: BoxContainer) -> str:
    """Return what the status says of the DHCP server."""
    parts = json.loads(box.run("belbox", "status", "--json", check=False).stdout)["parts"]
    return str({part["name"]: part["what"] for part in parts}["dhcp"])


def _other_pid(box: BoxContainer, unit: str, before: str) -> str:
    """Return the unit's process if it is another than before, else nothing."""
    pid = box.run("systemctl", "show", unit, "-P", "MainPID").stdout.strip()
    return pid if pid not in {before, "0"} else ""


def _state_if(box: BoxContainer, unit: str, wanted: str) -> str:
    """Return the unit's state if it is the wanted one, else nothing."""
    state = box.run("systemctl", "is-active", unit, check=False).stdout.strip()
    return state if state == wanted else ""

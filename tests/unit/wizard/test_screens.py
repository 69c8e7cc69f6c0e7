"""The pages in a real Chromium: nothing wider than the screen, live rows without a reload, and pictures to look at.

BELBOX_SCREENSHOTS names a folder for the pictures; without it they go to pytest's own.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
from waitress import wasyncore  # type: ignore[import-untyped]  # has no types
from waitress.server import create_server  # type: ignore[import-untyped]  # has no types

from appliance.office.extension import SecureCalling
from appliance.office.numbers import MacAddress
from appliance.office.office import Office
from appliance.office.phone import Brand
from appliance.office.phone_key import Colleague, PhoneKey
from appliance.office.secret import Secret
from appliance.operations import proofs
from provisioning.discovery.dhcp_server_report import DhcpServerFound
from provisioning.firmware_rollout import Progress, Rollout, RolloutPhone, write_rollout
from provisioning.network_facts import DhcpRole
from provisioning.phone_identity import Answer, PhoneState
from tests.chromium import WIDTHS, check_and_keep, running_chromium, size
from tests.edges.edged_box import PASSWORD, USER_NAME, EdgedBox, MakeBox
from tests.offices import two_phones

LONGEST_WORDS, OTHERS = "fr", ("nl", "en")  # of three languages
PAGES = {
    "home": "/",
    "place": "/setup/place",
    "company-number": "/setup/company-number",
    "lines": "/setup/lines",
    "line": "/setup/lines/line1",
    "hours": "/setup/hours",
    "groups": "/setup/groups",
    "menu": "/setup/menu",
    "mail-step": "/setup/mail",
    "employees": "/setup/employees",
    "employee": "/setup/employees/e201",
    "phones": "/setup/phones",
    "backup-route": "/setup/backup-route",
    "hand-over": "/setup/hand-over",
    "phone": "/phones/80:5e:c0:00:02:01",
    "phone-label": "/phones/80:5e:c0:00:02:01/label",
    "phone-stuck": "/phones/00:04:13:aa:bb:01",
    "network": "/network",
    "password": "/password",
    "by-hand": "/by-hand/e201",
    "by-hand-secure": "/by-hand/e202",
    "firmware": "/firmware",
    "messages": "/messages",
    "settings": "/settings",
    "settings-history": "/settings/history",
    "settings-employees": "/settings/extension",
    "settings-employee": "/settings/extension/of/e201",
    "settings-group": "/settings/ring_group/of/g300",
    "settings-hours": "/settings/opening_hours/add",
    "settings-plan": "/settings/call_plan/add",
    "settings-removal": "/settings/extension/of/e201/remove",
    "settings-speed-dial": "/settings/speed_dial/add",
    "settings-contact": "/settings/contact/add",
    "settings-caller-rule": "/settings/caller_rule/add",
    "settings-company": "/settings/site",
    "second-factor": "/second-factor",
    "settings-prompts": "/settings/prompt",
    "explain": "/explain?called=201&caller=202&phones=work",
    "logins": "/logins",
    "portal": "/me",
    "own-login": "/own-login",
    "office-file": "/office-file/",
    "programs": "/programs",
    "missing": "/nothing-here",
}
PROVEN = {
    proofs.PLACE: {"language": "nl", "time_zone": "Europe/Brussels"},
    proofs.COMPANY_NUMBER: {"number": "+3225551001", "line": "Line line1"},
    proofs.line("line1"): {},
    proofs.EMPLOYEES: {"count": "2"},
}
SECOND = MacAddress.parse("00:04:13:aa:bb:01")
_WAIT_SECONDS = 10


class Site:
    """The application on a loopback port."""

    def __init__(self, box: EdgedBox) -> None:
        self._sockets: dict[int, object] = {}
        self._server = create_server(box.app(), map=self._sockets, host="127.0.0.1", port=0, threads=24)
        self.address = f"http://127.0.0.1:{self._server.effective_port}"
        self._is_closing = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving; no socket of this site is open afterwards."""
        self._is_closing.set()
        self._server.pull_trigger()
        self._thread.join()

    def _run(self) -> None:
        # The thread that waits on the sockets is the one that closes them.
        while not self._is_closing.is_set():
            wasyncore.loop(timeout=1, map=self._sockets, count=1)
        self._server.task_dispatcher.shutdown()
        wasyncore.close_all(self._sockets)


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    with running_chromium(tmp_path_factory.mktemp("chromium")) as driver:
        yield driver


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = Path(os.environ.get("BELBOX_SCREENSHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def a_busy_office() -> Office:
    """Two employees, a phone with keys, another phone, an extension that is always encrypted."""
    office = two_phones()
    keys = (
        PhoneKey(position=2, does=Colleague("e202"), label="Sandra, reception & a name that is far too long for it"),
        PhoneKey(position=5, does=Colleague("e202"), label="<b>Sandra</b>"),
    )
    first = replace(office.phones[0], keys=keys)
    second = replace(
        first, id="p2", mac=SECOND, brand=Brand.SNOM, model="D785", token=Secret("f" * 32), extension_id="e202", keys=()
    )
    encrypted = replace(office.extensions[1], secure_calling=SecureCalling.ALWAYS)
    return replace(office, extensions=(office.extensions[0], encrypted), phones=(first, second))


def busy(box: EdgedBox) -> None:
    """Let the office be on its way: some steps proven, phones in every state, much that is under way."""
    box.apply(a_busy_office())
    for subject, facts in PROVEN.items():
        box.prove(subject, **facts)
    box.line_is("Registered")
    box.see()
    box.register()
    box.see(
        SECOND, brand=Brand.SNOM, model="D785", address="192.168.77.101", state=PhoneState.ASKED,
        asked="snomD785-000413AABB01.htm", answer=Answer.NOT_NOW,
    )  # fmt: skip
    box.see(MacAddress.parse("00:0b:82:aa:bb:02"), brand=Brand.GRANDSTREAM, model="GRP2614", address="192.168.77.102")
    box.operations.network.change(DhcpRole.SERVER)
    old_pbx = {66: "tftp.old-pbx.example", 160: "http://old-pbx.example/a/very/long/path/for/phones/"}
    box.lan.others = (
        DhcpServerFound(address="192.0.2.1", mac=MacAddress.parse("3c:00:00:00:00:01"), hands_out=old_pbx),
    )
    image = box.box.paths.root / "T46U-108.86.0.118.rom"
    image.write_bytes(b"firmware")
    digest = hashlib.sha256(b"firmware").hexdigest()
    shelf = box.operations.firmware
    shelf.add(image, brand=Brand.YEALINK, models=["SIP-T46U"], version="108.86.0.118", digest=digest)
    other = image.rename(image.with_name("grp2614fw.bin"))
    shelf.add(other, brand=Brand.GRANDSTREAM, models=["GRP2614"], version="1.0.13.2", digest=digest)
    progress = (Progress.DONE, Progress.TOLD, Progress.WAITING)
    phones = tuple(
        RolloutPhone(mac=MacAddress.parse(f"80:5e:c0:00:02:0{count}"), wave=0, progress=one)
        for count, one in enumerate(progress, start=1)
    )
    write_rollout(box.box.paths, Rollout(firmware="T46U-108.86.0.118.rom", version="108.86.0.118", phones=phones))


def log_in(driver: webdriver.Chrome, site: Site) -> None:
    driver.delete_all_cookies()
    driver.get(site.address + "/login")
    driver.find_element(By.NAME, "user_name").send_keys(USER_NAME)
    driver.find_element(By.NAME, "password").send_keys(PASSWORD)
    driver.find_element(By.CSS_SELECTOR, "main button").click()
    WebDriverWait(driver, _WAIT_SECONDS).until(lambda d: d.current_url == site.address + "/")


@pytest.mark.feature("A2", "A3", "A5", "A7", "A8", "A9", "A12", "A13")
@pytest.mark.parametrize("language", [LONGEST_WORDS, *(pytest.param(one, marks=pytest.mark.slow) for one in OTHERS)])
def test_every_page_fits_a_small_and_a_wide_screen(
    chromium: webdriver.Chrome, pictures: Path, make_box: MakeBox, language: str
) -> None:
    box = make_box(is_claimed=False)
    site = Site(box)
    try:
        chromium.delete_all_cookies()
        for width in WIDTHS:
            size(chromium, width)
            chromium.get(f"{site.address}/claim?language={language}")
            check_and_keep(chromium, pictures / f"{language}-{width}-claim.png")
        box.claim(language)
        busy(box)
        for width in WIDTHS:
            size(chromium, width)
            chromium.get(f"{site.address}/login?language={language}")
            check_and_keep(chromium, pictures / f"{language}-{width}-login.png")
        log_in(chromium, site)
        box.test_phone.hangs_up = threading.Event()
        chromium.get(f"{site.address}/jobs/{box.operations.long_acts.ring_phone('e201').id}")
        assert chromium.find_element(By.ID, "job")
        for width in WIDTHS:
            size(chromium, width)
            check_and_keep(chromium, pictures / f"{language}-{width}-job.png")
        box.test_phone.hangs_up.set()
        WebDriverWait(chromium, _WAIT_SECONDS).until(lambda d: d.current_url == site.address + "/setup/phones")
        for name, path in PAGES.items():
            chromium.get(site.address + path)
            assert chromium.find_element(By.TAG_NAME, "html").get_attribute("lang") == language
            for width in WIDTHS:
                size(chromium, width)
                check_and_keep(chromium, pictures / f"{language}-{width}-{name}.png")
        chromium.get(site.address + "/network")
        chromium.find_element(By.CSS_SELECTOR, "form[action='/network/look'] button").click()
        for width in WIDTHS:
            size(chromium, width)
            check_and_keep(chromium, pictures / f"{language}-{width}-network-others.png")
        box.save(replace(two_phones(), extensions=(), phones=(), ring_groups=(), numbers=(), trunks=()))
        for name in ("employees", "lines"):
            chromium.get(site.address + PAGES[name])
            for width in WIDTHS:
                size(chromium, width)
                check_and_keep(chromium, pictures / f"{language}-{width}-{name}-empty.png")
        chromium.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
        )
        box.save(a_busy_office())
        for name in ("home", "phones", "hand-over"):
            chromium.get(site.address + PAGES[name])
            for width in WIDTHS:
                size(chromium, width)
                check_and_keep(chromium, pictures / f"{language}-{width}-{name}-dark.png")
        chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print", "features": []})
        check_and_keep(chromium, pictures / f"{language}-print.png")
    finally:
        chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
        site.close()
    said = chromium.get_log("browser")  # type: ignore[no-untyped-call]  # selenium gives it no types
    assert [entry for entry in said if "404" not in entry["message"]] == []


@pytest.mark.feature("A9", "A13")
def test_phones_appear_by_themselves_and_a_choice_under_way_stays(
    chromium: webdriver.Chrome, make_box: MakeBox
) -> None:
    box = make_box(replace(two_phones(), phones=()))
    site = Site(box)
    waiting = WebDriverWait(chromium, _WAIT_SECONDS)
    try:
        size(chromium, 1280)
        log_in(chromium, site)
        chromium.get(site.address + "/setup/phones")
        assert chromium.find_element(By.ID, "phone-none")
        box.see()
        box.see(SECOND, brand=Brand.SNOM, model="D785", address="192.168.77.101")
        waiting.until(lambda d: len(d.find_elements(By.CSS_SELECTOR, "#phones > li")) == 2)
        assert not chromium.find_elements(By.ID, "phone-none")

        owner = chromium.find_element(By.ID, "owner-805ec0000201")
        owner.send_keys("202 Sandra")
        box.clock.go_on(1)
        box.see(state=PhoneState.ASKED)
        box.see(SECOND, brand=Brand.SNOM, model="D785", address="192.168.77.101", state=PhoneState.ASKED)
        waiting.until(lambda d: d.find_elements(By.CSS_SELECTOR, "#phone-000413aabb01 .badge.asked"))
        assert owner.get_attribute("value") == "202 Sandra"

        chromium.find_element(By.CSS_SELECTOR, "#phone-805ec0000201 form.assign button").click()
        waiting.until(lambda d: d.find_elements(By.CSS_SELECTOR, ".notice.good"))
        box.register("e202")
        box.see(state=PhoneState.FETCHED)
        waiting.until(lambda d: d.find_elements(By.CSS_SELECTOR, "#phone-805ec0000201 .badge.registered"))
    finally:
        site.close()

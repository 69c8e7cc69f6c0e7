"""The pages in a real Chromium: nothing wider than the screen, live rows without a reload, and pictures to look at.

BELBOX_SCREENSHOTS names a folder for the pictures; without it they go to pytest's own.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait
from waitress import wasyncore  # type: ignore[import-untyped]  # has no types
from waitress.server import create_server  # type: ignore[import-untyped]  # has no types

from appliance.office.extension import SecureCalling
from appliance.office.numbers import MacAddress
from appliance.office.phone_key import Colleague, PhoneKey
from appliance.office.problems import Problem
from appliance.operations.proving import StepProof
from tests.chromium import WIDTHS, check_and_keep, running_chromium, size
from tests.fakes import PASSWORD, SEEN_AT, USER_NAME, FakeServices, a_phone_view
from tests.offices import two_phones
from tests.unit.wizard.browser import an_app
from wizard.services import DhcpServerView, FirmwareView, PartView, RolloutView

LANGUAGES = ("nl", "fr", "en")
PAGES = {
    "home": "/",
    "place": "/setup/place",
    "company-number": "/setup/company-number",
    "lines": "/setup/lines",
    "line": "/setup/lines/line1",
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
    "missing": "/nothing-here",
}
_WAIT_SECONDS = 10


class Site:
    """The application on a loopback port."""

    def __init__(self, services: FakeServices) -> None:
        self.services = services
        self._sockets: dict[int, object] = {}
        self._server = create_server(an_app(services), map=self._sockets, host="127.0.0.1", port=0, threads=24)
        self.address = f"http://127.0.0.1:{self._server.effective_port}"
        self._is_closing = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving; no socket of this site is open afterwards."""
        self.services.changed.set()
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


def a_busy_office() -> FakeServices:
    """An office on its way: some steps proven, phones in every state, one part that fails."""
    office = two_phones()
    keys = (
        PhoneKey(position=2, does=Colleague("e202"), label="Sandra, reception & a name that is far too long for it"),
        PhoneKey(position=5, does=Colleague("e202"), label="<b>Sandra</b>"),
    )
    first = replace(office.phones[0], keys=keys)
    second = replace(office.phones[0], id="p2", mac=MacAddress.parse("00:04:13:aa:bb:01"), extension_id="e202")
    encrypted = replace(office.extensions[1], secure_calling=SecureCalling.ALWAYS)
    held = Problem(
        where="00:04:13:aa:bb:01",
        rule="phone-waits-for-window",
        facts={"value": "00:04:13:aa:bb:01", "asked": "http snomD785-000413AABB01.htm: not now"},
    )
    services = FakeServices(
        the_office=replace(office, extensions=(office.extensions[0], encrypted), phones=(first, second)),
        phones=[
            a_phone_view(state="registered", extension_id="e201"),
            replace(a_phone_view("00:04:13:aa:bb:01", brand="snom", state="asked", extension_id="e202"), held=held),
            a_phone_view("00:0b:82:aa:bb:02", brand="grandstream"),
        ],
        the_proofs={
            "language": StepProof(seen_at=SEEN_AT, facts={"language": "nl", "time_zone": "Europe/Brussels"}),
            "company_number": StepProof(seen_at=SEEN_AT, facts={"number": "+3225551001", "line": "Line line1"}),
            "line": StepProof(seen_at=SEEN_AT, facts={"line": "Line line1", "detail": "Registered"}),
            "employees": StepProof(seen_at=SEEN_AT, facts={"count": "2"}),
        },
        parts=(
            PartView(name="switch", state="ok", what="answers", remedy=""),
            PartView(name="dhcp", state="failed", what="dhcp-stopped", remedy="dhcp-restart"),
        ),
    )
    desk = services.phone_services
    desk.on_trial_until = SEEN_AT
    desk.others = (
        DhcpServerView(
            address="192.0.2.1",
            mac="3c:00:00:00:00:01",
            hands_out={66: "tftp.old-pbx.example", 160: "http://old-pbx.example/a/very/long/path/for/phones/"},
        ),
    )
    image = FirmwareView(
        name="T46U-108.86.0.118.rom", brand="yealink", models=("SIP-T46U",), version="108.86.0.118", phones=12
    )
    desk.files = (image, replace(image, name="grp2614fw.bin", brand="grandstream", models=("GRP2614",)))
    desk.running = RolloutView(
        firmware=image.name,
        state="running",
        because="",
        by_night=True,
        phones=[("80:5e:c0:00:02:01", "done"), ("80:5e:c0:00:02:02", "told"), ("80:5e:c0:00:02:03", "waiting")],
    )
    return services


def log_in(driver: webdriver.Chrome, site: Site) -> None:
    driver.delete_all_cookies()
    driver.get(site.address + "/login")
    driver.find_element(By.NAME, "user_name").send_keys(USER_NAME)
    driver.find_element(By.NAME, "password").send_keys(PASSWORD)
    driver.find_element(By.CSS_SELECTOR, "main button").click()
    WebDriverWait(driver, _WAIT_SECONDS).until(lambda d: d.current_url == site.address + "/")


@pytest.mark.feature("A2", "A3", "A5", "A7", "A8", "A9", "A12", "A13")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_fits_a_small_and_a_wide_screen(chromium: webdriver.Chrome, pictures: Path, language: str) -> None:
    services = a_busy_office()
    services.account_language = language
    services.claimed = False
    site = Site(services)
    try:
        chromium.delete_all_cookies()
        for width in WIDTHS:
            size(chromium, width)
            chromium.get(f"{site.address}/claim?language={language}")
            check_and_keep(chromium, pictures / f"{language}-{width}-claim.png")
        services.claimed = True
        for width in WIDTHS:
            size(chromium, width)
            chromium.get(f"{site.address}/login?language={language}")
            check_and_keep(chromium, pictures / f"{language}-{width}-login.png")
        log_in(chromium, site)
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
        services.the_office = replace(two_phones(), extensions=(), phones=(), ring_groups=(), numbers=(), trunks=())
        for name in ("employees", "lines"):
            chromium.get(site.address + PAGES[name])
            for width in WIDTHS:
                size(chromium, width)
                check_and_keep(chromium, pictures / f"{language}-{width}-{name}-empty.png")
        chromium.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
        )
        services.the_office = a_busy_office().the_office
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
def test_phones_appear_by_themselves_and_a_choice_under_way_stays(chromium: webdriver.Chrome) -> None:
    services = FakeServices(the_office=two_phones())
    site = Site(services)
    waiting = WebDriverWait(chromium, _WAIT_SECONDS)
    try:
        size(chromium, 1280)
        log_in(chromium, site)
        chromium.get(site.address + "/setup/phones")
        assert chromium.find_element(By.ID, "phone-none")
        services.show_phones(a_phone_view(), a_phone_view("00:04:13:aa:bb:cc", brand="snom"))
        waiting.until(lambda d: len(d.find_elements(By.CSS_SELECTOR, "#phones > li")) == 2)
        assert not chromium.find_elements(By.ID, "phone-none")

        owner = Select(chromium.find_element(By.ID, "owner-805ec0000201"))
        owner.select_by_value("e202")
        services.show_phones(
            a_phone_view(state="asked"), a_phone_view("00:04:13:aa:bb:cc", brand="snom", state="asked")
        )
        waiting.until(lambda d: d.find_elements(By.CSS_SELECTOR, "#phone-000413aabbcc .badge.asked"))
        assert owner.first_selected_option.get_attribute("value") == "e202"

        chromium.find_element(By.CSS_SELECTOR, "#phone-805ec0000201 form.assign button").click()
        waiting.until(lambda d: d.find_elements(By.CSS_SELECTOR, ".notice.good"))
        services.show_phones(a_phone_view(state="registered", extension_id="e202"))
        waiting.until(lambda d: d.find_elements(By.CSS_SELECTOR, "#phone-805ec0000201 .badge.registered"))
        waiting.until(lambda d: len(d.find_elements(By.CSS_SELECTOR, "#phones > li")) == 1)
    finally:
        site.close()

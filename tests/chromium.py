"""A real Chromium for the tests of the pages: its start, the width of a page, and pictures of it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium import webdriver

WIDTHS = (1280, 390)
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


@contextmanager
def running_chromium(profile: Path) -> Iterator[webdriver.Chrome]:
    """Start a browser with an empty profile of its own, and end it."""
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in (*_FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))
    try:
        yield driver
    finally:
        driver.quit()


def size(driver: webdriver.Chrome, width: int) -> None:
    """Make the page exactly this wide; a headless window has a least width, emulation has none."""
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 850, "deviceScaleFactor": 1, "mobile": width < 600},
    )


def check_and_keep(driver: webdriver.Chrome, picture: Path) -> None:
    """Assert that nothing is wider than the screen and no control too small to touch; keep a picture."""
    too_wide = driver.execute_script(
        # Not innerWidth: a phone's browser makes it as wide as the page.
        "const width = document.documentElement.clientWidth;"
        "return document.documentElement.scrollWidth > width ? [...document.querySelectorAll('body *')]"
        ".filter((part) => part.getBoundingClientRect().right > width + 1)"
        ".map((part) => part.outerHTML.slice(0, 120)) : []"
    )
    assert too_wide == [], picture.name
    too_small = driver.execute_script(
        "const controls = 'button, a.button, input:not([type=hidden]):not([type=checkbox]), select, textarea';"
        "return [...document.querySelectorAll(controls)]"
        ".filter((part) => part.offsetParent && part.getBoundingClientRect().height < 43.9)"
        ".map((part) => part.outerHTML.slice(0, 120))"
    )
    assert too_small == [], picture.name
    height = driver.execute_script("return document.documentElement.scrollHeight")
    data = driver.execute_cdp_cmd(
        "Page.captureScreenshot",
        {
            "captureBeyondViewport": True,
            "clip": {"x": 0, "y": 0, "width": driver.execute_script("return innerWidth"), "height": height, "scale": 1},
        },
    )["data"]
    picture.write_bytes(base64.b64decode(data))

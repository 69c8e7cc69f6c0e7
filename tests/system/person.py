"""A person at a browser: reads, types and presses what stands on the page, and waits for what it says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

from appliance.words.texts import text
from tests.chromium import WIDTHS, check_and_keep, size

_PATIENCE_SECONDS = 10.0


class Person:
    """Somebody who reads Dutch, at the console of a box."""

    def __init__(self, driver: webdriver.Chrome, address: str, pictures: Path) -> None:
        self.driver = driver
        self.address = address
        self._pictures = pictures
        self._pictures_taken = 0
        size(driver, WIDTHS[0])

    def read(self) -> str:
        """Return what the page says."""
        return self.driver.find_element(By.TAG_NAME, "body").text

    def wait_for(self, is_so: Callable[[], object], seconds: float = _PATIENCE_SECONDS, what: str = "") -> None:
        """Wait until the page is so; a part that is replaced meanwhile is looked for again."""
        waiting = WebDriverWait(self.driver, seconds, 0.1, (NoSuchElementException, StaleElementReferenceException))
        waiting.until(lambda _: is_so(), what or self.read())

    def find(self, selector: str) -> WebElement:
        """Return the one part of the page."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def find_all(self, selector: str) -> list[WebElement]:
        """Return all such parts of the page."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def fill_in(self, **fields: str) -> None:
        """Write these in the fields, in place of what stands there."""
        for name, words in fields.items():
            field = self.find(f"main [name={name}]")
            if field.tag_name == "select":
                Select(field).select_by_value(words)
            else:
                field.clear()
                field.send_keys(words)

    def choose_in_row(self, row: str, value: str, words: str) -> None:
        """Choose a value in a row of a list that changes by itself, and press the row's button."""

        def chosen() -> bool:
            Select(self.find(f"{row} select")).select_by_value(value)
            return True

        self.wait_for(chosen)
        self.press(words, within=row)

    def press(self, words: str, within: str = "main", seconds: float = _PATIENCE_SECONDS) -> None:
        """Press the button or link with these words, and wait for the page it leads to."""
        before = self.find("html")
        self._touch(words, f"{within} button, {within} a")
        self.wait_for(lambda: self.find("html") != before and self._is_there(), seconds, f"{words!r} leads nowhere")

    def unfold(self, words: str) -> None:
        """Open the part of the page that is folded under these words."""
        self._touch(words, "main summary")

    def keep_picture(self, name: str) -> None:
        """Keep pictures of the page, wide and narrow, and check that nothing is cut off."""
        self._pictures_taken += 1
        for width in reversed(WIDTHS):
            size(self.driver, width)
            check_and_keep(self.driver, self._pictures / f"wizard-{self._pictures_taken:02}-{name}-{width}.png")

    def _is_there(self) -> bool:
        """The page is loaded, and is not one that only waits for something."""
        is_loaded = self.driver.execute_script("return document.readyState === 'complete'")
        return bool(is_loaded) and not self.find_all("[data-job]")

    def _touch(self, words: str, selector: str) -> None:
        def touched() -> bool:
            wanted = [part for part in self.find_all(selector) if part.text.strip() == words]
            if wanted:
                wanted[0].click()
            return bool(wanted)

        self.wait_for(touched, what=f"nothing called {words!r} to press")


def dutch(key: str, /, **facts: str) -> str:
    """Return a text as this person reads it."""
    return text(key, "nl", **facts)

"""A box on loopback as it is after its first boot, and browsers at its pages: the real use cases, no switch."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from appliance.cli.main import main
from appliance.operations.box import Box
from appliance.operations.composition import operations_of
from appliance.operations.edges import now, own_edges
from tests.edges.lan import FakeLan
from wizard.app import create_app

USER_NAME = "sandra"
PASSWORD = "vier woorden na elkaar"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class ConsoleBox:
    """One box; `later` moves the clock that its console reads."""

    def __init__(self, root: Path, switch_root: Path) -> None:
        address = ["--interface", "lo", "--address", "127.0.0.1/8", "--switch-root", str(switch_root)]
        assert main(["--root", str(root), "first-boot", *address]) == 0
        self.later = timedelta(0)
        self.box = Box(root, replace(own_edges(root), clock=self.moment, lan=FakeLan()))
        self.operations = operations_of(self.box)
        self.app = create_app(self.operations, session_key=b"k" * 32)

    def moment(self) -> datetime:
        """The console's clock."""
        return now() + self.later

    @property
    def code(self) -> str:
        """The claim code on the screen."""
        return self.box.paths.claim_code.read_text().strip()

    def browser(self) -> Browser:
        """A browser without a session."""
        return Browser(self.app.test_client())

    def administrator(self) -> Browser:
        """A browser of the administrator, who claims the box if nobody has."""
        browser = self.browser()
        if self.operations.accounts.is_claimed():
            fields = {"user_name": USER_NAME, "password": PASSWORD}
            assert browser.send("/login", fields).status_code == 303
        else:
            fields = {"code": self.code, "user_name": USER_NAME, "password": PASSWORD}
            assert browser.send("/claim", fields).status_code == 303
        return browser

    def kept(self) -> list[object]:
        """Everything that the console keeps: each table whole, and the window for phones."""
        with self.box.engine.connect() as connection:
            tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
            rows = [(table, connection.exec_driver_sql(f"SELECT * FROM {table}").all()) for table in sorted(tables)]
        enrolment = self.box.paths.enrolment
        return [*rows, enrolment.read_bytes() if enrolment.exists() else b"", self.box.paths.claim_code.exists()]


class Browser:
    """Flask's client that fills in forms with the token that stands in them."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def token(self, page: str) -> str:
        """The token of the forms of a page."""
        found = _TOKEN.search(self.client.get(page).text)
        assert found is not None, page
        return found[1]

    def send(self, path: str, fields: Mapping[str, str] | None = None, *, page: str = "", **given: str) -> TestResponse:
        """Send a form that stands on `page` (on `path`, if it is its own page); `given` are headers."""
        data = {"csrf_token": self.token(page or path), **(fields or {})}
        headers = {name.replace("_", "-"): value for name, value in given.items()}
        return self.client.post(path, data=data, headers=headers)

    @property
    def cookie(self) -> str:
        """The session cookie, as somebody else could copy it."""
        held = self.client.get_cookie("belbox")
        assert held is not None
        return str(held.value)

    def hold(self, cookie: str) -> None:
        """Put a copied cookie into this browser."""
        self.client.set_cookie("belbox", cookie)

"""A person at the pages, by Flask's own client: fills in forms with the token that stands in them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.edges.edged_box import PASSWORD, USER_NAME, EdgedBox

JOBS = "/jobs/"
LONGEST_JOB_SECONDS = 60.0
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Person:
    """One browser."""

    def __init__(self, box: EdgedBox, *, logged_in: bool = True) -> None:
        self.box = box
        self.client: FlaskClient = box.app().test_client()
        if logged_in:
            answer = self.send("/login", {"user_name": USER_NAME, "password": PASSWORD})
            assert answer.status_code == 303

    def see(self, path: str) -> str:
        """Return the text of a page that must be there."""
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def send(self, path: str, fields: Mapping[str, str] | None = None, *, page: str | None = None) -> TestResponse:
        """Send a form that stands on `page` (on `path`, if it is its own page)."""
        token = _TOKEN.search(self.client.get(page or path).text)
        assert token is not None
        return self.client.post(path, data={"csrf_token": token[1], **(fields or {})})

    def send_and_wait(self, path: str, *, page: str) -> str:
        """Press a button that begins a job, wait until that is over, and return the page that says what came of it.

        A job that takes longer than a page waits has a page of its own, which leads back once it is over.
        """
        where = str(self.send(path, page=page).headers["Location"])
        if where.startswith(JOBS):
            job = self.box.operations.jobs.job(where.removeprefix(JOBS))
            assert job is not None
            self.box.operations.jobs.wait_until_over(job, LONGEST_JOB_SECONDS)
        return self.client.get(where, follow_redirects=True).text

    def send_and_follow(self, path: str, fields: Mapping[str, str] | None = None, *, page: str | None = None) -> str:
        """Send a form and return the text of the page it leads to."""
        answer = self.send(path, fields, page=page)
        assert answer.status_code == 303, (path, answer.status_code)
        return self.see(answer.headers["Location"])

"""Somebody at the console of a running box, by plain HTTP: logs in, and fills in the forms that stand on its pages."""

from __future__ import annotations

import re
import secrets
import urllib.parse
import urllib.request
from collections.abc import Mapping
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError

from tests.page_forms import form_of

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_SECONDS = 30  # an apply on a busy machine
USER_NAME, PASSWORD = "sandra", "vier woorden na elkaar"


class ConsoleVisitor:
    """One browser without scripts."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def claim(self, code_file: Path) -> None:
        """Make the account of a box that nobody has claimed, and be logged in."""
        token = _TOKEN.search(self.see("/claim"))
        assert token is not None
        fields = {"code": code_file.read_text().strip(), "user_name": USER_NAME, "password": PASSWORD}
        self._send("/claim", {"csrf_token": [token[1]], **{name: [value] for name, value in fields.items()}})

    def see(self, path: str) -> str:
        """Return the text of a page."""
        return self.fetch(path).decode()

    def fetch(self, path: str) -> bytes:
        """Return what stands at an address."""
        with self._opener.open(self._address + path, timeout=_SECONDS) as answer:
            content: bytes = answer.read()
            return content

    def fill_in(self, path: str, fields: Mapping[str, str] | Mapping[str, list[str]]) -> str:
        """Send the form of an object as it stands, with these fields filled in; return the page it leads to."""
        given = {name: [value] if isinstance(value, str) else value for name, value in fields.items()}
        return self._send(path, form_of(self.see(path)) | given)

    def build(self, path: str, do: str, fields: Mapping[str, list[str]]) -> dict[str, list[str]]:
        """Press a button that adds a row; return the form as it stands then."""
        return form_of(self._send(path, dict(fields) | {"do": [do]}))

    def send(self, path: str, fields: Mapping[str, list[str]]) -> str:
        """Send a form that has been built; return the page it leads to."""
        return self._send(path, fields)

    def press(self, path: str, page: str, fields: Mapping[str, str] | None = None) -> str:
        """Press a button whose form goes to `path` and stands on `page`."""
        token = _TOKEN.search(self.see(page))
        assert token is not None
        given = {name: [value] for name, value in (fields or {}).items()}
        return self._send(path, {"csrf_token": [token[1]], **given})

    def give(self, path: str, page: str, file: Path) -> str:
        """Upload a file by the form on `page`; return the page it leads to."""
        token = _TOKEN.search(self.see(page))
        assert token is not None
        edge = secrets.token_hex(16)
        head = f'--{edge}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token[1]}\r\n--{edge}\r\n'
        head += f'Content-Disposition: form-data; name="file"; filename="{file.name}"\r\n\r\n'
        body = head.encode() + file.read_bytes() + f"\r\n--{edge}--\r\n".encode()
        form = {"Content-Type": f"multipart/form-data; boundary={edge}"}
        asked = urllib.request.Request(self._address + path, body, form)
        with self._opener.open(asked, timeout=_SECONDS) as answer:
            text: str = answer.read().decode()
            return text

    def _send(self, path: str, fields: Mapping[str, list[str]]) -> str:
        body = urllib.parse.urlencode(fields, doseq=True).encode()
        try:
            with self._opener.open(self._address + path, body, timeout=_SECONDS) as answer:
                text: str = answer.read().decode()
                return text
        except HTTPError as refused:
            with refused:
                said = re.findall(r'<ul class="faults"[^>]*>(.*?)</ul>', refused.read().decode(), re.DOTALL)
            raise AssertionError((path, refused.code, said)) from None

"""Fetching files as the phone does: TFTP, HTTP and HTTPS by curl, each request noted with its outcome."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

SECONDS_FOR_ONE_FILE = 20
FIRST_PART_BYTES = 16
_CURL_TFTP_NOT_FOUND = 68
_SCHEMES = ("tftp", "http", "https")


class FetchFailed(Exception):  # noqa: N818  (named for what it says)
    """The server could not be asked (no connection, no trust, its own fault); the phone tries again later."""


@dataclass(frozen=True, kw_only=True)
class Trust:
    """What the phone believes of an HTTPS server."""

    authority: Path | None  # PEM file
    demands_authority: bool


class Fetcher:
    """Fetches with the brand's User-Agent; `asked` tells every request and what came of it."""

    def __init__(self, user_agent: str) -> None:
        self.user_agent = user_agent
        self.trust = Trust(authority=None, demands_authority=True)
        self.credentials: tuple[str, str] | None = None
        self.asked: list[dict[str, str | int]] = []
        self.history: list[str] = []  # every URL since the phone was plugged in

    def get(self, url: str, *, part: str = "", agent: str = "") -> bytes | None:
        """The content, or None when the server says that there is no such file. Raises FetchFailed.

        `part`: bytes, as in a Range header; a server that gives the whole instead has not understood.
        """
        self.history.append(url)
        scheme = urlsplit(url).scheme
        if scheme not in _SCHEMES:
            raise self._failed(url, f"cannot fetch by {scheme or 'nothing'}")
        with tempfile.NamedTemporaryFile(prefix="fetched-") as content:
            ended = subprocess.run(
                [
                    *self._command(scheme, agent),
                    *(("--range", part) if part else ()),
                    "--output",
                    content.name,
                    "--",
                    url,
                ],
                capture_output=True,
                text=True,
                timeout=SECONDS_FOR_ONE_FILE + 5,
                check=False,
            )
            received = Path(content.name).read_bytes()
        status = ended.stdout.strip()
        if scheme == "tftp":
            status = {0: "200", _CURL_TFTP_NOT_FOUND: "404"}.get(ended.returncode, "0")
        if ended.returncode not in (0, _CURL_TFTP_NOT_FOUND) or status.startswith(("0", "5")):
            raise self._failed(url, ended.stderr.strip() or f"status {status}")
        self.asked.append({"url": url, "result": status, "bytes": len(received)})
        return received if status == ("206" if part else "200") else None

    def get_in_two(self, url: str) -> bytes | None:
        """A large file, the second part by a request of its own; by TFTP as a whole."""
        if urlsplit(url).scheme == "tftp":
            return self.get(url)
        first = self.get(url, part=f"0-{FIRST_PART_BYTES - 1}")
        second = self.get(url, part=f"{FIRST_PART_BYTES}-") if first is not None else None
        return None if first is None or second is None else first + second

    def _command(self, scheme: str, agent: str) -> list[str]:
        command = ["curl", "--silent", "--show-error", "--user-agent", agent or self.user_agent, "--noproxy", "*"]
        command += ["--max-time", str(SECONDS_FOR_ONE_FILE), "--write-out", "%{http_code}", "--globoff"]
        command += ["--location", "--max-redirs", "5"]
        if scheme == "https" and self.trust.authority is not None:
            command += ["--cacert", str(self.trust.authority)]
        elif scheme == "https" and not self.trust.demands_authority:
            command.append("--insecure")
        if scheme != "tftp":
            command.append("--anyauth")  # a phone asks without a password first
            if self.credentials is not None:
                command += ["--user", ":".join(self.credentials)]
        return command

    def _failed(self, url: str, reason: str) -> FetchFailed:
        self.asked.append({"url": url, "result": reason, "bytes": 0})
        return FetchFailed(f"{url}: {reason}")

"""The API does as its OpenAPI document says, whatever is sent to it: schemathesis over a served box."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from waitress.server import create_server  # type: ignore[import-untyped]  # has no types

from appliance.operations.api_keys import Scope
from tests.edges.edged_box import EdgedBox, MakeBox
from tests.golden.offices import golden
from wizard.api.schema import document

# What an office does not allow is refused although its form is right: who is named must be there, say.
SETTINGS = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", 401, 403, 404, 412, 422, 503]

[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 412, 415, 422]
"""
# They never end, or reach for a LAN that is not there.
NOT_ASKED = "/events$|/lan/|/test$|backup-test|/ring$|/tell$|/jobs/"


@pytest.fixture
def served(make_box: MakeBox) -> Iterator[tuple[EdgedBox, int]]:
    """A box with the office of a manual, and the port where it is served."""
    box: EdgedBox = make_box(golden("helpdesk"))
    server = create_server(box.app(), listen="127.0.0.1:0", threads=8)
    threading.Thread(target=server.run, daemon=True).start()
    yield box, server.effective_port
    server.close()


@pytest.mark.slow
@pytest.mark.feature("H12")
@pytest.mark.parametrize("scope", list(Scope))
def test_whatever_is_sent_is_answered_as_the_document_says(
    served: tuple[EdgedBox, int], tmp_path: Path, scope: Scope
) -> None:
    box, port = served
    token = box.operations.api_keys.make("A program", scope, author="sandra")
    (tmp_path / "api.json").write_text(json.dumps(document("en")))
    (tmp_path / "schemathesis.toml").write_text(SETTINGS)
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", "schemathesis.toml", "run", "api.json"]
    command += ["--url", f"http://127.0.0.1:{port}", "--header", f"Authorization: Bearer {token}", "--no-color"]
    command += [
        "--exclude-path-regex",
        NOT_ASKED,
        "--phases",
        "coverage,fuzzing",
        "--max-examples",
        "20",
        "--seed",
        "1",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=1800)
    summary = done.stdout[done.stdout.find("= SUMMARY") :]
    print(summary)
    assert done.returncode == 0, done.stdout[-6000:]
    assert "generated" in summary

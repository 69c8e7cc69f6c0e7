"""What all tests share: the virtual office, and the switch root it needs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import run
from tests.edges.edged_box import EdgedBox, MakeBox, start_for_the_first_time
from tests.virtual_office.lab import VirtualOffice, missing_for_namespaces
from tests.virtual_office.units import CHECKOUT


@pytest.fixture(scope="session")
def switch_root() -> Path:
    """Asterisk's own root, built by ./belbox."""
    root = Path(os.environ.get("BELBOX_SWITCH_ROOT", CHECKOUT / "var" / "switch-root"))
    if not (root / "usr/sbin/asterisk").exists():
        pytest.skip("no switch root here: ./belbox builds it as root")  # an ordinary user's machine has none
    return root


@pytest.fixture(scope="session")
def needs_namespaces() -> None:
    """Skip where the machine refuses namespaces (layer L0): nothing of the virtual office can be had there."""
    if reason := missing_for_namespaces():
        pytest.skip(reason)  # no unshare, or a machine that refuses namespaces


@pytest.fixture(scope="session")
def needs_speech() -> None:
    """Skip where the two programs that speak are not installed (./belbox installs them)."""
    if missing := [program for program in ("espeak-ng", "sox") if shutil.which(program) is None]:
        pytest.skip(f"not installed here: {', '.join(missing)}")  # a machine without ./belbox's packages


@pytest.fixture(scope="module")
def make_office(
    needs_namespaces: None, switch_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], VirtualOffice]]:
    """Make virtual offices in folders of their own; they are stopped when the module is over."""
    made: list[VirtualOffice] = []

    def make() -> VirtualOffice:
        folder = tmp_path_factory.mktemp("office")
        office = VirtualOffice(folder / "lab", folder / "box", switch_root)
        made.append(office)
        return office

    yield make
    for office in made:
        office.stop()


@pytest.fixture(scope="session")
def started_box(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A box as its first start leaves it."""
    root = tmp_path_factory.mktemp("started") / "box"
    start_for_the_first_time(root)
    return root


@pytest.fixture
def make_box(started_box: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeBox]:
    """Make boxes with fake edges, each below a folder of its own; see EdgedBox for what may be given."""
    made: list[EdgedBox] = []

    def make(*given: Any, **named: Any) -> EdgedBox:
        box = EdgedBox(started_box, tmp_path_factory.mktemp("edged"), *given, **named)
        made.append(box)
        return box

    yield make
    for box in made:
        box.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put long files first; tell every report the rows of the feature inventory that its test proves (`--features`)."""
    places = {name: place for place, name in enumerate(run.LONGEST_FIRST)}
    here = Path(__file__).parent
    items.sort(key=lambda item: places.get(str(item.path.relative_to(here)), len(places)))
    for item in items:
        marks = list(item.iter_markers("feature"))
        rows = {row for mark in marks for row in mark.args}
        by_page = {row for mark in marks for row in mark.args if mark.kwargs.get("by") == "page"}
        item.user_properties.append(("features", " ".join(sorted(rows))))
        item.user_properties.append(("by page", " ".join(sorted(by_page))))

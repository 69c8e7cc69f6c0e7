"""Which first file answers which name."""

from __future__ import annotations

import pytest

from provisioning.phone_profile import BoxAddress
from provisioning.servers.boot_files import BootFiles

FILES = BootFiles(BoxAddress(ip="192.0.2.10"))


@pytest.mark.feature("G4")
@pytest.mark.parametrize(
    "name", ["y000000000000.boot", "y000000000108.boot", "805ec0000001.boot", "Y000000000000.BOOT"]
)
def test_a_yealink_never_finds_a_boot_file(name: str) -> None:
    """A boot file hides the common file and the phone's own; product number 0 is a model (T28P) and no boot file."""
    assert FILES.find(name) is None
    common = FILES.find("y000000000000.cfg")
    assert common is not None
    assert common.name == "y000000000000.cfg"

"""One line for the console of a box's switch: `python -m tests.virtual_office.switch_console ROOT LINE`."""

from __future__ import annotations

import sys
from pathlib import Path

from appliance.asterisk.manager_interface import ManagerInterface
from appliance.operations.box import Box


def main() -> int:
    """Print what the switch prints."""
    _, root, line = sys.argv
    with ManagerInterface(Box(Path(root)).manager) as manager:
        print(manager.command(line))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The employees: added, changed, pasted as a list, removed."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.changes import extensions
from appliance.changes.outcome import Outcome
from appliance.operations.box import Box


@dataclass(frozen=True, slots=True)
class Employees:
    """The employees of one box. Texts go in as typed; a problem's `where` is the name of the argument."""

    box: Box

    def save(self, *, extension_id: str, name: str, number: str, author: str) -> Outcome:
        """Add (empty id) or change one; everybody is in the ring group that the company number rings."""
        return extensions.save_employee(
            self.box.changer(author), self.box.new_secrets, extension_id=extension_id, name=name, number=number
        )

    def paste(self, text: str, *, author: str) -> Outcome:
        """Add one a line: `201 Jan Jansen`, or `Jan Jansen;201`; a problem's `where` is `line N`."""
        return extensions.paste_employees(self.box.changer(author), self.box.new_secrets, text)

    def remove(self, extension_id: str, *, author: str) -> Outcome:
        """Remove one; what pointed to them points to nobody, and their phone is free again."""
        return extensions.remove_employee(self.box.changer(author), extension_id)

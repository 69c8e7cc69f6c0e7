"""Keys with which programs use this box."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.office.names import check_name
from appliance.office.problems import InvalidValueError, Problem
from appliance.operations.box import Box
from appliance.storage.api_keys import ApiKey as ApiKey
from appliance.storage.api_keys import ApiKeyStore
from appliance.storage.api_keys import Scope as Scope


@dataclass(frozen=True, slots=True)
class ApiKeys:
    """The keys of one box."""

    box: Box

    def all(self) -> tuple[ApiKey, ...]:
        """Return every key, the newest first."""
        return self._store.all()

    def make(self, name: str, scope: Scope, *, author: str) -> str | tuple[Problem, ...]:
        """Make a key for a program and return it, the only time that it can be seen. Field: name."""
        try:
            checked = check_name(name)
        except InvalidValueError as fault:
            return (fault.at("name"),)
        return self._store.make(checked, scope, author, self.box.now())

    def of(self, token: str) -> ApiKey | None:
        """Return whose key this is; None for one that was removed or never was."""
        return self._store.of(token)

    def remove(self, key_id: int) -> None:
        """End a key, from this moment."""
        self._store.remove(key_id)

    @property
    def _store(self) -> ApiKeyStore:
        return ApiKeyStore(self.box.engine)

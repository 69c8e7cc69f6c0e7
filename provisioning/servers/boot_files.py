"""The first files of every brand and model, by name: what TFTP and /boot/ may give to anybody."""

from __future__ import annotations

from provisioning.drivers import ALL_DRIVERS
from provisioning.drivers.driver import ProvisionedFile, UnknownModel
from provisioning.phone_profile import BoxAddress


class BootFiles:
    """A map made once; a name that is not in it does not exist, whatever lies on the disk."""

    def __init__(self, box: BoxAddress) -> None:
        self._files = {
            file.name.casefold(): file
            for driver in ALL_DRIVERS
            for model in driver.models
            for file in driver.first_files(box, model.name)
        }
        for file in self._files.values():
            if file.secret:
                raise ValueError(f"{file.name} is secret and may not be given out without encryption")

    def find(self, name: str, user_agent: str = "") -> ProvisionedFile | None:
        """Return the file asked for, or None.

        Folders before the name do not count (some Grandstream phones add one), nor does case, nor the
        regional suffix of a model's name.
        """
        name = name.replace("\\", "/").rsplit("/", 1)[-1]
        if file := self._files.get(name.casefold()):
            return file
        for driver in ALL_DRIVERS:
            asked = driver.mac_and_model_asked(name, user_agent)
            if asked and asked.mac is None and asked.model:
                try:
                    own_name = driver.model(asked.model).name
                except UnknownModel:
                    continue
                for file in self._files.values():
                    named = driver.mac_and_model_asked(file.name, "")
                    if named and named.model == own_name:
                        return file
        return None

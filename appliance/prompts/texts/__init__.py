"""What the switch says, as text: one TOML file per language, sound name -> text."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from appliance.office.country import Language

OWN = "belbox/"  # the names that are ours begin with this; all others are Asterisk's


def load_texts(language: Language) -> Mapping[str, str]:
    """Return the texts of the sounds that are spoken in a language: sound name without suffix -> text."""
    with Path(__file__).with_name(f"{language}.toml").open("rb") as file:
        return tomllib.load(file)

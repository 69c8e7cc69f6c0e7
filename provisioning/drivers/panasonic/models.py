"""Panasonic models: what each can do."""

from __future__ import annotations

from provisioning.drivers.driver import PhoneModel

MODELS = (PhoneModel(name="KX-HDV230", accounts=6, line_keys=24),)

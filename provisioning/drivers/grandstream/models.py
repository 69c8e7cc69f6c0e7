"""Grandstream models: what each can do."""

from __future__ import annotations

from provisioning.drivers.driver import PhoneModel

MODELS = (PhoneModel(name="GRP2614", accounts=4, line_keys=16),)

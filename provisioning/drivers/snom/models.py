"""Snom models: what each can do."""

from __future__ import annotations

from provisioning.drivers.driver import PhoneModel

MODELS = (PhoneModel(name="D785", also=("snomD785",), accounts=12, line_keys=24),)

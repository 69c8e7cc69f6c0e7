"""Yealink models: what each can do. Product numbers name the common file (SOURCES.md)."""

from __future__ import annotations

from dataclasses import dataclass

from provisioning.drivers.driver import PhoneModel


@dataclass(frozen=True, slots=True, kw_only=True)
class YealinkModel(PhoneModel):
    """`product_number` stands, with leading zeros, in the name of the file all phones of a model ask for."""

    product_number: int

    @property
    def common_file(self) -> str:
        """The file every phone of this model asks for before its own."""
        return f"y{self.product_number:012}.cfg"


MODELS = (YealinkModel(name="SIP-T46U", also=("T46U",), accounts=16, line_keys=27, product_number=108),)

"""The modules by which the switch speaks each codec that an office can choose: none is on offer without them."""

from __future__ import annotations

from typing import assert_never

from appliance.office.trunk import Codec


def codec_modules() -> tuple[str, ...]:
    """Return the modules of every codec."""
    return tuple(dict.fromkeys(module for codec in Codec for module in _modules_of(codec)))


def _modules_of(codec: Codec) -> tuple[str, ...]:
    match codec:
        case Codec.G722:
            return ("codec_g722",)
        case Codec.ALAW:
            return ("codec_alaw", "codec_a_mu")
        case Codec.ULAW:
            return ("codec_ulaw", "codec_a_mu")
        case Codec.OPUS:
            return ("codec_opus_open_source", "res_format_attr_opus")
        case Codec.GSM:
            return ("codec_gsm",)
        case _:
            assert_never(codec)

"""Answers that are no pages: a QR code, a recording."""

from __future__ import annotations

import io

import segno
from flask import Response, abort


def qr_code(text: str) -> Response:
    """Return a text as a QR code (ISO/IEC 18004)."""
    picture = io.BytesIO()
    segno.make(text, error="m", micro=False).save(picture, kind="svg", scale=4, border=2)
    return Response(picture.getvalue(), content_type="image/svg+xml")


def recording(wav: bytes | None) -> Response:
    """Return a recording; a page that is not there where there is none."""
    if wav is None:
        abort(404)
    return Response(wav, mimetype="audio/wav")

"""Voicemail of the office, to be listened to in the browser."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue

from wizard.current import office, operations

pages = Blueprint("messages", __name__, url_prefix="/messages")


@pages.get("")
def page() -> ResponseReturnValue:
    """Show the boxes of the office and what is in them."""
    return render_template("messages.html", boxes=operations().messages.boxes(office()))


@pages.get("/<box>/<message>.wav")
def sound(box: str, message: str) -> ResponseReturnValue:
    """Return a message."""
    found = operations().messages.sound(office(), box, message)
    if found is None:
        abort(404)
    return Response(found, mimetype="audio/wav", headers={"Cache-Control": "no-store"})

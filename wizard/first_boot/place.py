"""Step 2: the language, and where the office is."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

pages = Blueprint("place", __name__, url_prefix="/setup")


@pages.get("/place")
def page() -> ResponseReturnValue:
    """Ask for it."""
    return render_template("home.html")

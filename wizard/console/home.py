"""The first page after the wizard: what is so now."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

pages = Blueprint("home", __name__)


@pages.get("/")
def page() -> ResponseReturnValue:
    """Show it."""
    return render_template("home.html")

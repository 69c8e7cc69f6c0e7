"""Any SIP phone or softphone set up by hand: what to type, as text and as a QR code (E12)."""

from __future__ import annotations

import io

import segno
from flask import Blueprint, abort, make_response, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from appliance.office.extension import Extension, SecureCalling
from appliance.office.voicemail import LISTEN_NUMBER
from provisioning.phone_profile import BoxAddress
from wizard.current import office, operations

pages = Blueprint("by_hand", __name__, url_prefix="/by-hand")


@pages.get("/<extension_id>")
def page(extension_id: str) -> ResponseReturnValue:
    """Show the settings; the password only when it is asked for."""
    person = _person(extension_id)
    settings = settings_of(person, operations().network.address())
    return render_template("by_hand.html", person=person, settings=settings, shown=False)


@pages.post("/<extension_id>")
def show(extension_id: str) -> ResponseReturnValue:
    """Show the password too, on a page that nobody keeps."""
    person = _person(extension_id)
    settings = settings_of(person, operations().network.address())
    settings["password"] = person.sip_password.reveal()
    answer = make_response(
        render_template("by_hand.html", person=person, settings=settings, shown=True, picture=_picture(settings))
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _person(extension_id: str) -> Extension:
    try:
        return office().extension(extension_id)
    except KeyError:
        abort(404)


def settings_of(person: Extension, box: BoxAddress) -> dict[str, str]:
    """Return all but the password by the name of its text, in the order in which phones ask for them."""
    is_secure = person.secure_calling is SecureCalling.ALWAYS
    settings = {
        "server": box.ip,
        "port": str(box.sip_tls_port if is_secure else box.sip_port),
        "transport": "TLS" if is_secure else "UDP",
        "media": "SRTP (SDES)" if is_secure else "RTP",
        "user": person.sip_user,
        "display": person.name,
        "voicemail": LISTEN_NUMBER,
    }
    return settings | {"authority": box.ca_url} if is_secure else settings


def _picture(settings: dict[str, str]) -> Markup:
    """A QR code (ISO/IEC 18004) of one address and one password, a line each: no form of it is a standard."""
    address = (
        f"sip:{settings['user']}@{settings['server']}:{settings['port']};transport={settings['transport'].lower()}"
    )
    drawn = io.BytesIO()
    segno.make(f"{address}\n{settings['password']}", error="m", micro=False).save(
        drawn, kind="svg", scale=5, border=4, light="#ffffff", xmldecl=False
    )
    return Markup(drawn.getvalue().decode())

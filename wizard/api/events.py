"""What goes on, for programs: JSON by Server-Sent Events, each piece when it is another than before."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from flask import Response

from appliance.operations.api_keys import ApiKey
from appliance.operations.live import LiveOffice
from wizard.current import operations
from wizard.live import WAIT_SECONDS, stream_of

Piece = tuple[str, str]  # the kind of an event, and which one: ("line", "line1")


def stream(key: ApiKey) -> Response:
    """Send all pieces now, and each again when it changes; a piece that is gone has `"is_gone": true`."""
    sent: dict[Piece, Mapping[str, object]] = {}

    def events() -> Iterator[str]:
        now = _pieces(operations().live.now())
        for piece in sent.keys() - now.keys():
            yield _event(piece[0], {"id": piece[1], "is_gone": True})
        for piece, value in now.items():
            if sent.get(piece) != value:
                yield _event(piece[0], value)
        sent.clear()
        sent.update(now)

    keys = operations().api_keys
    return stream_of(
        events,
        wait=lambda: operations().live.wait_for_change(WAIT_SECONDS),
        is_let_in=lambda: any(one.id == key.id for one in keys.all()),
    )


def _pieces(live: LiveOffice) -> dict[Piece, Mapping[str, object]]:
    pieces: dict[Piece, Mapping[str, object]] = {
        ("switch", ""): {"answers": live.switch_answers},
        ("calls", ""): {"count": live.calls},
        ("revision", ""): {"newest": live.revision, "is_in_force": not live.unapplied_changes},
    }
    for line in live.lines:
        pieces["line", line.id] = {"id": line.id, "state": line.state}
    for phone in live.phones:
        pieces["phone", str(phone.mac)] = {
            "id": str(phone.mac),
            "state": phone.state,
            "extension": phone.extension_id,
            "address": phone.address,
        }
    return pieces


def _event(kind: str, value: Mapping[str, object]) -> str:
    return f"event: {kind}\ndata: {json.dumps(value)}\n\n"

"""Call park: a transfer to 0 and the slot parks there, the slot's number fetches, a forgotten call comes back."""

from __future__ import annotations

from appliance.compiler.dialplan_text import Context, DialplanExtension, Do
from appliance.compiler.object_names import PARKING_LOT, subject_place
from appliance.office.call_path.building import Building
from appliance.office.office import Office
from appliance.office.parking import PARK_PREFIX

TIMEOUT_CONTEXT = "parking-timeout"


def contexts(office: Office) -> list[Context]:
    """Return the slots, and where a call goes that nobody fetched; empty contexts without parking."""
    parking = office.parking
    if parking is None:
        return [Context("parking", (), "No call park")]
    extensions = []
    for slot in parking.slots():
        park = (
            Do("Set", f"PARKINGEXTEN={slot}"),
            # Who parks: by a transfer its name is known, by dialling it is the caller.
            Do("Set", '__PARKED_BY=${IF($["${RETURN_TO}" = ""]?${EXTENSION}:${RETURN_TO})}'),
            Do("Set", "RETURN_TO="),
            Do("Park", PARKING_LOT),
        )
        extensions.append(DialplanExtension(f"{PARK_PREFIX}{slot}", park))
        fetch = (
            Do("Answer"),
            Do("ParkedCall", f"{PARKING_LOT},{slot}"),
            Do("Playback", "belbox/nothing-parked"),
            Do("Hangup"),
        )
        extensions.append(DialplanExtension(slot, fetch))
    if parking.timeout is not None:
        gone = (Do("Goto", subject_place(Building(office).subject_of(parking.timeout))),)
    else:
        gone = (Do("GotoIf", '$["${PARKED_BY}" = ""]?extension-none,s,1:extension-${PARKED_BY},s,1'),)
    return [
        Context("parking", tuple(extensions), f"Call park: {parking.name}"),
        Context(
            TIMEOUT_CONTEXT, (DialplanExtension("s", gone), DialplanExtension("_[0-9A-Za-z_].", (Do("Goto", "s,1"),)))
        ),
    ]

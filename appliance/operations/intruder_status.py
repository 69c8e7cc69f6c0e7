"""Who tries to get in, at the phones' files and at the switch, as parts of the status."""

from __future__ import annotations

from datetime import datetime, timedelta

from appliance.operations.box import Box
from appliance.operations.loud_senders import read_loud_senders
from appliance.operations.status_part import Part, PartState
from provisioning.guess_report import EVER_NEW, read_guessers

SHOWN_FOR = timedelta(days=1)


def guesses_part(box: Box) -> Part:
    """Warn for a day after the last time that somebody asked for one phone after another."""
    guessers = [guesser for guesser in read_guessers(box.paths) if box.now() - guesser.last < SHOWN_FOR]
    if not guessers:
        return Part(name="guesses", state=PartState.OK, what="guesses-none")
    last = guessers[-1]
    facts = {
        "address": last.address,
        "requests": str(last.requests),
        "day": f"{last.last:%d-%m-%Y}",
    }
    if last.address == EVER_NEW:
        return Part(name="guesses", state=PartState.WARNING, what="phones-invented", remedy="guesses-find", facts=facts)
    return Part(name="guesses", state=PartState.WARNING, what="guesses-made", remedy="guesses-find", facts=facts)


def loud_senders_part(box: Box) -> Part:
    """Warn for a day after the last time that somebody tried to get in at the switch again and again."""
    loud = [
        one
        for one in read_loud_senders(box.paths.loud_senders)
        if box.now() - datetime.fromisoformat(one.last) < SHOWN_FOR
    ]
    if not loud:
        return Part(name="loud", state=PartState.OK, what="loud-none")
    facts = {"address": ", ".join(one.address for one in loud), "requests": str(loud[-1].requests)}
    return Part(name="loud", state=PartState.WARNING, what="loud-tries", remedy="loud-find", facts=facts)

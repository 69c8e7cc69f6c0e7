"""The switch's own clock: a call file by which it runs a few steps of its dial plan every ten seconds, for ever.

Asterisk tries a call file again that was not answered (pbx_spool.c), and writes a line into it at every attempt: the
dial plan cuts those off again (dialplan/lamps.py). Needs the standard library alone: it is laid before each start.
"""

from __future__ import annotations

CLOCK = "clock"  # the context it runs
CLOCK_CHANNEL = f"Local/s@{CLOCK}/n"
CLOCK_FILE = "outgoing/clock.call"  # below the spool folder
SECONDS = 10
CALL_FILE = f"""\
Channel: {CLOCK_CHANNEL}
Application: Hangup
MaxRetries: 2000000000
RetryTime: {SECONDS}
WaitTime: 5
"""

"""The thread on which every socket of a bench lives."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

_Result = TypeVar("_Result")
ANSWER_SECONDS = 10.0


class NetworkThread:
    """An asyncio loop on a thread of its own; `do` runs a function there and waits for its result."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="switch-bench-network", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; its sockets must have been closed."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(ANSWER_SECONDS)
        self.loop.close()

    def do(self, act: Callable[[], _Result]) -> _Result:
        """Run a function on the thread and return its result; its exception is raised here."""

        async def run() -> _Result:
            return act()

        return asyncio.run_coroutine_threadsafe(run(), self.loop).result(ANSWER_SECONDS)

"""Ctrl-C as a wish to stop, so that nothing is torn in the middle of a line."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def on_interrupt(stop: Callable[[], None]) -> Iterator[None]:
    """Calls `stop` at the first Ctrl-C in the block; the next one raises KeyboardInterrupt as ever.

    `stop` runs between any two instructions of the main thread, so it may take no lock.
    """

    def handle(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 (what signal calls)
        signal.signal(signal.SIGINT, before)
        stop()

    try:
        before = signal.signal(signal.SIGINT, handle)
    except ValueError:  # not the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)

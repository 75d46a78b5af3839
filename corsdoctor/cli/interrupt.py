"""Ctrl-C, SIGTERM and SIGHUP as a request to stop, so that no line is cut off and everything that is done is reported."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, Final

from corsdoctor.cli.exit_status import ExitStatus

STATUSES: Final = {"SIGINT": ExitStatus.INTERRUPTED, "SIGTERM": ExitStatus.TERMINATED, "SIGHUP": ExitStatus.HUNG_UP}


class Interrupted:
    """The exit status for the received signal, INTERRUPTED if there was none."""

    status = ExitStatus.INTERRUPTED


@contextmanager
def on_interrupt(stop: Callable[[], None]) -> Iterator[Interrupted]:
    """Calls `stop` at the first signal in the block; a second one of its kind has its usual effect.

    A signal that is ignored, as under nohup, stays ignored. `stop` may run between any two instructions of the main
    thread, so it must not take a lock.
    """
    came, before = Interrupted(), dict[int, Any]()

    def handle(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 (what signal calls)
        signal.signal(number, before[number])
        came.status = STATUSES[signal.Signals(number).name]
        stop()

    with suppress(ValueError):  # not the main thread
        for name in STATUSES:
            number = getattr(signal, name, None)  # Windows has no SIGHUP
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.getsignal(number)
                signal.signal(number, handle)
    try:
        yield came
    finally:
        with suppress(ValueError):
            for number, handler in before.items():
                signal.signal(number, handler)

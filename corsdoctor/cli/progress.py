"""The progress of a run, on a terminal only: a bar on standard error, and the current items."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from corsdoctor.visible import visible

if TYPE_CHECKING:
    from tqdm import tqdm

_BAR: Final = "{bar:20} {n_fmt}/{total_fmt} {elapsed} {desc}"
_COUNT: Final = "{n_fmt} checked in {elapsed}, {rate_noinv_fmt}"  # without a total


class Progress:
    """A bar from 0 to `total`, or a count if that is None; nothing without a terminal. Any thread may report progress."""

    def __init__(self, total: int | None, *, shown: bool = True) -> None:
        self._lock = threading.RLock()
        self._running: list[str] = []
        self._bar: tqdm[Any] | None = None
        self._over = threading.Event()
        if shown and sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
            from tqdm import tqdm  # 60 ms to load: only if there is a terminal

            tqdm.monitor_interval = 0  # its thread is not needed
            look: dict[str, Any] = {"bar_format": _COUNT if total is None else _BAR, "dynamic_ncols": True}
            self._bar = tqdm(
                total=total, file=sys.stderr, leave=False, unit=" lines", miniters=1, mininterval=0, **look
            )
            threading.Thread(target=self._tick, name="corsdoctor-progress", daemon=True).start()

    def started(self, name: str) -> None:
        """Shows `name` as a current item."""
        with self._lock:
            self._running.append(name)
            self._show()

    def finished(self, name: str) -> None:
        """Counts `name` as done."""
        with self._lock:
            self._running.remove(name)
            if self._bar is not None:
                self._bar.n += 1
            self._show()

    def advance(self, count: int) -> None:
        """Counts `count` items as done; the bar follows within a second."""
        with self._lock:
            if self._bar is not None:
                self._bar.n += count

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Hides the bar, so that something else can be written to the terminal."""
        with self._lock:
            if self._bar is not None:
                self._bar.clear()
            yield
            self._show()

    def close(self) -> None:
        """Removes the bar."""
        self._over.set()
        with self._lock:
            if self._bar is not None:
                self._bar.close()
                self._bar = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def _tick(self) -> None:
        """Updates the elapsed seconds."""
        while not self._over.wait(1.0):
            with self._lock:
                self._show()

    def _show(self) -> None:
        if self._bar is not None:
            more = f" and {len(self._running) - 1} more" if len(self._running) > 1 else ""
            self._bar.set_description_str(visible(self._running[0]) + more if self._running else "", refresh=True)

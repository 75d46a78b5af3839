"""The connections that wait for a next request, of all hosts together: there may be more hosts than open files."""

from __future__ import annotations

import threading
from typing import Protocol


class _Connection(Protocol):
    def close_socket(self) -> None: ...


class Idle:
    """The connections that wait for a next request. Beyond a number of them, the one that waits longest is closed."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: dict[_Connection, None] = {}  # the oldest first
        self._lock = threading.Lock()

    def add(self, connection: _Connection) -> None:
        """`connection` waits from now on; its pool gets it after this."""
        with self._lock:
            self._waiting[connection] = None
            if len(self._waiting) > self._most:
                oldest = next(iter(self._waiting))
                del self._waiting[oldest]
                oldest.close_socket()  # its pool will connect it anew

    def close_oldest(self) -> None:
        """Closes the connection that waits longest, if any, so that another one can be made."""
        with self._lock:
            oldest = next(iter(self._waiting), None)
            if oldest is not None:
                del self._waiting[oldest]
                oldest.close_socket()

    def take(self, connection: _Connection) -> None:
        """`connection` is used, and not closed from here."""
        with self._lock:
            self._waiting.pop(connection, None)

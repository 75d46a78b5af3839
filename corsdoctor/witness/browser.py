"""What each driver can do with its browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from corsdoctor.errors import CorsDoctorError

SECONDS: Final = 90.0
"""How long a browser may take to start, or for one answer: Firefox takes 20 on a busy machine."""

_MOST_TABS: Final = 12


class BrowserFailed(CorsDoctorError):
    """A real browser could not be started, or did not answer."""


class Browser(Protocol):
    """A running browser. Every method raises BrowserFailed if it has ended, or does not answer in time."""

    @property
    def version(self) -> str:
        """The whole version."""

    def forget(self, *, everything: bool) -> None:
        """Drops caches, preflight results and cookies; with `everything`, all that the browser has ever seen of a server."""

    def show(self, key: str) -> bool:
        """Whether the page that `key` stands for is open still; otherwise `open` opens it next. "" is never open."""

    def open(self, url: str) -> None:
        """Opens a page, and waits until it is loaded."""

    def evaluate(self, expression: str) -> tuple[str, tuple[str, ...] | None]:
        """The value of a promise in the page that is open, and what the console said since the page was opened or the last
        value was read; None if it cannot be read. The scripts of servers run in the page too, and may replace the value.
        """

    def end(self) -> None:
        """Ends the browser with all its processes."""


class Tabs:
    """Which page each tab has open, so that a page is opened once although pages of several origins take turns."""

    def __init__(self) -> None:
        self._tabs: dict[str, str] = {}

    def of(self, key: str, new: Callable[[], str]) -> tuple[str, bool]:
        """The tab for the page of `key`, and whether it is open there still. "" is never open. `new` opens a tab.

        If there are too many pages, the latest one has to go: those that take turns come again before it does.
        """
        if key in self._tabs:
            return self._tabs[key], bool(key)
        tab = new() if len(self._tabs) < _MOST_TABS else self._tabs.popitem()[1]
        self._tabs[key] = tab
        return tab, False

    def clear(self) -> None:
        """All tabs are gone."""
        self._tabs.clear()

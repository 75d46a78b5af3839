"""The pages of requests that run on several threads, each requested once."""

from __future__ import annotations

from concurrent.futures import Future
from threading import Lock

from corsdoctor.page_request import Pages
from corsdoctor.scenario import Scenario
from corsdoctor.url import URL
from corsdoctor.wire import Send

_Key = tuple[URL, str | None]


class SharedPages:
    """Pages for several threads: a thread whose page is being requested by another one waits for that response."""

    def __init__(self, send: Send) -> None:
        self._pages = Pages(send)
        self._lock = Lock()
        self._running: dict[_Key, Future[None]] = {}

    def with_page(self, asked: Scenario) -> Scenario:
        """What Pages.with_page() returns, or raises: a failure is that of all threads that wait, and later ones try again."""
        client = asked.client
        if client is None or not client.page.unread:
            return asked
        key = (client.page.url, asked.user_agent)
        with self._lock:
            running = self._running.get(key)
            if running is None:
                own = self._running[key] = Future[None]()
        if running is not None:
            running.result()
            return self._pages.with_page(asked)
        try:
            found = self._pages.with_page(asked)
        except BaseException as e:
            own.set_exception(e)
            raise
        else:
            own.set_result(None)
            return found
        finally:
            with self._lock:
                del self._running[key]

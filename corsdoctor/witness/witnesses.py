"""The real browsers that a command asks: started when the first request comes, ended with the command."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from time import monotonic, sleep
from typing import Final, Self

from corsdoctor.diagnose import Diagnosis, Verdict, sharing
from corsdoctor.observed import End, Observation, unreadable_body
from corsdoctor.scenario import Api, Scenario
from corsdoctor.wire import Answer, Exchange, Kind, Response, Send, WireRequest, Withheld
from corsdoctor.witness.authority import Authority
from corsdoctor.witness.browser import Browser, BrowserFailed
from corsdoctor.witness.chromium import Chromium
from corsdoctor.witness.firefox import Firefox
from corsdoctor.witness.page import (
    LATER,
    PENDING_SECONDS,
    SECONDS,
    cookie_pages,
    expression,
    frames_of,
    page_of,
    refused,
)
from corsdoctor.witness.process import end_all
from corsdoctor.witness.programs import Program
from corsdoctor.witness.proxy import OWN_PATH, Proxy, Recording
from corsdoctor.witness.webkit import WebKit

_MOST_STARTS: Final = 3
"""How often a browser is started."""
_LATE_SECONDS: Final = 10.0
"""How long a request may come late that no event tells the page about."""
_DRIVERS: Final[dict[str, type[Chromium | Firefox | WebKit]]] = {
    "chromium": Chromium,
    "firefox": Firefox,
    "webkit": WebKit,
}
_KEPT: Final = frozenset({"strict-transport-security", "www-authenticate", "alt-svc", "clear-site-data", "accept-ch"})
"""Headers of responses by which a browser remembers more than caches and cookies."""


class Witnesses:
    """The browsers, which end with the context. One browser does one request at a time."""

    def __init__(self, programs: Sequence[Program], *, sandbox: bool) -> None:
        """InvalidScenario if a library is missing."""
        authority = Authority()
        self._witnesses = [_Witness(program, authority, sandbox=sandbox) for program in programs]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for witness in self._witnesses:
            witness.end()

    def observe(self, scenario: Scenario, send: Send, predicted: Mapping[str, Diagnosis]) -> tuple[Observation, ...]:
        """What each browser does with the request, of those whose name has a prediction.

        `send` answers it, and withholds what may not be sent. BrowserFailed if a browser cannot be started.
        """
        asked = [witness for witness in self._witnesses if witness.program.browser in predicted]
        pool = ThreadPoolExecutor(len(self._witnesses))
        try:
            return tuple(pool.map(lambda one: one.observe(scenario, send, predicted[one.program.browser]), asked))
        except BaseException:  # Ctrl-C: the threads must not wait for their browsers
            end_all()
            raise
        finally:
            pool.shutdown()


class _Witness:
    """One browser. It makes one request at a time."""

    def __init__(self, program: Program, authority: Authority, *, sandbox: bool) -> None:
        self.program, self._authority, self._sandbox = program, authority, sandbox
        self._lock = threading.Lock()
        self._running = ExitStack()
        self._browser: Browser | None = None
        self._proxy: Proxy | None = None
        self._starts, self._marked = 0, False

    def observe(self, scenario: Scenario, send: Send, predicted: Diagnosis) -> Observation:
        """What the browser does with the request."""
        nothing = Observation(self.program.browser, self.program.product)
        why_not = refused(scenario)
        if why_not is not None:
            return nothing._replace(missing=why_not)
        with self._lock:
            browser = self._started()
            nothing = nothing._replace(version=browser.version)
            try:
                return self._observed(browser, scenario, send, predicted, nothing)
            except BrowserFailed as e:
                self._end()
                return nothing._replace(missing=str(e))

    def _observed(
        self, browser: Browser, scenario: Scenario, send: Send, predicted: Diagnosis, nothing: Observation
    ) -> Observation:
        assert self._proxy is not None  # as the browser was started
        page, cookies = page_of(scenario, OWN_PATH), cookie_pages(scenario, OWN_PATH)
        simple = scenario.api in _LEAVE_NO_TRACE and not (scenario.client is None and scenario.origin.opaque)
        browser.forget(everything=self._marked)
        again = browser.show(page.key if simple and not cookies else "")
        own = {one.url: one.response() for one in (*cookies, page)}
        self._proxy.recording = Recording(own, scenario.url, _nothing)
        for one in () if again else (*cookies, page):
            browser.open(one.url)
        seconds = PENDING_SECONDS if predicted.verdict is Verdict.PENDING else SECONDS
        served = {one.url: one.response() for one in (page, *frames_of(scenario, page, seconds))}
        recording = Recording(served, scenario.url, sharing(send, scenario)())
        self._proxy.recording = recording
        start = monotonic()
        text, console = browser.evaluate(expression(scenario, seconds))
        took = monotonic() - start
        try:
            found = json.loads(text)
            end, origin, names = End(found["outcome"]), str(found["origin"]), found.get("headers")
            kind = None if found.get("type") is None else str(found["type"])
            readable = None if names is None else tuple(sorted({str(name).lower() for name in names}))
        except (AttributeError, KeyError, TypeError, ValueError) as e:  # a script from the server runs in the page, too
            raise BrowserFailed("the page gives no result") from e
        sent = sum(not exchange.from_cache for exchange in predicted.exchanges)
        late = end is End.UNSEEN and recording.wait(sent, _LATE_SECONDS)
        if console is not None and (late or (not console and predicted.console)):
            _, later = browser.evaluate(LATER)
            console = (*console, *(later or ()))
        self._proxy.recording = None
        exchanges = recording.exchanges
        self._marked = any(_marks(exchange) for exchange in exchanges) or bool(cookies)
        if origin != str(scenario.origin):
            return nothing._replace(missing=f"the browser gives this page the origin {origin}")
        if end is End.REJECTED and unreadable_body(scenario, exchanges):
            return nothing._replace(missing="the response is larger than the 64 KiB that --in passes on")
        return nothing._replace(
            end=end,
            type=kind,
            readable=readable,
            exchanges=exchanges,
            console=console,
            page=page.url,
            seconds=took,
        )

    def _started(self) -> Browser:
        if self._browser is not None:
            return self._browser
        if self._starts == _MOST_STARTS:
            raise BrowserFailed(f"{self.program.product} has failed {_MOST_STARTS} times")
        self._starts += 1
        with ExitStack() as starting:
            try:
                profile = Path(mkdtemp(prefix="corsdoctor-"))
            except OSError as e:
                raise BrowserFailed(f"the profile of {self.program.product} cannot be written: {e.strerror}") from e
            starting.callback(_remove, profile)
            proxy = starting.enter_context(Proxy(self._authority))
            driver = _DRIVERS[self.program.browser]
            try:
                browser = driver(self.program.path, profile, proxy.address, self._authority, sandbox=self._sandbox)
            except BrowserFailed as e:
                raise BrowserFailed(f"{self.program.product} does not start: {e}") from e
            starting.callback(browser.end)
            self._running = starting.pop_all()
        self._proxy, self._browser, self._marked = proxy, browser, True
        return browser

    def end(self) -> None:
        """Ends the browser, if it was started."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        self._running.close()
        self._browser = None


_LEAVE_NO_TRACE: Final = frozenset({Api.FETCH, Api.XHR})
"""What leaves a page as it was."""


def _remove(profile: Path) -> None:
    """Removes a profile, into which processes that were just killed may still write."""
    end = monotonic() + _LATE_SECONDS
    while profile.exists() and monotonic() < end:
        rmtree(profile, ignore_errors=True)
        sleep(0.01)


def _nothing(_kind: Kind, _request: WireRequest) -> Answer:
    """What is sent while pages are opened."""
    return Withheld("the page's request has not begun")


def _marks(exchange: Exchange) -> bool:
    """Whether the browser remembers more of the exchange than caches and cookies."""
    answer = exchange.answer
    return isinstance(answer, Response) and any(name.lower() in _KEPT for name, _ in answer.headers)

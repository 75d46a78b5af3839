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
from corsdoctor.fetch.local_network_access import LOCAL_NETWORK
from corsdoctor.observed import End, Observation, unreadable_body
from corsdoctor.scenario import Api, Scenario
from corsdoctor.wire import Answer, Exchange, Kind, Response, Send, WireRequest, Withheld
from corsdoctor.witness.authority import Authority
from corsdoctor.witness.browser import Browser, BrowserFailed
from corsdoctor.witness.chromium import Chromium
from corsdoctor.witness.firefox import Firefox
from corsdoctor.witness.page import (
    FROM_PAGE,
    LATER,
    LIVELY,
    PENDING_SECONDS,
    SECONDS,
    Page,
    cookie_pages,
    expression,
    frame_documents,
    frame_of,
    page_of,
    why_no_browser,
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
_UNPROXIED: Final = {"webkit": (Api.WEBSOCKET,)}
_AT_LEISURE: Final = frozenset({Api.MANIFEST, Api.ICON, Api.PREFETCH})
"""What a browser requests later, or never."""
_KEPT: Final = frozenset({"strict-transport-security", "www-authenticate", "alt-svc", "clear-site-data", "accept-ch"})
"""Headers of responses by which a browser remembers more than caches and cookies."""


class Witnesses:
    """The browsers, which end with the context. One browser does one request at a time."""

    def __init__(self, programs: Sequence[Program], *, sandbox: bool) -> None:
        """InvalidScenario if a library is missing."""
        authority = Authority()
        self._witnesses = [Witness(program, authority, sandbox=sandbox) for program in programs]

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


class Witness:
    """One browser. It makes one request at a time."""

    def __init__(self, program: Program, authority: Authority, *, sandbox: bool) -> None:
        self.program, self._authority, self._sandbox = program, authority, sandbox
        self._lock = threading.Lock()
        self._running = ExitStack()
        self._browser: Browser | None = None
        self._proxy: Proxy | None = None
        self._starts, self._marked = 0, False

    def observe(self, scenario: Scenario, send: Send, predicted: Diagnosis) -> Observation:
        """What the browser does with a request that is made alone."""
        nothing = Observation(self.program.browser, self.program.product)
        why_not = why_refused(scenario, predicted)
        if scenario.api in _UNPROXIED.get(self.program.browser, ()):
            why_not = f"{self.program.product} does not send it through a proxy"
        if why_not is not None:
            return nothing._replace(missing=why_not)
        with self._lock:
            nothing = nothing._replace(version=self.version)
            try:
                page, cookies = page_of(scenario, OWN_PATH), cookie_pages(scenario, OWN_PATH)
                simple = scenario.api in _LEAVE_NO_TRACE and frame_of(scenario) is None and not cookies
                self.forget(everything=self._marked)
                self.visit(*cookies, page, again=page.key if simple else "")
                if scenario.cookie is not None and cookies:
                    self._started().evaluate(FROM_PAGE.format(url=json.dumps(cookies[-1].url)))
                self._marked = bool(cookies)
                return self.ask(scenario, page, sharing(send, scenario)(), predicted, nothing)
            except BrowserFailed as e:
                self._end()
                return nothing._replace(missing=str(e))

    @property
    def version(self) -> str:
        """The whole version of the browser, which is started for that."""
        return self._started().version

    def forget(self, *, everything: bool) -> None:
        """Drops what the browser remembers of servers; with `everything`, more than caches and cookies."""
        self._started().forget(everything=everything)

    def visit(self, *pages: Page, again: str = "") -> None:
        """Opens one page after the other; none where the page of the key `again` is open still."""
        browser, proxy = self._started(), self._proxy
        assert proxy is not None  # as the browser was started
        if not browser.show(again):
            proxy.recording = Recording({one.url: one.response() for one in pages}, (), _nothing)
            for one in pages:
                browser.open(one.url)

    def ask(
        self, scenario: Scenario, page: Page, send: Send, predicted: Diagnosis, nothing: Observation
    ) -> Observation:
        """What the browser does with a request of the page that is open; `nothing` is an observation without it."""
        browser, proxy = self._started(), self._proxy
        assert proxy is not None  # as the browser was started
        seconds = PENDING_SECONDS if predicted.verdict is Verdict.PENDING else SECONDS
        served = {one.url: one.response() for one in (page, *frame_documents(scenario, page, seconds))}
        recording = Recording(served, _urls(scenario, predicted), send, empty=scenario.api in LIVELY)
        proxy.recording = recording
        start = monotonic()
        text, console = browser.evaluate(expression(scenario, seconds))
        took = monotonic() - start
        try:
            found = json.loads(text)
            silent = found.get("silent") is True
            end, origin, names = End(found["outcome"]), "" if silent else str(found["origin"]), found.get("headers")
            kind = None if found.get("type") is None else str(found["type"])
            readable = None if names is None else tuple(sorted({str(name).lower() for name in names}))
        except (AttributeError, KeyError, TypeError, ValueError) as e:  # a script from the server runs in the page, too
            raise BrowserFailed("the page gives no result") from e
        sent = sum(not exchange.from_cache for exchange in predicted.exchanges)
        late = end is End.UNSEEN and not silent and recording.wait(sent, _LATE_SECONDS)
        if console is not None and (late or (not console and predicted.console)):
            _, later = browser.evaluate(LATER)
            console = (*console, *(later or ()))
        proxy.recording = None
        exchanges = recording.exchanges
        self._marked |= scenario.api is Api.SW_SCRIPT or any(_marks(exchange) for exchange in exchanges)
        if silent:
            return nothing._replace(
                missing="the frame's document does not run a script: a policy of the page forbids it"
            )
        if origin != str(scenario.origin):
            return nothing._replace(missing=f"the browser gives this page the origin {origin}")
        if not exchanges and predicted.exchanges and scenario.api in _AT_LEISURE:
            return nothing._replace(missing="the browser has not requested it yet, and may never do so")
        if any(exchange.response is not None and exchange.response.status == 407 for exchange in exchanges):
            return nothing._replace(missing="the browser takes status 407 for an answer of the proxy that --in uses")
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


def why_refused(scenario: Scenario, predicted: Diagnosis) -> str | None:
    """Why no real browser can be asked about the request; None if it can."""
    if scenario.client is not None and any(step.rule is LOCAL_NETWORK for step in predicted.steps):
        return "--in reaches every server through a proxy on this machine, so that no address space applies"
    return why_no_browser(scenario)


def _urls(scenario: Scenario, predicted: Diagnosis) -> tuple[str, ...]:
    """What the request may lead to by itself: its URL, and those to which policies and browsers change it."""
    url = scenario.requested_url
    return (*(() if url is None else (url.href,)), *(exchange.request.url for exchange in predicted.exchanges))


def _nothing(_kind: Kind, _request: WireRequest) -> Answer:
    """What is sent while pages are opened."""
    return Withheld("the page's request has not begun")


def _marks(exchange: Exchange) -> bool:
    """Whether the browser remembers more of the exchange than caches and cookies."""
    answer = exchange.answer
    return isinstance(answer, Response) and any(name.lower() in _KEPT for name, _ in answer.headers)

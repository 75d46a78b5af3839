"""The page that a request comes from: its URL, what its response said, and the frame or worker that makes the request.

Nothing here decides what a browser makes of it.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from corsdoctor.host import registrable_domain
from corsdoctor.record import Record
from corsdoctor.scenario.address_space import Network
from corsdoctor.url import URL, Origin, parse
from corsdoctor.wire import NO_HEADERS, Headers, ascii_words


class WorkerType(StrEnum):
    """https://html.spec.whatwg.org/#workertype"""

    CLASSIC = "classic"
    MODULE = "module"


class Frame(Record):
    """An iframe of the page, or what it is done in.

    `url` is that of its document: an http(s) one, or "about:srcdoc", "data:" or "blob:". `headers` are of its response,
    `sandbox` are the tokens of the attribute (None without it), and `allow` is its permissions policy.
    """

    url: str
    headers: Headers = NO_HEADERS
    sandbox: frozenset[str] | None = None
    allow: str | None = None


class Page(Record):
    """A top-level page: its URL, the headers of its response, and the markup of its <head>.

    `requested` says that these came from the server, not from the user. `unread` says that the page is still to be requested.
    """

    url: URL
    headers: Headers = NO_HEADERS
    head: str = ""
    requested: bool = False
    unread: bool = False


class Client(Record):
    """Who makes a request: a page, a frame of it, or a worker of it. `network` is what surrounds the browser.

    https://html.spec.whatwg.org/#environment-settings-object
    """

    page: Page
    frame: Frame | None = None
    worker: WorkerType | None = None
    network: Network = Network()

    @property
    def url(self) -> URL:
        """The creation URL; a document that was not requested has that of the page that made it."""
        if self.frame is None:
            return self.page.url
        return parse(self.frame.url, self.page.url.href) or self.page.url

    @property
    def shown_url(self) -> str:
        """The URL by which consoles call it: a worker is made from a blob: URL."""
        return self.url.href if self.worker is None else f"blob:{self.origin}/worker"

    @property
    def is_local(self) -> bool:
        """Whether the frame's document was made by the page, and inherits the page's policies."""
        return self.frame is not None and self.frame.url in LOCAL_DOCUMENTS

    @property
    def origin(self) -> Origin:
        """https://html.spec.whatwg.org/#concept-settings-object-origin"""
        frame = self.frame
        if frame is not None and frame.url == "data:":
            return Origin("", label="data:")
        by_attribute = frame is not None and frame.sandbox is not None and "allow-same-origin" not in frame.sandbox
        if by_attribute or self.is_in_sandboxed_page or _is_sandboxed(self.headers):
            return _OPAQUE
        return self.page.url.origin if self.is_local else self.url.origin

    @property
    def is_in_sandboxed_page(self) -> bool:
        """Whether the page's policy sandboxes it, and with it all its frames."""
        return _is_sandboxed(self.page.headers)

    @property
    def submits_forms(self) -> bool:
        """https://html.spec.whatwg.org/multipage/browsers.html#sandboxed-forms-browsing-context-flag is not set."""
        sandbox = None if self.frame is None else self.frame.sandbox
        policies = (self.page.headers, self.headers)
        return (sandbox is None or "allow-forms" in sandbox) and not any(
            _is_sandboxed(headers, "allow-forms") for headers in policies
        )

    @property
    def headers(self) -> Headers:
        """The headers whose policies count: those of the document's own response, or of the page that made it."""
        if self.frame is None or self.is_local:
            return self.page.headers
        return self.frame.headers

    @property
    def top_level_origin(self) -> Origin:
        """https://html.spec.whatwg.org/#concept-environment-top-level-origin"""
        return self.page.url.origin

    @property
    def top_level_site(self) -> str:
        """The registrable domain of the page's host, or the host itself, by which browsers partition what they keep."""
        return _site_of(self.page.url.host)

    @property
    def site(self) -> str:
        """The same of the document that makes the request."""
        return _site_of(self.origin.host)


def _site_of(host: str) -> str:
    return registrable_domain(host) or host


def _is_sandboxed(headers: Headers, unless: str = "allow-same-origin") -> bool:
    """Whether a Content-Security-Policy sandboxes the page without that token. https://w3c.github.io/webappsec-csp/#directive-sandbox"""
    directives = (
        ascii_words(text.lower())
        for line in headers.values("Content-Security-Policy")
        for text in re.split("[,;]", line)
    )
    return any(words[:1] == ["sandbox"] and unless not in words for words in directives)


_OPAQUE: Final = Origin("", label="sandbox")
LOCAL_DOCUMENTS: Final = frozenset({"about:srcdoc", "data:", "blob:"})
"""What a frame may show that is not requested from a server."""

"""The request of a page's script or element, before any rule is applied.

Flags, batch lines and captures all become a Scenario. page.py is the page that it comes from, markup.py reads the
elements of that page, address_space.py is the network. Nothing here decides what a browser makes of it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from corsdoctor.record import Record
from corsdoctor.url import URL, Origin, parse

if TYPE_CHECKING:
    from corsdoctor.scenario.page import Client

SAFE_TO_SEND: Final = frozenset({"GET", "HEAD", "OPTIONS"})  # methods that change no data on a server that follows HTTP
JUST_MADE: Final = "blob:"
"""The URL that stands for one that the page of a flow has just made of the text "ok"."""
REFERRER_POLICIES: Final = (
    "no-referrer", "no-referrer-when-downgrade", "origin", "origin-when-cross-origin", "same-origin", "strict-origin",
    "strict-origin-when-cross-origin", "unsafe-url",
)  # fmt: skip
"""https://w3c.github.io/webappsec-referrer-policy/#referrer-policies , without the empty string"""


class Mode(StrEnum):
    """https://fetch.spec.whatwg.org/#concept-request-mode ; NAVIGATE is that of frames and forms alone."""

    CORS = "cors"
    NO_CORS = "no-cors"
    SAME_ORIGIN = "same-origin"
    NAVIGATE = "navigate"


class Credentials(StrEnum):
    """https://fetch.spec.whatwg.org/#concept-request-credentials-mode"""

    OMIT = "omit"
    SAME_ORIGIN = "same-origin"
    INCLUDE = "include"


class Redirect(StrEnum):
    """https://fetch.spec.whatwg.org/#concept-request-redirect-mode"""

    FOLLOW = "follow"
    ERROR = "error"
    MANUAL = "manual"


class Api(StrEnum):
    """What makes the request: a script's API, or the element or CSS feature that loads the URL."""

    FETCH = "fetch"
    XHR = "xhr"
    KEEPALIVE = "keepalive"
    BEACON = "beacon"
    EVENTSOURCE = "eventsource"
    IMAGE = "image"
    SCRIPT = "script"
    MODULE = "module"
    IMPORT = "import"
    IMPORTMAP = "importmap"
    WORKER = "worker"
    MODULE_WORKER = "module-worker"
    IMPORT_SCRIPTS = "import-scripts"
    SW_SCRIPT = "sw-script"
    STYLESHEET = "stylesheet"
    FONT = "font"
    MEDIA = "media"
    SHAPE = "shape"
    WEBGL = "webgl"
    WEBSOCKET = "websocket"
    VIDEO = "video"
    TRACK = "track"
    CSS_IMAGE = "css-image"
    CSS_IMPORT = "css-import"
    CSS_MASK = "css-mask"
    CSS_CURSOR = "css-cursor"
    SVG_IMAGE = "svg-image"
    SVG_USE = "svg-use"
    PRELOAD = "preload"
    MODULEPRELOAD = "modulepreload"
    PREFETCH = "prefetch"
    MANIFEST = "manifest"
    ICON = "icon"
    IFRAME = "iframe"
    OBJECT = "object"
    FORM = "form"


class PreloadAs(StrEnum):
    """What a <link rel=preload> loads: its attribute `as`."""

    FETCH = "fetch"
    FONT = "font"
    SCRIPT = "script"
    STYLE = "style"
    IMAGE = "image"


class FromEnvironment(Record):
    """The places of values from the environment, which no report shows: headers by name in lower case, parameters of the
    URL by name, and the body.
    """

    headers: frozenset[str] = frozenset()
    parameters: frozenset[str] = frozenset()
    body: bool = False


_NOWHERE: Final = FromEnvironment()


class Init(Record):
    """What few requests set: options of fetch(), of XMLHttpRequest's open(), and the type of a Blob that is the body."""

    cache: str = "default"
    integrity: str = ""
    keepalive: bool = False
    priority: str = "auto"
    referrer_policy: str = ""
    target_address_space: str | None = None
    username: str | None = None
    password: str | None = None
    body_type: str | None = None
    refused_mode: str | None = None
    """A mode with which fetch() throws: navigate or websocket."""
    referrer: str | None = None
    """The URL of the sheet or module that asks; None for the page."""


NO_INIT: Final = Init()


class HeldCookie(Record):
    """A cookie that the browser holds: the Set-Cookie line that set it, by the URL that did; None for the request's own.

    `file` is the jar that it was read from.
    """

    line: str
    url: str | None = None
    file: str | None = None

    @property
    def pair(self) -> str:
        """The cookie as the Cookie header has it."""
        named = (part.strip(" \t") for part in self.line.partition(";")[0].split("=", 1))
        return "=".join(named).removeprefix("=")


class Scenario(Record):
    """The request as the script makes it. `mode` and `credentials` are None if the API's preset applies.

    `preload_as` is what an api of `preload` loads, None for what fetch() would. `body` is bytes or None; `body_file` is the
    file that it was read from; `streamed` says that the body is a ReadableStream; `cookie` is the value of the Cookie header that the browser holds for the URL's host; `held`
    are cookies whose attributes are known; `certificate` says whether the browser has a client certificate to
    show; `user_agent` replaces corsdoctor's own. `client` is the page that makes the request, None if only its origin is
    known; `init` has what few requests set.
    """

    url: str
    origin: Origin
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    credentials: Credentials | None = None
    mode: Mode | None = None
    redirect: Redirect = Redirect.FOLLOW
    body: bytes | None = None
    api: Api = Api.FETCH
    upload_listener: bool = False
    preload_as: PreloadAs | None = None
    streamed: bool = False
    cookie: str | None = None
    certificate: bool = False
    user_agent: str | None = None
    from_environment: FromEnvironment = _NOWHERE
    client: Client | None = None
    init: Init = NO_INIT
    held: tuple[HeldCookie, ...] = ()
    body_file: str | None = None

    @property
    def requested_url(self) -> URL | None:
        """The URL of the first request; a WebSocket begins with one to the URL that has http in place of ws."""
        url = self.parsed_url
        return url if url is None or url.scheme not in ("ws", "wss") else parse(f"http{url.href[2:]}")

    @property
    def parsed_url(self) -> URL | None:
        """The URL, resolved as the page would; None if it is not valid."""
        return parse(self.url, None if self.origin.opaque else f"{self.origin}/")

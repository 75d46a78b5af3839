"""The page that has the origin, and what its script needs to make the request. The scripts are in scripts/.

The script is not part of the page: the driver of the browser evaluates it there, so that no policy of the page blocks it.
In a frame it is part of the frame's document, and a worker is made of it.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any, Final

from corsdoctor.fetch.presets import PRESETS
from corsdoctor.host import is_loopback
from corsdoctor.record import Record
from corsdoctor.scenario import JUST_MADE, Api, Scenario
from corsdoctor.scenario.page import LOCAL_DOCUMENTS, Frame, WorkerType
from corsdoctor.url import parse
from corsdoctor.wire import Headers, Response

SECONDS: Final = 75
"""How long the script waits for the end of a request: longer than a slow preflight response and a slow response take."""
PENDING_SECONDS: Final = 8
"""How long it waits where no end is predicted."""
FROM_PAGE: Final = "fetch({url}, {{mode: 'no-cors', credentials: 'include'}}).then(() => '', () => '')"
"""JavaScript that requests a page that sets cookies: Firefox keeps them apart by top-level site."""
LATER: Final = "new Promise(done => setTimeout(done, 700, ''))"
"""JavaScript that lets the console of the page catch up with its requests."""
_SCRIPTS: Final = files("corsdoctor.witness") / "scripts"
_HOST_OF_NULL: Final = "sandboxed-page.example"
_SANDBOXED: Final = Frame("?frame", sandbox=frozenset({"allow-scripts"}))
_HTML: Final = '<!doctype html><meta charset="utf-8"><title>corsdoctor</title><link rel="icon" href="data:,">'
UNSEEN: Final = frozenset(
    {
        Api.BEACON, Api.SHAPE, Api.CSS_IMAGE, Api.CSS_IMPORT, Api.CSS_MASK, Api.CSS_CURSOR, Api.SVG_IMAGE, Api.SVG_USE,
        Api.PREFETCH, Api.MANIFEST, Api.ICON, Api.IFRAME, Api.OBJECT, Api.FORM, Api.WORKER, Api.MODULE_WORKER,
    }
)  # fmt: skip
"""What no event tells the page about: the requests and the console show what happened."""
LIVELY: Final = frozenset({Api.IFRAME, Api.OBJECT, Api.FORM, Api.WORKER, Api.MODULE_WORKER, Api.SW_SCRIPT})
"""What makes a document or a worker of the response, whose requests are not those of the page: it gets an empty body."""


class Page(Record):
    """A document that the proxy serves to a browser at `url`, with these response headers."""

    url: str
    headers: Headers
    html: str

    @property
    def key(self) -> str:
        """What two pages that are the same have in common."""
        return json.dumps((self.url, self.headers.pairs, self.html))

    def response(self) -> Response:
        """What the proxy answers for it."""
        body = self.html.encode()
        own = (("Content-Type", "text/html"), ("Content-Length", str(len(body))), ("Cache-Control", "no-store"))
        return Response(200, Headers((*own, *self.headers)), "OK", body=body)


def page_of(scenario: Scenario, path: str) -> Page:
    """The page of `scenario`; at `path`, unless the page's own URL is known."""
    if scenario.client is not None:
        page = scenario.client.page
        return Page(page.url.on_the_wire, _policies(page.headers), _HTML + page.head)
    if scenario.origin.opaque:
        url = scenario.requested_url
        scheme = "http" if url is not None and url.scheme == "http" else "https"
        return Page(f"{scheme}://{_HOST_OF_NULL}{path}", Headers(), _HTML)
    return Page(f"{scenario.origin}{path}", Headers(), _HTML)


def frame_of(scenario: Scenario) -> Frame | None:
    """The frame in which the request is made; a page whose origin is null is a sandboxed one."""
    if scenario.client is not None:
        return scenario.client.frame
    return _SANDBOXED if scenario.origin.opaque else None


def frame_documents(scenario: Scenario, page: Page, seconds: float) -> tuple[Page, ...]:
    """The document of the frame in which the request is made, where it is requested from a server."""
    frame = frame_of(scenario)
    if frame is None or frame.url in LOCAL_DOCUMENTS:
        return ()
    url = parse(frame.url, page.url)
    assert url is not None  # as it was read
    return (Page(url.on_the_wire, _policies(frame.headers), _document(scenario, seconds)),)


def _policies(headers: Headers) -> Headers:
    return Headers(tuple(line for line in headers if line[0].lower() in _POLICIES))


def cookie_pages(scenario: Scenario, path: str) -> tuple[Page, ...]:
    """The pages that set the cookies which the browser holds, as their servers would; the last one sets scenario.cookie."""
    asked = scenario.requested_url
    if asked is None:
        return ()
    lines: dict[str, list[tuple[str, str]]] = {}
    for held in scenario.held:
        lines.setdefault(held.url or asked.on_the_wire, []).append(("Set-Cookie", held.line))
    if scenario.cookie is not None:
        plain, cross_site = "; Path=/", "; Path=/; SameSite=None; Secure"
        # WebKit refuses Secure on http, where it sends the plain cookie to every site; the others trust this machine
        kinds = (
            (cross_site,) if asked.scheme == "https" else (plain, cross_site) if is_loopback(asked.host) else (plain,)
        )
        pairs = [pair.strip() for pair in scenario.cookie.split(";") if pair.strip()]
        lines[f"{asked.origin}{path}-cookies"] = [("Set-Cookie", f"{pair}{kind}") for kind in kinds for pair in pairs]
    return tuple(Page(url, Headers(tuple(set_)), _HTML) for url, set_ in lines.items())


_POLICIES: Final = frozenset(
    {
        "content-security-policy", "cross-origin-embedder-policy", "cross-origin-opener-policy", "origin-agent-cluster",
        "permissions-policy", "referrer-policy",
    }
)  # fmt: skip
"""The headers of a page's response that decide about its requests."""


def why_no_browser(scenario: Scenario) -> str | None:
    """Why no real browser can be asked about the request; None if it can."""
    origin, frame = scenario.origin, frame_of(scenario)
    if frame is not None and frame.sandbox is not None and "allow-scripts" not in frame.sandbox:
        return "--in makes the request by a script, which a frame without allow-scripts in its sandbox does not run"
    if origin.opaque and origin.label.endswith(":") and (scenario.client is None or scenario.client.frame is None):
        return f"a server cannot give a page the origin of {origin.label} URLs"
    if not origin.opaque and origin.scheme not in ("http", "https"):
        return f"only an application or extension can have a page with the origin {origin}"
    if scenario.certificate:
        return "--in does not give a browser the client certificate"
    return None


def wanted(scenario: Scenario, seconds: float) -> dict[str, Any]:
    """What the script needs to know about the request."""
    preset, url, init = PRESETS[scenario.api], scenario.parsed_url, scenario.init
    body = scenario.body
    return {
        "url": scenario.url if url is None else url.href,
        "justMade": scenario.url == JUST_MADE,
        "api": str(scenario.api),
        "method": scenario.method,
        "headers": scenario.headers,
        "credentials": str(scenario.credentials or preset.credentials[0]),
        "mode": init.refused_mode or str(scenario.mode or preset.modes[0]),
        "redirect": str(scenario.redirect),
        "body": None if body is None else body.decode("latin-1"),
        "text": body is not None and _is_text(body),
        "streamed": scenario.streamed,
        "upload": scenario.upload_listener,
        "as": str(scenario.preload_as or "fetch"),
        "blobType": init.body_type,
        "keepalive": init.keepalive,
        "priority": init.priority,
        "space": init.target_address_space,
        "cache": init.cache,
        "integrity": init.integrity,
        "referrerPolicy": init.referrer_policy,
        "user": init.username,
        "password": init.password,
        "seconds": seconds,
    }


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def expression(scenario: Scenario, seconds: float) -> str:
    """JavaScript for a promise of what came of the request within so many `seconds`."""
    frame = frame_of(scenario)
    if frame is None:
        return _call(scenario, seconds)
    shown = {
        "url": frame.url,
        "text": _document(scenario, seconds) if frame.url in LOCAL_DOCUMENTS else "",
        "sandbox": None if frame.sandbox is None else " ".join(sorted(frame.sandbox)),
        "allow": frame.allow,
    }
    return f"({_script('in_frame')})({_as_code(shown)})"


def _call(scenario: Scenario, seconds: float) -> str:
    """The script with what it needs; in a worker, which is made of it, where a worker makes the request."""
    call = f"({_script('request')})({_as_code(wanted(scenario, seconds))})"
    kind = None if scenario.client is None else scenario.client.worker
    if kind is None and scenario.api is Api.IMPORT_SCRIPTS:  # which only workers have
        kind = WorkerType.CLASSIC
    return call if kind is None else f"({_script('in_worker')})({_as_code(call)}, {_as_code(str(kind))})"


def _document(scenario: Scenario, seconds: float) -> str:
    """The document of a frame, which makes the request and gives its end to the page."""
    script = f"parent.postMessage('', '*'); {_call(scenario, seconds)}.then(end => parent.postMessage(end, '*'))"
    return f"{_HTML}<body><script>{script}</script>"


def _as_code(value: object) -> str:
    """A value as JavaScript that can stand in a <script>."""
    return json.dumps(value).replace("<", "\\u003c")


@cache
def _script(name: str) -> str:
    """A function of JavaScript, from the file with its name, without the comment above it."""
    return (_SCRIPTS / f"{name}.js").read_text(encoding="utf-8").partition("\n")[2].strip()

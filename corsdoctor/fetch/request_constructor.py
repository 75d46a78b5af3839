"""How a Scenario becomes a Request, or throws. Everything that is decided before main fetch is here.

Sources: https://fetch.spec.whatwg.org/#dom-request, https://xhr.spec.whatwg.org/#the-open()-method, and what HTML and
CSS say for elements (presets.py).
"""

from __future__ import annotations

from typing import Final

from corsdoctor.browsers.profile import Profile, Streams
from corsdoctor.fetch.embedder_policy import embedder_policy
from corsdoctor.fetch.method import METHOD_IS_TOKEN, METHOD_NOT_FORBIDDEN, NO_CORS_METHOD, script_method
from corsdoctor.fetch.presets import PRESETS
from corsdoctor.fetch.request import FetchParams, Request
from corsdoctor.fetch.safelist import parse_mime_type, serialize_mime_type
from corsdoctor.fetch.script_headers import HEADER_IS_VALID, HEADER_NOT_FORBIDDEN, NO_CORS_HEADER, script_headers
from corsdoctor.rule import FETCH, Cause, Failure, Field, Rule
from corsdoctor.scenario import Api, Credentials, Mode, PreloadAs, Scenario
from corsdoctor.url import escape_pipe, parse, with_userinfo, without_userinfo
from corsdoctor.wire import Headers, ascii_lower

URL_PARSES = Rule(
    id="url-parses",
    title="The URL is valid",
    failure=Failure("The URL is invalid: `{url}`", bare="The URL is invalid"),
    spec=f"{FETCH}#dom-request",
    step="5.2",
    what="The browser parses the script's URL by the URL Standard, relative to the page.",
    why="An invalid URL does not name anything that could be fetched, so fetch() throws a TypeError.",
    fix="Correct the URL in the script.",
    bad='fetch("https://[bad/")',
    good='fetch("https://api.example/")',
)
URL_WITHOUT_USERINFO = Rule(
    id="url-without-userinfo",
    title="The URL contains no user name or password",
    failure=Failure("The URL contains a user name or password, so the browser does not request it"),
    spec=f"{FETCH}#dom-request",
    step="5.3",
    what="fetch() rejects a URL that contains `user:password@`.",
    why="URLs end up in logs and histories, so browsers no longer accept passwords in them.",
    fix="Remove the credentials from the URL, and send an Authorization header instead.",
    bad='fetch("https://user:secret@api.example/")',
    good='fetch("https://api.example/", {headers: {Authorization: "Basic ..."}})',
)
GET_WITHOUT_BODY = Rule(
    id="get-without-body",
    title="GET and HEAD requests have no body",
    failure=Failure(
        "The script sets a body for {method}, which cannot have one",
        bare="The script sets a body for GET or HEAD",
    ),
    spec=f"{FETCH}#dom-request",
    step="35",
    what="fetch() throws a TypeError for a GET or HEAD request with a body. XMLHttpRequest drops the body.",
    why="Servers and caches disagree about what such a body means.",
    fix="Use POST, or put the data into the query.",
    bad='fetch(url, {body: "x"})',
    good='fetch(url, {method: "POST", body: "x"})',
)
BODY_BRINGS_TYPE = Rule(
    id="body-brings-content-type",
    title="The script sets the Content-Type of the body",
    failure=Failure(
        "The script sets no Content-Type, so the browser sends {value}",
        bare="The script sets no Content-Type, so the browser sends text/plain;charset=UTF-8",
    ),
    spec=f"{FETCH}#dom-request",
    step="37.4",
    what="If the script sets no Content-Type, a text body is sent as text/plain;charset=UTF-8.",
    why="The server should know the type of the body, and text/plain does not require a preflight.",
    fix="Set Content-Type if the server requires another type (application/json requires a preflight).",
    bad="(no Content-Type, and the server expects JSON)",
    good='headers: {"Content-Type": "application/json"}',
    blocks=False,
)
MODE_CAN_BE_SET = Rule(
    id="mode-can-be-set",
    title="The mode is one that a script can set",
    failure=Failure("fetch() throws for the mode {mode}", bare="fetch() throws for this mode"),
    spec=f"{FETCH}#dom-request",
    step="17",
    what="A script can set the modes cors, no-cors and same-origin. The modes navigate and websocket belong to the browser.",
    why="A script must not pretend that the user opens a page.",
    fix="Use mode cors, or leave the mode out.",
    bad='fetch(url, {mode: "navigate"})',
    good='fetch(url, {mode: "cors"})',
)
STREAM_NEEDS_CORS = Rule(
    id="stream-needs-cors",
    title="A streamed body is sent in mode cors or same-origin",
    failure=Failure("Mode {mode} does not allow a streamed body", bare="Mode no-cors does not allow a streamed body"),
    spec=f"{FETCH}#dom-request",
    step="39.2",
    what="A ReadableStream as a body always requires a preflight, which mode no-cors cannot send.",
    why="No form could ever send a request body in pieces, so the browser sends a preflight first.",
    fix="Use mode cors, or send the body as a whole instead of a stream.",
    bad='fetch(url, {mode: "no-cors", method: "POST", body: stream, duplex: "half"})',
    good='fetch(url, {mode: "cors", method: "POST", body: stream, duplex: "half"})',
)

STREAM_OVER_HTTP1 = Cause(
    "http1",
    "The response came over HTTP/1.1, and a streamed body requires HTTP/2 or HTTP/3.",
    fix="Offer HTTP/2 at the server or at the proxy in front of it. corsdoctor uses HTTP/1.1 unless --http2 is given.",
    failure=Failure("The server responded over HTTP/1.1, but a streamed body requires HTTP/2"),
)
STREAM_IS_SENT = Rule(
    id="stream-can-be-sent",
    title="The browser can send the streamed body",
    failure=Failure("This browser cannot send a streamed body"),
    spec=f"{FETCH}#concept-http-network-fetch",
    step="8.3",
    what="Chromium sends a ReadableStream as a body over HTTP/2 and HTTP/3 only. WebKit refuses it, and Firefox sends the text "
    "`[object ReadableStream]`.",
    why="Over HTTP/1.1 many servers and proxies do not accept a request whose length is not known.",
    fix="Send the body as a whole.",
    bad='fetch(url, {method: "POST", body: stream, duplex: "half"})',
    good='fetch(url, {method: "POST", body: await new Response(stream).blob()})',
    causes=(STREAM_OVER_HTTP1,),
)

ONLY_IF_CACHED = Rule(
    id="only-if-cached-is-same-origin",
    title="With the cache mode only-if-cached, the mode is same-origin",
    failure=Failure(
        'The script set `cache: "only-if-cached"`, which requires mode same-origin, but the mode is {mode}',
        bare='The script set `cache: "only-if-cached"`, which requires mode same-origin',
    ),
    spec=f"{FETCH}#dom-request",
    step="21",
    what='With `cache: "only-if-cached"`, fetch() throws unless the mode is same-origin.',
    why="Otherwise a page could find out what other sites have stored in the cache.",
    fix='Use `cache: "force-cache"`, or set `mode: "same-origin"`.',
    bad='fetch("https://api.example/", {cache: "only-if-cached"})',
    good='fetch("/items", {cache: "only-if-cached", mode: "same-origin"})',
)

RULES: Final = (
    URL_PARSES, URL_WITHOUT_USERINFO, MODE_CAN_BE_SET, METHOD_IS_TOKEN, METHOD_NOT_FORBIDDEN, NO_CORS_METHOD, HEADER_IS_VALID,
    HEADER_NOT_FORBIDDEN, NO_CORS_HEADER, GET_WITHOUT_BODY, BODY_BRINGS_TYPE, STREAM_NEEDS_CORS, STREAM_IS_SENT,
    ONLY_IF_CACHED,
)  # fmt: skip


_KEEP_USERINFO: Final = (Api.FETCH, Api.XHR, Api.EVENTSOURCE)
TEXT: Final = "text/plain;charset=UTF-8"


def request_constructor(scenario: Scenario, params: FetchParams) -> Request | None:
    """The Request that the scenario's API makes, or None if it throws (the trace says why).

    https://fetch.spec.whatwg.org/#dom-request, and XMLHttpRequest's open(), setRequestHeader() and send().
    The caller makes sure that an element has no method, headers or body; nothing here forbids them.
    """
    if scenario.api is Api.KEEPALIVE:
        scenario = scenario._replace(api=Api.FETCH, init=scenario.init._replace(keepalive=True))
    trace, preset = params.trace, PRESETS[scenario.api]
    url = scenario.parsed_url  # 5.1
    if url is None:  # 5.2
        trace.failed(URL_PARSES, ((Field.URL, scenario.url),))
        return None
    if params.profile.path_escapes_pipe:
        url = escape_pipe(url)
    if scenario.init.username is not None:  # https://xhr.spec.whatwg.org/#the-open()-method, 8.
        url = with_userinfo(url, scenario.init.username, scenario.init.password or "")
    if url.includes_credentials and scenario.api is Api.FETCH:  # 5.3
        trace.failed(URL_WITHOUT_USERINFO, ((Field.URL, scenario.url),))
        return None
    if scenario.init.refused_mode is not None:  # 17.
        trace.failed(MODE_CAN_BE_SET, ((Field.MODE, scenario.init.refused_mode),))
        return None
    if scenario.api is Api.FORM and scenario.method == "GET" and not url.query:
        url = parse(f"{url.href.partition('#')[0].rstrip('?')}?") or url  # its fields, of which nothing is known
    mode = scenario.mode if scenario.mode in preset.modes else preset.modes[0]  # 16. to 18.
    if scenario.api is Api.FONT and not params.profile.fonts_use_cors:
        mode = Mode.NO_CORS
    if scenario.api is Api.TRACK and mode is Mode.SAME_ORIGIN and not params.profile.tracks_stay_at_home:
        mode = Mode.NO_CORS
    if scenario.preload_as is PreloadAs.FONT and params.profile.font_preloads_use_cors:
        mode = Mode.CORS
    if mode is Mode.CORS and scenario.api not in _KEEP_USERINFO and params.profile.elements_drop_userinfo:
        url = parse(without_userinfo(url.href)) or url
    if scenario.init.cache == "only-if-cached" and mode is not Mode.SAME_ORIGIN:  # 21.
        trace.failed(ONLY_IF_CACHED, ((Field.MODE, mode),))
        return None
    if scenario.init.target_address_space is not None:
        from corsdoctor.fetch.local_network_access import accepts_target_address_space  # what few requests need

        if not accepts_target_address_space(scenario.init.target_address_space, params):
            return None
    method = script_method(scenario, mode, trace)
    if method is None:
        return None
    headers = script_headers(scenario, mode, params)
    if headers is None:
        return None
    if scenario.api is Api.SW_SCRIPT:  # https://w3c.github.io/ServiceWorker/#update-algorithm
        headers = headers.append("Service-Worker", "script")
    body = scenario.body
    if body is not None and method in ("GET", "HEAD"):  # 35.
        if scenario.api is Api.FETCH:
            trace.failed(GET_WITHOUT_BODY, ((Field.METHOD, method), (Field.BODY, f"{len(body)} bytes")))
            return None
        trace.note(GET_WITHOUT_BODY, ((Field.METHOD, method),), "XMLHttpRequest drops the body of the {method} request")
        body = None
    streamed = scenario.streamed and body is not None
    if streamed and scenario.client is not None and params.profile.streams is not Streams.SENT:
        if params.profile.streams is Streams.REFUSED:
            trace.failed(STREAM_IS_SENT)
            return None
        streamed, body = False, b"[object ReadableStream]"
    if body is not None and scenario.api is Api.XHR and params.profile.xhr_serializes_content_type:
        headers = _with_utf8_charset(headers)
    brought = TEXT if scenario.init.body_type is None else blob_type(scenario.init.body_type)
    if scenario.api is Api.FORM and method == "POST":
        headers = headers.append("Content-Type", "application/x-www-form-urlencoded")
    if body is not None and brought and "Content-Type" not in headers and not streamed:  # 37.4
        headers = headers.append("Content-Type", brought)
        trace.note(BODY_BRINGS_TYPE, (("Content-Type", brought),))
    if streamed and mode is Mode.NO_CORS:  # 39.2
        trace.failed(STREAM_NEEDS_CORS, ((Field.MODE, mode),))
        return None
    listening = scenario.upload_listener and scenario.api is Api.XHR
    if params.profile.upload_listener_needs_body and body is None:
        listening = False
    return Request(
        method=method,
        url_list=(url,),
        headers=headers,
        first_headers=headers,
        body=body,
        origin=scenario.origin,
        mode=mode,
        credentials=_credentials(scenario, mode, params.profile),
        redirect=scenario.redirect if scenario.api is Api.FETCH else preset.redirect,
        api=scenario.api,
        use_cors_preflight=listening or streamed,  # 39.3
        streamed=streamed,
        cookie=scenario.cookie,
        certificate=scenario.certificate,
        user_agent=scenario.user_agent,
        client=scenario.client,
        credentialless=mode is Mode.NO_CORS and embedder_policy(scenario.client, params.profile) == "credentialless",
        init=scenario.init,
        preload_as=scenario.preload_as,
    )


def blob_type(text: str) -> str:
    """The `type` of a Blob that a script calls `text`. https://w3c.github.io/FileAPI/#constructorBlob"""
    return ascii_lower(text) if all(" " <= char <= "~" for char in text) else ""


def _with_utf8_charset(headers: Headers) -> Headers:
    """https://xhr.spec.whatwg.org/#the-send()-method, 4.5: a text is sent as UTF-8, whatever charset the script named."""
    given = headers.get("Content-Type")
    record = parse_mime_type(given) if given is not None else None
    if record is None or record[1].get("charset", "utf-8").lower() == "utf-8":
        return headers
    return headers.delete("Content-Type").append(
        "Content-Type", serialize_mime_type(record[0], {**record[1], "charset": "UTF-8"})
    )


def _credentials(scenario: Scenario, mode: Mode, profile: Profile) -> Credentials:
    """The credentials mode; an element without a crossorigin attribute always includes credentials."""
    preset = PRESETS[scenario.api]
    if scenario.preload_as is PreloadAs.FONT and profile.font_preloads_use_cors:
        return Credentials.SAME_ORIGIN
    if mode in (Mode.NO_CORS, Mode.NAVIGATE) and not preset.scripted:
        return Credentials.INCLUDE
    if (
        scenario.api is Api.MANIFEST
        and scenario.credentials is not Credentials.INCLUDE
        and profile.manifests_omit_credentials
    ):
        return Credentials.OMIT
    return scenario.credentials if scenario.credentials in preset.credentials else preset.credentials[0]

"""What HTML and CSS do with the response that an element or an EventSource asked for.

Fetch has allowed it by then; the element may still refuse it for its status or type, or load it as foreign.
"""

from __future__ import annotations

import re
from typing import Final

from corsdoctor.browsers.profile import Profile, TypeReading
from corsdoctor.fetch.headers import HTTP_WHITESPACE, determine_nosniff
from corsdoctor.fetch.opaque_response_blocking import JAVASCRIPT_TYPES, ORB_ALLOWS, orb_allows
from corsdoctor.fetch.presets import PRESETS
from corsdoctor.fetch.request import Ended, FetchEnd, FetchParams, Request
from corsdoctor.fetch.safelist import MimeType, extract_mime_type, parse_mime_type
from corsdoctor.rule import FETCH, HTML, MISSING, Cause, Failure, Field, Rule
from corsdoctor.scenario import Api, Mode
from corsdoctor.wire import Headers, Response, leading_type

_NEEDS_CONTENT = frozenset({Api.IMAGE, Api.FONT, Api.MEDIA, Api.SHAPE, Api.WEBGL})

_SVG: Final = re.compile(rb"<(?:[\w.-]{1,100}:)?svg\b")
_CONTROLS: Final = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_PLAYLIST: Final = b"#EXTM3U"
_BINARY_TYPES: Final = (
    "audio/", "font/", "image/", "video/", "application/font", "application/ogg", "application/vnd.apple.mpegurl",
    "application/vnd.ms-fontobject",
)  # fmt: skip

_NEEDED_TYPES: Final = {Api.EVENTSOURCE: "text/event-stream", Api.MODULE: "text/javascript"}

ELEMENT_STATUS = Rule(
    id="element-status-ok",
    title="The status code is one that the element accepts",
    failure=Failure(
        "The status code of the response is {status}, but only {wanted} is accepted",
        bare="The status code of {response} is not one that the element accepts",
        remark="is not {wanted}",
    ),
    spec=f"{HTML}webappapis.html#fetch-a-classic-script",
    step="",
    what="Scripts, style sheets, fonts, audio and video require a status code from 200 to 299, and EventSource "
    "requires 200.",
    why="An error page is not a script or a font. This is not a CORS problem.",
    fix="Make the server return 200 for this URL.",
    bad="HTTP/1.1 404 Not Found",
    good="HTTP/1.1 200 OK",
)
TEXT_BODY = Cause(
    "text-body",
    "The body of the response is text, such as an error message or JSON, and not what the element shows or plays.",
    fix="Open the URL to see what the server returns, and make it send the file.",
    failure=Failure("The body of {response} is text, which the element cannot show or play"),
)
ELEMENT_CONTENT = Rule(
    id="element-has-content",
    title="The response has content to show or play",
    failure=Failure("{response} has no content to show or play", remark="has no content"),
    spec=f"{FETCH}#null-body-status",
    step="",
    what="An image, font, audio or video requires a response with a body.",
    why="Without a body there is nothing to decode. This is not a CORS problem.",
    fix="Make the server send the file.",
    bad="HTTP/1.1 204 No Content",
    good="HTTP/1.1 200 OK\nContent-Length: 4711",
    causes=(TEXT_BODY,),
)
ELEMENT_TYPE = Rule(
    id="element-type-fits",
    title="The Content-Type is one that the element accepts",
    failure=Failure(
        "The Content-Type of {response} is `{value}`, but {wanted} is required",
        missing="{response} has no Content-Type header, but {wanted} is required",
        bare="The Content-Type of {response} is not one that the element accepts",
        remark="is not accepted; {wanted} is",
    ),
    spec=f"{FETCH}#should-response-to-request-be-blocked-due-to-mime-type?",
    step="",
    what="A module requires a JavaScript type, a style sheet text/css, and an EventSource text/event-stream. A "
    "script does not run if its type is an image, audio, video or CSV type.",
    why="A page should not be able to run what is not meant to be code. This is not a CORS problem.",
    fix="Make the server send the right Content-Type.",
    bad="Content-Type: text/plain (for a module)",
    good="Content-Type: text/javascript",
)
NOSNIFF = Rule(
    id="nosniff-type-fits",
    title="With X-Content-Type-Options: nosniff, the Content-Type is exactly the required one",
    failure=Failure(
        "{response} has X-Content-Type-Options: nosniff and the Content-Type `{value}`, but {wanted} is required",
        missing="{response} has X-Content-Type-Options: nosniff but no Content-Type; {wanted} is required",
        bare="{response} has X-Content-Type-Options: nosniff and the wrong Content-Type",
        remark="is not accepted with nosniff; {wanted} is",
    ),
    spec=f"{FETCH}#should-response-to-request-be-blocked-due-to-nosniff?",
    step="",
    what="With `nosniff`, a script requires a JavaScript type and a style sheet requires text/css.",
    why="With this header the server forbids browsers to guess the type. This is not a CORS problem.",
    fix="Make the server send the right Content-Type.",
    bad="Content-Type: text/plain\nX-Content-Type-Options: nosniff",
    good="Content-Type: text/javascript\nX-Content-Type-Options: nosniff",
)
CANVAS_CLEAN = Rule(
    id="canvas-stays-clean",
    title="Scripts can read the canvas that the image is drawn on",
    failure=Failure(
        "The image is shown, but scripts cannot read a canvas that it is drawn on",
        bare="Scripts cannot read the canvas, because an image from another origin was drawn on it",
    ),
    spec=f"{HTML}canvas.html#the-image-argument-is-not-origin-clean",
    step="",
    what="An image that was loaded from another origin without CORS taints the canvas that it is drawn on.",
    why="Otherwise a page could read other sites' images, pixel by pixel.",
    fix='Load the image with crossorigin="anonymous", and make its server allow the origin.',
    bad='<img src="https://cdn.example/a.png">',
    good='<img crossorigin="anonymous" src="https://cdn.example/a.png">',
    blocks=False,
)
TEXTURE_CLEAN = Rule(
    id="texture-is-cors",
    title="The image for a WebGL texture is loaded with CORS",
    failure=Failure("The image was loaded without CORS, so WebGL does not accept it as a texture"),
    spec="https://registry.khronos.org/webgl/specs/latest/1.0/#4.2",
    step="",
    what="texImage2D() throws a SecurityError for an image from another origin that was loaded without CORS.",
    why="A shader could measure other sites' images.",
    fix='Load the image with crossorigin="anonymous", and make its server allow the origin.',
    bad='<img src="https://cdn.example/a.png">',
    good='<img crossorigin="anonymous" src="https://cdn.example/a.png">',
)

RULES: Final = (ELEMENT_STATUS, ELEMENT_CONTENT, ORB_ALLOWS, ELEMENT_TYPE, NOSNIFF, CANVAS_CLEAN, TEXTURE_CLEAN)


def consume(end: FetchEnd, params: FetchParams) -> bool:
    """Whether the element accepts the response; a refusal is traced. True for fetch() and XMLHttpRequest."""
    api, response = end.request.element, end.response
    if response is None or end.request.preset.scripted or end.request.mode is Mode.NAVIGATE:
        return True
    return (
        orb_allows(end, response, params)
        and (api is not Api.SCRIPT or _type(end.request, response, params))
        and _status(api, end.ended is Ended.OPAQUE, response, params)
        and _is_binary(end.request, response, params)
        and (api is Api.SCRIPT or _type(end.request, response, params))
        and _clean(end, params)
    )


def _status(api: Api, opaque: bool, response: Response, params: FetchParams) -> bool:
    wanted: range | tuple[int, ...]
    match api:
        case Api.EVENTSOURCE:
            wanted = (200,)
        case Api.FONT:
            wanted = range(200, params.profile.font_error_from)
        case Api.SCRIPT | Api.WORKER | Api.MODULE_WORKER | Api.IMPORT_SCRIPTS:
            wanted = range(200, params.profile.script_error_from)
        case Api.MODULE:
            wanted = range(200, params.profile.module_error_from)
        case Api.STYLESHEET:
            wanted = range(200, params.profile.stylesheet_error_from)
        case Api.MANIFEST:
            wanted = range(200, 400)
        case Api.PRELOAD if not opaque:
            wanted = range(200, params.profile.fetch_preload_error_from)
        case Api.MEDIA:
            wanted = params.profile.opaque_media_statuses if opaque else params.profile.media_statuses
        case _:
            wanted = range(1000)
    if response.status not in wanted:
        shown = f"{wanted[0]} to {wanted[-1]}" if len(wanted) > 2 else " or ".join(map(str, wanted))
        params.trace.failed(ELEMENT_STATUS, ((Field.STATUS, str(response.status)), (Field.WANTED, shown)))
        return False
    if api in _NEEDS_CONTENT and (
        response.status in params.profile.bodiless_statuses or "0" in response.headers.values("Content-Length")
    ):
        params.trace.failed(ELEMENT_CONTENT, ((Field.STATUS, str(response.status)),))
        return False
    return True


def _is_binary(request: Request, response: Response, params: FetchParams) -> bool:
    """Whether the body can be an image, a font, audio or video, if one is needed: a server that says that it sends one is believed.

    The preload of a font does not read it.
    """
    preloaded = request.api is Api.PRELOAD and request.element is Api.FONT
    named = (response.headers.get("Content-Type") or "").strip().lower().startswith(_BINARY_TYPES)
    if request.element not in _NEEDS_CONTENT or preloaded or named or not response.body or not _is_text(response):
        return True
    params.trace.failed(ELEMENT_CONTENT, ((Field.STATUS, str(response.status)),), TEXT_BODY)
    return False


def _is_text(response: Response) -> bool:
    """Whether the whole body is text, and neither SVG nor a playlist."""
    from corsdoctor.fetch.integrity import is_whole  # what a plain check need not load

    body = response.body
    other = body.startswith(_PLAYLIST) or _SVG.search(body) or _CONTROLS.search(body)
    return is_whole(response) and body.isascii() and not other


def needed_type(api: Api, profile: Profile) -> str | None:
    """The Content-Type without which nothing loads that is requested with `api`, None if no type is needed."""
    if api in profile.untyped_preloads:
        return None
    element = PRESETS[api].like or api
    return "text/javascript" if element in profile.need_javascript_type else _NEEDED_TYPES.get(element)


def is_type_refused_first(request: Request, response: Response, params: FetchParams) -> bool:
    """Whether the browser refuses the type before the CORS check."""
    early = request.element in (Api.SCRIPT, Api.MODULE) or (
        request.element is Api.STYLESHEET and determine_nosniff(response.headers)
    )
    return params.profile.type_is_judged_before_cors and early and not _type(request, response, params)


def _type(request: Request, response: Response, params: FetchParams) -> bool:
    if request.api in params.profile.untyped_preloads:
        return True
    got = response.headers.get("Content-Type")
    record = _read_type(request.element, response.headers, params.profile)
    essence = record[0] if record is not None else None
    nosniff = determine_nosniff(response.headers)
    sniffed = params.profile.redirect_loses_type_hint and request.redirect_count > 0
    strict = nosniff or (params.profile.checks_type_of_stylesheets and (essence is not None or sniffed))
    rule, wanted = ELEMENT_TYPE, ""
    match request.element:
        case Api.EVENTSOURCE if essence != "text/event-stream" or (
            params.profile.eventsource_needs_utf8 and not _is_utf8(record)
        ):
            wanted = "text/event-stream"
        case Api.MODULE if essence not in JAVASCRIPT_TYPES:
            wanted = "text/javascript"
        case Api.IMAGE | Api.SHAPE | Api.WEBGL if (essence or "").startswith(params.profile.refused_image_types):
            wanted = "image/*"
        case api if api in params.profile.need_javascript_type and essence not in JAVASCRIPT_TYPES:
            wanted = "text/javascript" if request.url.is_http else ""
        case Api.SCRIPT | Api.WORKER | Api.MODULE_WORKER if nosniff and essence not in JAVASCRIPT_TYPES:
            rule, wanted = NOSNIFF, "text/javascript"
        case Api.SCRIPT | Api.WORKER | Api.MODULE_WORKER if essence == "text/csv" or (essence or "").startswith(
            ("audio/", "image/", "video/")
        ):
            wanted = "text/javascript"
        case Api.STYLESHEET if essence != "text/css" and strict:
            rule, wanted = (NOSNIFF if nosniff else ELEMENT_TYPE), "text/css"
    if request.element is Api.EVENTSOURCE and not wanted and not _is_utf8(record):
        charset = record[1]["charset"] if record is not None else ""
        params.trace.note(
            ELEMENT_TYPE, ((Field.CHARSET, charset),), "Browsers decode an event stream as UTF-8, not as {charset}"
        )
    if wanted:
        evidence = (("Content-Type", MISSING if got is None else got), (Field.WANTED, wanted))
        params.trace.failed(rule, evidence, remedy=(("Content-Type", wanted.replace("*", "png")),))
        return False
    return True


def _read_type(api: Api, headers: Headers, profile: Profile) -> MimeType | None:
    lines = headers.values("Content-Type")
    if profile.type_reading is not TypeReading.LINES or not lines:
        return extract_mime_type(headers, profile)
    first = api in (Api.SCRIPT, Api.STYLESHEET)
    line = lines[0 if first else -1]
    essence = leading_type(line, profile.type_ends_at).lower()
    record = parse_mime_type(line)
    kind = line.partition(";")[0].strip(HTTP_WHITESPACE)
    sniffed = kind.count("/") != 1 or any(space in kind for space in HTTP_WHITESPACE)
    if (api is Api.MODULE and sniffed) or (api is Api.STYLESHEET and parse_mime_type(essence) is None):
        return None
    return essence, record[1] if record is not None else {}


def _is_utf8(record: MimeType | None) -> bool:
    return record is not None and record[1].get("charset", "utf-8").lower() == "utf-8"


def _clean(end: FetchEnd, params: FetchParams) -> bool:
    foreign = end.ended is Ended.OPAQUE
    if end.request.api is Api.IMAGE and foreign:
        params.trace.note(CANVAS_CLEAN, ((Field.MODE, end.request.mode),))
    if end.request.api is Api.WEBGL and foreign:
        params.trace.failed(TEXTURE_CLEAN, ((Field.MODE, end.request.mode), (Field.WANTED, "cors")))
        return False
    return True

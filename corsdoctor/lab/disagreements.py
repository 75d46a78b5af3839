"""Scenes in which browsers do not agree, one line each. What they do was recorded (tests/conformance); the group /disagree
of scenes.py has more.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from corsdoctor.lab.assets import EVENTS, PNG, SCRIPT, SOUND, STYLE
from corsdoctor.lab.rows import ANY, LOGIN, NO_OPTIONS, OPEN, OWN, ask, options, row, scene
from corsdoctor.lab.scene import Row, Scene
from corsdoctor.scenario import Api, Credentials, Mode, Redirect

_UNASKED: Final = (NO_OPTIONS, OPEN)
_STATUS: Final = "preflight-status-ok"
_INCLUDE: Final = {"credentials": Credentials.INCLUDE}
_NO_CORS: Final = {"mode": Mode.NO_CORS}
_IMAGE: Final = {"api": Api.IMAGE}
_IMAGE_OF_COOKIES: Final = {"api": Api.IMAGE, "mode": Mode.NO_CORS, "credentials": Credentials.INCLUDE}
_SHEET: Final = {"api": Api.STYLESHEET}
_NOSNIFF: Final = "X-Content-Type-Options: nosniff"
_PUT: Final = "Access-Control-Allow-Methods: PUT"
_NULL: Final = "Access-Control-Allow-Origin: null"


def _typed(value: str, **more: Any) -> dict[str, Any]:
    return {"method": "POST", "body": b"x", "headers": (("Content-Type", value),), **more}


def _with(*pairs: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {"headers": pairs, **more}


def _file(kind: str, body: bytes, *lines: str, status: int = 200) -> tuple[Row, ...]:
    return (row(f"Content-Type: {kind}", *lines, body=body, status=status),)


_LINES: Final = (
    # --- what triggers a preflight
    ("type-space", "A Content-Type with a space in its parameters", _STATUS, _UNASKED, _typed("text/plain x;y"), "blocked firefox=allowed"),
    ("type-quotes", "XMLHttpRequest rewrites the quotation marks of a Content-Type", _STATUS, _UNASKED, _typed('text/plain;charset="x"', api=Api.XHR), "allowed chromium=blocked firefox=blocked"),
    ("range-twice", "The header Range on two lines", _STATUS, _UNASKED, _with(("Range", "bytes=0-1"), ("Range", "bytes=0-1"), method="POST", body=b"x"), "allowed chromium=blocked webkit=blocked"),
    ("range-case", "`Bytes` in capitals in a Range", _STATUS, _UNASKED, _with(("Range", "Bytes=0-1")), "blocked webkit=allowed"),
    ("range-large", "A Range with a very large number", _STATUS, _UNASKED, _with(("Range", "bytes=0-9223372036854775807")), "allowed chromium=blocked"),
    ("accept-latin", "A letter beyond ASCII in Accept", _STATUS, _UNASKED, _with(("Accept", "caf\u00e9")), "allowed firefox=blocked"),
    ("save-data", "The client hint Save-Data", _STATUS, _UNASKED, _with(("Save-Data", "on")), "blocked chromium=allowed"),
    ("user-agent", "The header User-Agent", _STATUS, _UNASKED, _with(("User-Agent", "lab")), "blocked chromium=allowed"),
    ("listener-method", "A PUT with an upload listener, whose method is not listed", "acam-lists-method", (options(*ANY), row(*ANY)), {"api": Api.XHR, "method": "PUT", "body": b"x", "upload_listener": True}, "blocked standard=allowed"),
    # --- what a response allows
    ("credentials-twice", "An empty second line of Access-Control-Allow-Credentials", "acac-true", (row(*OWN, LOGIN, "Access-Control-Allow-Credentials: "),), _INCLUDE, "blocked firefox=allowed"),
    ("same-site", "same-site, between a name and an address", "corp-allows", (row("Cross-Origin-Resource-Policy: same-site"),), _NO_CORS, "blocked"),
    # --- redirects
    ("location-empty-error", "An empty Location in redirect mode error", "redirect-mode-allows", (row(*ANY, "Location: ", status=302),), {"redirect": Redirect.ERROR}, "blocked chromium=allowed webkit=allowed"),
    ("status-309", "Status 309 with a Location in redirect mode error", "redirect-mode-allows", (row(*ANY, "Location: {LAB}/allowed", status=309),), {"redirect": Redirect.ERROR}, "allowed webkit=blocked"),
    ("to-data", "A script is redirected to a data: URL", "location-is-http", (row("Location: data:text/javascript,1", status=302),), {"api": Api.SCRIPT}, "blocked webkit=allowed"),
    ("put-again", "A PUT is redirected to a server that allows `null`", "acao-matches-origin", (
        options(*OWN, _PUT), row(*OWN, "Location: {OTHER}/differ/put-again/z", status=301), options(_NULL, _PUT, under="/z"), row(_NULL, under="/z"),
    ), {"method": "PUT", "body": b"x"}, "allowed firefox=blocked"),
    ("put-becomes-get", "A PUT becomes a GET, and the new URL does not handle OPTIONS", _STATUS, (
        options(*OWN, _PUT), row(*OWN, "Location: {LAB}/differ/put-becomes-get/z", status=303), row(*OWN, status=404, method="OPTIONS", under="/z"), row(*OWN, under="/z"),
    ), {"method": "PUT"}, "allowed firefox=blocked webkit=blocked"),
    # --- types and statuses of what elements load
    ("sheet-html", "A stylesheet with the type text/html", "element-type-fits", _file("text/html", STYLE), _SHEET, "blocked chromium=opaque"),
    ("sheet-two-types", "A stylesheet with two types", "element-type-fits", _file("text/css, text/plain", STYLE), _SHEET, "blocked chromium=opaque webkit=opaque"),
    ("module-type", "A module with a space in its type", "element-type-fits", _file("text/javascript x", SCRIPT, *ANY), {"api": Api.MODULE}, "blocked chromium=allowed firefox=allowed"),
    ("script-type", "A script with half a type of images", "element-type-fits", _file("image/", SCRIPT, *ANY), {"api": Api.SCRIPT, "mode": Mode.CORS}, "blocked standard=allowed"),
    ("script-events", "A script with the type of an event stream", "opaque-response-not-blocked", _file("text/event-stream;charset=x", SCRIPT), {"api": Api.SCRIPT}, "opaque chromium=blocked firefox=blocked"),
    ("events-charset", "An event stream in another charset", "element-type-fits", _file("text/event-stream;charset=windows-1251", EVENTS, *ANY), {"api": Api.EVENTSOURCE}, "allowed chromium=blocked"),
    ("image-html", "An image with the type text/html and nosniff", "opaque-response-not-blocked", _file("text/html", PNG, _NOSNIFF), _IMAGE_OF_COOKIES, "opaque chromium=blocked firefox=blocked"),
    ("image-plain", "An image with the type text/plain and nosniff", "opaque-response-not-blocked", _file("text/plain", PNG, _NOSNIFF), _IMAGE, "opaque chromium=blocked"),
    ("image-video", "An image with the type of a video", "element-type-fits", _file("video/mp4", PNG), _IMAGE, "opaque webkit=blocked"),
    ("image-partial", "An image with status 206", "opaque-response-not-blocked", _file("image/png", PNG, status=206), _IMAGE, "opaque firefox=blocked"),
    ("image-205", "An image with status 205", "element-has-content", _file("image/png", PNG, status=205), _IMAGE, "blocked webkit=opaque"),
    ("audio-201", "A sound with status 201", "element-status-ok", _file("audio/wav", SOUND, *ANY, status=201), {"api": Api.MEDIA, "mode": Mode.CORS}, "allowed chromium=blocked"),
    ("audio-203", "A sound with status 203, without CORS", "element-status-ok", _file("audio/wav", SOUND, status=203), {"api": Api.MEDIA}, "opaque chromium=blocked firefox=blocked"),
    ("script-redirect", "A script whose redirect has no Location", "element-status-ok", (row(*OWN, "Content-Type: text/javascript", status=302, body=SCRIPT),), {"api": Api.SCRIPT, "mode": Mode.CORS}, "blocked chromium=allowed webkit=allowed"),
    ("sheet-redirect", "A stylesheet whose redirect has no Location", "element-status-ok", (row(*OWN, "Content-Type: text/css", status=302, body=STYLE),), {"api": Api.STYLESHEET, "mode": Mode.CORS}, "blocked chromium=allowed"),
    ("events-password", "An EventSource whose URL has a password", "url-without-userinfo", (row(*OWN, LOGIN, "Content-Type: text/event-stream", body=EVENTS),), {"api": Api.EVENTSOURCE, "url": "{SCHEME}://u:p@127.0.0.1:{LAB_PORT}/differ/events-password"}, "allowed chromium=blocked"),
)  # fmt: skip
"""(name, title, rule, rows, request, verdicts)"""


def _scenes() -> Iterator[Scene]:
    for name, title, rule, rows, request, verdicts in _LINES:
        yield scene(f"/differ/{name}", title, rule, rows, ask()._replace(**request), verdicts)


DISAGREEMENTS: Final = tuple(_scenes())

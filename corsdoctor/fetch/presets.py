"""What HTML, CSS and the APIs' own Standards fix for each kind of request: destination, modes, credentials, Accept."""

from __future__ import annotations

from typing import Final

from corsdoctor.record import Record
from corsdoctor.scenario import Api, Credentials, Mode, PreloadAs, Redirect


class Preset(Record):
    """What HTML, CSS or an API's own Standard fixes for a kind of request.

    `modes` and `credentials` are those that it can have, its default first; `accept` is the Accept header that the
    browser sends where the script sets none. `method` is the one where none is named. `like` is the element that takes the
    response in the same way.
    """

    destination: str
    modes: tuple[Mode, ...]
    credentials: tuple[Credentials, ...]
    accept: str = "*/*"
    scripted: bool = False
    what: str = ""
    method: str = "GET"
    like: Api | None = None
    redirect: Redirect = Redirect.FOLLOW


_NO_CORS_FIRST: Final = (Mode.NO_CORS, Mode.CORS)
_ANONYMOUS_FIRST: Final = (Credentials.SAME_ORIGIN, Credentials.INCLUDE)
_ALL: Final = (Credentials.SAME_ORIGIN, Credentials.OMIT, Credentials.INCLUDE)
_ANONYMOUS: Final = (Credentials.SAME_ORIGIN,)
_INCLUDED: Final = (Credentials.INCLUDE,)
_NO_CORS: Final = (Mode.NO_CORS,)
_NAVIGATE: Final = (Mode.NAVIGATE,)
_IMAGE_ACCEPT: Final = "image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
_STYLE_ACCEPT: Final = "text/css,*/*;q=0.1"
_PAGE_ACCEPT: Final = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

PRESETS: Final[dict[Api, Preset]] = {
    Api.FETCH: Preset("", (Mode.CORS, Mode.NO_CORS, Mode.SAME_ORIGIN), _ALL, scripted=True, what="fetch()"),
    Api.KEEPALIVE: Preset(
        "", (Mode.CORS, Mode.NO_CORS, Mode.SAME_ORIGIN), _ALL, scripted=True, what="fetch() with keepalive"
    ),
    Api.XHR: Preset("", (Mode.CORS,), _ANONYMOUS_FIRST, scripted=True, what="XMLHttpRequest"),
    Api.BEACON: Preset("", _NO_CORS_FIRST, _INCLUDED, scripted=True, what="navigator.sendBeacon()", method="POST"),
    Api.EVENTSOURCE: Preset("", (Mode.CORS,), _ANONYMOUS_FIRST, "text/event-stream", what="EventSource"),
    Api.IMAGE: Preset("image", _NO_CORS_FIRST, _ANONYMOUS_FIRST, _IMAGE_ACCEPT, what="<img>"),
    Api.SCRIPT: Preset("script", _NO_CORS_FIRST, _ANONYMOUS_FIRST, what="<script>"),
    Api.MODULE: Preset("script", (Mode.CORS,), _ANONYMOUS_FIRST, what='<script type="module">'),
    Api.IMPORT: Preset("script", (Mode.CORS,), _ANONYMOUS, what="import()", like=Api.MODULE),
    Api.IMPORTMAP: Preset("script", (Mode.CORS,), _ANONYMOUS, what='<script type="importmap">', like=Api.MODULE),
    Api.WORKER: Preset("worker", (Mode.SAME_ORIGIN,), _ANONYMOUS, what="new Worker()"),
    Api.MODULE_WORKER: Preset("worker", (Mode.SAME_ORIGIN,), _ALL, what='new Worker() with type: "module"'),
    Api.IMPORT_SCRIPTS: Preset("script", _NO_CORS, _INCLUDED, what="importScripts()"),
    Api.SW_SCRIPT: Preset(
        "serviceworker",
        (Mode.SAME_ORIGIN,),
        _ANONYMOUS,
        what="navigator.serviceWorker.register()",
        like=Api.MODULE,
        redirect=Redirect.ERROR,
    ),
    Api.STYLESHEET: Preset("style", _NO_CORS_FIRST, _ANONYMOUS_FIRST, _STYLE_ACCEPT, what="<link rel=stylesheet>"),
    Api.FONT: Preset("font", (Mode.CORS,), _ANONYMOUS, what="@font-face"),
    Api.MEDIA: Preset("audio", _NO_CORS_FIRST, _ANONYMOUS_FIRST, what="<audio> or <video>"),
    Api.SHAPE: Preset("image", (Mode.CORS,), _ANONYMOUS, _IMAGE_ACCEPT, what="CSS shape-outside"),
    Api.WEBGL: Preset("image", _NO_CORS_FIRST, _ANONYMOUS_FIRST, _IMAGE_ACCEPT, what="a WebGL texture"),
    Api.WEBSOCKET: Preset("", _NO_CORS, _INCLUDED, scripted=True, what="WebSocket"),
    Api.VIDEO: Preset("video", _NO_CORS_FIRST, _ANONYMOUS_FIRST, what="<video>", like=Api.MEDIA),
    Api.TRACK: Preset("track", (Mode.SAME_ORIGIN, Mode.CORS), _ANONYMOUS_FIRST, "text/vtt,*/*;q=0.1", what="<track>"),
    Api.CSS_IMAGE: Preset("image", _NO_CORS, _INCLUDED, _IMAGE_ACCEPT, what="a CSS image", like=Api.SHAPE),
    Api.CSS_IMPORT: Preset("style", _NO_CORS, _INCLUDED, _STYLE_ACCEPT, what="CSS @import", like=Api.STYLESHEET),
    Api.CSS_MASK: Preset("image", (Mode.CORS,), _ANONYMOUS, _IMAGE_ACCEPT, what="CSS mask-image", like=Api.SHAPE),
    Api.CSS_CURSOR: Preset("image", _NO_CORS, _INCLUDED, _IMAGE_ACCEPT, what="CSS cursor", like=Api.SHAPE),
    Api.SVG_IMAGE: Preset("image", _NO_CORS, _INCLUDED, _IMAGE_ACCEPT, what="<image> in SVG", like=Api.SHAPE),
    Api.SVG_USE: Preset("image", (Mode.SAME_ORIGIN,), _ANONYMOUS, _IMAGE_ACCEPT, what="<use> in SVG", like=Api.SHAPE),
    Api.PRELOAD: Preset("", _NO_CORS_FIRST, _ANONYMOUS_FIRST, what="<link rel=preload>"),
    Api.MODULEPRELOAD: Preset(
        "script", (Mode.CORS,), _ANONYMOUS_FIRST, what="<link rel=modulepreload>", like=Api.MODULE
    ),
    Api.PREFETCH: Preset("", _NO_CORS_FIRST, _ANONYMOUS_FIRST, what="<link rel=prefetch>"),
    Api.MANIFEST: Preset("manifest", (Mode.CORS,), _ANONYMOUS_FIRST, what="<link rel=manifest>"),
    Api.ICON: Preset("image", _NO_CORS, _INCLUDED, _IMAGE_ACCEPT, what="<link rel=icon>", like=Api.SHAPE),
    Api.IFRAME: Preset("iframe", _NAVIGATE, _INCLUDED, _PAGE_ACCEPT, what="<iframe>"),
    Api.OBJECT: Preset("object", _NAVIGATE, _INCLUDED, _PAGE_ACCEPT, what="<object>"),
    Api.FORM: Preset("iframe", _NAVIGATE, _INCLUDED, _PAGE_ACCEPT, what="<form> that targets a frame", method="POST"),
}
PRELOADS: Final = {
    as_: PRESETS[Api.PRELOAD]._replace(destination=PRESETS[api].destination, accept=PRESETS[api].accept, like=api)
    for as_, api in (
        (PreloadAs.FONT, Api.FONT), (PreloadAs.SCRIPT, Api.SCRIPT), (PreloadAs.STYLE, Api.STYLESHEET), (PreloadAs.IMAGE, Api.SHAPE),
    )
}  # fmt: skip
"""What a <link rel=preload> with this attribute `as` requests; without it, what the table above says."""

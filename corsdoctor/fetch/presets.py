"""What HTML, CSS and the APIs' own Standards fix for each kind of request: destination, modes, credentials, Accept."""

from __future__ import annotations

from typing import Final, NamedTuple

from corsdoctor.scenario import Api, Credentials, Mode


class Preset(NamedTuple):
    """What HTML, CSS or an API's own Standard fixes for a kind of request.

    `modes` and `credentials` are those that it can have, its default first; `accept` is the Accept header that the
    browser sends where the script sets none. `method` is the one where none is named.
    """

    destination: str
    modes: tuple[Mode, ...]
    credentials: tuple[Credentials, ...]
    accept: str = "*/*"
    scripted: bool = False
    what: str = ""
    method: str = "GET"


_CORS_FIRST: Final = (Mode.CORS, Mode.NO_CORS)
_NO_CORS_FIRST: Final = (Mode.NO_CORS, Mode.CORS)
_ANONYMOUS_FIRST: Final = (Credentials.SAME_ORIGIN, Credentials.INCLUDE)
_ALL: Final = (Credentials.SAME_ORIGIN, Credentials.OMIT, Credentials.INCLUDE)
_IMAGE_ACCEPT: Final = "image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"

PRESETS: Final[dict[Api, Preset]] = {
    Api.FETCH: Preset("", (Mode.CORS, Mode.NO_CORS, Mode.SAME_ORIGIN), _ALL, scripted=True, what="fetch()"),
    Api.XHR: Preset("", (Mode.CORS,), _ANONYMOUS_FIRST, scripted=True, what="XMLHttpRequest"),
    Api.BEACON: Preset(
        "", _NO_CORS_FIRST, (Credentials.INCLUDE,), scripted=True, what="navigator.sendBeacon()", method="POST"
    ),
    Api.EVENTSOURCE: Preset("", (Mode.CORS,), _ANONYMOUS_FIRST, "text/event-stream", what="EventSource"),
    Api.IMAGE: Preset("image", _NO_CORS_FIRST, _ANONYMOUS_FIRST, _IMAGE_ACCEPT, what="<img>"),
    Api.SCRIPT: Preset("script", _NO_CORS_FIRST, _ANONYMOUS_FIRST, what="<script>"),
    Api.MODULE: Preset("script", (Mode.CORS,), _ANONYMOUS_FIRST, what='<script type="module">'),
    Api.STYLESHEET: Preset(
        "style", _NO_CORS_FIRST, _ANONYMOUS_FIRST, "text/css,*/*;q=0.1", what="<link rel=stylesheet>"
    ),
    Api.FONT: Preset("font", (Mode.CORS,), (Credentials.SAME_ORIGIN,), what="@font-face"),
    Api.MEDIA: Preset("audio", _NO_CORS_FIRST, _ANONYMOUS_FIRST, what="<audio> or <video>"),
    Api.SHAPE: Preset("image", (Mode.CORS,), (Credentials.SAME_ORIGIN,), _IMAGE_ACCEPT, what="CSS shape-outside"),
    Api.WEBGL: Preset("image", _NO_CORS_FIRST, _ANONYMOUS_FIRST, _IMAGE_ACCEPT, what="a WebGL texture"),
    Api.WEBSOCKET: Preset("", (Mode.NO_CORS,), (Credentials.INCLUDE,), scripted=True, what="WebSocket"),
}

"""Scenes of each way in which a page makes a request, to a server that allows nothing and to one that allows the page.

One line is one initiator: a scene without a grant and one with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from corsdoctor.lab.assets import CAPTIONS, DOCUMENT, EVENTS, FONT, PNG, SCRIPT, SHAPES, SOUND, STYLE
from corsdoctor.lab.rows import ANY, LOGIN, OWN, ask, row, scene
from corsdoctor.lab.scene import BODY, Scene
from corsdoctor.record import Record
from corsdoctor.scenario import Api, Credentials, Mode, PreloadAs


class _File(Record):
    """What the server returns."""

    type: str
    body: bytes


class _Initiator(Record):
    """`name` is part of the path and `what` begins the titles. `bare` are the verdicts without a grant, `granted` with one.

    `rule` decides what is blocked, None if nothing is. With credentials, the grant names them, and a third scene grants `*` (`wildcard`).
    """

    name: str
    what: str
    file: _File
    bare: str
    granted: str
    asked: dict[str, Any]
    rule: str | None = "acao-present"
    wildcard: str | None = None


_JSON = _File("application/json", BODY)
_PICTURE = _File("image/png", PNG)
_CODE = _File("text/javascript", SCRIPT)
_SHEET = _File("text/css", STYLE)
_PAGE = _File("text/html", DOCUMENT)
_AUDIO = _File("audio/wav", SOUND)
_EVENTS = _File("text/event-stream", EVENTS)
_LETTERS = _File("font/ttf", FONT)
_CORS: Final = {"mode": Mode.CORS}
_COOKIES: Final = {"mode": Mode.CORS, "credentials": Credentials.INCLUDE}
_STAR: Final = "acao-not-wildcard-with-credentials"

_INITIATORS: Final = (
    _Initiator("fetch", "fetch()", _JSON, "blocked", "allowed", {}),
    _Initiator("fetch-no-cors", "fetch() in mode no-cors", _JSON, "opaque", "opaque", {"mode": Mode.NO_CORS}, None),
    _Initiator("fetch-include", "fetch() with credentials", _JSON, "blocked", "allowed", {"credentials": Credentials.INCLUDE}, wildcard="blocked"),
    _Initiator("fetch-omit", "fetch() without credentials", _JSON, "blocked", "allowed", {"credentials": Credentials.OMIT}),
    _Initiator("keepalive", "fetch() with keepalive", _JSON, "blocked", "allowed", {"api": Api.KEEPALIVE}),
    _Initiator("xhr", "XMLHttpRequest", _JSON, "blocked", "allowed", {"api": Api.XHR}),
    _Initiator("xhr-include", "XMLHttpRequest with credentials", _JSON, "blocked", "allowed", {"api": Api.XHR, "credentials": Credentials.INCLUDE}, wildcard="blocked"),
    _Initiator("beacon", "A beacon", _JSON, "opaque", "opaque", {"api": Api.BEACON, "method": "POST", "body": b"x"}, None),
    _Initiator("eventsource", "An EventSource", _EVENTS, "blocked", "allowed", {"api": Api.EVENTSOURCE}),
    _Initiator("eventsource-include", "An EventSource with credentials", _EVENTS, "blocked", "allowed", {"api": Api.EVENTSOURCE, "credentials": Credentials.INCLUDE}, wildcard="blocked"),
    _Initiator("image", "<img>", _PICTURE, "opaque", "opaque", {"api": Api.IMAGE}, "canvas-stays-clean"),
    _Initiator("image-cors", "<img crossorigin>", _PICTURE, "blocked", "allowed", {"api": Api.IMAGE, **_CORS}),
    _Initiator("image-cookies", '<img crossorigin="use-credentials">', _PICTURE, "blocked", "allowed", {"api": Api.IMAGE, **_COOKIES}, wildcard="blocked"),
    _Initiator("webgl", "A WebGL texture", _PICTURE, "blocked", "blocked", {"api": Api.WEBGL}, "texture-is-cors"),
    _Initiator("webgl-cors", "A WebGL texture with crossorigin", _PICTURE, "blocked", "allowed", {"api": Api.WEBGL, **_CORS}),
    _Initiator("script", "<script>", _CODE, "opaque", "opaque", {"api": Api.SCRIPT}, None),
    _Initiator("script-cors", "<script crossorigin>", _CODE, "blocked", "allowed", {"api": Api.SCRIPT, **_CORS}),
    _Initiator("script-cookies", '<script crossorigin="use-credentials">', _CODE, "blocked", "allowed", {"api": Api.SCRIPT, **_COOKIES}, wildcard="blocked"),
    _Initiator("module", '<script type="module">', _CODE, "blocked", "allowed", {"api": Api.MODULE}),
    _Initiator("import", "import()", _CODE, "blocked", "allowed", {"api": Api.IMPORT}),
    _Initiator("import-scripts", "importScripts()", _CODE, "opaque", "opaque", {"api": Api.IMPORT_SCRIPTS}, None),
    _Initiator("worker", "new Worker()", _CODE, "blocked", "blocked", {"api": Api.WORKER}, "same-origin-mode"),
    _Initiator("module-worker", "A module worker", _CODE, "blocked", "blocked", {"api": Api.MODULE_WORKER}, "same-origin-mode"),
    _Initiator("service-worker", "A service worker", _CODE, "blocked", "blocked", {"api": Api.SW_SCRIPT}, "same-origin-mode"),
    _Initiator("stylesheet", "<link rel=stylesheet>", _SHEET, "opaque", "opaque", {"api": Api.STYLESHEET}, None),
    _Initiator("stylesheet-cors", "<link rel=stylesheet crossorigin>", _SHEET, "blocked", "allowed", {"api": Api.STYLESHEET, **_CORS}),
    _Initiator("css-import", "CSS @import", _SHEET, "opaque", "opaque", {"api": Api.CSS_IMPORT}, None),
    _Initiator("font", "@font-face", _LETTERS, "blocked webkit=opaque", "allowed webkit=opaque", {"api": Api.FONT}),
    _Initiator("shape", "CSS shape-outside", _PICTURE, "blocked", "allowed", {"api": Api.SHAPE}),
    _Initiator("css-image", "A CSS image", _PICTURE, "opaque", "opaque", {"api": Api.CSS_IMAGE}, None),
    _Initiator("css-mask", "CSS mask-image", _PICTURE, "blocked", "allowed", {"api": Api.CSS_MASK}),
    _Initiator("css-cursor", "A CSS cursor", _PICTURE, "opaque", "opaque", {"api": Api.CSS_CURSOR}, None),
    _Initiator("svg-image", "<image> in SVG", _PICTURE, "opaque", "opaque", {"api": Api.SVG_IMAGE}, None),
    _Initiator("svg-use", "<use> in SVG", _File("image/svg+xml", SHAPES), "blocked", "blocked", {"api": Api.SVG_USE}, "same-origin-mode"),
    _Initiator("audio", "<audio>", _AUDIO, "opaque", "opaque", {"api": Api.MEDIA}, None),
    _Initiator("audio-cors", "<audio crossorigin>", _AUDIO, "blocked", "allowed", {"api": Api.MEDIA, **_CORS}),
    _Initiator("video", "<video>", _AUDIO, "opaque", "opaque", {"api": Api.VIDEO}, None),
    _Initiator("track", "<track>", _File("text/vtt", CAPTIONS), "blocked webkit=opaque", "blocked webkit=opaque", {"api": Api.TRACK}, "same-origin-mode"),
    _Initiator("track-cors", "<track> in <video crossorigin>", _File("text/vtt", CAPTIONS), "blocked", "allowed", {"api": Api.TRACK, **_CORS}),
    _Initiator("preload-script", '<link rel=preload as="script">', _CODE, "opaque", "opaque", {"api": Api.PRELOAD, "preload_as": PreloadAs.SCRIPT}, None),
    _Initiator("preload-font", '<link rel=preload as="font" crossorigin>', _LETTERS, "blocked", "allowed", {"api": Api.PRELOAD, "preload_as": PreloadAs.FONT, **_CORS}),
    _Initiator("modulepreload", "<link rel=modulepreload>", _CODE, "blocked", "allowed", {"api": Api.MODULEPRELOAD}),
    _Initiator("prefetch", "<link rel=prefetch>", _CODE, "opaque", "opaque", {"api": Api.PREFETCH}, None),
    _Initiator("manifest", "<link rel=manifest>", _File("application/manifest+json", b"{}"), "blocked", "allowed", {"api": Api.MANIFEST}),
    _Initiator("icon", "<link rel=icon>", _PICTURE, "opaque", "opaque", {"api": Api.ICON}, None),
    _Initiator("iframe", "<iframe>", _PAGE, "opaque", "opaque", {"api": Api.IFRAME}, None),
    _Initiator("object", "<object>", _PAGE, "opaque", "opaque", {"api": Api.OBJECT}, None),
    _Initiator("form", "A form that targets a frame", _PAGE, "opaque", "opaque", {"api": Api.FORM, "method": "POST"}, None),
)  # fmt: skip


def _scenes() -> Iterator[Scene]:
    for made in _INITIATORS:
        served, path = f"Content-Type: {made.file.type}", f"/initiator/{made.name}"
        login = () if made.wildcard is None else (LOGIN,)
        yield scene(
            f"{path}/none", f"{made.what}; the server allows nothing", made.rule, (row(served, body=made.file.body),),
            ask(**made.asked), made.bare,
        )  # fmt: skip
        yield scene(
            f"{path}/own", f"{made.what}; the server allows the page", made.rule, (row(served, *OWN, *login, body=made.file.body),),
            ask(**made.asked), made.granted,
        )  # fmt: skip
        if made.wildcard is not None:
            yield scene(
                f"{path}/any", f"{made.what}; the server sends `*`", _STAR, (row(served, *ANY, *login, body=made.file.body),),
                ask(**made.asked), made.wildcard,
            )  # fmt: skip


INITIATORS: Final = tuple(_scenes())

"""Scenario -> the code of a page that makes the request: a call such as fetch(), or markup."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from typing import Any, Final

from corsdoctor.scenario import Api, Credentials, Mode, Redirect, Scenario
from corsdoctor.visible import visible_json

_MARKUP: Final = {
    Api.IMAGE: "<img src={url}{cors}>",
    Api.SCRIPT: "<script src={url}{cors}></script>",
    Api.MODULE: '<script type="module" src={url}{cors}></script>',
    Api.IMPORTMAP: '<script type="importmap" src={url}></script>',
    Api.STYLESHEET: '<link rel="stylesheet" href={url}{cors}>',
    Api.MEDIA: "<audio src={url}{cors}></audio>",
    Api.VIDEO: "<video src={url}{cors}></video>",
    Api.TRACK: "<video{cors}><track default src={url}></video>",
    Api.SVG_IMAGE: "<svg><image href={url} /></svg>",
    Api.SVG_USE: "<svg><use href={url} /></svg>",
    Api.PRELOAD: '<link rel="preload" as="{as_}" href={url}{cors}>',
    Api.MODULEPRELOAD: '<link rel="modulepreload" href={url}{cors}>',
    Api.PREFETCH: '<link rel="prefetch" href={url}{cors}>',
    Api.MANIFEST: '<link rel="manifest" href={url}{cors}>',
    Api.ICON: '<link rel="icon" href={url}>',
    Api.IFRAME: "<iframe src={url}></iframe>",
    Api.OBJECT: '<object type="text/html" data={url}></object>',
    Api.FORM: '<form method="{method}" action={url} target="frame">...</form>\n<iframe name="frame"></iframe>',
}
_CALLS: Final = {
    Api.EVENTSOURCE: "new EventSource({url}{options});",
    Api.IMPORT: "await import({url});",
    Api.WORKER: "new Worker({url});",
    Api.MODULE_WORKER: 'new Worker({url}, {{type: "module"}});',
    Api.IMPORT_SCRIPTS: "importScripts({url});  // in a worker of the page",
    Api.SW_SCRIPT: "await navigator.serviceWorker.register({url});",
    Api.WEBSOCKET: "new WebSocket({url});",
    Api.FONT: 'await new FontFace("font", `url({url})`).load();',
}
_STYLES: Final = {
    Api.SHAPE: "div {{ float: left; shape-outside: url({url}); }}",
    Api.CSS_IMAGE: "div {{ background-image: url({url}); }}",
    Api.CSS_IMPORT: "@import url({url});",
    Api.CSS_MASK: "div {{ mask-image: url({url}); }}",
    Api.CSS_CURSOR: "div {{ cursor: url({url}), auto; }}",
}
_EXTRA: Final = ("cache", "integrity", "keepalive")
"""The options of fetch() that only flows set."""


def code(asked: Scenario, extra: Mapping[str, Any] | None = None) -> str:
    """What a page would contain to make the request `asked`; `extra` has further options of fetch(), by name."""
    markup = _MARKUP.get(asked.api)
    if markup is not None:
        as_ = asked.preload_as or "fetch"
        quoted = f'"{html.escape(asked.url)}"'
        return markup.format(url=quoted, cors=_attribute(asked), as_=as_, method=asked.method.lower())
    url = _js(asked.url)
    for known in (_CALLS, _STYLES):
        if asked.api in known:
            with_cookies = asked.credentials is Credentials.INCLUDE
            return known[asked.api].format(url=url, options=", {withCredentials: true}" if with_cookies else "")
    match asked.api:
        case Api.XHR:
            return _xhr(asked, url)
        case Api.BEACON:
            return _beacon(asked, url)
        case Api.WEBGL:
            cors = f"image.crossOrigin = {_js(_value(asked))};\n" if asked.mode is Mode.CORS else ""
            upload = "gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, image);"
            return f"const image = new Image();\n{cors}image.src = {url};\nawait image.decode();\n{upload}"
        case _:
            return _fetch(asked, url, dict(extra or {}))


def _fetch(asked: Scenario, url: str, extra: dict[str, Any]) -> str:
    options: dict[str, Any] = {
        "method": None if asked.method == "GET" else asked.method,
        "mode": extra.get("mode") or (None if asked.mode in (None, Mode.CORS) else asked.mode),
        "credentials": None if asked.credentials in (None, Credentials.SAME_ORIGIN) else asked.credentials,
        "redirect": None if asked.redirect is Redirect.FOLLOW else asked.redirect,
        **{name: extra[name] for name in _EXTRA if name in extra},
    }
    if asked.api is Api.KEEPALIVE:
        options["keepalive"] = True
    lines = [f"  {name}: {_js(value)}," for name, value in options.items() if value is not None]
    if asked.headers:
        lines.append(f"  headers: {_headers(asked)},")
    if asked.streamed:
        lines += [f"  body: new Blob([{_body(asked)}]).stream(),", '  duplex: "half",']
    elif asked.body is not None:
        lines.append(f"  body: {_body(asked)},")
    return f"await fetch({url});" if not lines else "\n".join([f"await fetch({url}, {{", *lines, "});"])


def _xhr(asked: Scenario, url: str) -> str:
    lines = ["const xhr = new XMLHttpRequest();", f"xhr.open({_js(asked.method)}, {url});"]
    lines += [f"xhr.setRequestHeader({_js(name)}, {_js(value)});" for name, value in asked.headers]
    lines += ["xhr.withCredentials = true;"] if asked.credentials is Credentials.INCLUDE else []
    lines += ['xhr.upload.addEventListener("progress", console.log);'] if asked.upload_listener else []
    return "\n".join([*lines, f"xhr.send({'' if asked.body is None else _body(asked)});"])


def _beacon(asked: Scenario, url: str) -> str:
    kind = next((value for name, value in asked.headers if name.lower() == "content-type"), None)
    if kind is None:
        return f"navigator.sendBeacon({url}, {_body(asked)});"
    return f"navigator.sendBeacon({url}, new Blob([{_body(asked)}], {{type: {_js(kind)}}}));"


def _attribute(asked: Scenario) -> str:
    return (
        f' crossorigin="{_value(asked)}"' if asked.mode is Mode.CORS or asked.credentials is Credentials.INCLUDE else ""
    )


def _value(asked: Scenario) -> str:
    return "use-credentials" if asked.credentials is Credentials.INCLUDE else "anonymous"


def _headers(asked: Scenario) -> str:
    names = [name for name, _ in asked.headers]
    if len(set(names)) == len(names):
        return f"{{{', '.join(f'{_js(name)}: {_js(value)}' for name, value in asked.headers)}}}"
    return _js([list(pair) for pair in asked.headers])


def _body(asked: Scenario) -> str:
    """The body as an expression; a long one of one letter is shown as such."""
    text = (asked.body or b"").decode("utf-8", "replace")
    return f"{_js(text[0])}.repeat({len(text)})" if len(text) > 80 and len(set(text)) == 1 else _js(text)


def _js(value: object) -> str:
    return visible_json(json.dumps(value, ensure_ascii=False))

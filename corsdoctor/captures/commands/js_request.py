"""The requests of fetch(), XMLHttpRequest, EventSource, WebSocket and sendBeacon(), from the values that the script passes to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Final

from corsdoctor.captures.commands import js_values as js
from corsdoctor.captures.commands.form_data import BOUNDARY, encoded, multipart
from corsdoctor.captures.commands.js_evaluate import Request, Xhr
from corsdoctor.captures.commands.origin import completed
from corsdoctor.captures.commands.parsed import Parsed, unresolved_url
from corsdoctor.fetch.presets import PRESETS
from corsdoctor.fetch.safelist import normalize_method
from corsdoctor.scenario import Api, Credentials, Redirect

_ENUMS: Final[dict[str, tuple[StrEnum, ...]]] = {
    "mode": PRESETS[Api.FETCH].modes,
    "credentials": tuple(Credentials),
    "redirect": tuple(Redirect),
}
_WORD: Final = re.compile(r"[A-Za-z_-]{1,20}")
_HTTP: Final = re.compile(r"^\s*http(?=s?:)", re.IGNORECASE)
_ABSOLUTE: Final = re.compile(r"\s*[A-Za-z][A-Za-z0-9+.-]*:")
URL_ENCODED: Final = "application/x-www-form-urlencoded;charset=UTF-8"


def fetched(given: list[Any]) -> Parsed:
    """fetch(input, init). https://fetch.spec.whatwg.org/#fetch-method"""
    input, init = [*given, js.UNDEFINED, js.UNDEFINED][:2]
    asked = _settings(init)
    while isinstance(input, Request):
        asked = {**_settings(input.init), **asked}
        input = input.input
    sent_body, content_type = body_of(asked.get("body"))
    lines = header_lines(asked.get("headers"))
    referrer = asked.get("referrer")
    request = Parsed(
        1,
        js.text_of(input),
        method_of(asked.get("method", "GET")),
        with_type(lines, content_type),
        sent_body,
        credentials=_one_of("credentials", asked),
        mode=_one_of("mode", asked),
        redirect=_one_of("redirect", asked),
        api=Api.KEEPALIVE if asked.get("keepalive") is True else Api.FETCH,
        unresolved=js.sources_in(
            [input, [[name, value] for name, value in lines], asked.get("body"), asked.get("method")]
        ),
        scripted=True,
        error=url_error(input) or next(_enum_errors(asked), None),
    )
    unknown = [name for name in asked if isinstance(name, js.Text)]
    request = request._replace(unresolved=tuple(dict.fromkeys((*request.unresolved, *js.sources_in([unknown, init])))))
    return completed(request, referrer if isinstance(referrer, str) else None)


def sent(xhr: Xhr, body: Any) -> Parsed:
    """xhr.send(body). https://xhr.spec.whatwg.org/#dom-xmlhttprequest-send"""
    method = method_of(xhr.method)
    data, content_type = (None, None) if method in ("GET", "HEAD") else body_of(body)
    request = Parsed(
        1,
        js.text_of(xhr.url),
        method,
        with_type(xhr.headers, content_type),
        data,
        credentials=Credentials.INCLUDE if xhr.with_credentials else None,
        api=Api.XHR,
        upload_listener=xhr.upload_listener,
        unresolved=js.sources_in([xhr.url, [[name, value] for name, value in xhr.headers], body, xhr.method]),
        scripted=True,
        error=url_error(xhr.url),
    )
    return completed(request)


def beacon(given: list[Any]) -> Parsed:
    """navigator.sendBeacon(url, data). https://w3c.github.io/beacon/#sec-processing-model"""
    url, data = [*given, js.UNDEFINED, js.UNDEFINED][:2]
    body, content_type = body_of(data)
    request = Parsed(
        1,
        js.text_of(url),
        "POST",
        with_type([], content_type),
        body,
        api=Api.BEACON,
        unresolved=js.sources_in([url, data]),
        scripted=True,
        error=url_error(url),
    )
    return completed(request)


def event_source(given: list[Any]) -> Parsed:
    """new EventSource(url, init). https://html.spec.whatwg.org/#dom-eventsource"""
    url, init = [*given, js.UNDEFINED, js.UNDEFINED][:2]
    return Parsed(
        1,
        js.text_of(url),
        credentials=Credentials.INCLUDE if _settings(init).get("withCredentials") is True else None,
        api=Api.EVENTSOURCE,
        unresolved=js.sources_in([url, init]),
        scripted=True,
        error=url_error(url),
    )


def web_socket(given: list[Any]) -> Parsed:
    """new WebSocket(url, protocols). https://websockets.spec.whatwg.org/#dom-websocket-websocket"""
    url, protocols = [*given, js.UNDEFINED, js.UNDEFINED][:2]
    names = protocols if isinstance(protocols, list) else [] if isinstance(protocols, js.Undefined) else [protocols]
    text = js.text_of(url)
    return Parsed(
        1,
        _HTTP.sub("ws", text),
        headers=(("Sec-WebSocket-Protocol", str(js.joined(", ", map(js.text_of, names)))),) if names else (),
        api=Api.WEBSOCKET,
        unresolved=js.sources_in([url, protocols]),
        scripted=True,
        error=url_error(url),
    )


def url_error(url: Any) -> str | None:
    """Why no request can be made of a URL, None if one can."""
    sources = js.sources_in(url)
    if sources:
        return unresolved_url(sources, "evaluated")
    if isinstance(url, js.Undefined):
        return "the call has no URL"
    if not _ABSOLUTE.match(js.text_of(url)):
        return "the URL is relative: write the whole URL, with its scheme and host"
    return None


def method_of(method: Any) -> str:
    """The method that `method` stands for."""
    return normalize_method(js.text_of(method))


def header_lines(headers: Any) -> list[tuple[str, str]]:
    """The header lines of an object, an array, or Headers."""
    pairs = js.pairs_of(headers)
    return [(name, js.text_of(value).strip(" \t\r\n")) for name, value in pairs if not isinstance(value, js.Function)]


def with_type(lines: list[tuple[str, str]], content_type: str | None) -> tuple[tuple[str, str], ...]:
    """The header lines with the Content-Type that comes from the body, unless the script sets one."""
    if content_type is None or any(name.lower() == "content-type" for name, _ in lines):
        return tuple((str(name), str(value)) for name, value in lines)
    return (*((str(name), str(value)) for name, value in lines), ("Content-Type", content_type))


def body_of(body: Any) -> tuple[bytes | None, str | None]:
    """The body, and the Content-Type that a browser derives from it; not that of text, which every browser sends.

    https://fetch.spec.whatwg.org/#concept-bodyinit-extract
    """
    match body:
        case None | js.Undefined():
            return None, None
        case js.Params():
            return encoded(body.text()), URL_ENCODED
        case js.Form():
            return multipart(body.parts), f"multipart/form-data; boundary={BOUNDARY}"
        case js.Blob():
            return body.data, body.type or None
        case bytes():
            return body, None
        case _:
            return encoded(js.text_of(body)), None


def _settings(init: Any) -> dict[str, Any]:
    return init if isinstance(init, dict) else {}


def _enum_errors(asked: dict[str, Any]) -> Iterator[str]:
    """Why fetch() throws a TypeError for values of its settings. https://webidl.spec.whatwg.org/#js-enumeration"""
    for name, values in _ENUMS.items():
        value = asked.get(name, js.UNDEFINED)
        text = js.text_of(value)
        if not isinstance(value, js.Undefined | js.Function) and not js.sources_in(value) and text not in values:
            shown = f" `{text}`" if _WORD.fullmatch(text) else ""
            yield f"fetch() throws a TypeError for the {name}{shown}: it must be one of {', '.join(values)}"


def _one_of(name: str, asked: dict[str, Any]) -> Any:
    """The value of a setting that fetch() knows, None if it is not given."""
    return next((one for one in _ENUMS[name] if one == asked.get(name)), None)

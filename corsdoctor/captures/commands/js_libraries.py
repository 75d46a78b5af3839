"""The requests of axios and jQuery, from the values that the script passes to them.

https://axios-http.com/docs/req_config and https://api.jquery.com/jQuery.ajax/
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any, Final
from urllib.parse import quote

from corsdoctor.captures.commands import js_values as js
from corsdoctor.captures.commands.form_data import encoded
from corsdoctor.captures.commands.js_request import body_of, header_lines, url_error, with_type
from corsdoctor.captures.commands.origin import completed
from corsdoctor.captures.commands.parsed import Parsed
from corsdoctor.record import Record
from corsdoctor.scenario import Api, Credentials

_WITHOUT_DATA: Final = frozenset({"get", "delete", "head", "options", "getUri"})
_WITH_DATA: Final = frozenset({"post", "put", "patch", "postForm", "putForm", "patchForm"})
_URL_ENCODED: Final = "application/x-www-form-urlencoded"


class Axios(Record):
    """An instance of axios with its own defaults."""

    defaults: dict[str, Any]


def axios_request(method: str, given: list[Any], defaults: dict[str, Any]) -> Parsed | None:
    """axios(config), axios(url, config), axios.get(url, config), axios.post(url, data, config) and their kin."""
    config: dict[str, Any]
    first, second, third = [*given, js.UNDEFINED, js.UNDEFINED, js.UNDEFINED][:3]
    if method in ("", "request"):
        named = first if isinstance(first, dict) else {**_dict(second), "url": first}
        config = {**named}
    elif method in _WITHOUT_DATA:
        config = {**_dict(second), "url": first, "method": method}
    elif method in _WITH_DATA:
        config = {**_dict(third), "url": first, "method": method.removesuffix("Form"), "data": second}
    else:
        return None
    asked = {**defaults, **config, "headers": {**_headers(defaults), **_headers(config)}}
    if method.endswith("Form"):
        asked["data"] = _form(asked["data"])
    verb = js.text_of(asked.get("method", "get")).upper()
    lines = _axios_lines(asked)
    body, content_type = _axios_body(asked.get("data"), lines)
    url = _with_query(_joined(asked.get("baseURL"), asked.get("url")), _axios_query(asked.get("params")))
    asks = any(name in asked for name in ("onUploadProgress",))
    request = Parsed(
        1,
        js.text_of(url),
        verb,
        with_type(lines, content_type if body is not None else None),
        body,
        credentials=Credentials.INCLUDE if asked.get("withCredentials") is True else None,
        api=Api.XHR,
        upload_listener=asks,
        unresolved=js.sources_in([url, asked["headers"], asked.get("data"), asked.get("params"), asked.get("auth")]),
        scripted=True,
        error=url_error(url),
    )
    return completed(request)


def _axios_lines(asked: dict[str, Any]) -> list[tuple[str, str]]:
    lines = header_lines({name: value for name, value in asked["headers"].items() if value is not None})
    lines = [(name, value) for name, value in lines if not isinstance(asked["headers"][name], dict | js.Undefined)]
    names = {name.lower() for name, _ in lines}
    if "accept" not in names:
        lines.append(("Accept", "application/json, text/plain, */*"))
    auth = asked.get("auth")
    if isinstance(auth, dict):
        login = f"{js.text_of(auth.get('username', ''))}:{js.text_of(auth.get('password', ''))}"
        lines = [line for line in lines if line[0].lower() != "authorization"]
        lines.append(("Authorization", f"Basic {b64encode(encoded(login)).decode()}"))
    return lines


def _axios_body(data: Any, lines: list[tuple[str, str]]) -> tuple[bytes | None, str | None]:
    """The body and its type as axios' transformRequest makes them; without data it removes a Content-Type."""
    content_type = next((value for name, value in lines if name.lower() == "content-type"), "").lower()
    if data is None or isinstance(data, js.Undefined):
        lines[:] = [line for line in lines if line[0].lower() != "content-type"]
        return None, None
    if isinstance(data, dict) and content_type.startswith(_URL_ENCODED):
        return encoded(js.Params(_flat(data, "", "[]")).text()), None
    if isinstance(data, dict) and content_type.startswith("multipart/form-data"):
        lines[:] = [line for line in lines if line[0].lower() != "content-type"]
        return body_of(_form(data))
    if isinstance(data, dict | list):
        return encoded(js.as_json(data)), "application/json"
    body, own = body_of(data)
    if isinstance(data, js.Params):
        return body, "application/x-www-form-urlencoded;charset=utf-8"
    return body, own or _URL_ENCODED


def _axios_query(params: Any) -> str:
    pairs = params.pairs if isinstance(params, js.Params) else _flat(_dict(params), "", "[]")
    text = "&".join(f"{_escaped(name)}={_escaped(js.text_of(value))}" for name, value in pairs)
    return js.Text(text, js.sources_in(params)) if js.sources_in(params) else text


def _escaped(text: str) -> str:
    """A name or value of the query, in which axios leaves some characters."""
    return quote(encoded(text), safe="!'()*:$,[]").replace("%20", "+")


def jquery_request(method: str, given: list[Any]) -> Parsed | None:
    """$.ajax(settings), $.ajax(url, settings), $.get(url, data), $.post(url, data) and $.getJSON(url, data)."""
    first, second, third, fourth = [*given, *[js.UNDEFINED] * 4][:4]
    if method == "ajax":
        asked = first if isinstance(first, dict) else {"url": first, **_dict(second)}
    elif method in ("get", "post", "getJSON"):
        is_data = not isinstance(second, js.Function | js.Undefined)
        kind = next((one for one in (third, fourth) if isinstance(one, str)), "json" if method == "getJSON" else None)
        asked = {"url": first, "data": second if is_data else None, "dataType": kind}
        asked = {**asked, **_dict(first), "type": "POST" if method == "post" else "GET"}
    else:
        return None
    verb = js.text_of(asked.get("method", asked.get("type", "GET"))).upper()
    data = asked.get("data")
    if isinstance(data, dict | list) and asked.get("processData") is not False:
        data = jquery_param(data)
    url = asked.get("url")
    sends = verb not in ("GET", "HEAD")
    if not sends and isinstance(data, str):
        url = _with_query(js.text_of(url), data)
    lines = header_lines(asked.get("headers"))
    names = {name.lower() for name, _ in lines}
    if "accept" not in names:
        lines.append(("Accept", _ACCEPTS.get(js.text_of(asked.get("dataType")), "*/*")))
    body, derived = body_of(data) if sends else (None, None)
    content_type = asked.get("contentType", None if body is None else _JQUERY_TYPE)
    fields = asked.get("xhrFields")
    request = Parsed(
        1,
        js.text_of(url),
        verb,
        with_type(lines, content_type if isinstance(content_type, str) else derived),
        body,
        credentials=Credentials.INCLUDE if _dict(fields).get("withCredentials") is True else None,
        api=Api.XHR,
        unresolved=js.sources_in([url, asked.get("headers"), asked.get("data")]),
        scripted=True,
        error=url_error(url),
    )
    return completed(request)


_JQUERY_TYPE: Final = "application/x-www-form-urlencoded; charset=UTF-8"
_ACCEPTS: Final = {
    "json": "application/json, text/javascript, */*; q=0.01",
    "text": "text/plain, */*; q=0.01",
    "html": "text/html, */*; q=0.01",
    "xml": "application/xml, text/xml, */*; q=0.01",
}


def jquery_param(data: Any) -> str:
    """$.param(data): spaces are +. https://api.jquery.com/jQuery.param/"""
    if isinstance(data, list):
        pairs = [(js.text_of(one.get("name", "")), one.get("value")) for one in data if isinstance(one, dict)]
    else:
        pairs = _flat(data, "", "[]")
    text = "&".join(f"{_jquery_escaped(name)}={_jquery_escaped(_jquery_text(value))}" for name, value in pairs)
    return js.Text(text, js.sources_in(data)) if js.sources_in(data) else text


def _jquery_escaped(text: str) -> str:
    return quote(encoded(text), safe="!'()*").replace("%20", "+")


def _jquery_text(value: Any) -> str:
    return "" if value is None else js.text_of(value)


def _flat(value: Any, name: str, list_suffix: str) -> list[tuple[str, Any]]:
    """The pairs of a nested object: a[b] for an object in it, a[] for a list."""
    if isinstance(value, dict):
        found = []
        for key, one in value.items():
            if not isinstance(one, js.Undefined | js.Function):
                found += _flat(one, f"{name}[{key}]" if name else js.text_of(key), list_suffix)
        return found
    if isinstance(value, list):
        return [pair for one in value for pair in _flat(one, f"{name}{list_suffix}", list_suffix)]
    return [(name, value)]


def _form(data: Any) -> Any:
    """A FormData of an object."""
    if not isinstance(data, dict):
        return data
    form = js.Form()
    for name, value in _flat(data, "", "[]"):
        form.append(name, value)
    return form


def _joined(base: Any, url: Any) -> Any:
    """A URL below another one."""
    if isinstance(base, str) and not url_is_absolute(url):
        return js.joined(
            "", [base.rstrip("/") if not isinstance(base, js.Text) else base, "/", js.text_of(url).lstrip("/")]
        )
    return url


def url_is_absolute(url: Any) -> bool:
    """Whether axios takes a URL as it is, without its base."""
    text = js.text_of(url)
    return "://" in text.partition("?")[0] or text.startswith("//")


def _with_query(url: Any, query: str) -> Any:
    if not query:
        return url
    before = js.text_of(url).partition("#")[0]
    made = f"{before}{'&' if '?' in before else '?'}{query}"
    sources = js.sources_in([url, query])
    return js.Text(made, sources) if sources else made


def _headers(config: dict[str, Any]) -> dict[str, Any]:
    """The headers of a configuration, those for all methods first."""
    headers = dict(js.pairs_of(config.get("headers")))
    common = headers.pop("common", {})
    return {**_dict(common), **headers}


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}

"""The exchanges as a HAR 1.2 file, for developer tools and for `corsdoctor replay`.

http://www.softwareishard.com/blog/har-12-spec/. Beside what HAR has, each entry names the request of the page's script, so
that replaying the file comes to the same verdict.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from corsdoctor.captures.told import TOLD
from corsdoctor.report import Item, Report
from corsdoctor.reports.exchanges import exchanges_of
from corsdoctor.reports.json_ import dumps
from corsdoctor.reports.json_objects import request_object
from corsdoctor.scenario import Api
from corsdoctor.version import __version__
from corsdoctor.wire import BodyEnd, Exchange, FailureKind, Headers, NoAnswer, Response, Withheld

_MASKED: Final = (
    "Secrets are masked as ***, and response bodies are left out. corsdoctor saves both with --show-secrets."
)
_WHOLE: Final = "This file contains the secrets of the requests and responses."
_TYPES: Final = {Api.KEEPALIVE: "fetch", Api.MODULE: "script", Api.SHAPE: "image", Api.WEBGL: "image"}
"""Chromium's name for what makes a request, if it is not that of corsdoctor."""
_ERRORS: Final = {
    FailureKind.DNS: "NAME_NOT_RESOLVED", FailureKind.REFUSED: "CONNECTION_REFUSED", FailureKind.TLS: "SSL_PROTOCOL_ERROR",
    FailureKind.NOT_TLS: "SSL_PROTOCOL_ERROR", FailureKind.PLAIN_HTTP: "INVALID_HTTP_RESPONSE",
    FailureKind.ONLY_HTTP2: "INVALID_HTTP_RESPONSE", FailureKind.CLIENT_CERTIFICATE: "SSL_CLIENT_AUTH_CERT_NEEDED",
    FailureKind.TIMEOUT: "TIMED_OUT", FailureKind.RESET: "CONNECTION_RESET", FailureKind.NOT_HTTP: "INVALID_HTTP_RESPONSE",
    FailureKind.LENGTH: "CONTENT_LENGTH_MISMATCH", FailureKind.TOO_LARGE: "RESPONSE_HEADERS_TOO_BIG",
    FailureKind.PROXY: "PROXY_CONNECTION_FAILED", FailureKind.UNREACHABLE: "ADDRESS_UNREACHABLE",
}  # fmt: skip
"""Chromium's name for a failure, without net::ERR_."""


class Har:
    """One entry for each exchange, in the order of the requests; what several browsers send alike is one."""

    def __init__(self, *, show_secrets: bool) -> None:
        self._comment = _WHOLE if show_secrets else _MASKED
        self._number, self._entries = 0, 0

    def begin(self) -> str:
        creator = dumps({"name": "corsdoctor", "version": __version__})
        return f'{{"log": {{"version": "1.2", "creator": {creator}, "comment": {dumps(self._comment)}, "entries": ['

    def add(self, item: Item) -> str:
        if not isinstance(item, Report):
            return ""
        self._number += 1
        written = []
        for entry in _entries(item, self._number):
            written.append(f"{',' if self._entries else ''}\n{dumps(entry)}")
            self._entries += 1
        return "".join(written)

    def end(self) -> str:
        return "\n]}}\n"


def _entries(report: Report, number: int) -> Iterator[dict[str, Any]]:
    sent = [(each, places) for each, places in exchanges_of(report) if not isinstance(each.answer, Withheld)]
    started = datetime.now(UTC) - timedelta(seconds=sum(_seconds(exchange) for exchange, _ in sent))
    told: dict[str, Any] = {
        "number": number,
        "browsers": [diagnosis.profile.name for diagnosis in report.diagnoses],
        "request": {
            **request_object(report.scenario),
            "has_body": report.scenario.body is not None,
            "streamed": report.scenario.streamed,
        },
    }
    if report.observations:
        from corsdoctor.reports.observed_json import observations_object  # what a report without browsers need not load

        told["observed"] = observations_object(report)
    kind = _TYPES.get(report.scenario.api, str(report.scenario.api))
    for exchange, places in sent:
        entry = _entry(exchange, started)
        entry["_resourceType"] = "preflight" if exchange.is_preflight else kind
        entry[TOLD] = {**told, "sent_by": places}
        started += timedelta(seconds=_seconds(exchange))
        yield entry


def _seconds(exchange: Exchange) -> float:
    return 0.0 if exchange.response is None else exchange.response.elapsed or 0.0


def _entry(exchange: Exchange, started: datetime) -> dict[str, Any]:
    request, milliseconds = exchange.request, round(_seconds(exchange) * 1000, 3)
    version = "1.1" if exchange.response is None else exchange.response.http_version
    asked = {
        "method": request.method,
        "url": request.url,
        "httpVersion": f"HTTP/{version}",
        "cookies": _cookies(request.headers.values("Cookie")),
        "headers": _pairs(request.headers),
        "queryString": _pairs(parse_qsl(urlsplit(request.url).query, keep_blank_values=True)),
        "headersSize": -1,
        "bodySize": len(request.body or b""),
    }
    if request.body is not None:
        own = {"encoding": "_encoding"}  # which HAR has for responses only
        text = {own.get(name, name): value for name, value in _text(request.body).items()}
        asked["postData"] = {"mimeType": request.headers.get("Content-Type") or "", **text}
    return {
        "startedDateTime": started.isoformat(timespec="milliseconds"),
        "time": milliseconds,
        "request": asked,
        "response": _response(exchange.answer),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
    }


def _response(answer: object) -> dict[str, Any]:
    """The response; without one, a response with status 0 and the error, as Chromium writes it."""
    response = answer if isinstance(answer, Response) else Response(0, Headers(), http_version="1.1")
    written = {
        "status": response.status,
        "statusText": response.reason,
        "httpVersion": f"HTTP/{response.http_version}",
        "cookies": _cookies(value.partition(";")[0] for value in response.headers.values("Set-Cookie")),
        "headers": _pairs(response.headers),
        "content": _content(response),
        "redirectURL": response.headers.get("Location") or "",
        "headersSize": -1,
        "bodySize": -1,
    }
    if isinstance(answer, NoAnswer):
        written |= {"_error": f"net::ERR_{_ERRORS[answer.kind]}", "comment": answer.detail}
    return written


def _content(response: Response) -> dict[str, Any]:
    content = {"size": len(response.body), "mimeType": response.headers.get("Content-Type") or ""}
    if not response.body:
        return content
    if response.framing.end is not BodyEnd.WHOLE:
        content["comment"] = "the beginning of the body"
    return {**content, **_text(response.body)}


def _text(body: bytes) -> dict[str, str]:
    """A body as text, in Base64 if it is none."""
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"text": base64.b64encode(body).decode(), "encoding": "base64"}


def _cookies(values: Iterable[str]) -> list[dict[str, str]]:
    return _pairs(
        (name.strip(), cookie.strip())
        for value in values
        for name, _, cookie in (pair.partition("=") for pair in value.split(";"))
        if name.strip()
    )


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]

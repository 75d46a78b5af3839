"""Replays recorded cases through the core, without sockets, and holds them against what browsers did.

A case names three origins, {A} the page's, {B} the server's, {C} a third one, and a table of answers. The format is in
README.md beside this file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corsdoctor.browsers import Profile
from corsdoctor.diagnose import Diagnosis, Verdict, diagnose
from corsdoctor.scenario import Api, Credentials, Mode, Redirect, Scenario
from corsdoctor.url import OPAQUE, parse
from corsdoctor.wire import Answer, FailureKind, Headers, Kind, NoAnswer, Response, WireRequest

HERE = Path(__file__).parent
HOST = "127.0.0.1"
PORTS = {"A": 18081, "B": 18082, "C": 18083}
COMPARED = (
    "origin",
    "access-control-request-headers",
    "access-control-request-method",
    "authorization",
    "content-type",
)
AGREES = {
    "resolved": {Verdict.ALLOWED, Verdict.OPAQUE},
    "rejected": {Verdict.BLOCKED, Verdict.ERROR},
    "threw": {Verdict.BLOCKED, Verdict.ERROR},
    "timeout": {Verdict.ERROR},
}
ASSET_SIZES = {"events": 9, "font": 624, "image": 70, "media": 844, "script": 11, "style": 12}


@dataclass(frozen=True, slots=True)
class Seen:
    """What can be compared: the outcome, the requests on the wire, the readable header names, the console."""

    outcome: str | Verdict
    wire: tuple[tuple[str, str, str, tuple[tuple[str, str], ...]], ...]
    readable: tuple[str, ...] | None
    console: tuple[str, ...]


def load(path: Path) -> dict[str, dict[str, Any]]:
    """The JSON lines of a file by their id."""
    with path.open(encoding="utf-8") as lines:
        return {(row := json.loads(line))["id"]: row for line in lines if line.strip()}


def fill(text: str) -> str:
    for name, port in PORTS.items():
        text = text.replace(f"{{{name}}}", f"http://{HOST}:{port}").replace(f"{{{name}_HOST}}", f"{HOST}:{port}")
    return text


def blank(text: str) -> str:
    for name, port in PORTS.items():
        text = text.replace(f"http://{HOST}:{port}", f"{{{name}}}").replace(f"{HOST}:{port}", f"{{{name}_HOST}}")
    return text


def scenario_of(case: dict[str, Any]) -> Scenario:
    request = case["request"]
    page = parse(fill("{A}"))
    assert page is not None
    body = request.get("body")
    return Scenario(
        url=fill(request["url"]),
        origin=OPAQUE if request.get("origin", "page") == "opaque" else page.origin,
        method=request.get("method", "GET"),
        headers=tuple((name, fill(value)) for name, value in request.get("headers", [])),
        credentials=Credentials(request.get("credentials", "same-origin")),
        mode=Mode(request.get("mode", "cors")),
        redirect=Redirect(request.get("redirect", "follow")),
        body=None if body is None else body.encode(),
        api=Api(request.get("api", "fetch")),
        upload_listener=request.get("upload_listener", False),
    )


def sender_of(case: dict[str, Any]) -> Callable[[Kind, WireRequest], Answer]:
    """A `send` that answers from the case's table, as its scripted server does."""
    table = []
    for row in case["server"]:
        match = re.match(r"https?://[^/?#]*?:(\d+)([^#]*)", fill(row["url"]))
        assert match is not None
        table.append((int(match[1]), match[2] or "/", row))

    def send(_kind: Kind, request: WireRequest) -> Answer:
        url = parse(request.url)
        assert url is not None
        target = _target(request.url)
        for port, path, row in table:
            if port == url.port and path == target and row.get("method", "*") in ("*", request.method):
                return NoAnswer(FailureKind.RESET, "closed") if row.get("close") else _response(row)
        return _response({"status": 404})

    return send


def _compared(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The headers to compare, without values that are a body's encoding and no matter of CORS."""
    return tuple(
        sorted(
            (name.lower(), value)
            for name, value in headers
            if name.lower() in COMPARED and not (name.lower() == "content-type" and _is_recoded(value))
        )
    )


def _is_recoded(content_type: str) -> bool:
    """Whether browsers rewrite this Content-Type in ways of their own: charsets, bytes that are not ASCII, lists."""
    return "charset" in content_type.lower() or not content_type.isascii() or "," in content_type


def _target(url: str) -> str:
    return "/" + url.split("/", 3)[3]


def _response(row: dict[str, Any]) -> Response:
    status = row.get("status", 200)
    pairs = [(name, fill(value).strip("\t\r\n ")) for name, value in row.get("headers", [])]
    body = row.get("body", "").encode() if "asset" not in row and status not in (204, 304) else b""
    if status not in (204, 304) and not any(name.lower() == "content-length" for name, _ in pairs):
        pairs.append(("Content-Length", str(ASSET_SIZES[row["asset"]] if "asset" in row else len(body))))
    return Response(status, Headers((*pairs, ("Connection", "close"))), body=body)


def observed(row: dict[str, Any]) -> Seen:
    wire = [(w["at"], w["method"], w["path"], _compared(w["headers"])) for w in row["wire"]]
    readable = row["readable"]
    return Seen(
        row["outcome"], tuple(_once(wire)), None if readable is None else tuple(readable), tuple(sorted(row["console"]))
    )


def replayed(diagnosis: Diagnosis) -> Seen:
    wire = []
    for exchange in diagnosis.exchanges:
        url = parse(exchange.request.url)
        assert url is not None
        at = next((n for n, port in PORTS.items() if url.port == port), "?")
        path = _target(exchange.request.url)
        headers = [(name, blank(value)) for name, value in exchange.request.headers]
        wire.append((at, exchange.request.method, path, _compared(headers)))
    console = tuple(sorted(map(blank, diagnosis.console)))
    return Seen(diagnosis.verdict, tuple(_once(wire)), diagnosis.readable, console)


def disagreements(seen: Seen, got: Seen) -> Iterator[tuple[str, object, object]]:
    """(what, the browser's, ours) for the verdict, the wire and the readable headers."""
    if got.outcome not in AGREES[str(seen.outcome)]:
        yield "verdict", seen.outcome, got.outcome
    if got.wire != seen.wire:
        yield "wire", seen.wire, got.wire
    if got.readable != seen.readable:
        yield "readable", seen.readable, got.readable


def console_differs(browser: str, seen: Seen, got: Seen) -> bool:
    """Whether the browser said something about CORS that we don't, or the other way round."""
    about_cors = {
        "chromium": r"blocked by CORS policy|Fetch API cannot load",
        "firefox": r"^Cross-Origin Request",
        "webkit": "",
    }[browser]
    return tuple(m for m in seen.console if re.search(about_cors, m)) != got.console


def replay(case: dict[str, Any], profile: Profile) -> Diagnosis:
    return diagnose(scenario_of(case), profile, sender_of(case))


def _once(wire: list[Any]) -> list[Any]:
    """Browsers retry a request whose connection was closed: a run of the same request counts once."""
    return [w for i, w in enumerate(wire) if i == 0 or w != wire[i - 1]]

"""Replays the cases under world/ with the answers of their servers, and compares each browser with what was recorded.

README.md beside this file says what a case is. `python -m tests.conformance.world_replay` prints the score and what differs;
with --write it also writes world/misses.txt.
"""

from __future__ import annotations

import base64
import json
import re
import sys
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from corsdoctor.browsers import CHROMIUM, FIREFOX, WEBKIT, Profile
from corsdoctor.diagnose import Diagnosis
from corsdoctor.flow.read import InvalidFlow, read_flow
from corsdoctor.flow.result import BrowserResult, StepResult
from corsdoctor.flow.run import run_flow
from corsdoctor.flow.story import Flow
from corsdoctor.url import parse
from corsdoctor.wire import Answer, Exchange, FailureKind, Headers, Kind, NoAnswer, Response, WireRequest

HERE: Final = Path(__file__).parent / "world"
RUNS: Final[dict[str, Profile]] = {
    "chromium": CHROMIUM, "firefox": FIREFOX, "webkit": WEBKIT, "chromium-3pc-blocked": CHROMIUM,
}  # fmt: skip
COMPARED: Final = (
    "origin",
    "access-control-request-method",
    "access-control-request-headers",
    "cookie",
    "authorization",
)
METADATA: Final = ("sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest", "sec-fetch-storage-access", "referer")
CHECKS: Final = ("refused", "verdict", "wire", "metadata", "readable", "console", "stored")
_TLS: Final = (443, 8443, 8444, 8445)
_NOISE: Final = {
    "Chromium": r"An iframe which has both|Manifest: Line|Failed to load module script",
    "Firefox": "Cookie “|Partitioned cookie|XML Parsing Error|downloadable font|Loading failed for|Firefox can’t establish|"
    "(Module|<script>) source URI|A resource is blocked by OpaqueResponseB|Failed to create WebGL|@@prompt|Feature Policy|"
    "The character encoding|ReferenceError|An iframe which has both",
    "WebKit": r"TypeError:|WebSocket connection failed",
}
"""Messages that are not about what is predicted here."""
_STACK: Final = re.compile(r"\d+ .*\(\) \[.*|JavaScript stack is empty")
"""A line of a script's stack, which Firefox prints below some messages."""


class Check(NamedTuple):
    """One comparison: of a step, or of the whole case."""

    case: str
    step: int | None
    check: str
    right: bool
    wanted: object = None
    came: object = None

    @property
    def name(self) -> str:
        """The check as misses.txt names it."""
        return f"{self.case}{'' if self.step is None else f'#{self.step}'} {self.check}"


def cases() -> Iterator[dict[str, Any]]:
    """All cases, in the order of the file."""
    for line in (HERE / "cases.jsonl").read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def observed(run: str) -> dict[str, dict[str, Any]]:
    """What was recorded in `run`, by case."""
    lines = (HERE / "observed" / f"{run}.jsonl").read_text(encoding="utf-8").splitlines()
    return {(o := json.loads(line))["id"]: o for line in lines}


class Server:
    """Answers by the first row that matches; one with `times` answers no more often."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self._rows = rows
        self._hits: Counter[int] = Counter()

    def send(self, _kind: Kind, request: WireRequest) -> Answer:
        """The answer to `request`; a port has either http or https."""
        url = parse(request.url)
        if url is not None and (url.effective_port in _TLS) is not (url.scheme == "https"):
            return NoAnswer(FailureKind.NOT_TLS, "the port has no TLS")
        if url is not None and url.host.endswith("q-oracle.com."):
            return NoAnswer(FailureKind.DNS, "the name has no address")
        for place, row in enumerate(self._rows):
            if not _asked(row["url"], request.url) or row.get("method", "*") not in ("*", request.method):
                continue
            if any((name in request.headers) is not there for name, there in row.get("has", {}).items()):
                continue
            self._hits[place] += 1
            if "times" in row and (row.get("close") or self._hits[place] > row["times"]):
                continue  # a browser repeats a request at once whose kept connection was closed
            return _answer(row, request)
        return Response(404, Headers((("Content-Length", "0"),)))


def _asked(row: str, url: str) -> bool:
    mine, theirs = parse(re.sub("^ws", "http", row)), parse(url)
    assert mine is not None
    assert theirs is not None
    return (mine.origin, mine.path, mine.query) == (theirs.origin, theirs.path, theirs.query)


def _answer(row: dict[str, Any], request: WireRequest) -> Answer:
    if row.get("close"):
        return NoAnswer(FailureKind.RESET, "closed")
    if row.get("ws") and "Sec-WebSocket-Key" in request.headers:
        return Response(
            101,
            Headers((("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", _accept(request)))),
        )
    origin = request.headers.get("Origin") or ""
    lines = [(name, value.replace("{O}", origin)) for name, value in row["headers"]]
    lines = [
        (name, value) for (name, value), (_, made) in zip(lines, row["headers"], strict=True) if value or made != "{O}"
    ]
    status = row.get("status", 200)
    if status not in (204, 304) and not any(name.lower() == "content-length" for name, _ in lines):
        lines.append(("Content-Length", str(row["length"])))
    body = row.get("body", "").encode()
    return Response(status, Headers(tuple((name, _latin(value)) for name, value in lines)), body=body)


def _latin(value: str) -> str:
    return value.encode().decode("latin-1")


def _accept(request: WireRequest) -> str:
    import hashlib

    key = (request.headers.get("Sec-WebSocket-Key") or "") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    return base64.b64encode(hashlib.sha1(key.encode(), usedforsecurity=False).digest()).decode()


def checks(run: str, profile: Profile | None = None, only: Collection[str] | None = None) -> Iterator[Check]:
    """All comparisons with `run`, of the cases `only` if they are named; `profile` predicts in place of the browser's."""
    recorded = observed(run)
    for case in cases():
        found = recorded.get(case["id"])
        if found is None or any(step["outcome"] == "hung" for step in found["steps"]):
            continue
        if only is not None and case["id"] not in only:
            continue
        given = {key: value for key, value in case.items() if key not in ("id", "server")}
        if run == "chromium-3pc-blocked":
            given["third_party_cookies"] = "blocked"
        try:
            flow = read_flow(given)
        except InvalidFlow as e:
            yield Check(case["id"], None, "refused", False, None, str(e))
            continue
        [result] = run_flow(flow, (profile or RUNS[run],), Server(case["server"]).send)
        yield from _judged(case["id"], flow, result, found)


def lived(pattern: str) -> Iterator[Diagnosis]:
    """What each browser makes of each request of the cases whose id begins with `pattern`."""
    for case in cases():
        if re.match(pattern, case["id"]):
            flow = read_flow({key: value for key, value in case.items() if key not in ("id", "server")})
            for result in run_flow(flow, RUNS.values(), Server(case["server"]).send):
                yield from (part.diagnosis for step in result.steps for part in step.all())


def _judged(case: str, flow: Flow, result: BrowserResult, found: dict[str, Any]) -> Iterator[Check]:
    requests = [request for visit in flow.visits for request in visit.requests]
    of_requests = places(flow)
    prompted = any("@@prompt" in message for message in found.get("console", ()))
    for number, (request, step, place) in enumerate(zip(requests, result.steps, of_requests, strict=True)):
        api = "cookie" if request.set_cookie is not None else str(request.scenario.api)
        seen = found["steps"][place]
        good = _accepted(api, seen)
        if good is not None:
            if prompted and step.verdict == "pending":
                yield Check(case, number, "verdict", True)
                return
            yield Check(
                case,
                number,
                "verdict",
                str(step.noticed) in good,
                (seen["outcome"], seen.get("type")),
                str(step.noticed),
            )
        wire = [row for row in found["wire"] if row["step"] == place]
        known = {(row["method"], row["url"]) for row in wire}
        sent = [e for one in step.all() for e in one.diagnosis.exchanges if _counts(e, known)]
        several = bool(request.subresources)
        wanted = rows([(r["method"], r["url"], r["headers"]) for r in wire], COMPARED, several)
        came = rows([(e.request.method, bare(e.request.url), list(e.request.headers)) for e in sent], COMPARED, several)
        yield Check(case, number, "wire", wanted == came, wanted, came)
        if wanted and wanted == came:
            wanted = rows([(r["method"], r["url"], r["headers"]) for r in wire], METADATA, several)
            came = rows(
                [(e.request.method, bare(e.request.url), list(e.request.headers)) for e in sent], METADATA, several
            )
            yield Check(case, number, "metadata", wanted == came, wanted, came)
        if "readable" in seen and good and str(step.noticed) in good:
            names = sorted(set(step.diagnosis.readable or ()))
            yield Check(case, number, "readable", seen["readable"] == names, seen["readable"], names)
    if not any(step.get("type") == "no-webgl" for step in found["steps"]):
        messages = [message for page in result.pages for message in page.console]
        messages += [message for step in result.steps for message in _console(step)]
        noise = _NOISE[result.profile.title]
        wanted_lines, came_lines = _lines(found.get("console", ()), noise), _lines(messages, noise)
        yield Check(case, None, "console", wanted_lines == came_lines, wanted_lines, came_lines)
    if "stored" in found:
        peeks = [(visit.page.url.origin, page) for visit, page in zip(flow.visits, result.pages, strict=True)]
        cookies = [[str(origin), page.cookie or ""] for origin, page in peeks][-len(found["stored"]) :]
        yield Check(case, None, "stored", cookies == found["stored"], found["stored"], cookies)


def places(flow: Flow) -> list[int]:
    """The place of each request among the recorded steps, where a wait counts as one."""
    found, place = [], -1
    for visit in flow.visits:
        for request in visit.requests:
            place += 2 if request.wait else 1
            found.append(place)
    return found


def _console(step: StepResult) -> list[str]:
    return [message for one in step.all() for message in one.diagnosis.console]


def _counts(exchange: Exchange, known: set[tuple[str, str]]) -> bool:
    request = exchange.request
    if exchange.from_cache:
        return False
    return not isinstance(exchange.answer, NoAnswer) or (request.method, bare(request.url)) in known


def bare(url: str) -> str:
    """A URL as the server sees it: without a login and a fragment."""
    return re.sub("^ws", "http", re.sub(r"(?<=://)[^/@]*@", "", url)).partition("#")[0]


def rows(found: list[tuple[str, str, list[Any]]], names: tuple[str, ...], several: bool) -> list[object]:
    """The requests with the headers that are compared; in no order if there are `several` at once."""
    made: list[Any] = []
    for method, url, headers in found:
        row = (method, url, tuple(sorted((name.lower(), value) for name, value in headers if name.lower() in names)))
        if not made or made[-1] != row:
            made.append(row)
    if several:
        made.sort()
    return made[-1:] if made and made[-1][1].endswith("/login") else made


def _accepted(api: str, seen: dict[str, Any]) -> set[str] | None:
    """The verdicts that agree with what a page saw; None where it could not see anything."""
    outcome, kind = seen["outcome"], seen.get("type")
    if outcome == "unseen" or kind == "no-webgl":
        return None
    if api == "webgl" and kind == "opaque":
        return {"blocked"}
    if outcome == "resolved":
        either = {"allowed", "opaque"}
        return (
            either
            if api == "video"
            else {"basic": {"allowed"}, "cors": {"allowed"}, "opaque": {"opaque"}}.get(str(kind), either)
        )
    if outcome == "timeout":
        return {"pending", "error", "blocked"} if api in ("iframe", "form", "object") else {"pending", "error"}
    return {"blocked", "error"}


def _lines(messages: Any, noise: str) -> list[str]:
    made = set()
    for message in messages:
        if re.match(noise, message):
            continue
        text = re.sub(r"data:text/html[^\s'\"”]*", "data:", re.sub(r"blob:[^\s'\"”’]*", "blob:", message))
        made |= {line.strip() for line in text.split("\n") if line.strip() and not _STACK.fullmatch(line.strip())}
    return sorted(made)


def main() -> None:
    """Prints the score, by group; with an argument that is not --write, also what differs in cases that match it."""
    show = next((argument for argument in sys.argv[1:] if argument != "--write"), None)
    lines = []
    for run in RUNS:
        groups: dict[str, Counter[str]] = {}
        for check in checks(run):
            for group in (check.case.partition("/")[0], "all"):
                groups.setdefault(group, Counter()).update({f"of {check.check}": 1, check.check: int(check.right)})
            if not check.right:
                lines.append(f"{run} {check.name}\n")
                if show is not None and re.search(show, f"{run} {check.name}"):
                    sys.stdout.write(
                        f"{run} {check.name}\n    browser: {check.wanted}\n    here:    {check.came}" + "\n"
                    )
        for group, count in sorted(groups.items()):
            said = ", ".join(f"{c} {count[c]}/{count[f'of {c}']}" for c in CHECKS if count[f"of {c}"])
            sys.stdout.write(f"{run} {group}: {said}" + "\n")
    if "--write" in sys.argv:
        (HERE / "misses.txt").write_text("".join(sorted(lines)), encoding="utf-8")


if __name__ == "__main__":
    main()

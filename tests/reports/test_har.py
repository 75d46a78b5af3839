"""HAR files: they are what HAR 1.2 asks for, hide secrets, and replaying them comes to the same verdicts."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from corsdoctor.browsers import BROWSERS, STANDARD
from corsdoctor.captures.group import grouped
from corsdoctor.captures.har import read_har
from corsdoctor.captures.judge import Judgement, judge
from corsdoctor.captures.told import read_told
from corsdoctor.diagnose import Verdict, diagnose_all, withholding
from corsdoctor.fetch.element import TEXT_BODY
from corsdoctor.fetch.opaque_response_blocking import DATA_BODY
from corsdoctor.report import Item, Problem, Report
from corsdoctor.reports.har import Har
from corsdoctor.reports.secrets import mask_report
from corsdoctor.scenario import Api, Credentials, Mode, Redirect, Scenario
from corsdoctor.url import Origin, parse_origin
from corsdoctor.wire import BodyEnd, FailureKind, Framing, Headers, Kind, NoAnswer, Response, WireRequest
from tests.conformance.replay import HERE, load, scenario_of, sender_of

_CASES = load(HERE / "cases.jsonl")
_LIST = {"type": "array", "items": {"type": "object", "required": ["name", "value"]}}
_TEXT, _SIZE = {"type": "string"}, {"type": "integer", "minimum": -1}
HAR_1_2 = {
    "type": "object", "required": ["log"], "properties": {"log": {
        "type": "object", "required": ["version", "creator", "entries"], "properties": {
            "version": {"const": "1.2"},
            "creator": {"type": "object", "required": ["name", "version"]},
            "entries": {"type": "array", "items": {
                "type": "object",
                "required": ["startedDateTime", "time", "request", "response", "cache", "timings"],
                "properties": {
                    "startedDateTime": {"type": "string", "format": "date-time"},
                    "time": {"type": "number", "minimum": 0},
                    "cache": {"type": "object"},
                    "timings": {"type": "object", "required": ["send", "wait", "receive"]},
                    "request": {
                        "type": "object",
                        "required": [
                            "method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize",
                        ],
                        "properties": {
                            "method": _TEXT, "url": _TEXT, "httpVersion": _TEXT, "cookies": _LIST, "headers": _LIST,
                            "queryString": _LIST, "headersSize": _SIZE, "bodySize": _SIZE,
                            "postData": {"type": "object", "required": ["mimeType", "text"]},
                        },
                    },
                    "response": {
                        "type": "object",
                        "required": [
                            "status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL",
                            "headersSize", "bodySize",
                        ],
                        "properties": {
                            "status": {"type": "integer"}, "statusText": _TEXT, "httpVersion": _TEXT, "cookies": _LIST,
                            "headers": _LIST, "redirectURL": _TEXT, "headersSize": _SIZE, "bodySize": _SIZE,
                            "content": {"type": "object", "required": ["size", "mimeType"]},
                        },
                    },
                },
            }},
        },
    }},
}  # fmt: skip


def saved(*items: Item, show_secrets: bool = False) -> str:
    """What --save writes of `items`, which is HAR 1.2."""
    writer = Har(show_secrets=show_secrets)
    shown = items if show_secrets else [mask_report(item) for item in items]
    written = "".join([writer.begin(), *map(writer.add, shown), writer.end()])
    jsonschema.Draft202012Validator(HAR_1_2, format_checker=jsonschema.FormatChecker()).validate(json.loads(written))
    return written


def judged(written: str) -> list[Judgement]:
    """The verdicts of a replay."""
    har = read_har([written.encode()])
    assert not har.unreadable
    return [judge(request, har, None, ()) for request in grouped(har)]


def comparable(report: Report | Judgement) -> object:
    return {
        d.profile.name: (
            Verdict.UNKNOWN if d.verdict is Verdict.UNSENT else d.verdict, d.failure and d.failure.rule.id, d.readable,
            [(e.kind, e.request.method) for e in d.exchanges if e.response is not None],
        )
        for d in report.diagnoses
    }  # fmt: skip


def shape(case: dict[str, Any]) -> str:
    """What a HAR file makes a difference of: not the values of headers, which it only carries."""
    asked = {name: value for name, value in case["request"].items() if name not in ("url", "headers", "body")}
    carried = [name in case["request"] for name in ("headers", "body")]
    answers = [[each.get("method"), each.get("status"), bool(each.get("headers"))] for each in case["server"]]
    return json.dumps([asked, carried, answers], sort_keys=True)


@pytest.mark.exhaustive
def test_a_replay_comes_to_the_same_verdicts() -> None:
    """For a recorded case of each shape that sends anything and is not judged by its body, which --save leaves out."""
    cases = {shape(case): name for name, case in _CASES.items()}
    reports = {
        name: Report(diagnose_all(scenario_of(_CASES[name]), BROWSERS, sender_of(_CASES[name])))
        for name in cases.values()
    }
    sent = {
        name: report
        for name, report in reports.items()
        if any(d.exchanges for d in report.diagnoses)
        and not any(step.cause in (DATA_BODY, TEXT_BODY) for d in report.diagnoses for step in d.steps)
    }
    found = dict(zip(sent, judged(saved(*sent.values())), strict=True))
    wrong = [name for name, report in sent.items() if comparable(report) != comparable(found[name])]
    assert not wrong
    assert len(sent) > 1_500


def origin(text: str) -> Origin:
    read = parse_origin(text)
    assert read is not None
    return read


APP, API = "https://app.example", "https://api.example"
GRANT = Headers((("Access-Control-Allow-Origin", APP), ("Access-Control-Allow-Credentials", "true")))
SCENARIOS = {
    "same origin": Scenario(f"{APP}/items", origin(APP)),
    "no-cors": Scenario(f"{API}/items", origin(APP), "POST", mode=Mode.NO_CORS, body=b"x"),
    "image": Scenario(f"{API}/i.png", origin(APP), api=Api.IMAGE),
    "module": Scenario(f"{API}/m.js", origin(APP), api=Api.MODULE),
    "include": Scenario(f"{API}/", origin(APP), credentials=Credentials.INCLUDE, cookie="sid=TOPSECRET1"),
    "redirect is an error": Scenario(f"{API}/moved", origin(APP), redirect=Redirect.ERROR),
    "token in a redirect": Scenario(f"{API}/moved?access_token=TOPSECRET1", origin(APP)),
    "upload": Scenario(f"{API}/", origin(APP), "POST", body=b"\xff\x00", api=Api.XHR, upload_listener=True),
    "put": Scenario(f"{API}/", origin(APP), "PUT", (("Authorization", "Bearer TOPSECRET1"),), body=b'{"password":"TOPSECRET1"}'),
    "websocket": Scenario("wss://api.example/", origin(APP), api=Api.WEBSOCKET),
}  # fmt: skip


def answer(kind: Kind, request: WireRequest) -> Response:
    if "moved" in request.url:
        return Response(302, Headers((*GRANT, ("Location", "/to?access_token=TOPSECRET2"))), elapsed=0.25)
    if kind is Kind.PREFLIGHT:
        allowed = ("Access-Control-Allow-Methods", "PUT"), ("Access-Control-Allow-Headers", "authorization")
        return Response(204, Headers((*GRANT, *allowed)))
    set_cookie = ("Set-Cookie", "sid=TOPSECRET3; Path=/; Secure")
    body = b"\x89PNG" if request.url.endswith(".png") else b'{"token": "TOPSECRET4"}'
    return Response(200, Headers((*GRANT, set_cookie)), body=body)


@pytest.mark.parametrize("name", SCENARIOS)
def test_whatever_was_asked(name: str) -> None:
    report = Report(diagnose_all(SCENARIOS[name], BROWSERS, answer))
    masked, whole = saved(report), saved(report, show_secrets=True)
    assert "TOPSECRET" not in masked
    for written in (masked, whole):
        [found] = judged(written)
        assert comparable(found) == comparable(report)
        assert found.missing is None
        assert found.recorded_by is None


def test_what_browsers_send_alike_is_one_entry() -> None:
    report = Report(diagnose_all(SCENARIOS["put"], BROWSERS, answer))
    entries = json.loads(saved(report))["log"]["entries"]
    assert [entry["_resourceType"] for entry in entries] == ["preflight", "fetch"]
    assert entries[1]["_corsdoctor"]["sent_by"] == {profile.name: 1 for profile in BROWSERS}
    alone = Report(diagnose_all(SCENARIOS["put"], [STANDARD], answer))
    [found] = judged(saved(alone))
    assert [d.profile for d in found.diagnoses] == [STANDARD]


@pytest.mark.parametrize("kind", FailureKind)
def test_no_response(kind: FailureKind) -> None:
    report = Report(diagnose_all(SCENARIOS["include"], BROWSERS, lambda *_: NoAnswer(kind, "It failed.")))
    written = saved(report)
    [entry] = json.loads(written)["log"]["entries"]
    assert entry["response"]["status"] == 0
    assert entry["response"]["_error"].startswith("net::ERR_")
    [found] = judged(written)
    assert found.verdict is report.verdict is Verdict.ERROR


def test_what_was_not_sent_is_unknown() -> None:
    report = Report(diagnose_all(SCENARIOS["put"], BROWSERS, withholding(answer)))
    [found] = judged(saved(report))
    assert (report.verdict, found.verdict) == (Verdict.UNSENT, Verdict.UNKNOWN)
    assert found.missing == f"The capture does not have the request: PUT {API}/."


def test_nothing_was_sent() -> None:
    report = Report(diagnose_all(Scenario("http://", origin(APP)), BROWSERS, answer))
    assert judged(saved(report, Problem(2, "it is no URL"))) == []


def bodies(response: Response) -> Iterable[dict[str, Any]]:
    report = Report(diagnose_all(SCENARIOS["upload"], [STANDARD], lambda *_: response))
    return (entry["response"]["content"] for entry in json.loads(saved(report, show_secrets=True))["log"]["entries"])


def test_bodies() -> None:
    framing = Framing(end=BodyEnd.UNREAD)
    assert list(bodies(Response(200, GRANT, body=b"\xff", framing=framing))) == [
        {"size": 1, "mimeType": "", "comment": "the beginning of the body", "text": "/w==", "encoding": "base64"}
    ] * 2  # fmt: skip
    report = Report(diagnose_all(SCENARIOS["upload"], [STANDARD], answer))
    *_, entry = json.loads(saved(report))["log"]["entries"]
    assert base64.b64decode(entry["request"]["postData"]["text"]) == b"\xff\x00"
    assert entry["request"]["postData"]["_encoding"] == "base64"


@pytest.mark.parametrize(
    "told",
    [
        None,
        1,
        [],
        {},
        {"number": "x"},
        {"number": float("inf"), "browsers": [], "sent_by": {}, "request": {}},
        {"number": 1, "browsers": [], "sent_by": {}, "request": {"origin": "app.example"}},
    ],
)
def test_what_others_write_there_is_ignored(told: Any) -> None:
    assert read_told(told) is None

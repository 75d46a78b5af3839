"""Requests of a capture that are sent again: what goes out, the verdict, and what changed."""

from __future__ import annotations

from typing import Any

import pytest

from corsdoctor.browsers import CHROMIUM
from corsdoctor.captures.group import grouped
from corsdoctor.captures.har import read_har
from corsdoctor.captures.judge import Judgement, judge
from corsdoctor.captures.live import Change, changes, judge_now
from corsdoctor.captures.transcript import read_transcript
from corsdoctor.diagnose import Diagnosis, Memo
from corsdoctor.scenario import Credentials
from corsdoctor.wire import Answer, FailureKind, Headers, Kind, NoAnswer, Response, Send, WireRequest, Withheld
from tests.captures.hars import API, GRANT, PAGE, entry, preflight, text

BOTH = GRANT | {"Access-Control-Allow-Credentials": "true"}
BODY = {"postData": {"text": "a=1"}, "bodySize": 3}


class Server:
    """Answers as told, and keeps what came."""

    def __init__(self, status: int = 200, **headers: str) -> None:
        pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        self.answer: Answer = Response(status, Headers(pairs))
        self.came: list[WireRequest] = []

    def send(self, kind: Kind, request: WireRequest) -> Answer:  # noqa: ARG002
        self.came.append(request)
        return self.answer


def now(
    *entries: Any, send: Send, memo: Memo | None = None, mode: Credentials | None = None
) -> list[tuple[tuple[Diagnosis, ...], Judgement, Judgement]]:
    har = read_har([text(*entries)], bodies=True)
    found: list[tuple[tuple[Diagnosis, ...], Judgement, Judgement]] = []
    answered: Memo = {} if memo is None else memo
    for one in grouped(har):
        judged = judge(one, har, mode, ())
        found.append((*judge_now(one, judged, (CHROMIUM,), send, answered), judged))
    return found


def with_request(made: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**made, "request": {**made["request"], **more}}


def test_cookies_and_headers_of_the_capture_are_sent() -> None:
    server = Server(
        Access_Control_Allow_Origin=PAGE,
        Access_Control_Allow_Credentials="true",
        Access_Control_Allow_Headers="authorization",
    )
    asked = {"Origin": PAGE, "Cookie": "a=1", "Authorization": "Bearer b", "User-Agent": "Mozilla/5.0"}
    [(found, judged, _)] = now(
        entry(asked=asked, answered=BOTH), preflight("GET", "authorization", Access_Control_Allow_Origin=PAGE, Access_Control_Allow_Headers="authorization", Access_Control_Allow_Credentials="true"),
        send=server.send,
    )  # fmt: skip
    assert [(r.method, r.headers.get("Cookie"), r.headers.get("Authorization")) for r in server.came] == [
        ("OPTIONS", None, None), ("GET", "a=1", "Bearer b"),
    ]  # fmt: skip
    assert [d.verdict for d in found] == ["allowed"]
    assert (judged.live, judged.mode, judged.by_credentials) == (True, Credentials.INCLUDE, None)


def test_equal_requests_are_sent_once() -> None:
    server, memo = Server(Access_Control_Allow_Origin=PAGE, Access_Control_Allow_Credentials="true"), Memo()
    found = now(*[entry(answered=BOTH)] * 3, send=server.send, memo=memo)
    assert (len(found), len(server.came)) == (3, 1)
    assert {judged.by_credentials and tuple(judged.by_credentials.values()) for _, judged, _ in found} == {
        ("allowed", "allowed")
    }


def test_the_mode_may_decide_now() -> None:
    [(found, judged, _)] = now(entry(answered=BOTH), send=Server(Access_Control_Allow_Origin="*").send)
    assert [d.verdict for d in found] == ["unknown"]
    assert "depends on the credentials mode" in (judged.missing or "")
    [(found, judged, _)] = now(
        entry(answered=BOTH), send=Server(Access_Control_Allow_Origin="*").send, mode=Credentials.OMIT
    )
    assert ([d.verdict for d in found], judged.missing) == (["allowed"], None)


LACKS: dict[str, tuple[list[Any], str]] = {
    "a sanitized Authorization": (
        [entry(answered=BOTH), preflight("GET", "authorization", Access_Control_Allow_Origin=PAGE)],
        "the value of the request header authorization",
    ),
    "a body": ([with_request(entry("POST", answered=BOTH), bodySize=3)], "the whole body"),
    "a body by its length": ([entry("POST", asked={"Origin": PAGE, "Content-Length": "3"}, answered=BOTH)], "the whole body"),
    "the end of a body": ([with_request(entry("POST", answered=BOTH), postData={"text": "x" * 5000})], "the whole body"),
    "a part of a body": (
        [with_request(entry("POST", asked={"Origin": PAGE, "Content-Length": "9"}, answered=BOTH), **BODY)], "the whole body",
    ),
    "a length of thousands of digits": (
        [with_request(entry("POST", asked={"Origin": PAGE, "Content-Length": "9" * 5000}, answered=BOTH), **BODY)], "the whole body",
    ),
    "a form": ([with_request(entry("POST", answered=BOTH), postData={"params": [{"name": "a"}]})], "the whole body"),
}  # fmt: skip


@pytest.mark.parametrize("name", LACKS)
def test_nothing_is_made_up(name: str) -> None:
    entries, what = LACKS[name]
    server = Server(
        Access_Control_Allow_Origin=PAGE,
        Access_Control_Allow_Headers="authorization",
        Access_Control_Allow_Credentials="true",
    )
    [(found, _, _)] = now(*entries, send=server.send)
    assert all(request.method == "OPTIONS" for request in server.came)
    [why] = {e.answer.why for d in found for e in d.exchanges if isinstance(e.answer, Withheld)}
    assert what in why
    assert [d.verdict for d in found] == ["unsent"]


@pytest.mark.parametrize(("more", "body"), [(BODY, b"a=1"), ({}, None), ({"postData": {"text": ""}}, None)])
def test_bodies(more: dict[str, Any], body: bytes | None) -> None:
    server = Server(Access_Control_Allow_Origin=PAGE, Access_Control_Allow_Credentials="true")
    now(with_request(entry("POST", answered=BOTH), **more), send=server.send)
    assert [request.body for request in server.came] == [body]


def test_a_length_that_is_not_a_number_is_ignored() -> None:
    server = Server(Access_Control_Allow_Origin=PAGE, Access_Control_Allow_Credentials="true")
    asked = {"Origin": PAGE, "Content-Length": "\u00b2"}
    now(with_request(entry("POST", asked=asked, answered=BOTH), **BODY), send=server.send)
    assert [request.body for request in server.came] == [b"a=1"]


def test_a_preflight_alone() -> None:
    server = Server(
        204,
        Access_Control_Allow_Origin=PAGE,
        Access_Control_Allow_Methods="PUT",
        Access_Control_Allow_Credentials="true",
    )
    [(found, _, before)] = now(preflight("PUT", status=405), send=server.send)
    assert ([request.method for request in server.came], before.verdict) == (["OPTIONS", "PUT"], "blocked")
    assert [d.verdict for d in found] == ["allowed"]


def test_without_an_origin_nothing_is_sent() -> None:
    har = read_transcript(b"> GET /x HTTP/1.1\n> Host: api.example\n>\n< HTTP/1.1 200 OK\n<\n")
    [one] = grouped(har)
    server = Server()
    found, judged = judge_now(one, judge(one, har, None, ()), (CHROMIUM,), server.send, {})
    assert ({d.verdict for d in found}, server.came) == ({"unknown"}, [])
    assert "was not sent again" in (judged.missing or "")


def changed(server: Server, made: dict[str, Any] | None = None) -> list[tuple[str | None, str | None, str | None]]:
    [(found, _, before)] = now(made or entry(answered=GRANT | {"Date": "1"}), send=server.send, mode=Credentials.OMIT)
    return [(one.name, one.before, one.now) for one in changes(before.diagnoses, found)]


def test_what_changed() -> None:
    assert changed(Server(Access_Control_Allow_Origin=PAGE, Date="2")) == []
    assert changed(Server(403, access_control_allow_origin="*", Vary="Origin")) == [
        (None, "200", "403"), ("Access-Control-Allow-Origin", PAGE, "*"), ("Vary", None, "Origin"),
    ]  # fmt: skip
    gone = Server()
    gone.answer = NoAnswer(FailureKind.REFUSED, "")
    assert changed(gone) == [(None, "200", None)]
    assert changed(Server(), entry(status=0)) == [], "the capture does not have the response"


def test_a_change_names_its_request() -> None:
    [(found, _, before)] = now(
        entry(answered=GRANT), send=Server(Access_Control_Allow_Origin="*").send, mode=Credentials.OMIT
    )
    assert changes(before.diagnoses, found) == [
        Change(Kind.ACTUAL, "GET", API, "Access-Control-Allow-Origin", PAGE, "*")
    ]

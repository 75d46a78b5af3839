"""A flow as text, as JSON by the schema, and request by request in other formats; no secret in any of them."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema  # type: ignore[import-untyped]

from corsdoctor.batch.rendered import rendered
from corsdoctor.browsers import BROWSERS, CHROMIUM, FIREFOX, WEBKIT, Profile
from corsdoctor.diagnose import withholding
from corsdoctor.flow.read import read_flow
from corsdoctor.flow.run import run_flow
from corsdoctor.report import FlowReport
from corsdoctor.reports.flow_text import render_flow
from corsdoctor.reports.json_ import Json
from corsdoctor.reports.secrets import mask_flow
from corsdoctor.reports.text import Text
from corsdoctor.reports.writer import Style
from corsdoctor.wire import Answer, FailureKind, Headers, Kind, NoAnswer, Response, WireRequest

SECRET = "s3cr3t-of-a-session"


def answer(_kind: Kind, request: WireRequest) -> Answer:
    if "down" in request.url:
        return NoAnswer(FailureKind.REFUSED, "Connection refused.")
    lines = [("Access-Control-Allow-Origin", "https://app.example"), ("Access-Control-Allow-Credentials", "true")]
    lines += [("Content-Type", "text/css"), ("Set-Cookie", f"token={SECRET}; SameSite=None; Secure")]
    return Response(200, Headers(tuple(lines)), "OK")


STORY = {
    "visits": [
        {"page": "https://api.example/login", "headers": [["Set-Cookie", f"sid={SECRET}; Secure"], ["Set-Cookie", "bad=1; SameSite=None"]]},
        {
            "page": "https://app.example/",
            "requests": [
                {"url": "https://api.example/items", "credentials": "include"},
                {"url": "https://api.example/items", "credentials": "include", "wait": 2.5},
                {"url": "https://api.example/a.css", "api": "stylesheet", "subresources": [{"url": "/f", "api": "font"}]},
                {"url": "https://api.example/items", "method": "PUT"},
                {"url": "https://down.example/"},
                {"url": "/items", "method": "DELETE"},
                {"api": "cookie", "cookie": "own=1"},
            ],
        },
    ],
}  # fmt: skip


def lived(*profiles: Profile) -> FlowReport:
    flow = read_flow({**STORY, "id": "story"})
    return mask_flow(FlowReport(flow, run_flow(flow, profiles, withholding(answer)), line=3))


def test_the_timeline() -> None:
    text = render_flow(lived(*BROWSERS), Style())
    assert text.startswith("✗ story: Blocked in")
    assert SECRET not in text
    for said in (
        "Page https://api.example/login",
        "1. fetch: GET https://api.example/items",
        "2. fetch: GET https://api.example/items, at 2.5 s",
        "sid is not sent (lax-by-default): A cookie without SameSite",
        "bad is not stored (not-secure)",
        "document.cookie",
        "Connection refused.",
        "not sent: DELETE may change data",
    ):
        assert said in " ".join(text.split()), said
    assert max(map(len, text.splitlines())) <= 80


def test_more_and_less() -> None:
    report = lived(CHROMIUM, WEBKIT)
    assert "Console" in render_flow(report, Style(verbosity=1))
    assert len(render_flow(report, Style(verbosity=-1)).splitlines()) == 1
    writer = Text(Style(), several=True)
    assert writer.add_flow(report)[0] != "\n"
    assert writer.add_flow(report)[0] == "\n"


def shown(*requests: dict[str, Any], profiles: tuple[Profile, ...] = (CHROMIUM,), **more: Any) -> str:
    flow = read_flow({"visits": [{"page": "https://app.example/", "requests": list(requests)}], **more})
    return " ".join(render_flow(FlowReport(flow, run_flow(flow, profiles, remembered)), Style()).split())


def remembered(_kind: Kind, _request: WireRequest) -> Answer:
    lines = (
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Allow-Methods", "PUT"),
        ("Access-Control-Max-Age", "60"),
    )
    return Response(200, Headers((*lines, ("Set-Cookie", "a=1"))), "OK")


def test_what_a_cache_spares() -> None:
    put = {"url": "https://api.example/", "method": "PUT"}
    text = shown(put, {**put, "wait": 10})
    assert text.count("> OPTIONS") == 1
    assert text.endswith("preflight cache. > PUT https://api.example/ 200 OK - a is not stored (not-kept).")
    assert text.count("discard those of its response") == 1


def test_browsers_that_ask_the_server_stand_apart_from_one_that_has_the_response() -> None:
    def refusing(_kind: Kind, _request: WireRequest) -> Answer:
        return Response(200, Headers((("Cache-Control", "max-age=60"),)), "OK")

    requests = [{"url": "https://api.example/"}] * 2
    flow = read_flow({"visits": [{"page": "https://app.example/", "requests": requests}]})
    text = render_flow(FlowReport(flow, run_flow(flow, (CHROMIUM, FIREFOX), refusing)), Style())
    first, _, second = text.partition("\n2. ")
    assert "In every browser: blocked" in first
    of_chromium, _, of_firefox = second.partition("In Firefox: blocked")
    assert [part.count("(from the HTTP cache)") for part in (of_chromium, of_firefox)] == [0, 1]


def test_who_makes_a_request() -> None:
    text = shown(
        {"url": "/a", "frame": {"url": "data:", "sandbox": ""}},
        {"url": "/b", "frame": {"url": "/f"}},
        {"url": "/c", "worker": "module"},
    )
    assert "1. fetch: GET https://app.example/a in the sandboxed frame data:" in text
    assert "2. fetch: GET https://app.example/b in the frame https://app.example/f" in text
    assert "3. fetch: GET https://app.example/c in a module worker" in text


def test_a_frame_that_is_not_loaded() -> None:
    frame = {"url": "http://framed.example/"}
    cookie = {"api": "cookie", "cookie": "a=1", "frame": frame}
    text = shown({"url": "https://api.example/", "frame": frame}, cookie, profiles=(CHROMIUM, WEBKIT))
    assert text.count("✗ In every browser: not made, because the frame is not loaded Why The page") == 2
    assert "> GET" not in text
    frame = {"url": "https://127.0.0.1/"}
    text = shown({**cookie, "frame": frame}, profiles=(FIREFOX,))
    assert "? In Firefox: waiting for the user Why" in text


def test_what_waits_for_the_user_says_why() -> None:
    text = shown({"url": "https://127.0.0.1/"}, profiles=(FIREFOX,))
    assert (
        "? In Firefox: waiting for the user Why https://app.example does not have the permission loopback-network"
        in text
    )
    assert "Fix Ask the user to allow it" in text


def test_a_flow_that_passes() -> None:
    flow = read_flow({"visits": [{"page": "https://app.example/", "requests": [{"url": "/r"}]}]})
    report = FlowReport(flow, run_flow(flow, (CHROMIUM,), answer))
    assert render_flow(report, Style()).startswith("✓ Allowed in Chromium\n")
    unsent = read_flow({"visits": [{"page": "https://app.example/", "requests": [{"url": "/r", "method": "PUT"}]}]})
    report = FlowReport(unsent, run_flow(unsent, (CHROMIUM,), withholding(answer)))
    assert render_flow(report, Style()).startswith("? Not sent in Chromium\n")


def test_json_fits_the_schema() -> None:
    schema = json.loads((files("corsdoctor.reports") / "schema.json").read_text(encoding="utf-8"))
    line = rendered(lived(*BROWSERS), show_secrets=False)
    found = json.loads(line.text)
    jsonschema.Draft202012Validator(schema).validate(found)
    assert found["line"] == 3
    assert SECRET not in line.text
    flow = read_flow(STORY)
    shown = rendered(FlowReport(flow, run_flow(flow, (CHROMIUM,), answer)), show_secrets=True)
    assert SECRET in shown.text
    whole = Json(several=False).add_flow(lived(CHROMIUM))
    jsonschema.Draft202012Validator(schema).validate(json.loads(whole))
    steps = found["browsers"]["chromium"]["steps"]
    assert [s["verdict"] for s in steps] == ["allowed", "allowed", "opaque", "blocked", "error", "unsent", "allowed"]
    assert [e["url"] for e in steps[2]["exchanges"]] == ["https://api.example/a.css", "https://api.example/f"]
    assert {s["exchange"] for s in steps[2]["steps"]} <= {None, 0, 1}


def test_secrets_in_urls_are_masked() -> None:
    """Those of pages and of requests; a login page's may also be where a request comes from."""
    requests = [{"url": f"/items?token={SECRET}"}, {"api": "image", "url": f"https://bob:{SECRET}@api.example/"}]
    visits = [{"page": f"https://bob:{SECRET}@app.example/?token={SECRET}", "requests": requests}]
    flow = read_flow({"visits": visits})
    report = mask_flow(FlowReport(flow, run_flow(flow, BROWSERS, answer)))
    texts = [render_flow(report, Style()), rendered(report, show_secrets=True).text]
    assert [SECRET in text for text in texts] == [False, False]
    assert all("/items?token=***" in text for text in texts)

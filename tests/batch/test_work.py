"""What a batch does with a line goes to another process and does the same there."""

from __future__ import annotations

import json
import pickle
from contextlib import closing
from importlib.resources import files

import jsonschema  # type: ignore[import-untyped]
import pytest

from corsdoctor.batch.checks import CheckWork
from corsdoctor.batch.line import Line
from corsdoctor.batch.rate import Rate
from corsdoctor.batch.read_line import host_of
from corsdoctor.browsers import BROWSERS
from corsdoctor.diagnose import Verdict
from corsdoctor.report import Problem, Report, Retried
from corsdoctor.reports import write
from corsdoctor.reports.secrets import mask_report
from corsdoctor.reports.writer import Style
from corsdoctor.scenario import Scenario
from corsdoctor.transport.options import TransportOptions
from corsdoctor.url import parse_origin
from corsdoctor.wire import Kind
from tests.cli.conftest import PAGE, Server

_ORIGIN = parse_origin(PAGE)
assert _ORIGIN is not None
DEFAULTS = Scenario("about:blank", _ORIGIN)
WORK = CheckWork(DEFAULTS, BROWSERS, TransportOptions(), has_origin=True, rate=Rate(1000, 500), retry_after=5)


def test_work_and_items_can_be_pickled(server: Server) -> None:
    there = pickle.loads(pickle.dumps(WORK))
    assert there == WORK
    assert [there is here for there, here in zip(there.profiles, BROWSERS, strict=True)] == [True] * len(BROWSERS)
    with closing(there.open()) as worker:
        item = worker.answer(Line(7, f"{server.url}/open".encode()))
        bad = worker.answer(Line(8, b"open"))
    assert isinstance(item, Report)
    assert (item.verdict, item.line) == (Verdict.ALLOWED, 7)
    assert pickle.loads(pickle.dumps(item)) == item
    assert isinstance(bad, Problem)
    assert pickle.loads(pickle.dumps(bad)) == bad
    assert server.requests == ["GET /open"]  # once for all browsers


@pytest.mark.parametrize(
    ("line", "host"),
    [
        (b"https://API.example:8443/x", "api.example"),
        (b"http://u:p@api.example", "api.example"),
        ("https://bücher.example/".encode(), "xn--bcher-kva.example"),
        (b"https://0x7f.1/", "127.0.0.1"),
        (b"https://[::1]:3000/", "[::1]"),
        (b'{"url": "https://api.example/"}', "api.example"),
        (b'{"url": "/x"}', "app.example"),
        (b'{"url": "/x", "origin": "https://b.example"}', "b.example"),
        (b'{"url": "/x", "origin": "null"}', ""),
        (b"data:,x", ""),
        (b'{"url": 1}', "app.example"),
        (b"{", ""),
        (b"[" * 100_000, "app.example"),
        (b'{"a":' * 100_000, ""),
        (b"\xff", "app.example"),
        (b"", "app.example"),
        (b"https://[bad/", ""),
        (b"https://api.example/" + b"x" * 1_000_000, "api.example"),
        (
            b'{"visits": [{"page": "https://app.example/", "requests": [{"url": "https://api.example/"}]}]}',
            "api.example",
        ),
        (
            b'{"visits": [{"page": "data:,"}, {"page": "https://a.example/", "requests": [{}, {"url": "b"}]}]}',
            "a.example",
        ),
        (b'{"visits": [{"page": "https://[", "requests": [{"url": 1}]}]}', ""),
        (b'{"visits": [{"requests": [{"url": "https://api.example/"}]}]}', ""),
        (b'{"visits": [{"page": "https://a.example/"}]}', ""),
        (b'{"visits": ["requests"]}', ""),
        (b'{"visits": 1}', ""),
    ],
    ids=lambda value: str(value)[:30],
)
def test_the_host_of_a_line(line: bytes, host: str) -> None:
    assert host_of(Line(1, line), DEFAULTS) == host


def test_what_was_sent_again_is_reported() -> None:
    again = Retried(Kind.PREFLIGHT, "OPTIONS", "https://api.example/?token=s3cr3t-value", 2.0)
    with closing(WORK.open()) as worker:
        item = worker.answer(Line(1, b"https://api.example:9/?token=s3cr3t-value"))
    assert isinstance(item, Report)
    report = mask_report(Report(item.diagnoses, line=1, retried=(again,)))
    text = write("json", [report], Style())
    found = json.loads(text)
    schema = json.loads((files("corsdoctor.reports") / "schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(found)
    url = "https://api.example/?token=***"
    assert found["retried"] == [{"kind": "preflight", "method": "OPTIONS", "url": url, "status": 429, "seconds": 2.0}]
    assert "s3cr3t" not in text
    told = " ".join(write("text", [report], Style()).split())
    assert f"The server returned 429 to OPTIONS {url}; the request was sent again after" in told

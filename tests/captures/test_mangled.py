"""Files that are damaged, or that no tool would write: nothing raises, and what can be judged is judged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corsdoctor.captures.group import grouped
from corsdoctor.captures.har import NotHar, read_har
from corsdoctor.captures.judge import judge
from corsdoctor.captures.summary import summary
from corsdoctor.captures.transcript import read_transcript
from tests.captures.hars import API, GRANT, PAGE, entry, pieces, preflight, text

WHOLE = text(
    entry("PUT", answered=GRANT), preflight("PUT", Access_Control_Allow_Origin=PAGE),
    entry(status=302, answered={"Location": API}), entry(status=0, error="net::ERR_FAILED"),
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([PAGE, API, "PUT", "OPTIONS", "\ud800"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "value", "url", "x"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
PLACES = st.sampled_from(
    [
        ("request",), ("response",), ("_resourceType",), ("request", "url"), ("request", "method"), ("request", "headers"),
        ("response", "status"), ("response", "headers"), ("response", "content"), ("response", "_error"),
        ("response", "httpVersion"), ("response", "statusText"),
    ]
)  # fmt: skip


def replay(data: bytes, size: int = 1000) -> None:
    """Reads and judges `data`, as the command does; it may not be a HAR."""
    try:
        har = read_har(pieces(data, size))
    except NotHar:
        return
    requests = grouped(har)
    for request in requests:
        judge(request, har, None, ())
    assert summary(har, requests, len(requests)).not_cors >= 0


@given(st.integers(0, len(WHOLE)), st.binary(max_size=4), st.integers(0, 30), st.sampled_from([1, 17, 5000]))
def test_bytes_in_the_way(at: int, put: bytes, cut: int, size: int) -> None:
    replay(WHOLE[:at] + put + WHOLE[at + cut :], size)


@given(st.lists(st.tuples(st.integers(0, 3), PLACES, VALUES), min_size=1, max_size=4))
def test_values_of_any_type(changes: list[tuple[int, tuple[str, ...], Any]]) -> None:
    har = json.loads(WHOLE)
    for index, place, value in changes:
        inner = har["log"]["entries"][index]
        for name in place[:-1]:
            inner = inner[name] if isinstance(inner.get(name), dict) else {}
        inner[place[-1]] = value
    replay(json.dumps(har).encode("utf-8", "surrogatepass"))


@given(VALUES)
def test_any_json(value: Any) -> None:
    replay(json.dumps(value).encode("utf-8", "surrogatepass"))
    replay(json.dumps({"log": value}).encode("utf-8", "surrogatepass"))
    replay(json.dumps({"log": {"entries": [value], "creator": value}}).encode("utf-8", "surrogatepass"))


TRANSCRIPTS = [path.read_bytes() for path in sorted((Path(__file__).parent / "recorded" / "transcripts").iterdir())]


@given(st.sampled_from(TRANSCRIPTS), st.integers(0, 2500), st.binary(max_size=6), st.integers(0, 60))
def test_transcripts_with_bytes_in_the_way(whole: bytes, at: int, put: bytes, cut: int) -> None:
    har = read_transcript(whole[:at] + put + whole[at + cut :])
    requests = grouped(har)
    for request in requests:
        judge(request, har, None, ())
    assert summary(har, requests, len(requests)).not_cors >= 0


@pytest.mark.parametrize(
    "text",
    [
        "<item>",
        "<item><request>",
        "> GET /x HTTP/1.1\n",
        "* connect to a ",
        "$ curl -i \\\n",
        "$ curl a",
        "\x1b]",
        " ",
        "--:--:-- ",
    ],
)
def test_transcripts_of_one_thing_over_and_over(text: str) -> None:
    """Time grows with the length, or this does not end."""
    read_transcript(b'<items burpVersion="1">' + text.encode() * (200_000 // len(text)))
    read_transcript(text.encode() * (200_000 // len(text)))

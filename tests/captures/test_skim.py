"""Many entries read at a time come to the same as one at a time."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corsdoctor.captures import har, json_stream
from corsdoctor.captures.har import NotHar, read_har
from corsdoctor.captures.skim import skimmed
from tests.captures.hars import API, PAGE, entry, pieces, text
from tests.captures.test_mangled import PLACES, VALUES

ENTRIES: list[Callable[[], dict[str, Any]]] = [
    lambda: entry(asked={"Accept": "*/*"}),
    lambda: entry(asked={"Accept": "*/*"}, response={"status": 200, "headers": [], "content": {"text": "x" * 3000}}),
    lambda: entry(asked={"X": "Origin"}, status=404),
    lambda: entry(),
    lambda: entry(asked={"origin": PAGE}, answered={"Content-Type": "text/é"}, _resourceType="fetch"),
    lambda: entry(asked={"Accept": "*/*"}, status=302, answered={"Location": API}),
    lambda: entry(asked={"Accept": "*/*"}, status=0, error="net::ERR_FAILED"),
    lambda: entry(asked={}, status=0, url=f"{API}/video"),
    lambda: entry(asked={"Range": "bytes=0-"}, status=206, url=f"{API}/video"),
    lambda: entry(asked={"Accept": "*/*"}, status="200"),
    lambda: {"request": None, "response": {"status": 200}},
    lambda: {"_first": [entry(asked={})], **entry(asked={})},
]


def outcome(data: bytes, size: int) -> object:
    """What reading `data` comes to."""
    try:
        found = read_har(pieces(data, size))
    except NotHar as error:
        return str(error)
    return found.count, found.entries, found.unreadable


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(ENTRIES), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(0, 11), PLACES, VALUES), max_size=2),
    st.sampled_from([None, 2]), st.sampled_from([1, 60, 5000, 100_000]),
    st.none() | st.tuples(st.floats(0, 1), st.sampled_from([b"", b"}", b'"', b"\\", b"x", b"\xff", b"\n"])),
)  # fmt: skip
def test_it_makes_no_difference(
    monkeypatch: pytest.MonkeyPatch,
    makers: list[Callable[[], dict[str, Any]]],
    changes: list[tuple[int, tuple[str, ...], Any]],
    indent: int | None,
    size: int,
    damage: tuple[float, bytes] | None,
) -> None:
    whole = json.loads(text(*(make() for make in makers)))
    for index, place, value in changes:
        inner = whole["log"]["entries"][index % len(makers)]
        for name in place[:-1]:
            inner = inner[name] if isinstance(inner.get(name), dict) else {}
        inner[place[-1]] = value
    data = json.dumps(whole, indent=indent).encode("utf-8", "surrogatepass")
    if damage is not None:
        at = int(damage[0] * len(data))
        data = data[:at] + damage[1] + data[at + 1 :]
    monkeypatch.setattr(json_stream, "LONG", 2000)
    monkeypatch.setattr(json_stream, "KEPT", 1000)
    slowly = outcome(data, size)
    monkeypatch.setattr(har, "_SMALL", 0)
    assert outcome(data, size) == slowly
    monkeypatch.undo()


@pytest.mark.parametrize("wrong", ["", "x", "[", '{"x": ' + "[" * 5000])
def test_what_is_no_json_is_not_skimmed(wrong: str) -> None:
    assert not skimmed(wrong)


def test_only_what_cors_cannot_concern_is_left_out() -> None:
    found = skimmed(",".join(json.dumps(make()) for make in ENTRIES[:9]))
    assert found is not None
    assert [one.is_unconcerned for one in found] == [True, True, False, False, False, False, False, False, True]


def test_numbers_beyond_floats() -> None:
    [found] = (
        skimmed('{"request": {"url": "u", "method": "GET", "headers": [1e999]}, "response": {"status": 200}}') or []
    )
    assert found.value()["request"]["headers"] == [float("inf")]

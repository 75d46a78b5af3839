"""Whatever bytes come: nothing is raised, the time is linear, and it doesn't matter how a log is cut into blocks."""

from __future__ import annotations

import codecs
import io
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corsdoctor.console import any_browser
from corsdoctor.console import counted as counting
from corsdoctor.console.normalize import NormalizedText
from corsdoctor.console.recognize import MAX_MESSAGE, recognize
from corsdoctor.console.reproduce import scenario, unknown
from corsdoctor.console.stream import messages, read_messages
from corsdoctor.message import Message

PIECES = (
    "Access to fetch at 'https://api.example/a' from origin 'https://app.example' has been blocked by CORS policy: ",
    "No 'Access-Control-Allow-Origin' header is present on the requested resource.", "XMLHttpRequest cannot load ",
    "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ", "https://x/",
    "(Reason: ", "CORS header 'Access-Control-Allow-Origin' missing", " due to access control checks.", "SEC7120: ",
    "Origin null is not allowed by Access-Control-Allow-Origin.", "net::ERR_FAILED", "Failed to load resource: ",
    "downloadable font: download failed ", "Cross-origin redirection to ", "\n", " ", "'", '"', "&amp;", "\\u0027", "`",
    "Bloccata richiesta multiorigine: ", "已拦截跨源请求：同源策略禁止读取位于 ", "\ud800", "\x00", "{url}", "(redirected from '",
)  # fmt: skip
SOUP = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), max_size=12).map("".join)
QUIET = "INFO nothing of interest happened here\n"
MESSAGE = PIECES[0] + PIECES[1]


@settings(max_examples=150)
@given(st.one_of(st.text(), SOUP))
def test_no_text_raises(text: str) -> None:
    for message in recognize(text):
        assert message.cors == (message.kind is None)
        assert unknown(message) is not None
        scenario(message)


@settings(max_examples=100)
@given(st.one_of(st.binary(), st.sampled_from([codecs.BOM_UTF16_LE, codecs.BOM_UTF8]).flatmap(
    lambda bom: st.binary().map(lambda rest: bom + rest))))  # fmt: skip
def test_no_bytes_raise(content: bytes) -> None:
    assert list(read_messages(io.BytesIO(content))) is not None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_encodings(encoding: str) -> None:
    content = f"é {MESSAGE}\n".encode(encoding)
    [message] = read_messages(io.BytesIO(content))
    assert (message.rule, message.url) == ("acao-present", "https://api.example/a")


@pytest.mark.parametrize("bom", [codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE])
def test_utf_16_of_either_end(bom: bytes) -> None:
    encoding = "utf-16-be" if bom == codecs.BOM_UTF16_BE else "utf-16-le"
    [message] = read_messages(io.BytesIO(bom + MESSAGE.encode(encoding)))
    assert message.origin == "https://app.example"


@pytest.mark.parametrize("size", [200, 701, 65_536, 70_001, 1 << 20])
def test_blocks_may_be_cut_anywhere(size: int) -> None:
    log = "".join(f"{QUIET * 40}12:00 {MESSAGE.replace('example/a', f'example/{i}')}\n" for i in range(60))
    wanted = [f"https://api.example/{i}" for i in range(60)]
    found = [m.url for m in messages(log[at : at + size] for at in range(0, len(log), size))]
    assert found == wanted


@settings(max_examples=20)
@given(st.lists(st.integers(0, 160_000), max_size=6))
def test_the_same_messages_however_blocks_are_cut(cuts: list[int]) -> None:
    log = "".join(f"{QUIET * 30}{MESSAGE.replace('example/a', f'example/{i}')}\n" for i in range(100))
    places = [0, *sorted(cuts), len(log)]
    blocks = [log[a:b] for a, b in pairwise(places)]
    assert list(messages(blocks)) == list(messages([log]))


def test_a_message_in_a_line_without_an_end() -> None:
    found = [m.rule for m in messages(["x" * 3_000_000, f" {MESSAGE} ", "x" * 3_000_000])]
    assert found == ["acao-present"]


@settings(max_examples=50)
@given(st.lists(st.integers(0, 5), max_size=40), st.integers(1, 4))
def test_counts_are_exact_in_bounded_memory(numbers: list[int], distinct: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "DISTINCT", distinct)
        found = list(counting.counted([Message(str(n), True) for n in numbers], lambda m: m))
    for number in range(6):
        assert sum(one.times for one in found if one.message.text == str(number)) == numbers.count(number)
    if len(set(numbers)) <= distinct:
        assert [one.message.text for one in found] == [str(n) for n in dict.fromkeys(numbers)]


def test_no_more_messages_are_kept_than_may_be() -> None:
    taken = 0

    def endless() -> Iterator[Message]:
        nonlocal taken
        while True:
            taken += 1
            yield Message(str(taken), True)

    first = next(counting.counted(endless(), lambda m: m))
    assert (first.message.text, first.times, taken) == ("1", 1, counting.DISTINCT + 1)


# --- linear time, by counting


def work(text: str) -> int:
    """How many lines of the package were run to read `text`: the clock would say something else each time."""
    count = 0

    def local(_frame: FrameType, event: str, _arg: Any) -> Any:
        nonlocal count
        count += event == "line"
        return local

    def trace(frame: FrameType, _event: str, _arg: Any) -> Any:
        return local if "corsdoctor" in frame.f_code.co_filename else None

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        for _ in messages([text]):
            pass
    finally:
        sys.settrace(before)
    return count


HOSTILE = (
    "XMLHttpRequest cannot load ", "Access to fetch at '", "'\"((", "é 已拦截跨源请求：同源策略禁止读取位于 ", "Refused to connect to '",
    "has been blocked by CORS policy: ", "downloadable font: download failed ", "Cross-origin redirection to ",
    "The 'Access-Control-Allow-Origin' header contains multiple values '", "Failed to load resource: ", "Reason: ", "\n", "a\n",
    "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ", "net::ERR_FAILED ",
    'The FetchEvent for "', "Source map error: a ", 'Cookie "', "Failed to execute 'a' on 'b': ", "ERR_CERT_", '" is not eligible for ',
    "DevTools failed to load source map: Could not load content for a: b ", "Unsafe attempt to load URL a ", "Security Error: Content at ",
    "401 (", "x is not allowed by Access-Control-Allow-Headers ", " from origin 'https://a' blocked by CORS policy: ",
    MESSAGE + "\n", "access-con\ntrol ", "&amp;", "\\n", "` ", "Origin x", "from origin '",
)  # fmt: skip


LOOSE = (
    "política CORS bloqueado 'http://a.b' ", "CORS origin not allowed by CORS ", "CORS ] > - 1 A: ", "CORS x\n",
    "Grund: CORS-Kopfzeile 'Access-Control-Allow-Origin\n", "ains multiple values '", "CORS-Header Access-Control-Allow-Origin fehlt ", "access to fetch at 'x' from origin 'y' by cors policy ",
)  # fmt: skip
"""What is looked for only where nothing else was found."""


@pytest.mark.exhaustive
@pytest.mark.parametrize("piece", [*HOSTILE, *LOOSE])
def test_time_is_linear(piece: str) -> None:
    """Twice the input is at most about twice the work."""
    recognize(piece * 3)  # what is compiled once
    half, whole = (work(piece * (n // len(piece))) for n in (12_000, 24_000))
    assert whole <= 2.4 * half + 2_000


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_place_is_looked_at_in_bounds(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """From no place, more than MAX_MESSAGE characters are given to the templates, and from each one once."""
    seen: Counter[int] = Counter()

    def counted(normalized: NormalizedText, at: int, limit: int) -> tuple[Message, int] | None:
        assert limit - at <= MAX_MESSAGE
        seen[at] += 1
        return original(normalized, at, limit)

    original = any_browser.message_at
    monkeypatch.setattr("corsdoctor.console.recognize.message_at", counted)
    recognize(piece * (20_000 // len(piece)))
    assert all(times == 1 for times in seen.values())

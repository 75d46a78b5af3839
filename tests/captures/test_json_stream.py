"""Streaming: no piece is too small, no body too large, and every place is right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corsdoctor.captures import json_stream
from corsdoctor.captures.json_stream import Malformed, Place, Reader
from tests.captures.hars import pieces

PARTS = st.sampled_from(['"', "\\", "é", "\n", '"text":"', '\\"', "𝄞", "\ud834", "a" * 700, "b" * 4096])
TEXTS = st.lists(PARTS, max_size=12).map("".join)
DOCUMENTS = st.lists(
    st.dictionaries(st.sampled_from(["text", 'te"xt', "x"]), TEXTS | st.integers() | st.none(), max_size=3), max_size=4
)


def elements(reader: Reader) -> list[object]:
    return [reader.value() for _ in reader.elements()]


def members(reader: Reader) -> dict[str, object]:
    return {name: reader.value() for name in reader.members()}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A body is long from 100 characters on."""
    monkeypatch.setattr(json_stream, "LONG", 100)
    monkeypatch.setattr(json_stream, "KEPT", 20)


@pytest.mark.usefixtures("small")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DOCUMENTS, st.booleans(), st.sampled_from([None, 1]), st.sampled_from([1, 2, 7, 100, 5000, 1_000_000]))
def test_only_long_bodies_are_shortened(
    document: list[dict[str, object]], ascii_: bool, indent: int | None, size: int
) -> None:
    if not ascii_:  # a lone surrogate has no UTF-8
        document = json.loads(json.dumps(document, ensure_ascii=False).replace("\ud834", "?"))
    data = json.dumps(document, ensure_ascii=ascii_, indent=indent).encode()
    if size < 100 and len(data) > 20_000:
        data, document = b"[]", []
    reader = Reader(pieces(data, size))
    read: list[Any] = elements(reader)
    assert reader.peek() == ""
    assert [one.keys() for one in read] == [one.keys() for one in document]
    for one, whole in zip(read, document, strict=True):
        for name, value in whole.items():
            if name == "text" and isinstance(value, str):
                assert one[name] == value[: len(one[name])]
                assert one[name] == value or len(data) > 100
            else:
                assert one[name] == value


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("size", [1, 3, 64, 10_000])
@pytest.mark.parametrize("body", ["x" * 9000, '\\"' * 4500, "\\\\" * 4500, "é" * 5000, "\\u00e9" * 900])
def test_a_long_body_keeps_its_beginning(body: str, size: int) -> None:
    reader = Reader(pieces(f'{{"text" : "{body}", "size": 1}}'.encode(), size))
    read: Any = reader.value()
    assert read["size"] == 1
    assert json.loads(f'"{body}"').startswith(read["text"])
    assert 10 < len(read["text"]) < (500 if size < 100 else 10_000)


def test_memory_does_not_depend_on_a_body() -> None:
    def chunks() -> Iterator[bytes]:
        yield b'[{"text": "'
        for _ in range(200):
            yield b"x" * 1_000_000
        yield b'"}, 2]'

    reader = Reader(chunks())
    read: Any = elements(reader)
    assert read[1] == 2.0
    assert len(read[0]["text"]) < 5_000_000


def test_the_text_ahead_ends_before_the_last_element() -> None:
    reader = Reader(pieces(b'[{"a": 1}, {"a": {"b": 2}},\n{"a": "}, {"}, {"b": 3}]', 5))
    ahead = []
    for _ in reader.elements():
        text = reader.ahead()
        ahead.append(text)
        if text:
            reader.pass_over(text)
        else:
            reader.value()
    assert ahead == ['{"a": 1}, {"a": {"b": 2}}', "", ""]


WRONG = {
    "": ("the file ends", 1, 1),
    "[1, ": ("the file ends", 1, 5),
    '[1,\n {"a": "b': ("the file ends", 2, 10),
    "[1,\n  oops]": ("invalid JSON", 2, 3),
    "[1 2]": ("expected `]`", 1, 4),
    "[1,]": ("invalid JSON", 1, 4),
    '["é",\n"é" 1]': ("expected `]`", 2, 6),
    "[" + "[" * 100_000: ("nested too deeply", 1, 2),
    '[{"text": "' + "x" * 9000 + '"}, oops]': ("invalid JSON", 1, 9016),
    '[{"text":\n"' + "é" * 9000 + '"}, "x", oops]': ("invalid JSON", 2, 18011),
    '[{"text":\n"' + "é" * 9000: ("the file ends", 2, 18002),
}


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("size", [1, 5, 100_000])
@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_has_its_place(text: str, size: int) -> None:
    if size == 1 and len(text) > 20_000:
        size = 1000
    reader = Reader(pieces(text.encode(), size))
    reason, line, column = WRONG[text]
    with pytest.raises(Malformed) as raised:
        elements(reader)
    if text:
        assert (raised.value.reason, raised.value.place) == (reason, Place(line, column))
    assert str(raised.value) == f"{raised.value.reason} at line {line}, column {column}"


def test_members_need_names() -> None:
    for text in ("{1: 2}", '{"a" 1}', '{"a": 1 "b": 2}'):
        reader = Reader([text.encode()])
        with pytest.raises(Malformed, match="expected"):
            members(reader)
    reader = Reader([b'{"a": 1, "b": [], "c": {}}x'])
    assert members(reader) == {"a": 1.0, "b": [], "c": {}}
    assert reader.peek() == "x"


def test_numbers() -> None:
    reader = Reader([b"", b"[12", b"34, ", b"9" * 6000, b", -0.5e1, NaN]"])
    read = elements(reader)
    assert read[:3] == [1234.0, float("inf"), -5.0]


def test_a_value_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "MOST_AT_ONCE", 3000)
    reader = Reader([b'["', *[b"x" * 1000] * 10, b'"]'])
    with pytest.raises(Malformed, match="more than 0 million characters"):
        elements(reader)

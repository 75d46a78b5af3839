"""Headers keep order, case and duplicates; names are compared without case, values byte for byte."""

from __future__ import annotations

import pickle
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corsdoctor.wire import (
    NO_HEADERS,
    Exchange,
    FailureKind,
    Headers,
    Kind,
    NoAnswer,
    Response,
    WireRequest,
    Withheld,
    ascii_words,
)

LATIN_1 = st.text(st.characters(max_codepoint=0xFF), max_size=8)
HEADERS = st.lists(st.tuples(LATIN_1, LATIN_1), max_size=6).map(lambda pairs: Headers(tuple(pairs)))


def test_words_end_at_ascii_whitespace_only() -> None:
    assert ascii_words("\t a\xa0b\n\fc\rd\u2003 ") == ["a\xa0b", "c", "d\u2003"]
    assert ascii_words(" ") == []


@dataclass(frozen=True)
class Case:
    id: str
    pairs: tuple[tuple[str, str], ...]
    name: str
    value: str | None
    values: tuple[str, ...]


CASES = (
    Case("absent", (), "A", None, ()),
    Case("another name", (("B", "1"),), "A", None, ()),
    Case("once", (("A", "1"),), "A", "1", ("1",)),
    Case("other case", (("aBc", "1"),), "AbC", "1", ("1",)),
    Case("other case beyond ASCII", (("\xc0a", "1"),), "\xe0A", None, ()),
    Case("beyond ASCII", (("\xc0a", "1"),), "\xc0A", "1", ("1",)),
    Case("empty", (("A", ""),), "A", "", ("",)),
    Case("twice", (("A", "1"), ("a", "2")), "A", "1, 2", ("1", "2")),
    Case("twice and empty", (("A", ""), ("A", "")), "A", ", ", ("", "")),
    Case("with others between", (("A", "1"), ("B", "2"), ("A", "3")), "A", "1, 3", ("1", "3")),
    Case("value as it is", (("A", " x\t"),), "A", " x\t", (" x\t",)),
)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_get(case: Case) -> None:
    headers = Headers(case.pairs)
    assert headers.get(case.name) == case.value
    assert headers.values(case.name) == case.values
    assert (case.name in headers) is (case.value is not None)
    assert tuple(headers) == case.pairs
    assert len(headers) == len(case.pairs)


def test_only_names_are_contained() -> None:
    assert 1 not in Headers((("1", "1"),))
    assert ("1", "1") not in Headers((("1", "1"),))


def test_append_spells_as_the_first_line_of_the_name() -> None:
    assert Headers((("x-A", "1"),)).append("X-a", "2").pairs == (("x-A", "1"), ("x-A", "2"))
    assert NO_HEADERS.append("X-a", "2").pairs == (("X-a", "2"),)


def test_a_copy_by_pickle_is_the_same() -> None:
    headers = Headers((("x-A", "1"), ("b", "2"), ("X-a", "3")))
    copied = pickle.loads(pickle.dumps(headers))
    assert copied == headers
    assert copied.get("X-A") == "1, 3"


def test_delete_takes_several_names_in_any_case() -> None:
    headers = Headers((("A", "1"), ("b", "2"), ("a", "3"), ("C", "4")))
    assert headers.delete("a", "c").pairs == (("b", "2"),)
    assert headers.delete().pairs == headers.pairs
    assert headers.delete("d").pairs == headers.pairs


def test_any_of_several_names_is_there() -> None:
    headers = Headers((("X-Cache", "HIT"), ("age", "")))
    assert headers.has_any(frozenset({"via", "x-cache"}))
    assert headers.has_any(frozenset({"age"}))
    assert not headers.has_any(frozenset({"via"}))
    assert not NO_HEADERS.has_any(frozenset({"via"}))


def test_the_lines_of_a_name_make_one_list() -> None:
    headers = Headers((("Vary", "Origin,\tAccept , ,"), ("vary", "\xa0x")))
    assert headers.elements("vary") == ["Origin", "Accept", "\xa0x"]
    assert headers.elements("Via") == []


@given(HEADERS, LATIN_1, LATIN_1)
def test_append_adds_one_line_at_the_end(headers: Headers, name: str, value: str) -> None:
    before, appended = headers.get(name), headers.append(name, value)
    assert appended.pairs[:-1] == headers.pairs
    assert appended.get(name) == (value if before is None else f"{before}, {value}")
    assert appended.values(name) == (*headers.values(name), value)
    assert name in appended


@given(HEADERS, LATIN_1, LATIN_1)
def test_delete_undoes_append_of_a_new_name(headers: Headers, name: str, value: str) -> None:
    without = headers.delete(name)
    assert without.get(name) is None
    assert without.delete(name) == without
    assert without.append(name, value).delete(name) == without
    assert all(pair in headers.pairs for pair in without)
    assert len(without) == len(headers) - len(headers.values(name))


@given(HEADERS, LATIN_1, LATIN_1, LATIN_1)
def test_other_names_are_left_alone(headers: Headers, name: str, value: str, other: str) -> None:
    if name.lower() != other.lower():
        for changed in (headers.append(name, value), headers.delete(name)):
            assert changed.values(other) == headers.values(other)


REQUEST = WireRequest("GET", "https://api.example/", NO_HEADERS)
RESPONSE = Response(200, NO_HEADERS)


def test_an_exchange_has_a_response_or_none() -> None:
    assert Exchange(Kind.ACTUAL, REQUEST, RESPONSE).response is RESPONSE
    assert Exchange(Kind.ACTUAL, REQUEST, NoAnswer(FailureKind.DNS, "no such name")).response is None
    assert Exchange(Kind.ACTUAL, REQUEST, Withheld("it is a DELETE")).response is None

"""Many words are found as if each were looked for by itself, in short and long texts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corsdoctor.console import starts
from corsdoctor.console.ascii_titles import BEGINNINGS
from corsdoctor.console.words import Words
from tests.console.test_starts import TEMPLATES, filled

LONG = "12:00:00 INFO worker-3 request 7 served GET /items/7 in 12 ms: a MIME-Type of its own\n" * 8
CORPUS = [
    json.loads(line)["text"]
    for name in ("corpus.jsonl", "corpus_kinds.jsonl")
    for line in Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()
]
TABLES = {"heads": starts._heads(), "marker words": starts._marker_words(), "languages": Words(BEGINNINGS)}


def one_by_one(words: Words, text: str) -> list[int]:
    return sorted(at for word in words.words for at in range(len(text)) if text.startswith(word, at))


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", TABLES)
def test_all_places_in_each_text_of_the_corpus_are_found(name: str) -> None:
    words = TABLES[name]
    for text in (*CORPUS, *map(filled, TEMPLATES), *BEGINNINGS):
        for whole in (text, text + LONG, LONG + text):
            assert sorted(words.places(whole)) == sorted(
                at for word in words.words if word in whole for at in range(len(whole)) if whole.startswith(word, at)
            )


@pytest.mark.parametrize("name", TABLES)
def test_each_word_is_found_wherever_it_is_cut_off(name: str) -> None:
    words = TABLES[name]
    for word in words.words:
        assert words.any_in(LONG + word)
        assert LONG.startswith(word) or len(LONG) in words.places(LONG + word)
        assert 0 in words.places(word + LONG)
        for half in (word[:-1], word[1:]):
            text = half + LONG + half
            assert sorted(words.places(text)) == one_by_one(Words(w for w in words.words if w in text), text)


@given(st.lists(st.text("aB-x(", min_size=1, max_size=5), min_size=1, max_size=8), st.text("aB-x(", max_size=60))
def test_any_words_are_found_in_any_text(words: list[str], text: str) -> None:
    looked_for = Words(words)
    for whole in (text, text + "." * 500, "." * 500 + text):
        assert sorted(looked_for.places(whole)) == one_by_one(looked_for, whole)


def test_a_word_before_the_beginning_of_a_text_is_not_taken_from_its_end() -> None:
    text = "-Origin" + "." * 600 + "cross"
    assert list(Words(["cross-Origin"]).places(text)) == []


def test_no_word_no_place() -> None:
    assert not Words([]).any_in(LONG)
    assert not Words(["lower case"]).any_in(LONG)

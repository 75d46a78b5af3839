"""A sentence is a text like any other, and knows its values."""

from __future__ import annotations

import copy
import json
import pickle

from corsdoctor.sentence import Sentence, joined, whole

PLAIN = Sentence("The token {token} is a token, {again!a}.", token="to{ken}", again="é")
NESTED = Sentence("{reason} ({X-A!r})", reason=PLAIN, **{"X-A": "token"})


def test_it_is_its_text() -> None:
    assert PLAIN == "The token to{ken} is a token, '\\xe9'."
    assert json.loads(json.dumps([NESTED])) == [f"{PLAIN} ('token')"]


def test_values_are_changed_where_they_stand_and_nowhere_else() -> None:
    assert (
        PLAIN.with_values(lambda name, value: "***" if name == "token" else value)
        == "The token *** is a token, '\\xe9'."
    )
    asked: list[tuple[str, str]] = []

    def change(name: str, value: str) -> str:
        asked.append((name, value))
        return "-"

    changed = NESTED.with_values(change)
    assert changed == "The token - is a token, '-'. ('-')"
    assert asked == [("token", "to{ken}"), ("again", "é"), ("X-A", "token")]
    assert changed.with_values(lambda _name, _value: "+") == "The token + is a token, '+'. ('+')"


def test_the_very_same_is_kept_where_nothing_changes() -> None:
    assert NESTED.with_values(lambda _name, value: value) is NESTED


def test_copies_know_the_values_too() -> None:
    for made in (pickle.loads(pickle.dumps(NESTED)), copy.deepcopy(NESTED), copy.copy(NESTED)):
        assert made == NESTED
        assert made.with_values(lambda _name, _value: "x") == "The token x is a token, 'x'. ('x')"


def test_several_in_one() -> None:
    lines = joined("\n", [PLAIN, "A { brace }"])
    assert lines == f"{PLAIN}\nA {{ brace }}"
    assert isinstance(lines, Sentence)


def test_our_own_words_are_a_sentence_as_they_are() -> None:
    sentence = Sentence("{value}", value="x")
    assert whole(sentence) is sentence
    assert whole("add_header {always};") == "add_header {always};"
    assert whole("a {b}").values == {}

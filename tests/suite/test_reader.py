"""What a Reader reports and where, and what it never shows."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from corsdoctor.suite import reader
from corsdoctor.suite.mistakes import InvalidPolicy
from corsdoctor.suite.reader import MOST_STEPS, Reader
from corsdoctor.suite.variables import Text, bases_in, expand
from corsdoctor.value_path import Path

LINES: dict[Path, int] = {("a",): 4, ("a", "b"): 3, ("c",): 1}


def new(**environment: str) -> Reader:
    return Reader(environment, LINES.get)


def refuse(_: str) -> None:
    raise ValueError("is wrong")


def test_steps_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    made = new()
    made.spend(MOST_STEPS)
    with pytest.raises(InvalidPolicy, match="too large"):
        made.spend(1)
    monkeypatch.setattr(reader, "MOST_STEPS", 5)
    assert new().text("12345", ("a",)) == Text("12345", "12345")
    with pytest.raises(InvalidPolicy, match="too large"):
        new().text("123456", ("a",))
    with pytest.raises(InvalidPolicy, match="too large"):
        new().made(Text("{b}", "123456"), ("a",), str, "a thing")


def test_mistakes_have_the_line_of_what_is_around_them_and_its_order() -> None:
    made = new()
    for path in (("a", "x"), ("a", "b", "x", "y"), ("c",), ("x",), ("c",)):
        made.wrong(path, "wrong")
    with pytest.raises(InvalidPolicy) as caught:
        made.raise_if_any()
    assert [(one.key, one.line) for one in caught.value.mistakes] == [("x", None), ("c", 1), ("a.b.x.y", 3), ("a.x", 4)]


@pytest.mark.parametrize(
    ("text", "show", "reason", "value"),
    [
        (Text("${A}b", "ab", secret=True), True, "this is not a thing; the value is not shown", "${A}b"),
        (Text("ab", "ab"), True, "is wrong", "ab"),
        (Text("ab", "ab"), False, "is wrong", ""),
        (Text("${A}", "${A}", unset="the variable A is not set"), True, "the variable A is not set", "${A}"),
    ],
)
def test_a_value_of_the_environment_is_not_shown(text: Text, show: bool, reason: str, value: str) -> None:
    made = new()
    assert made.made(text, ("a",), refuse, "a thing", show=show) is None
    [found] = made.found
    assert found.reason.endswith(reason)
    assert found.value == value
    other = new()
    other.made(text, ("a",), refuse, "a thing")
    assert other.found[0].value == text.raw


def test_what_cannot_be_expanded_is_shown_unless_it_is_a_secret() -> None:
    for show, value in ((True, "${A}"), (False, "")):
        made = new()
        assert made.text("${A}", ("a",), show=show) is None
        assert [one.value for one in made.found] == [value]


def test_a_value_is_shown_without_its_secret() -> None:
    made = new()
    made.wrong(("a",), "is wrong", "https://u:s3cret@x.example/")
    made.text("${A}", ("a",))
    assert [one.value for one in made.found] == ["https://***@x.example/", "${A}"]


def test_a_key_is_shown_without_its_secret() -> None:
    made = new()
    assert made.table({b"token=s3cret": 1, "zzz": 1, "hedaers": 1}, (), ("headers",)) == {}
    assert "s3cret" not in str(made.found)
    assert made.misspelt == {("headers",)}


def test_a_wrong_kind_is_named() -> None:
    made = new()
    wrong: tuple[object, ...] = ([1], {}, 1, datetime(2026, 1, 1))
    for value in wrong:
        made.unlike(("a",), value, "a string")
    assert [one.reason for one in made.found] == [
        "must be a string, not a list",
        "must be a string, not a table",
        "must be a string, not a whole number; put it in quotes",
        "must be a string, not a date with a time; put it in quotes",
    ]


def test_an_origin_that_is_empty_may_be_null() -> None:
    for path, hint in {
        ("origins",): False, ("origins", "a"): True, ("matrix", 0, "allow"): True, ("matrix", 0, "deny", 1): True,
        ("case", 0, "origin"): True, ("case", 0, "url"): False, ("case", 0, "origins"): True,
    }.items():  # fmt: skip
        made = new()
        made.unlike(path, None, "a value")
        assert ('"null" in quotes' in made.found[0].reason) is hint, path


def test_a_date_has_no_time() -> None:
    made = new()
    assert made.day(date(2026, 12, 31), ("a",)) == made.day("2026-12-31", ("a",)) == date(2026, 12, 31)
    made.day(datetime(2026, 1, 1), ("a",))
    made.day(1, ("a",))
    assert ["without a time" in one.reason for one in made.found] == [True, False]


def test_what_stands_beside_a_value_of_the_environment_is_no_secret() -> None:
    text = Text("a${B}c", "abc", secret=True, spans=((1, 2),))
    assert [text.is_secret(at, at + 1) for at in range(3)] == [False, True, False]


def test_what_comes_of_a_base_is_as_secret_as_the_base() -> None:
    secret, plain = Text("${A}", "v", secret=True), Text("p", "p")
    assert expand("{b}/x", {}, {"b": secret}).secret
    assert expand("${A}{b}", {"A": "1"}, {"b": plain}).secret
    assert not expand("x{b}", {}, {"b": plain}).secret


def test_variables_that_are_not_set_are_named_once() -> None:
    unset = Text("${B}", "${B}", unset="no B")
    with pytest.raises(ValueError, match=r"^no B$"):
        expand("{b}{b}", {}, {"b": unset})
    kept = expand("${A}${A}{b}{b}", {}, {"b": unset}, keep_unset=True)
    assert kept.value == "${A}${A}${B}${B}"
    assert kept.unset == "the variable A is not set; set it, or write ${A:-default}; no B"


def test_which_bases_a_text_uses() -> None:
    assert bases_in("{a}/{{b}}/${C}/$${d}/{e}") == ("a", "e")

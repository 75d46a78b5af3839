"""Long texts of bash are read in parts, so that none takes time with the square of its length."""

from __future__ import annotations

import pytest

from corsdoctor.captures.commands.bash_parts import LONGEST, parts, unclosed
from corsdoctor.captures.commands.curl_glob import MOST
from corsdoctor.captures.commands.language import language_of
from corsdoctor.captures.commands.parsed import NotUnderstood
from corsdoctor.captures.commands.read import requests
from tests.captures.commands.told import told

LINE = "curl https://a.example/\n"
MANY = LONGEST // len(LINE) + 100


def test_a_short_text_is_one_part() -> None:
    text = LINE * 9 + "curl https://a.example -d '" + "x y" * LONGEST + "'\n# " + "no'te" * LONGEST
    assert [tuple(part) for part in parts(text)] == [(text, 1)]


def test_a_long_text_is_cut_between_commands() -> None:
    text = LINE * MANY
    found = list(parts(text))
    assert "".join(part.text for part in found) == text
    assert len(found) > 3
    assert [part.line for part in found] == [
        1 + sum(one.text.count("\n") for one in found[:n]) for n in range(len(found))
    ]


@pytest.mark.parametrize(
    "inner",
    [
        "curl a -d 'x\ny'",
        'curl a -d "x\ny\\"z\n"',
        "curl a -d $'x\\'\ny'",
        "curl a \\\n -k",
        "curl a -d @- <<'E'\nit's\n\tE\nE",
        "curl a -d @- <<-E\nit's\n\tE",
        "curl a <<< x",
    ],
)
def test_no_command_is_cut(inner: str) -> None:
    text = f"{inner}\n" * 1000
    found = list(parts(text))
    assert len(found) > 3
    assert {part.text.removeprefix(inner)[:1] for part in found} == {"\n"}


def test_a_here_document_without_an_end_goes_to_the_end() -> None:
    text = LINE * MANY + "curl a -d @- <<E\n" + LINE * 9
    assert list(parts(text))[-1].text.count(LINE) >= 9


@pytest.mark.parametrize("first", ["x=$((1<<2))", "x=$((1<<y))"])
def test_a_shift_does_not_hide_a_long_command(first: str) -> None:
    with pytest.raises(NotUnderstood):
        list(parts(f"{first}\ncurl {'a?b&c=d ' * LONGEST}"))


def test_a_variable_and_a_place_in_a_later_part() -> None:
    text = f'TOKEN=abc\n{LINE * MANY}curl https://a.example -H "A: $TOKEN"\ncurl --nope x'
    assert told(text).endswith(f"GET https://a.example\nA: abc\n\nerror at {MANY + 3}:6: curl has no option --nope")


@pytest.mark.parametrize("word", ["a?b&d=e ", "http://a/?b=c&d=e ", "x ", "- ", "$a "])
def test_a_command_of_thousands_of_words_is_refused(word: str) -> None:
    (found,) = requests(LINE + "curl " + word * 8000, lambda _: None)
    assert found.error == f"this command has more than {LONGEST} characters outside of quotation marks"
    assert found.spot == (2, 1)


def test_a_command_with_too_many_urls_is_refused() -> None:
    found = requests("curl" + " a" * (MOST + 1), lambda _: None)[-1]
    assert (found.error, found.spot) == (f"the command has more than {MOST} URLs", (1, 2 * MOST + 6))


def test_a_line_of_thousands_of_commands_has_a_language() -> None:
    """It was looked through again from each of them."""
    assert language_of("curl a; " * 20_000) is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a 'b", ("'", 2)),
        ('"a\\"', ('"', 0)),
        ("x $'a\\'", ("'", 2)),
        ("# it's\n\\' 'a'", None),
        ("a'b'\"c\"$'d'", None),
    ],
)
def test_a_quote_without_an_end(text: str, expected: tuple[str, int] | None) -> None:
    assert unclosed(text) == expected


def test_the_error_names_the_place_in_the_text() -> None:
    with pytest.raises(NotUnderstood) as error:
        list(parts("x\n" + "y " * LONGEST))
    assert error.value.spot == (2, 1)


def test_a_command_of_wget_with_too_many_urls_is_refused() -> None:
    found = requests("wget" + " a" * (MOST + 1), lambda _: None)[-1]
    assert (found.error, found.spot) == (f"the command has more than {MOST} URLs", (1, 2 * MOST + 6))

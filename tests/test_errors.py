"""Errors hold all that went wrong, and say it in one line."""

from __future__ import annotations

import pytest

from corsdoctor.errors import CorsDoctorError, InvalidScenario, Mistake, Place, UnreadableInput, UnwritableOutput


def test_a_mistake_names_its_value_where_there_is_one() -> None:
    assert str(Mistake("--origin", "x y", "no spaces")) == "--origin 'x y': no spaces"
    assert str(Mistake("url", "", "is missing")) == "url is missing"


@pytest.mark.parametrize(
    ("mistake", "text", "without_place"),
    [
        (Mistake("case[0].url", "x", "why", Place("a.toml", 7)), "a.toml, line 7: case[0].url 'x': why", "case[0].url 'x': why"),
        (Mistake("", "", "why", Place("a.toml", 7, 3)), "a.toml, line 7, column 3: why", "why"),
        (Mistake("", "", "why", Place("a, line 2: b.toml")), "a, line 2: b.toml: why", "why"),
        (Mistake("--key", "", "why"), "--key: why", "--key: why"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_file_names_its_place(mistake: Mistake, text: str, without_place: str) -> None:
    assert (str(mistake), mistake.without_place) == (text, without_place)


def test_an_invalid_scenario_keeps_all_mistakes() -> None:
    mistakes = (Mistake("a", "1", "one"), Mistake("b", "", "two"))
    error = InvalidScenario(*mistakes)
    assert error.mistakes == mistakes
    assert str(error) == "a '1': one; b: two"


def test_unreadable_input_says_where() -> None:
    error = UnreadableInput("batch.jsonl, line 3", "no JSON")
    assert (error.where, error.reason, str(error)) == ("batch.jsonl, line 3", "no JSON", "batch.jsonl, line 3: no JSON")


def test_unwritable_output_says_where() -> None:
    error = UnwritableOutput("report.xml", "No space left on device")
    assert (error.where, error.reason) == ("report.xml", "No space left on device")
    assert str(error) == "report.xml: cannot write the report: No space left on device"


@pytest.mark.parametrize("sign", ["##vso[x]", "##[error]x", "##teamcity[x]", "a\nb", "\x1b[1m", "\u202e", "\u200b"])
def test_no_error_holds_what_a_log_or_a_terminal_obeys(sign: str) -> None:
    for error in (InvalidScenario(Mistake("a", "", sign)), UnreadableInput(sign, "gone"), UnwritableOutput("f", sign)):
        assert sign not in str(error)


@pytest.mark.parametrize(
    "error",
    [InvalidScenario(Mistake("a", "1", "one")), UnreadableInput("f", "gone"), UnwritableOutput("f", "full")],
)
def test_all_have_one_base(error: Exception) -> None:
    assert isinstance(error, CorsDoctorError)
    assert "\n" not in str(error)

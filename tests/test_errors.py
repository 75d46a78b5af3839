"""Errors hold all that went wrong, and say it in one line."""

from __future__ import annotations

import pytest

from corsdoctor.errors import CorsDoctorError, InvalidScenario, Mistake, UnreadableInput, UnwritableOutput


def test_a_mistake_names_its_value_where_there_is_one() -> None:
    assert str(Mistake("--origin", "x y", "no spaces")) == "--origin 'x y': no spaces"
    assert str(Mistake("url", "", "is missing")) == "url: is missing"


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
    assert str(error) == "report.xml: the report can't be written: No space left on device"


@pytest.mark.parametrize(
    "error",
    [InvalidScenario(Mistake("a", "1", "one")), UnreadableInput("f", "gone"), UnwritableOutput("f", "full")],
)
def test_all_have_one_base(error: Exception) -> None:
    assert isinstance(error, CorsDoctorError)
    assert "\n" not in str(error)

"""What real browsers did, in every format: beside the prediction, and as a failure where it is something else."""

from __future__ import annotations

import json

import pytest

from corsdoctor.browsers import CHROMIUM
from corsdoctor.diagnose import diagnose
from corsdoctor.levels import counts_as, levels
from corsdoctor.observed import End, Observation
from corsdoctor.report import Report
from corsdoctor.reports import FORMATS, write
from corsdoctor.reports.writer import Style
from corsdoctor.scenario import Scenario
from corsdoctor.suite.judge import Expected, Judged
from corsdoctor.suite.outcome import CaseOutcome
from corsdoctor.url import Origin
from corsdoctor.wire import Headers, Response

SCENARIO = Scenario("https://api.example/items", Origin("https", "app.example"))
GOOD = diagnose(
    SCENARIO, CHROMIUM, lambda *_: Response(200, Headers((("Access-Control-Allow-Origin", "https://app.example"),)))
)
AGREES = Observation(
    "chromium", "Chromium", "156.0", End.RESOLVED, "cors", GOOD.readable, GOOD.exchanges, page="https://app.example/"
)
DIFFERS = AGREES._replace(end=End.REJECTED, type=None, readable=None, console=("<script>alert(1)</script>\x1b[31m",))
MISSING = Observation("chromium", "Chromium", "156.0", missing="it has ended <script>")
TRIED = ("text", "html", "markdown", "junit", "json", "jsonl")
FAILING = (*TRIED, "sarif", "tap", "github", "gitlab", "csv")


def report(*seen: Observation, judged: bool) -> Report:
    made = Report((GOOD,), id="items", observations=seen)
    return made._replace(judged=Judged(Expected("allowed"), ())) if judged else made


def written(name: str, *seen: Observation, judged: bool = True) -> str:
    return write(name, [report(*seen, judged=judged)], Style())


def test_each_format_is_tried() -> None:
    assert set(FAILING) <= set(FORMATS)


@pytest.mark.parametrize("judged", [True, False])
def test_a_difference_fails_and_a_browser_that_shows_nothing_is_no_answer(judged: bool) -> None:
    for seen, became, level in (
        (AGREES, CaseOutcome.PASSED, None),
        (DIFFERS, CaseOutcome.FAILED, "blocked"),
        (MISSING, CaseOutcome.NO_ANSWER, "error"),
    ):
        item = report(seen, judged=judged)
        assert counts_as(item) is became
        assert (level or "judged") in levels(item)


@pytest.mark.parametrize("judged", [True, False])
@pytest.mark.parametrize("name", TRIED)
def test_an_agreement_stands_beside_the_prediction(name: str, judged: bool) -> None:
    text = written(name, AGREES, judged=judged)
    expected = "as_predicted" if name.startswith("json") else "As predicted in Chromium 156"
    assert ("Chromium 156: 1 of 1 as predicted" if name == "text" and judged else expected) in text


@pytest.mark.parametrize("judged", [True, False])
@pytest.mark.parametrize("name", FAILING)
def test_a_difference_is_a_failure_in_every_format(name: str, judged: bool) -> None:
    text = written(name, DIFFERS, judged=judged)
    if name.startswith("json"):
        [seen] = json.loads(text)["observations"]
        assert (seen["as_predicted"], seen["verdict"]) == (False, "blocked")
    else:
        assert ("failed" if name == "csv" else "Differs in Chromium 156") in " ".join(text.split())
    assert "<script>alert" not in text or name in ("text", "json", "jsonl", "csv")
    assert "\x1b" not in text


@pytest.mark.parametrize("name", FAILING)
def test_a_browser_that_shows_nothing_is_reported(name: str) -> None:
    text = written(name, MISSING)
    found = {"csv": "no answer", "json": '"missing"', "jsonl": '"missing"'}.get(
        name, "Nothing observed in Chromium 156"
    )
    assert found in " ".join(text.split())


def test_sarif_names_the_requirement() -> None:
    [run] = json.loads(written("sarif", DIFFERS))["runs"]
    result, rule = run["results"][0], run["tool"]["driver"]["rules"][0]
    assert (result["ruleId"], result["level"], rule["id"]) == ("as-predicted", "error", "as-predicted")
    assert "Differs in Chromium 156: blocked, although corsdoctor predicted allowed" in result["message"]["text"]


def test_html_has_both_verdicts_side_by_side() -> None:
    text = written("html", DIFFERS, judged=False)
    assert "<br>Chromium 156: blocked, not as predicted</li>" in text
    assert "<br>Chromium 156: allowed, as predicted</li>" in written("html", AGREES, judged=False)
    assert "<br>Chromium 156: nothing observed</li>" in written("html", MISSING, judged=False)


def test_the_text_shows_whole_what_only_one_side_has() -> None:
    path = "x" * 400
    request = GOOD.exchanges[0].request._replace(url=f"https://other.example/{path}/end")
    text = written(
        "text", AGREES._replace(exchanges=(*GOOD.exchanges, GOOD.exchanges[0]._replace(request=request))), judged=False
    )
    shown = "".join(text.partition("Different in")[2].split())
    assert f"Observedrequests:GEThttps://other.example/{path}/end" in shown
    assert "Observed  requests: none" in written("text", AGREES._replace(exchanges=()), judged=False)

"""The reports for programs: each valid by the schema that the package ships, and readable for any terminal."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from corsdoctor.browsers import BROWSERS
from corsdoctor.diagnose import Verdict, diagnose_all
from corsdoctor.report import Item, Report
from corsdoctor.reports import write
from corsdoctor.reports.json_ import as_object, dumps, render
from corsdoctor.reports.secrets import mask_report
from corsdoctor.reports.writer import Style
from corsdoctor.scenario import Api, Credentials, Mode, Redirect, Scenario
from corsdoctor.wire import FailureKind
from tests.reports.cases import APP, CASES, NO_LISTENER, Case
from tests.reports.runs import AGAIN, BATCH, INTERNAL, TEST, TIMED_OUT
from tests.test_visible import SIGNS

SCHEMA: dict[str, Any] = json.loads((files("corsdoctor.reports") / "schema.json").read_text(encoding="utf-8"))


def strict(schema: Any) -> Any:
    """The schema without room for the fields of later versions: what is written now must all be described."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: strict(part) for key, part in schema.items()}
    if "object" in schema.get("type", ()) and "properties" in schema:
        found.setdefault("unevaluatedProperties" if "oneOf" in schema else "additionalProperties", False)
    return found


LOOSE = jsonschema.Draft202012Validator(SCHEMA)
VALIDATOR = jsonschema.Draft202012Validator(strict(SCHEMA))
BY_ID = {case.id: case for case in CASES}


def as_json(item: Item) -> Any:
    """The object as a program reads it: each array is a list."""
    return json.loads(json.dumps(as_object(item)))


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    references = set(re.findall(r'"#/\$defs/(\w+)"', json.dumps(SCHEMA)))
    assert references == SCHEMA["$defs"].keys()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_every_report_is_valid(case: Case) -> None:
    report = case.report()
    for shown in (report, mask_report(report)):
        VALIDATOR.validate(json.loads(write("json", [shown], Style())))
        line = write("jsonl", [shown], Style(40, color=True, verbosity=2))
        assert line.index("\n") == len(line) - 1
        assert json.loads(line) == as_json(shown)


@pytest.mark.parametrize(
    "item", [*TEST, *BATCH, AGAIN, TIMED_OUT, INTERNAL], ids=lambda item: str(item.id or item.line)
)
def test_every_kind_of_line_is_valid(item: Item) -> None:
    for text in (write("jsonl", [item], Style()), write("json", [item], Style(), several=True)):
        VALIDATOR.validate(json.loads(text))
    assert not VALIDATOR.is_valid({**as_json(item), "line": 0})


def test_many_are_valid_as_an_array() -> None:
    objects = json.loads(write("json", [*TEST, TIMED_OUT, *BATCH], Style(), several=True))
    VALIDATOR.validate(objects)
    VALIDATOR.validate([])
    del objects[-1]["request"]["url"]
    assert not VALIDATOR.is_valid(objects)
    assert not VALIDATOR.is_valid("text")


def test_the_schema_lets_fields_be_added() -> None:
    """As its description promises; nothing that is there may be missing or of another kind."""
    later = as_json(BY_ID["trailing-slash"].report())
    browser = later["browsers"]["chromium"]
    for part in (later, later["request"], browser, browser["exchanges"][0], browser["steps"][0]):
        part["unknown"] = 1
    LOOSE.validate(later)
    LOOSE.validate({**as_json(TIMED_OUT), "unknown": 1})
    browser["verdict"] = "perhaps"
    assert not LOOSE.is_valid(later)


def test_what_is_written_now_is_described() -> None:
    good = as_json(BY_ID["trailing-slash"].report())
    VALIDATOR.validate(good)
    browser = good["browsers"]["chromium"]
    for part in (good, good["request"], browser, browser["exchanges"][0], browser["steps"][0]):
        part["unknown"] = 1
        assert not VALIDATOR.is_valid(good)
        del part["unknown"]
        for key in [k for k in part if k != "response_headers"]:
            value = part.pop(key)
            assert not VALIDATOR.is_valid(good), key
            part[key] = value
    both = {**browser["exchanges"][0], "status": None, "withheld": "why", "error": {"kind": "dns", "detail": "x"}}
    browser["exchanges"][0] = both
    assert not VALIDATOR.is_valid(good)


def test_the_schema_knows_every_value() -> None:
    properties = SCHEMA["$defs"]["request"]["properties"]
    assert properties["api"]["enum"] == list(Api)
    assert properties["mode"]["enum"] == [*Mode, None]
    assert sorted(map(str, properties["credentials"]["enum"])) == sorted([*Credentials, "None"])
    assert properties["redirect"]["enum"] == list(Redirect)
    assert SCHEMA["$defs"]["verdict"]["enum"] == list(Verdict)
    no_answer = SCHEMA["$defs"]["exchange"]["oneOf"][1]["properties"]["error"]["properties"]
    assert no_answer["kind"]["enum"] == list(FailureKind)


def test_fields() -> None:
    report = as_json(BY_ID["trailing-slash"].report())
    assert (report["schema_version"], report["id"], report["verdict"]) == (1, None, "blocked")
    assert "planned" not in report
    assert list(report["browsers"]) == ["standard", "chromium", "firefox", "webkit"]
    chromium = report["browsers"]["chromium"]
    assert (chromium["verdict"], chromium["rule"], chromium["preflight"]) == ("blocked", "acao-matches-origin", False)
    exchange = chromium["exchanges"][0]
    assert (exchange["kind"], exchange["method"], exchange["status"]) == ("actual", "GET", 200)
    assert ["Access-Control-Allow-Origin", "https://app.example/"] in exchange["response_headers"]
    step = chromium["steps"][-1]
    assert (step["outcome"], step["exchange"], step["cause"]["id"]) == ("fail", 0, "trailing-slash")
    assert ["wanted", "https://app.example"] in step["evidence"]
    assert step["remedy"] == [["Access-Control-Allow-Origin", "https://app.example"], ["Vary", "Origin"]]


def test_fields_without_a_response() -> None:
    assert as_json(BY_ID["planned"].report())["planned"] is True
    refused = as_json(BY_ID["refused"].report())["browsers"]["webkit"]
    assert refused["exchanges"][0]["error"] == {"kind": "refused", "detail": NO_LISTENER.detail}
    assert refused["exchanges"][0]["status"] is None
    unsent = as_json(BY_ID["unsent"].report())["browsers"]["webkit"]
    assert unsent["rule"] is None
    assert unsent["exchanges"][1]["withheld"] == "PUT may change data"
    assert as_json(BY_ID["one-browser"].report())["id"] == "shop-list"


def test_notes_are_those_that_count() -> None:
    """Why there is a preflight is none: --fail-on, --resume and the text report say so too."""
    told = as_json(BY_ID["upload-listener"].report())["browsers"]["firefox"]
    assert (told["preflight"], told["notes"]) == (True, [])
    assert any(step["outcome"] == "note" for step in told["steps"])
    two = as_json(BY_ID["two-values"].report())["browsers"]["chromium"]
    assert two["notes"] == [step["text"] for step in two["steps"] if step["rule"] == "acao-one-line"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_failure_is_the_text_of_the_step_that_failed(case: Case) -> None:
    for browser in as_json(case.report())["browsers"].values():
        failed = [step["text"] for step in browser["steps"] if step["outcome"] == "fail"]
        assert [browser["failure"]] == (failed[:1] or [None])


def test_no_report_raises_or_reaches_the_terminal() -> None:
    scenario = Scenario("https://\ud800\x1b[/", APP, headers=(("X-A", "\x9b31m\u202e\udfff"),))
    report = Report(diagnose_all(scenario, BROWSERS, lambda _kind, _request: NO_LISTENER), "ä\ud83d")
    text = render(report, Style())
    assert text.encode("utf-8")
    assert all(c.isprintable() or c == "\n" for c in text)
    assert "ä" in text
    assert json.loads(text) == as_json(report)


@pytest.mark.parametrize("sign", SIGNS)
def test_dumps_holds_no_command_to_a_log(sign: str) -> None:
    value = {sign: [f"#{sign}", "#["]}
    assert sign not in dumps(value)
    assert json.loads(dumps(value, indent=2)) == value


def test_dumps_keeps_what_it_escapes() -> None:
    nasty = "".join(map(chr, range(0x200))) + "\u2028\u202e\ud800"
    assert json.loads(dumps([nasty])) == [nasty]

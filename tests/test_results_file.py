"""The requests in a policy or in results of corsdoctor; a file that is neither is reported, and none is read without an end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corsdoctor import results_file
from corsdoctor.browsers import BROWSERS
from corsdoctor.cure import cure
from corsdoctor.diagnose import Verdict
from corsdoctor.errors import InvalidScenario, UnreadableInput
from corsdoctor.report import Report, report_on
from corsdoctor.reports.json_ import as_object, dumps
from corsdoctor.results_file import Planned, read_requests
from corsdoctor.scenario import Scenario
from corsdoctor.url import Origin
from corsdoctor.wire import Answer, Certificate, FailureKind, Headers, Kind, NoAnswer, Response, WireRequest, Withheld

PAGE = "https://app.example"
SCENARIO = Scenario("https://api.example/items", Origin("https", "app.example"), "PUT")
ALLOWED: dict[str, Any] = {"id": "1", "url": SCENARIO.url, "origin": PAGE, "expect": "allowed"}
LEFT_OUT: list[dict[str, Any]] = [
    {**ALLOWED, "id": "2", "expect": "blocked"},
    {**ALLOWED, "id": "3", "expect": {"rule": "acao-present"}},
    {"id": "4", "flow": {"visits": [{"page": PAGE, "requests": [{"url": SCENARIO.url}]}]}, "expect": "allowed"},
]
OPEN = Response(200, Headers((("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Methods", "PUT"))))


def result(answer: Answer = OPEN) -> dict[str, Any]:
    """What `check` writes of a request that is answered so."""
    written: dict[str, Any] = json.loads(dumps(as_object(report_on(SCENARIO, BROWSERS, lambda *_: answer))))
    return written


def told(path: Path) -> str:
    """The only line that the user sees."""
    with pytest.raises(InvalidScenario) as caught:
        read_requests(str(path))
    [mistake] = caught.value.mistakes
    return str(mistake)


@pytest.mark.parametrize("name", ["cors.json", "CORS.JSON", "cors.yaml", "cors.yml", "CORS.YML"])
def test_of_a_policy_what_it_wants_allowed_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(json.dumps({"case": [*LEFT_OUT, ALLOWED]}))  # which is YAML too
    [found] = read_requests(str(tmp_path / name))  # but not a request of a flow, which needs those before it
    assert isinstance(found, Planned)
    assert (found.scenario.url, found.profiles) == (SCENARIO.url, BROWSERS)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (OPEN, Verdict.ALLOWED),
        (Response(200, Headers()), Verdict.BLOCKED),
        (NoAnswer(FailureKind.REFUSED, "refused"), Verdict.ERROR),
        (Withheld("it was not sent"), Verdict.UNSENT),
    ],
)
def test_a_result_has_the_verdicts_that_were_written(tmp_path: Path, answer: Answer, verdict: Verdict) -> None:
    file = tmp_path / "results.json"
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps(result(answer)).encode())
    [found] = read_requests(str(file))
    assert isinstance(found, Report)
    assert {one.verdict for one in found.diagnoses} == {verdict} == {found.verdict}
    assert len(found.diagnoses) == len(BROWSERS)


def test_a_result_without_its_responses_has_no_verdict(tmp_path: Path) -> None:
    whole = result()
    for browser in whole["browsers"].values():
        del browser["exchanges"][1:]
    whole["browsers"]["netscape"] = {"exchanges": [], "steps": []}  # of a version with other browsers
    (tmp_path / "results.json").write_text(json.dumps(whole))
    [found] = read_requests(str(tmp_path / "results.json"))
    assert isinstance(found, Report)
    assert {one.verdict for one in found.diagnoses} == {Verdict.UNSENT}


@pytest.mark.parametrize(
    "left_out",
    [
        {"error": "x"},
        {"planned": True},
        {"case": {"expected": {"verdict": "blocked"}}},
        {"case": {"expected": {"rule": "acao-present"}}},
    ],
)
def test_what_needs_no_fix_is_left_out(tmp_path: Path, left_out: dict[str, Any]) -> None:
    lines = (result() | left_out, result())
    (tmp_path / "results.jsonl").write_text("\n\n".join(map(json.dumps, lines)))
    assert len(read_requests(str(tmp_path / "results.jsonl"))) == 1
    (tmp_path / "results.json").write_text(json.dumps(lines))
    assert len(read_requests(str(tmp_path / "results.json"))) == 1


NEITHER = (
    "this is neither a policy nor results of corsdoctor: write results with --format json=FILE or --format jsonl=FILE"
)


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("a.jsonl", '{"a": 1}', f"a.jsonl: {NEITHER}"),
        ("a.json", '[{"case": []}, {"case": []}]', f"a.json: {NEITHER}"),
        ("a.jsonl", '{"schema_version": 1}\n\n[1]', f"a.jsonl, line 3: {NEITHER}"),
        ("a.jsonl", '{"schema_version": 1, "error": "x"}\n{', f"a.jsonl, line 2: {NEITHER}"),
        ("a.jsonl", '{"schema_version": 1, "error": "x"}\n{"b": 1}', "a.jsonl, line 2: this is not a result of corsdoctor"),
        ("a.json", '{"schema_version": 1, "request": {"url": "https://x.example", "origin": 1}, "browsers": [1]}', "a.json: this is not a result of corsdoctor"),
        ("a.json", '{"schema_version": 1, "case": 1}', "a.json: this is not a result of corsdoctor"),
        ("a.json", "[" * 100_000, f"a.json, line 1: {NEITHER}"),
        ("a.json", json.dumps(result() | {"browsers": {}}), "a.json: this is not a result of corsdoctor"),
        ("a.json", json.dumps(result() | {"browsers": {"netscape": result()["browsers"]["firefox"]}}), "a.json: this is not a result of corsdoctor"),
    ],
    ids=range(10),
)  # fmt: skip
def test_a_file_that_is_neither(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, line: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_text(text)
    assert told(Path(name)) == line


def test_a_file_has_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "results.json"
    file.write_text(json.dumps(result()))
    monkeypatch.setattr(results_file, "_MOST_BYTES", file.stat().st_size)
    assert len(read_requests(str(file))) == 1
    monkeypatch.setattr(results_file, "_MOST_BYTES", file.stat().st_size - 1)
    assert told(file) == f"--from '{file}': the file is too large: the limit is 0 MB"


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    for path, why in ((tmp_path / "none.json", "No such file or directory"), (tmp_path, "Is a directory")):
        with pytest.raises(UnreadableInput, match=why):
            read_requests(str(path))


def test_a_name_that_no_file_can_have() -> None:
    assert "cannot read the file: embedded null byte" in told(Path("a\0b.json"))


CHALLENGE = b"<html><title>Just a moment...</title><script src=/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1></script>"
LOGIN = b'<html><title>Sign in</title><form><input type="password"></form></html>'


@pytest.mark.parametrize(("body", "cause"), [(CHALLENGE, "bot-challenge"), (LOGIN, "authentication")])
def test_recorded_causes_hold_although_results_have_no_bodies(tmp_path: Path, body: bytes, cause: str) -> None:
    page = Response(200, Headers((("Content-Type", "application/octet-stream"),)), body=b"<!doctype html>" + body)
    report = report_on(Scenario("https://api.example/items", Origin("https", "app.example")), BROWSERS, lambda *_: page)
    file = tmp_path / "results.json"
    file.write_text(dumps(as_object(report)))
    [read] = read_requests(str(file))
    assert isinstance(read, Report)
    for was, is_now in zip(report.diagnoses, read.diagnoses, strict=True):
        assert was.failure is not None
        assert is_now.failure is not None
        assert is_now.failure.cause == was.failure.cause
        assert is_now.failure.other_causes == was.failure.other_causes
    found = cure(read.diagnoses)
    assert found.obstacle is not None
    assert (found.obstacle.first, found.proof) == (cause, ())


def test_results_say_which_request_showed_the_certificate(tmp_path: Path) -> None:
    """Firefox shows none with the preflight, so that the two preflight requests have responses of their own."""

    def send(_: Kind, request: WireRequest) -> Answer:
        return Response(200 if request.certificate is Certificate.SHOWN else 496, Headers())

    asked = Scenario("https://api.example/", Origin("https", "app.example"), "PUT", certificate=True)
    report = report_on(asked, BROWSERS, send)
    file = tmp_path / "results.json"
    file.write_text(dumps(as_object(report)))
    [read] = read_requests(str(file))
    assert isinstance(read, Report)
    assert [d.exchanges[0].request.certificate for d in read.diagnoses] == [
        Certificate.ABSENT, Certificate.SHOWN, Certificate.ABSENT, Certificate.SHOWN,
    ]  # fmt: skip
    assert [d.failure and d.failure.rule for d in read.diagnoses] == [
        d.failure and d.failure.rule for d in report.diagnoses
    ]

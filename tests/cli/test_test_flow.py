"""corsdoctor test with flows as cases: what is sent, what is judged, and what is reported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import LOCAL_PAGE, Run, Site

CASE = """
[[case]]
id = "login"
flow = "login.json"
browsers = ["chromium", "firefox"]
expect = [{ verdict = "allowed", cookies-stored = ["sid"] }, { verdict = "allowed", cookies-sent = ["sid"] }]
"""


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, site: Site) -> Path:
    """A policy with a flow that logs in and then asks."""
    monkeypatch.chdir(tmp_path)
    login = {"url": f"{site.url}/login", "method": "POST", "credentials": "include", "body": "password=${PASSWORD}"}
    visit = {"page": f"{LOCAL_PAGE}/", "requests": [login, {"url": f"{site.url}/items", "credentials": "include"}]}
    (tmp_path / "login.json").write_text(json.dumps({"visits": [visit]}), encoding="utf-8")
    path = tmp_path / "cors.toml"
    path.write_text(CASE, encoding="utf-8")
    return path


def results(output: str) -> dict[str, Any]:
    return {found["id"]: found for found in map(json.loads, output.splitlines())}


@pytest.mark.usefixtures("written")
def test_a_user_who_logs_in(run: Run, site: Site) -> None:
    result = run("test", "--send", "--format", "jsonl", PASSWORD="s3cret-word")
    assert result.exit_code == 0, result.output
    assert site.asked == [("POST /login", None, "text/plain;charset=UTF-8"), ("GET /items", "sid=s3cret", None)]
    found = results(result.stdout)
    assert [found[id]["case"]["outcome"] for id in ("login/1", "login/2")] == ["passed", "passed"]
    assert found["login/2"]["browsers"]["firefox"]["cookies"]["sent"] == ["sid"]
    assert "s3cret" not in result.output


@pytest.mark.usefixtures("written")
def test_without_send_nothing_is_judged_that_follows(run: Run, site: Site) -> None:
    result = run("test", PASSWORD="x")
    assert result.exit_code == 4, result.output
    assert "nothing was judged" in result.stderr
    assert [asked[0] for asked in site.asked] == ["GET /items"]
    assert "✓ 2 not sent" in result.stdout
    assert "1 not judged, because an earlier request of its flow was not sent" in " ".join(result.stdout.split())
    verbose = run("test", "-v", PASSWORD="x").stdout
    assert "- login/2: not judged: an earlier request of the flow was not sent" in " ".join(verbose.split())
    assert "not ok" not in run("test", "--format", "tap", PASSWORD="x").stdout


def test_a_cookie_that_is_missing(run: Run, written: Path) -> None:
    written.write_text(CASE.replace('cookies-sent = ["sid"]', 'cookies-sent = ["token", "sid"]'), encoding="utf-8")
    result = run("test", "--send", PASSWORD="x")
    assert result.exit_code == 1
    told = " ".join(result.stdout.split())
    assert "✗ login/2" in told
    assert "expected sent: token actual sent: sid" in told
    assert "The browser has no such cookie: an earlier response of the flow must set it." in told
    assert "$ corsdoctor" not in result.stdout


@pytest.mark.usefixtures("written")
def test_a_cookie_that_is_refused(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "login.json"
    file.write_text(
        file.read_text(encoding="utf-8").replace('"credentials": "include"', '"credentials": "omit"'), encoding="utf-8"
    )
    told = " ".join(run("test", "--send", PASSWORD="x").stdout.split())
    assert "expected stored: sid actual stored: no cookie" in told
    assert "carries no cookies, and browsers discard those of its response. (not-kept)" in told
    assert 'next Send the request with credentials: "include".' in told


@pytest.mark.usefixtures("written")
def test_the_selected_requests_are_reported_and_all_are_sent(run: Run, site: Site) -> None:
    result = run("test", "--send", "-m", "login/2", "--format", "jsonl", PASSWORD="x")
    assert result.exit_code == 0, result.output
    assert list(results(result.stdout)) == ["login/2"]
    assert [asked[0] for asked in site.asked] == ["POST /login", "GET /items"]


def test_a_flow_is_tried_again_as_a_whole(run: Run, site: Site, written: Path) -> None:
    written.write_text(CASE.replace('cookies-sent = ["sid"]', 'cookies-sent = ["no"]'), encoding="utf-8")
    found = results(run("test", "--send", "--retry", "1", "--format", "jsonl", PASSWORD="x").stdout)
    assert [found[id]["case"]["tries"] for id in ("login/1", "login/2")] == [1, 2]
    assert [asked[0] for asked in site.asked] == ["POST /login", "GET /items"] * 2


@pytest.mark.usefixtures("written")
def test_the_cases_are_listed(run: Run, site: Site) -> None:
    result = run("test", "--list")
    assert result.exit_code == 0, result.output
    assert "expected: allowed; sends the cookie sid" in result.stdout
    assert site.asked == []


def test_update_leaves_flows_as_they_are(run: Run, written: Path) -> None:
    text = CASE.replace('cookies-sent = ["sid"]', 'cookies-sent = ["no"]')
    written.write_text(text, encoding="utf-8")
    result = run("test", "--send", "--update", PASSWORD="x")
    assert result.exit_code == 1
    assert "login/2: not changed: it is a request of a flow" in result.stderr
    assert written.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("content", "status", "told"),
    [
        (None, 2, "case[0].flow: login.json: No such file"),
        ("{", 2, "login.json, line 1"),
        ("[1]", 2, "must be an object"),
        ('{"visits": [{"pag": "x"}]}', 2, "cors.toml, line 4: case[0].flow.visits[0].pag: unknown key"),
    ],
)
def test_a_file_with_mistakes(run: Run, written: Path, content: str | None, status: int, told: str) -> None:
    file = written.with_name("login.json")
    file.unlink() if content is None else file.write_text(content, encoding="utf-8")
    result = run("test")
    assert result.exit_code == status
    assert told in result.stderr


@pytest.mark.usefixtures("written")
def test_fix_leaves_flows_out(run: Run) -> None:
    result = run("fix", "--from", "cors.toml", PASSWORD="x")
    assert result.exit_code == 2
    assert "it has no request to fix" in result.stderr

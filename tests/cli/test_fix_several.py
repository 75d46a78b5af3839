"""Several requests that get one configuration: several -X, several URLs, and --from with a policy or with results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corsdoctor.browsers import BROWSERS
from corsdoctor.report import report_on
from corsdoctor.reports import FORMATS
from corsdoctor.reports.json_ import as_object, dumps
from corsdoctor.scenario import Scenario
from corsdoctor.url import Origin
from corsdoctor.wire import FailureKind, Headers, NoAnswer, Response
from tests.cli.conftest import PAGE, Run, Server

ORIGIN = ("--origin", PAGE)


def policy_of(run: Run, *args: str) -> dict[str, Any]:
    result = run("fix", *args, "--server", "nginx", "--format", "json")
    assert result.exit_code == 0, result.stdout + result.stderr
    reports = json.loads(result.stdout)
    recipes = {json.dumps(report["recipe"]) for report in (reports if isinstance(reports, list) else [reports])}
    assert len(recipes) == 1  # one configuration for all
    text: str = json.loads(recipes.pop())["text"]
    return {
        "methods": [m for m in ("PUT", "PATCH", "DELETE") if f", {m}" in text],
        "names": "X-A" in text,
        "text": text,
    }


def test_several_methods(run: Run, server: Server) -> None:
    found = policy_of(run, f"{server.url}/none", *ORIGIN, "-X", "GET", "-X", "PUT", "-X", "DELETE")
    assert found["methods"] == ["PUT", "DELETE"]


def test_several_urls(run: Run, server: Server) -> None:
    found = policy_of(run, f"{server.url}/none", f"{server.url}/none/2", *ORIGIN, "-X", "PATCH", "-H", "X-A: 1")
    assert (found["methods"], found["names"]) == (["PATCH"], True)


@pytest.mark.parametrize(("others", "warned"), [(("/none",), True), (("/hints",), False), ((), False)])
def test_a_url_that_another_opens_to_everybody_is_named(
    run: Run, server: Server, others: tuple[str, ...], warned: bool
) -> None:
    urls = [f"{server.url}{path}" for path in ("/open", *others)]
    result = run("fix", *urls, *ORIGIN, "-H", "X-B: 1", "--server", "nginx", COLUMNS="300")
    assert (f"lets every website read {server.url}/none, which it cannot do today" in result.stdout) == warned
    assert ("which it cannot do today" in result.stdout) == warned
    assert result.stdout.count("they are not visible from outside") <= 1


@pytest.mark.parametrize(
    "option", ["-X PUT -X GET", "--origin https://a.example --origin https://b.example", "-d 1 -d 2"]
)
def test_an_option_of_the_request_is_given_once(run: Run, server: Server, option: str) -> None:
    result = run("check", f"{server.url}/none", *([] if "--origin" in option else ORIGIN), *option.split())
    assert result.exit_code == 2
    assert "can be given only once" in result.stderr
    assert server.requests == []


def test_two_servers_are_a_mistake(run: Run, server: Server) -> None:
    result = run("fix", f"{server.url}/none", "https://other.example/", *ORIGIN)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "the requests are for 2 servers" in result.stderr
    assert server.requests == []


def policy_file(path: Path, server: Server) -> str:
    file = path / "cors.toml"
    file.write_text(
        f"""
[[case]]
id = "1"
url = "{server.url}/none"
origin = "{PAGE}"
method = "PUT"
expect = "allowed"

[[case]]
id = "2"
url = "{server.url}/none"
origin = "{PAGE}"
headers = {{ "X-A" = "1" }}
expect = "allowed"

[[case]]
id = "3"
url = "{server.url}/none"
origin = "https://evil.example"
method = "DELETE"
expect = "blocked"

[[case]]
id = "4"
url = "{server.url}/none"
origin = "https://evil.example"
method = "PATCH"
expect = {{ rule = "acao-present" }}
""",
        encoding="utf-8",
    )
    return str(file)


def test_a_policy_gets_one_configuration(run: Run, server: Server, tmp_path: Path) -> None:
    found = policy_of(run, "--from", policy_file(tmp_path, server))
    assert (found["methods"], found["names"]) == (["PUT"], True)
    assert "evil.example" not in found["text"]  # the policy wants it blocked


@pytest.mark.parametrize("format", ["json", "jsonl"])
def test_results_of_a_test_get_the_same_and_nothing_is_sent(
    run: Run, server: Server, tmp_path: Path, format: str
) -> None:
    policy, results = policy_file(tmp_path, server), tmp_path / f"results.{format}"
    run("test", policy, "--format", f"{format}={results}", "--format", "text")
    server.requests.clear()
    found = policy_of(run, "--from", str(results))
    assert (found["methods"], found["names"]) == (["PUT"], True)
    assert "evil.example" not in found["text"]
    assert server.requests == []


def test_results_of_a_check(run: Run, server: Server, tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    asked = ("-X", "PUT", "-H", "Authorization: Bearer 0123456789abcdef", "--credentials", "include")
    run("check", f"{server.url}/none", *ORIGIN, *asked, "--format", f"json={results}", "--format", "text")
    found = policy_of(run, "--from", str(results))
    assert found["methods"] == ["PUT"]
    assert ("Authorization" in found["text"], "Allow-Credentials" in found["text"]) == (True, True)
    text = run("fix", "--from", str(results), "--server", "express").stdout
    assert text.count("✗ Blocked") == 1


def test_a_url_selects_the_server(run: Run, server: Server, tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    for url in (f"{server.url}/none", "http://127.0.0.1:9/none"):
        run("check", url, *ORIGIN, "--format", f"jsonl={results}", "--format", "text")
        with (tmp_path / "all.jsonl").open("a") as together:
            together.write(results.read_text())
    both = run("fix", "--from", str(tmp_path / "all.jsonl"))
    assert (both.exit_code, "2 servers" in both.stderr) == (2, True)
    assert run("fix", server.url, "--from", str(tmp_path / "all.jsonl"), "--server", "caddy").exit_code == 0
    none = run("fix", "https://third.example", "--from", str(tmp_path / "all.jsonl"))
    assert (none.exit_code, "no request in it is for this server" in none.stderr) == (2, True)


WRONG = {
    "not-json.jsonl": ("{", "neither a policy nor results"),
    "other.jsonl": ('{"a": 1}\n{"b": 2}', "neither a policy nor results"),
    "list.json": ("[1]", "neither a policy nor results"),
    "empty.jsonl": ("", "neither a policy nor results"),
    "deep.json": ("[" * 100_000, "neither a policy nor results"),
    "half.json": ('{"schema_version": 1, "request": {}}', "this is not a result of corsdoctor"),
    "error.json": ('{"schema_version": 1, "id": null, "line": 1, "error": "x"}', "it has no request to fix"),
    "strange.toml": ("x = ", "not valid TOML"),
    "binary.json": ("{\udcea", "byte 0xEA is not UTF-8; this is neither a policy nor results"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_file_that_is_no_input_is_named_in_one_line(run: Run, tmp_path: Path, name: str) -> None:
    content, reason = WRONG[name]
    (tmp_path / name).write_text(content, encoding="utf-8", errors="surrogateescape")
    result = run("fix", "--from", str(tmp_path / name))
    assert (result.exit_code, result.stdout) == (2, "")
    assert reason in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "wrong",
    [{"status": float("inf")}, {"status": "9" * 5_000}, {"response_headers": [1]}, {"error": 1, "status": None}],
)
def test_an_exchange_that_corsdoctor_does_not_write(
    run: Run, server: Server, tmp_path: Path, wrong: dict[str, Any]
) -> None:
    results = tmp_path / "results.json"
    run("check", f"{server.url}/none", *ORIGIN, "--format", f"json={results}", "--format", "text")
    whole = json.loads(results.read_text())
    whole["browsers"]["chromium"]["exchanges"][0] |= wrong
    results.write_text(json.dumps(whole))
    result = run("fix", "--from", str(results))
    assert (result.exit_code, "this is not a result of corsdoctor" in result.stderr) == (2, True)


def test_results_with_secrets_are_shown_without(run: Run, tmp_path: Path) -> None:
    """The causes are read as sentences, which have the URLs of a redirect and of a refused connection in them."""
    secret = "Zq7xW9vK2m"
    to = Headers((("Location", f"https://api.example/login?token={secret}"), ("Server", "nginx")))
    results = tmp_path / "results.json"
    for answer in (Response(302, to), NoAnswer(FailureKind.REFUSED, f"no route to http://x/?token={secret}")):
        asked = Scenario("https://api.example/items", Origin("https", "app.example"), "PUT")
        results.write_text(dumps(as_object(report_on(asked, BROWSERS, lambda *_, answer=answer: answer))))
        assert secret in results.read_text()
        for name in FORMATS:
            assert secret not in run("fix", "--from", str(results), "--format", name).output


def test_a_file_that_is_not_there(run: Run, tmp_path: Path) -> None:
    assert run("fix", "--from", str(tmp_path / "nothing.jsonl")).exit_code == 3


def test_nothing_is_blocked(run: Run, server: Server, tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    run("check", f"{server.url}/open", *ORIGIN, "--format", f"json={results}", "--format", "text")
    result = run("fix", "--from", str(results))
    assert (result.exit_code, "nothing to fix" in result.stderr) == (2, True)


def test_the_file_has_the_requests(run: Run, server: Server, tmp_path: Path) -> None:
    result = run("fix", "--from", policy_file(tmp_path, server), *ORIGIN, "-X", "PUT", "-A", "me")
    assert result.exit_code == 2
    assert all(f"remove {option}" in result.stderr for option in ("--origin", "--method", "--user-agent"))

"""corsdoctor test: what passes, what fails, and how that is reported."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest

from corsdoctor.cli.test import test as command
from corsdoctor.diagnose import Diagnosis
from corsdoctor.flow.result import CookieResult
from corsdoctor.suite.judge import Expected, Mismatch, judge
from tests.cli.conftest import PAGE, Policy, Run, Server, answers

EVIL = "https://evil.example"
GETS = {"url": "/open", "expect": "allowed"}


@dataclass(frozen=True)
class Ends:
    """One case, how the run ends, and what stands in the report."""

    id: str
    case: dict[str, Any]
    status: int
    words: tuple[str, ...]
    options: tuple[str, ...] = ()


PUT = {"url": "/put", "method": "PUT"}
ENDS = (
    Ends("allowed", GETS, 0, ("✓ 1 passed in ",)),
    Ends("not-allowed", {"url": "/none", "expect": "allowed"}, 1, (
        "✗ not-allowed\n", "expected  allowed\n", "actual    blocked in Chromium, Firefox and WebKit\n",
        "rule      acao-present", "next      Make the server send", "\n  $ corsdoctor check http://127.0.0.1:", "✗ 1 failed in ",
    )),
    Ends("blocked", {"url": "/none", "expect": "blocked"}, 0, ("✓ 1 passed in ",)),
    Ends("not-blocked", {"url": "/open", "origin": EVIL, "expect": "blocked"}, 1, (
        "actual    allowed in Chromium", "allows every origin (passed)", "got       Access-Control-Allow-Origin: *",
        f"If {EVIL} must be blocked",
    )),
    Ends("rule", {"url": "/none", "expect": {"rule": "acao-present"}}, 0, ("1 passed",)),
    Ends("other-rule", {"url": "/none", "expect": {"rule": "acao-matches-origin"}}, 1, (
        "expected  blocked by acao-matches-origin\n", "actual    blocked by acao-present\n",
    )),
    Ends("rule-of-allowed", {"url": "/open", "expect": {"verdict": "blocked", "rule": "acao-present"}}, 1, (
        "expected  blocked by acao-present\n", "actual    allowed in",
    )),
    Ends("readable", {"url": "/open", "expect": {"readable": ["Content-Length"]}}, 0, ("1 passed",)),
    Ends("not-readable", {"url": "/open", "expect": {"readable": ["X-Total"]}}, 1, (
        "expected  readable: X-Total\n", "next      Make the server send X-Total. Then list X-Total in",
    )),
    Ends("preflight", {**PUT, "expect": {"preflight": True}}, 0, ("1 passed",)),
    Ends("no-preflight", {**PUT, "expect": {"preflight": False}}, 1, (
        "expected  no preflight\n", "actual    a preflight, because the method is PUT\n",
    )),
    Ends("max-age", {**PUT, "expect": {"max-age": 60}}, 1, (
        "expected  max-age at least 60, the seconds for which", "actual    max-age 5\n", "next      Send Access-Control-Max-Age: 60 with",
    )),
    Ends("not-sent", {**PUT, "expect": "allowed"}, 0, (
        "✓ 1 not sent in ", "1 not sent, because it may change data; to send it, add --send",
    )),
    Ends("sent", {**PUT, "expect": "allowed"}, 0, ("✓ 1 passed in ",), ("--send",)),
    Ends("blind", {"url": "/none", "method": "POST", "expect": "allowed"}, 4, (
        "✓ 1 not sent in ", "1 of these",
    )),
    Ends("nobody-blocked", {**PUT, "expect": "blocked"}, 1, (
        "actual    not determined; the PUT was not sent\n", "next      Add --send to send the PUT too",
    )),
    Ends("preflight-blocks", {"url": "/open", "method": "PUT", "expect": "blocked"}, 0, ("✓ 1 passed in ",)),
    Ends("same-origin", {"url": "{own}/none", "origin": "{own}", "expect": "blocked"}, 1, (
        "The request is same-origin, so CORS does not apply.", "expect allowed in the",
    )),
    Ends("known", {"url": "/none", "expect": "allowed", "known": {"reason": "ticket 7", "until": "2999-12-31"}}, 0, (
        "- known: known failure: ticket 7 (until 2999-12-31); expected allowed, got", "✓ 1 known failure in ",
    )),
    Ends("known-over", {"url": "/none", "expect": "allowed", "known": {"reason": "ticket 7", "until": "2020-01-01"}}, 1, (
        "expired: ticket 7 (until 2020-01-01)", "✗ 1 failed in ",
    )),
    Ends("known-unsent", {"url": "/none", "method": "POST", "expect": "allowed", "known": {"reason": "ticket 7"}}, 4, (
        "✓ 1 not sent in ", "1 of these",
    )),
    Ends("sick", {"url": "/gone", "expect": "blocked"}, 3, (
        "- sick: blocked by a response with status code 404", "✓ 1 passed in ",
        "1 blocked by a response with status code 404",
    )),
    Ends("sick-is-noted", {"url": "/gone", "expect": "blocked"}, 1, ("✓ 1 passed in ",), ("--fail-on", "note")),
    Ends("known-passes", {**GETS, "known": {"reason": "ticket 7"}}, 0, (
        "- known-passes: passed; the known failure is no longer needed: ticket 7", "✓ 1 passed in ",
        "1 known failure no longer needed",
    )),
)  # fmt: skip


@pytest.mark.parametrize("ends", ENDS, ids=lambda ends: ends.id)
def test_what_passes_and_what_does_not(ends: Ends, run: Run, server: Server, policy: Policy) -> None:
    case = {
        key: value.replace("{own}", server.url) if isinstance(value, str) else value for key, value in ends.case.items()
    }
    policy(server.url, **{ends.id: case})
    result = run("test", *ends.options)
    assert result.exit_code == ends.status, result.output
    judged = ends.id not in ("blind", "known-unsent", "sick")
    assert ("nothing was judged" in result.stderr, bool(result.stderr)) == (not judged, not judged)
    for words in ends.words:
        assert words in result.stdout


def test_selecting(run: Run, server: Server, policy: Policy) -> None:
    policy(server.url, open=GETS, closed={"url": "/none", "expect": "blocked"}, put={**PUT, "expect": "allowed"})
    assert "✓ 2 passed in " in run("test", "-m", "open or closed").stdout
    assert run("test", "-m", "not put", "--list", "-q").stdout == "open\nclosed\n"
    old = run("test", "-k", "not put", "--list", "-q")
    assert old.stdout == "open\nclosed\n"
    assert old.stderr.startswith("corsdoctor: -k is the old name of -m")
    assert run("test", "-k", "a", "-m", "b").exit_code == 2
    nothing = run("test", "-m", "zzz")
    assert (nothing.exit_code, nothing.stdout) == (2, "")
    assert nothing.stderr == "corsdoctor: -m 'zzz': matches none of the 3 ids; --list shows them\n"


def test_listing_sends_nothing(run: Run, server: Server, policy: Policy) -> None:
    policy(server.url, a={"url": "/open?token=sesame123", "expect": {"verdict": "blocked", "rule": "acao-present", "preflight": False}},
           b={**PUT, "expect": {"readable": ["X-A", "X-B"], "max-age": 60}})  # fmt: skip
    result = run("test", "--list")
    assert (result.exit_code, result.stderr, server.requests) == (0, "", [])
    lines = [line.strip() for line in result.stdout.splitlines()]
    assert lines[0::4] == ["a", "b"]
    assert lines[1] == f"GET {server.url}/open?token=***"
    assert lines[2] == f"from {PAGE} by fetch()"
    assert lines[3::4] == [
        "expected: blocked by acao-present; no preflight",
        "expected: readable X-A, X-B; max-age at least 60",
    ]
    assert "sesame123" in run("test", "--list", "--show-secrets").stdout


def test_listing_needs_no_token(run: Run, server: Server, policy: Policy) -> None:
    policy("${NO_SUCH_PLACE:-http://api.example}", a={**GETS, "url": "/v1/${NO_SUCH_TENANT}", "headers": {"Authorization": "Bearer ${NO_SUCH_TOKEN}"}})  # fmt: skip
    assert run("test", "--list", "-q").stdout == "a\n"
    assert "GET http://api.example/v1/${NO_SUCH_TENANT}" in run("test", "--list").stdout
    result = run("test")
    assert (result.exit_code, result.stdout, server.requests) == (2, "", [])
    assert "the variable NO_SUCH_TOKEN is not set; set it, or write ${NO_SUCH_TOKEN:-default}" in result.stderr


def test_listing_needs_what_makes_a_url(run: Run, server: Server, policy: Policy) -> None:
    policy(server.url, a={**GETS, "url": "${NO_SUCH_PLACE}/a"})
    result = run("test", "--list")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert "the variable NO_SUCH_PLACE is not set; set it, or write ${NO_SUCH_PLACE:-default}" in result.stderr


def test_what_comes_from_the_environment_is_masked(
    run: Run, server: Server, policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK", "T0123/B4567")
    monkeypatch.setenv("PLACE", server.url)
    policy("${PLACE}", a={"url": "/none/${HOOK}", "headers": {"X-Note": "${HOOK}"}, "expect": "allowed", "known": {"reason": "see ${HOOK}", "until": "2026-01-01"}})  # fmt: skip
    for result in (run("test"), run("test", "--format", "jsonl"), run("test", "--list")):
        assert "B4567" not in result.output
        assert f"{server.url}/none/***" in result.output
    assert "/none/T0123/B4567" in run("test", "--list", "--show-secrets").stdout
    assert server.requests[0] == "OPTIONS /none/T0123/B4567"


def test_a_place_makes_a_secret_and_a_variable_does_not(
    run: Run, server: Server, policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a method, a host or a path nothing is masked; in a header, a query, a cookie or a body a whole value is."""
    for name, value in {
        "METH": "DELETE",
        "SEG": "items",
        "Q": "true",
        "H": "origin",
        "B": "body",
        "C": "allowed",
    }.items():
        monkeypatch.setenv(name, value)
    policy(server.url, a={
        "url": "/none/${SEG}?page=${Q}&shown=true", "method": "${METH}", "headers": {"X-Tenant": "${H}", "X-Seen": "origin"},
        "cookie": "c=${C}", "body": "b=${B}", "credentials": "include", "expect": "allowed",
    })  # fmt: skip
    asked = f"{server.url}/none/items?page=***&shown=true"
    command = next(line for line in run("test", "--send").stdout.splitlines() if "corsdoctor check" in line)
    assert f"'{asked}'" in command
    assert "-X DELETE -H 'X-Tenant: ***' -H 'X-Seen: origin' -d '***'" in command
    assert "--cookie 'c=***'" in command
    assert f"DELETE {asked}" in run("test", "--list").stdout
    (report,) = answers(run("test", "--format", "jsonl"))
    assert report["request"]["headers"] == [["X-Tenant", "***"], ["X-Seen", "origin"]]
    shown = run("test", "--list", "--show-secrets").stdout
    assert "page=true&shown=true" in shown


def test_what_the_policy_skips_is_reported(run: Run, server: Server, policy: Policy) -> None:
    cell = {"origin": EVIL, "skip": "answers by hand"}
    matrix = {
        "id": "m",
        "base": "api",
        "paths": ["/open"],
        "origins": [PAGE, EVIL],
        "expect": "allowed",
        "except": [cell],
    }
    policy.path.write_text(json.dumps({"base": {"api": server.url}, "matrix": [matrix]}), encoding="utf-8")
    result = run("test")
    assert (result.exit_code, len(server.requests)) == (0, 1)
    assert result.stderr == "corsdoctor: cors.json skips 1 cell; --list shows them with the reasons\n"
    assert run("test", "-q").stderr == ""
    assert run("test", "--list").stdout.endswith(f"m/GET /open/{EVIL}\n    skipped: answers by hand\n")
    assert run("test", "--list", "-q").stdout == f"m/GET /open/{PAGE}\n"


def test_mistakes_of_the_policy_are_reported_and_nothing_is_sent(run: Run, server: Server, policy: Policy) -> None:
    policy(server.url, a={**GETS, "metod": "GET"}, b={"url": "/open", "expect": "alowed"})
    result = run("test")
    assert (result.exit_code, result.stdout, server.requests) == (2, "", [])
    lines = result.stderr.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("corsdoctor: cors.json, line ") for line in lines)


def test_quiet_and_verbose(run: Run, server: Server, policy: Policy) -> None:
    policy(server.url, good=GETS, bad={"url": "/none", "expect": "allowed"}, put={**PUT, "expect": "allowed"})
    quiet = run("test", "-q").stdout.splitlines()
    assert quiet[0].startswith("✗ 1 failed, 1 passed, 1 not sent in ")
    assert quiet[1:] == ["  1 not sent, because it may change data; to send it, add --send"]
    verbose = run("test", "-v").stdout
    assert verbose.startswith("✓ good: allowed in Chromium, Firefox and WebKit (")
    assert "\n- put: not sent: PUT may change data (" in verbose
    assert "\n✗ bad\n" in verbose
    assert "✓ good" not in run("test").stdout


def test_each_format_has_each_case(run: Run, server: Server, policy: Policy, tmp_path: Path) -> None:
    path = policy(server.url, good=GETS, bad={"url": "/none", "expect": "allowed"})
    result = run("test", "--format", "json", "--format", f"text={tmp_path / 'report.txt'}")
    assert result.exit_code == 1
    assert [report["id"] for report in json.loads(result.stdout)] == ["good", "bad"]
    assert "✗ 1 failed, 1 passed in " in (tmp_path / "report.txt").read_text(encoding="utf-8")
    named = run("test", str(path), "--format", "jsonl")
    assert [report["verdict"] for report in answers(named)] == ["allowed", "blocked"]


def test_secrets_are_masked(run: Run, server: Server, policy: Policy) -> None:
    policy(
        server.url,
        a={
            "url": "/none?token=open-sesame-1",
            "expect": "allowed",
            "headers": {"Authorization": "Bearer open-sesame-2"},
        },
    )
    shown = run("test").stdout
    assert "open-sesame" not in shown
    assert "-H 'Authorization: Bearer ***'" in shown
    assert "open-sesame-1" in run("test", "--show-secrets").stdout
    assert "open-sesame-2" in run("test", "--show-secrets").stdout


def test_the_browsers_that_differ_are_named(run: Run, server: Server, policy: Policy) -> None:
    policy(server.url, a={"url": "/none", "expect": "allowed", "browsers": ["firefox", "webkit"]})
    shown = run("test").stdout
    assert "actual    blocked in Firefox and WebKit\n" in shown
    assert "--browser firefox,webkit" in shown.replace("\n", "")


def test_an_internal_error_is_reported_and_the_others_continue(
    run: Run, server: Server, policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(
        expected: Expected, diagnoses: tuple[Diagnosis, ...], cookies: tuple[CookieResult, ...]
    ) -> tuple[Mismatch, ...]:
        if diagnoses[0].scenario.url.endswith("/none"):
            raise RuntimeError("two\nlines")
        return judge(expected, diagnoses, cookies)

    monkeypatch.setattr("corsdoctor.policy_run.judge", breaks)
    policy(server.url, a=GETS, b={"url": "/none", "expect": "allowed"}, c=GETS)
    result = run("test", "--jobs", "1")
    assert result.exit_code == 70
    assert "✗ b: internal error: RuntimeError: two\\nlines; please report it" in result.stdout
    assert "✗ 1 not judged, 2 passed in " in result.stdout


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("--repeat", "0"), ["--repeat: '0' is not a whole number from 1 to 1000"]),
        (("--retry", "-1"), ["--retry: '-1' is not a whole number from 0 to 100"]),
        (("--jobs", "x"), ["--jobs: 'x' is not a whole number from 1 to 256"]),
        (("-m", "a and"), ["-m 'a and': a word is missing at the end"]),
        (("-o", "x"), ["-o: requires --init"]),
        (("-H", "A: b", "--credentials", "omit"), ["-H: requires --init", "--credentials: requires --init"]),
        (("--force", "--origin", PAGE), ["--origin: requires --init", "--force: requires --init"]),
        (("--list", "--update"), ["--list: cannot be used with --update"]),
        (("--list", "--format", "json=x.json"), ["--format 'json=...': cannot be used with --list"]),
        (
            ("--init", "https://a.example/", "--update", "-m", "a"),
            ["-m: cannot be used with --init", "--update: cannot be used"],
        ),
        (("-q", "-v"), ["--quiet: shows less and --verbose shows more"]),
    ],
)
def test_wrong_usage_is_reported_in_one_line_each(
    args: tuple[str, ...], told: list[str], run: Run, policy: Policy
) -> None:
    policy("https://api.example", a={"url": "/", "expect": "allowed"})
    result = run("test", *args)
    assert (result.exit_code, result.stdout) == (2, "")
    lines = result.stderr.splitlines()
    assert len(lines) == len(told)
    for line, words in zip(lines, told, strict=True):
        assert line.startswith(f"corsdoctor: {words}")


def test_a_format_in_the_environment_is_for_other_commands(run: Run, policy: Policy) -> None:
    policy("https://api.example", a={"url": "/", "expect": "allowed"})
    listed = run("test", "--list", "-q", CORSDOCTOR_FORMAT="junit=cors.xml")
    assert (listed.exit_code, listed.stdout, Path("cors.xml").exists()) == (0, "a\n", False)
    assert run("test", "--list", "-q", "--format", "text").exit_code == 0


def test_the_command_repeats_how_the_server_was_reached(run: Run, server: Server, policy: Policy) -> None:
    port = server.url.rpartition(":")[2]
    policy("", a={"url": f"http://api.example:{port}/none", "origin": "http://app.example", "expect": "allowed"})
    reaching = ("--resolve", f"api.example:{port}:127.0.0.1", "--max-time", "3", "--insecure")
    shown = run("test", *reaching)
    assert shown.exit_code == 1
    check, fix = [line for line in shown.stdout.splitlines() if line.startswith("  $ corsdoctor ")]
    assert "corsdoctor fix http" in fix
    for line, status in ((check, 1), (fix, 0)):
        server.requests.clear()
        assert (run(*shlex.split(line)[2:]).exit_code, server.requests[:1]) == (status, ["GET /none"])
        assert {*reaching} <= {*shlex.split(line)}


def test_an_origin_in_the_environment_is_for_other_commands(run: Run, server: Server, policy: Policy) -> None:
    policy(server.url, a=GETS)
    assert run("test", CORSDOCTOR_ORIGIN=PAGE).exit_code == 0


def test_no_policy(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("test")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(
        "corsdoctor: FILE is missing, and there is no cors.toml in this directory; --init URL --origin ORIGIN"
    )
    assert run("test", "nothing.toml").exit_code == 3


@pytest.mark.parametrize("options", [(), ("--exit-zero",), ("--list",)])
@pytest.mark.parametrize("data", [b"x = ", b"x = 1\nx = 2", b"x = '\0'", b"x = '\xe4'", b"x = " + b"[" * 100_000])
def test_a_broken_policy_is_a_mistake_in_it(data: bytes, options: tuple[str, ...], run: Run, policy: Policy) -> None:
    broken = policy.path.with_name("broken.toml")
    broken.write_bytes(data)
    result = run("test", str(broken), *options)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert run("test", "no.toml", *options).exit_code == 3


def test_each_option_has_help() -> None:
    for param in command.params:
        if isinstance(param, click.Option):
            assert param.help, param.name

"""corsdoctor test --init and --update: what is written passes, nothing is written over by accident, the rest stays."""

from __future__ import annotations

import errno
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result

from corsdoctor.cli.policy_init import STRANGER
from corsdoctor.suite.observed import verdict_of
from tests.cli.conftest import ANSWERS, PAGE, Odd, Policy, Run, Server

EVIL = "https://evil.example"


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


# --- --init


@pytest.mark.parametrize("path", ["/put", "/open", "/none", "/open?a=1&token=sesame", "/a%20b/${x}"])
def test_a_first_policy_passes(path: str, run: Run, server: Server, directory: Path) -> None:
    result = run("test", "--init", server.url + path, "--origin", PAGE)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.startswith("corsdoctor: wrote cors.toml from 12 requests: review it, then run 'cors")
    assert result.stderr.splitlines()[0].endswith("with TOKEN in the environment") is ("token" in path)
    assert not any(request.startswith("PUT") for request in server.requests)
    assert any(request.startswith("OPTIONS") for request in server.requests)
    assert "sesame" not in (directory / "cors.toml").read_text(encoding="utf-8")
    again = run("test", TOKEN="sesame")
    assert (again.exit_code, again.stderr) == (0, "")
    listed = run("test", "--list", "-q", TOKEN="sesame").stdout.splitlines()
    assert len(listed) == 12


def test_who_is_asked_for(run: Run, server: Server) -> None:
    run("test", "--init", f"{server.url}/put", "--origin", PAGE, "--origin", f"{PAGE}:8443", "-o", "a.toml")
    assert {headers["Origin"] for headers in server.headers} == {PAGE, f"{PAGE}:8443", str(STRANGER), "null"}
    listed = run("test", "a.toml", "--list").stdout
    assert listed.count("expected: allowed") == 2  # GET and PUT of the one origin, without credentials
    assert listed.count("expected: blocked") == 14


def test_with_the_headers_of_the_script(run: Run, server: Server, directory: Path) -> None:
    asked = ("-H", "Authorization: Bearer sesame-1", "-H", "X-Kind: a ${b} {c}", "--credentials", "include")
    result = run("test", "--init", f"{server.url}/put", "--origin", PAGE, *asked)
    assert result.stderr.startswith("corsdoctor: wrote cors.toml from 6 requests: review it")
    assert "with AUTHORIZATION in the environment" in result.stderr
    text = (directory / "cors.toml").read_text(encoding="utf-8")
    assert "sesame" not in text
    assert '["Authorization", "Bearer ${AUTHORIZATION}"], ["X-Kind", "a $${b} {c}"]' in text
    assert {headers["Access-Control-Request-Headers"] for headers in server.headers} == {"authorization,x-kind"}
    assert run("test", AUTHORIZATION="sesame-1").exit_code == 0
    assert run("test", "--list", "-q", AUTHORIZATION="sesame-1").stdout.count("\n") == 6


def test_nothing_is_written_over(run: Run, server: Server, directory: Path) -> None:
    (directory / "cors.toml").write_text("mine", encoding="utf-8")
    result = run("test", "--init", f"{server.url}/put", "--origin", PAGE)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "corsdoctor: -o 'cors.toml': already exists: give another name, or --force to overwrite it\n"
    )
    assert server.requests == []
    assert (directory / "cors.toml").read_text(encoding="utf-8") == "mine"
    assert run("test", "--init", f"{server.url}/put", "--origin", PAGE, "--force").exit_code == 0
    assert run("test").exit_code == 0


def test_to_standard_output(run: Run, server: Server, directory: Path) -> None:
    result = run("test", "--init", f"{server.url}/put", "--origin", PAGE, "-o", "-")
    assert (result.exit_code, result.stderr) == (0, f"corsdoctor: {BLOCKED_WITH_COOKIES}\n")
    (directory / "b.toml").write_text(result.stdout, encoding="utf-8")
    assert run("test", "b.toml").exit_code == 0


BLOCKED_WITH_COOKIES = f"{PAGE} is blocked today (GET with cookies, PUT with cookies), and the policy expects that: change the policy if it must be allowed"


def doubted(result: Result, directory: Path) -> list[str]:
    """The notes after the first line, which are also comments in the file."""
    lines = [line.removeprefix("corsdoctor: ") for line in result.stderr.splitlines()[1:]]
    comments = (directory / "cors.toml").read_text(encoding="utf-8").partition("version = 1")[0].split("\n\n")[1:-1]
    assert comments == [f"# Look: {line}." for line in lines]
    return lines


def test_a_page_that_is_blocked_today_is_reported(run: Run, server: Server, directory: Path) -> None:
    result = run("test", "--init", f"{server.url}/put", "--origin", PAGE)
    assert doubted(result, directory) == [BLOCKED_WITH_COOKIES]
    assert run("test").exit_code == 0


def test_a_stranger_that_is_allowed_with_cookies_is_reported(
    run: Run, server: Server, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in = (("Access-Control-Allow-Origin", str(STRANGER)), ("Access-Control-Allow-Credentials", "true"))
    monkeypatch.setitem(ANSWERS, "/put", let_in)
    result = run("test", "--init", f"{server.url}/put", "--origin", str(STRANGER))
    assert doubted(result, directory) == [
        f"{STRANGER} is blocked today (PUT, PUT with cookies), and the policy expects that: change the policy if it must be allowed"
    ]
    monkeypatch.setitem(ANSWERS, "/all", (*let_in, ("Access-Control-Allow-Methods", "PUT")))
    assert doubted(run("test", "--init", f"{server.url}/all", "--origin", str(STRANGER), "--force"), directory) == []
    result = run("test", "--init", f"{server.url}/put", "--origin", PAGE, "--force")
    assert doubted(result, directory)[1:] == [
        f"{STRANGER}, which is not listed, is allowed today (GET with cookies), and the policy expects that: change the policy if it must be blocked"
    ]


def test_a_server_error_is_reported(run: Run, server: Server, directory: Path) -> None:
    result = run("test", "--init", f"{server.url}/gone", "--origin", PAGE)
    assert doubted(result, directory)[0] == (
        "12 of 12 requests got status 404, which says little about who is allowed: check that the URL is correct and the server works"
    )


def test_what_was_never_sent_is_reported(run: Run, server: Server, directory: Path) -> None:
    result = run("test", "--init", server.url.replace("//", "//user:pw0rd@"), "--origin", PAGE)
    assert server.requests == []
    (line,) = doubted(result, directory)
    assert line.startswith("no request was sent, so nothing is known about the server: The URL ")
    assert "pw0rd" not in result.stderr
    assert not line.endswith(".")


def test_null_is_asked_for_once(run: Run, server: Server, directory: Path) -> None:
    run("test", "--init", f"{server.url}/none", "--origin", "null", "--origin", "null")
    assert 'deny = ["null", "stranger"]' in (directory / "cors.toml").read_text(encoding="utf-8")
    assert len(server.requests) == 8


def test_a_first_look_waits_where_the_server_asks_for_it(run: Run, odd: Odd) -> None:
    result = run("test", "--init", f"{odd.url}/busy", "--origin", PAGE, "--jobs", "1")
    assert result.exit_code == 0
    assert "429" not in result.stderr
    again = run("test", "--init", f"{odd.url}/busy/", "--origin", PAGE, "--force", "--retry-after", "0")
    assert "got status 429 or 501, which says little" in again.stderr


def test_no_server(run: Run, dead: str, directory: Path) -> None:
    result = run("test", "--init", dead, "--origin", PAGE)
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.startswith(
        f"corsdoctor: --init: no response to the GET from {PAGE}: The connection was refused"
    )
    assert result.stderr.count("\n") == 1
    assert list(directory.iterdir()) == []


def test_a_directory_that_is_not_there(run: Run, server: Server) -> None:
    result = run("test", "--init", f"{server.url}/put", "--origin", PAGE, "-o", "no/cors.toml")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == "corsdoctor: no/cors.toml: cannot write the policy: No such file or directory\n"


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("--init", "https://a.example/", "--origin", PAGE, "-H", "Authorization sesame"), ["--header 'Authorization'"]),
        (("--init", "https://a.example/"), ["--origin is missing: give the origin of a page"]),
        (("--init", "a.example", "--origin", "app.example"), ["--origin 'app.example': an origin starts with", "--init 'a.example': a URL starts"]),
        (("--init", "https://a.example/", "--origin", PAGE, "-o", "cors.yaml"), ["-o 'cors.yaml': the policy is written as TOML: choose a name that ends in .toml, or - for standard output"]),
    ],
)  # fmt: skip
def test_wrong_usage(args: tuple[str, ...], told: list[str], run: Run) -> None:
    result = run("test", *args)
    assert (result.exit_code, result.stdout) == (2, "")
    lines = result.stderr.splitlines()
    assert len(lines) == len(told)
    for line, words in zip(lines, told, strict=True):
        assert line.startswith(f"corsdoctor: {words}")


# --- --update

POLICY = """\
# who may read
[base]
api = "{url}"

[[case]]
id = "put"  # for the shop
url = "{{api}}/put"
origin = "https://app.example"
expect = "blocked"

[[case]]
id = "rule"
url = "{{api}}/none"
origin = "https://app.example"
expect = {{ rule = "acac-true" }}

[[case]]
id = "known"
url = "{{api}}/none"
origin = "https://app.example"
expect = "allowed"
known = {{ reason = "ticket 7" }}

[[matrix]]
id = "all"
base = "api"
paths = ["/open", "/none"]
methods = ["GET"]
allow = "https://app.example"
deny = "https://evil.example"
"""


def written(directory: Path, server: Server) -> Path:
    path = directory / "cors.toml"
    path.write_text(POLICY.format(url=server.url), encoding="utf-8")
    return path


def test_what_came_is_accepted_and_shown(run: Run, server: Server, directory: Path) -> None:
    path = written(directory, server)
    path.chmod(0o640)
    before = path.read_text(encoding="utf-8")
    assert run("test").exit_code == 1
    result = run("test", "--update")
    assert result.exit_code == 0, result.output
    assert "✗ 4 failed, 2 passed, 1 known failure in " in result.stdout
    assert result.stderr.startswith("--- cors.toml\n+++ cors.toml (updated)\n@@ ")
    for line in ('-expect = "blocked"', '+expect = "allowed"', '-expect = { rule = "acac-true" }'):
        assert f"\n{line}\n" in result.stderr
    after = path.read_text(encoding="utf-8")
    assert after != before
    assert "# who may read\n[base]\n" in after
    assert 'id = "put"  # for the shop' in after
    assert 'known = { reason = "ticket 7" }' in after
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [file.name for file in directory.iterdir()] == ["cors.toml"]
    again = run("test")
    assert again.exit_code == 0
    assert "1 known failure in " in again.stdout


def test_nothing_to_change(run: Run, server: Server, directory: Path) -> None:
    path = written(directory, server)
    run("test", "--update")
    before = path.stat().st_mtime_ns, path.read_bytes()
    result = run("test", "--update")
    assert (result.exit_code, result.stderr) == (0, "corsdoctor: cors.toml: nothing to change\n")
    assert (path.stat().st_mtime_ns, path.read_bytes()) == before


def test_only_what_is_selected_changes(run: Run, server: Server, directory: Path) -> None:
    path = written(directory, server)
    assert run("test", "--update", "-m", "put").exit_code == 0
    after = path.read_text(encoding="utf-8")
    assert after == POLICY.format(url=server.url).replace('expect = "blocked"', 'expect = "allowed"')


def test_no_answer_is_nothing_to_accept(run: Run, dead: str, directory: Path) -> None:
    path = directory / "cors.toml"
    path.write_text(POLICY.format(url=dead), encoding="utf-8")
    before = path.read_bytes()
    assert run("test", "--update").exit_code == 3
    assert path.read_bytes() == before


def test_browsers_that_disagree_are_reported(
    run: Run, server: Server, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(directory, server)
    before = path.read_bytes()
    monkeypatch.setattr("corsdoctor.suite.observed.verdict_of", lambda _: None)
    assert verdict_of(()) is None
    result = run("test", "--update", "-m", "put")
    assert result.exit_code == 1
    assert result.stderr == (
        "corsdoctor: put: browsers disagree; no single expectation is true in all of them\n"
        "corsdoctor: cors.toml: nothing to change\n"
    )
    assert path.read_bytes() == before


def test_a_blocked_origin_is_not_allowed_without_evidence(run: Run, server: Server, directory: Path) -> None:
    path = directory / "cors.toml"
    text = POLICY.format(url=server.url).replace('expect = "blocked"', 'method = "POST"\nexpect = "blocked"')
    path.write_text(text, encoding="utf-8")
    result = run("test", "--update", "-m", "put")
    assert (result.exit_code, path.read_text(encoding="utf-8")) == (1, text)
    assert result.stderr.startswith("corsdoctor: put: not changed: the request was not sent, so it is not known")
    assert run("test", "--update", "--send", "-m", "put").exit_code == 0
    assert path.read_text(encoding="utf-8") == text.replace('"blocked"', '"allowed"')


def test_an_expectation_from_the_environment_is_kept_and_reported(run: Run, server: Server, directory: Path) -> None:
    path = directory / "cors.toml"
    text = POLICY.format(url=server.url).replace('expect = "blocked"', 'expect = "${E:-blocked}"')
    path.write_text(text, encoding="utf-8")
    result = run("test", "--update", "-m", "put")
    assert (result.exit_code, path.read_text(encoding="utf-8")) == (1, text)
    assert result.stderr.startswith("corsdoctor: put: not changed: the expectation comes from the environment\n")


def test_new_lines_end_as_the_others_do(run: Run, server: Server, directory: Path) -> None:
    path = written(directory, server)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert run("test", "--update").exit_code == 0
    after = path.read_bytes()
    assert b"except = [\r\n" in after
    assert after.count(b"\n") == after.count(b"\r\n")


def test_only_toml_can_be_updated(run: Run, server: Server, policy: Policy) -> None:
    policy(server.url, a={"url": "/none", "expect": "allowed"})
    result = run("test", "--update")
    assert (result.exit_code, result.stdout, server.requests) == (2, "", [])
    assert result.stderr == "corsdoctor: --update 'cors.json': only a TOML policy can be updated\n"


def test_what_the_library_would_not_give_back_is_not_touched(
    run: Run, server: Server, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(directory, server)
    before = path.read_bytes()
    monkeypatch.setattr("corsdoctor.cli.policy_update.accept", lambda text, _changes: (text.upper(), ()))
    result = run("test", "--update")
    assert (result.exit_code, result.stdout, server.requests, path.read_bytes()) == (2, "", [], before)
    assert result.stderr.startswith(
        "corsdoctor: --update 'cors.toml': the update would move its tables; put all [[case]] tables together"
    )


def test_a_full_disk_leaves_the_policy_as_it_was(
    run: Run, server: Server, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = written(directory, server)
    before = path.read_bytes()
    monkeypatch.setattr(Path, "replace", full)
    result = run("test", "--update")
    assert result.exit_code == 3
    assert result.stderr.endswith("cors.toml: cannot write the policy: No space left on device\n")
    assert path.read_bytes() == before
    assert [file.name for file in directory.iterdir()] == ["cors.toml"]


def test_line_endings_stay(run: Run, server: Server, directory: Path) -> None:
    path = written(directory, server)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert run("test", "--update", "-m", "put").exit_code == 0
    after = path.read_bytes()
    assert after.count(b"\n") == after.count(b"\r\n") == POLICY.count("\n")


# --- what the exit status counts


@pytest.mark.parametrize(
    ("url", "case", "options", "status"),
    [
        ("/none", {"expect": "allowed"}, (), 1),
        ("/none", {"expect": "allowed"}, ("--exit-zero",), 0),
        ("/none", {"expect": "allowed"}, ("--fail-on", "error"), 0),
        ("/none", {"expect": "allowed"}, ("--fail-on", "blocked"), 1),
        ("/put", {"expect": "allowed", "method": "PUT"}, (), 0),
        ("/put", {"expect": "allowed", "method": "PUT"}, ("--fail-on", "unsent"), 4),
        ("{dead}", {"expect": "allowed"}, ("--exit-zero",), 0),
        ("{dead}", {"expect": "allowed"}, ("--fail-on", "blocked"), 3),
        ("{dead}", {"expect": "allowed"}, ("--fail-on", "blocked,error"), 3),
    ],
)
def test_what_counts(
    url: str,
    case: dict[str, str],
    options: tuple[str, ...],
    status: int,
    run: Run,
    server: Server,
    policy: Policy,
    dead: str,
) -> None:
    policy(server.url, a={"url": url.format(dead=dead), **case})
    assert run("test", *options).exit_code == status


def test_a_plain_check_loads_nothing_of_a_policy() -> None:
    code = "import sys, corsdoctor.cli.check; print([m for m in sys.modules if m.startswith(('corsdoctor.suite', 'tomlkit', 'tqdm'))])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"

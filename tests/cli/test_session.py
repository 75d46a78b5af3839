"""check --session: log in, then ask."""

from __future__ import annotations

import json
from pathlib import Path
from time import monotonic

import pytest

from tests.cli.conftest import LOCAL_PAGE, Run, Site

PAGE = LOCAL_PAGE


def test_log_in_then_ask(run: Run, site: Site) -> None:
    result = run(
        "check", f"{site.url}/login", f"{site.url}/items", "--session", "--origin", PAGE, "--credentials", "include", "-X", "POST",
        "-d", "{}", "-H", "Content-Type: application/json", "--send", "--browser", "chromium",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert site.asked == [("POST /login", None, "application/json"), ("GET /items", "sid=s3cret", None)]
    assert "Stores sid." in result.stdout
    assert "Sends sid." in result.stdout
    assert "s3cret" not in result.stdout


def test_copied_requests_keep_their_methods(run: Run, site: Site) -> None:
    text = f"curl {site.url}/login -d x=1\ncurl {site.url}/items -d y=2\n"
    where = ("--origin", PAGE, "--credentials", "include", "--browser", "chromium", "--send", "--format", "json")
    result = run("check", "--from", "-", "--session", *where, input=text)
    assert [asked[:2] for asked in site.asked] == [("POST /login", None), ("POST /items", "sid=s3cret")]
    assert json.loads(result.stdout)["verdict"] == "allowed"


def test_the_session_begins_with_the_cookies_that_are_given(run: Run, site: Site) -> None:
    where = ("--origin", PAGE, "--credentials", "include", "--browser", "chromium", "--cookie", "old=1; HttpOnly")
    run("check", f"{site.url}/login", f"{site.url}/items", "--session", *where)
    assert [asked[1] for asked in site.asked] == ["old=1", "old=1; sid=s3cret"]


ELSEWHERE = ("--origin", "http://127.0.0.1:4000", "--credentials", "include", "--browser", "chromium")


def test_a_session_with_the_fix(run: Run, site: Site) -> None:
    urls = (f"{site.url}/login", f"{site.url}/items")
    result = run("check", *urls, "--session", "--server", "nginx", *ELSEWHERE)
    assert result.exit_code == 1, result.output
    assert "1. fetch: GET" in result.stdout
    assert result.stdout.count("add_header") > 1
    found = json.loads(run("check", *urls, "--session", "--fix", "--format", "json", *ELSEWHERE).stdout)
    assert ["visits" in one for one in found] == [True, False, False]
    assert all(one["cure"]["needed"] for one in found[1:])
    where = ("--origin", PAGE, "--browser", "chromium")
    (alone,) = json.loads(run("check", *urls, "--session", "--fix", "--format", "json", *where).stdout)
    assert alone["verdict"] == "allowed"


def test_the_fixes_of_a_session_are_for_one_server(run: Run, site: Site) -> None:
    other = site.url.replace("127.0.0.1", "localhost")
    result = run("check", f"{site.url}/a", f"{other}/b", "--session", "--fix", *ELSEWHERE)
    assert result.exit_code == 2
    assert "the requests are for 2 servers" in result.stderr


def test_a_session_as_commands(run: Run, site: Site) -> None:
    result = run(
        "check", f"{site.url}/login", f"{site.url}/items", "--session", "--print", "curl", "--show-secrets", *ELSEWHERE
    )
    commands = [line for line in result.stdout.splitlines() if line.startswith("curl")]
    assert len(commands) == 2, result.output
    assert "sid=s3cret" in result.stdout


def test_a_session_at_a_pace(run: Run, site: Site) -> None:
    start = monotonic()
    result = run("check", *[f"{site.url}/{i}" for i in range(3)], "--session", "--rate", "10", *ELSEWHERE)
    assert result.exit_code == 1, result.output
    assert monotonic() - start >= 0.2
    assert len(site.asked) == 3
    plain = run("check", f"{site.url}/login", "--session", "--retry-after", "1", "--send", "-X", "POST", *ELSEWHERE)
    assert plain.exit_code == 1
    unsent = run(
        "check",
        f"{site.url}/login",
        "--session",
        "--retry-after",
        "1",
        "-X",
        "POST",
        "--origin",
        PAGE,
        "--browser",
        "chromium",
    )
    assert unsent.exit_code == 4


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--origin", "null"), "--session: requires a page with http or https"),
        (("--origin", PAGE, "--timeout", "9"), "--session: cannot be combined with --timeout: use --max-time"),
        (
            ("--origin", PAGE, "--probes", "4"),
            "--session: cannot be combined with --probes: a session sends no probes; check",
        ),
        (("--origin", PAGE, "--cookie", "a=s3cret"), "--cookie: with --session, a cookie needs its attributes"),
    ],
)
def test_mistakes_take_one_line(run: Run, args: tuple[str, ...], words: str) -> None:
    result = run("check", "https://a.example/login", "https://a.example/", "--session", *args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert "s3cret" not in result.stderr


def test_the_fix_of_a_login_names_the_cookie_that_is_lost(run: Run, site: Site, tmp_path: Path) -> None:
    """The login itself is allowed, but its cookie does not come along."""
    asked = [{"url": f"{site.url}/{path}", "credentials": "include"} for path in ("login", "items")]
    flow = {"permissions": {"http://127.0.0.1:3000": {}}, "visits": [{"page": f"{PAGE}/", "requests": asked}]}
    file = tmp_path / "login.json"
    file.write_text(json.dumps(flow), encoding="utf-8")
    result = run("fix", "--from", str(file), "--browser", "chromium")
    assert result.exit_code == 0, result.output
    site.blocks.add("/items")
    site.cookie = "sid=s3cret"
    text = file.read_text(encoding="utf-8").replace(site.url, site.url.replace("127.0.0.1", "localhost"))
    file.write_text(text, encoding="utf-8")
    result = run("fix", "--from", str(file), "--browser", "chromium")
    told = " ".join(result.stdout.split())
    assert "/items" in told
    assert "sid" in told
    assert "SameSite=None" in told


def test_the_fix_where_one_browser_waits_for_the_user(run: Run, site: Site) -> None:
    """Firefox asks the user whether a public page may reach this machine, which no header of the server decides."""
    where = ("--origin", "https://app.example", "--credentials", "include", "--browser", "standard,firefox")
    result = run("check", f"{site.url}/items", f"{site.url}/none", "--session", "--fix", *where)
    assert result.exit_code == 1, result.output
    assert "waiting for the user" in result.stdout
    assert "Access-Control-Allow-Origin: https://app.example" in result.stdout

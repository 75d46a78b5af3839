"""check --session: log in, then ask."""

from __future__ import annotations

import json

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


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--origin", "null"), "--session: requires a page with http or https"),
        (("--origin", PAGE, "--fix"), "--session: cannot be combined with --fix"),
        (("--origin", PAGE, "--probes", "4"), "--session: cannot be combined with --probes"),
        (("--origin", PAGE, "--cookie", "a=s3cret"), "--cookie: with --session, a cookie needs its attributes"),
    ],
)
def test_mistakes_take_one_line(run: Run, args: tuple[str, ...], words: str) -> None:
    result = run("check", "https://a.example/login", "https://a.example/", "--session", *args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert "s3cret" not in result.stderr

"""check --session: log in, then ask."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.cli.conftest import Run
from tests.listening import QuietHandler, listening

PAGE = "http://127.0.0.1:3000"


@dataclass
class Site:
    """A server with a login: what it was asked, with the cookie and the type of the body."""

    url: str = ""
    asked: list[tuple[str, str | None, str | None]] = field(default_factory=list)


@pytest.fixture
def site() -> Iterator[Site]:
    seen = Site()

    class Handler(QuietHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.command != "OPTIONS":
                told = self.headers.get("Cookie"), self.headers.get("Content-Type")
                seen.asked.append((f"{self.command} {self.path}", *told))
            self.send_response(200)
            lines = {
                "Access-Control-Allow-Origin": PAGE,
                "Access-Control-Allow-Credentials": "true",
                "Content-Length": "0",
            }
            lines |= {"Access-Control-Allow-Headers": "content-type"} if self.command == "OPTIONS" else {}
            lines |= {"Set-Cookie": "sid=s3cret; HttpOnly; SameSite=Lax"} if self.path == "/login" else {}
            for name, value in lines.items():
                self.send_header(name, value)
            self.end_headers()

        do_GET = do_POST = do_OPTIONS = answer  # noqa: N815

    with listening(Handler) as port:
        seen.url = f"http://127.0.0.1:{port}"
        yield seen


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

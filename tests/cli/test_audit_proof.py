"""The page that proves a finding: what is in it, and what real browsers make of it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from corsdoctor.audit.candidates import STRANGER
from corsdoctor.audit.explored import Explored, Target
from corsdoctor.audit.weaknesses import NULL_ORIGIN, REFLECTED
from corsdoctor.audit.weigh import Severity, Weighed
from corsdoctor.report import AuditReport
from corsdoctor.reports.proof_page import proof_page
from corsdoctor.scenario import Scenario
from corsdoctor.url import OPAQUE, parse
from corsdoctor.wire import Exchange, Headers, Kind, Response, WireRequest
from tests.cli.conftest import PAGE, Run, Server
from tests.recipes.contract import need

HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'&#x3c;"


def page(url: str, *origins: str) -> str:
    """The page about findings of these origins."""
    target = parse(url)
    assert target is not None
    exchange = Exchange(Kind.ACTUAL, WireRequest("GET", url, Headers()), Response(200, Headers()))
    found = [
        Weighed(
            NULL_ORIGIN if origin == "null" else REFLECTED,
            Severity.HIGH,
            HOSTILE,
            HOSTILE,
            exchange,
            origin,
            ("chromium",),
        )
        for origin in origins
    ]
    return proof_page(AuditReport(Explored(Target(target)), tuple(found), Scenario(url, OPAQUE)))


class Elements(HTMLParser):
    """The elements of a page, and those of its frames."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag == "iframe":
            self.found += Elements(dict(attrs)["srcdoc"] or "").found


def test_hostile_values_are_text() -> None:
    text = page(f"https://api.example/{HOSTILE}?q={HOSTILE}", f"https://{HOSTILE}", "null")
    found = Elements(text).found
    assert {tag for tag, _ in found} <= {
        "html", "meta", "title", "style", "body", "h1", "h2", "p", "ul", "li", "code", "pre", "iframe", "script",
    }  # fmt: skip
    assert [attributes for tag, attributes in found if tag == "script"] == [{}, {}]
    assert not any(name.startswith("on") for _, attributes in found for name in attributes)
    assert len(set(re.findall(r"<script>(.*?)</script>", text, re.S))) == 1


def test_the_policy_allows_one_script_and_one_server() -> None:
    [policy] = {
        attributes["content"] for tag, attributes in Elements(page("https://api.example:8443/x", "null")).found
        if attributes.get("http-equiv") == "Content-Security-Policy"
    }  # fmt: skip
    assert policy is not None
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives["default-src"] == "'none'"
    assert directives["connect-src"] == "https://api.example:8443"
    assert "unsafe" not in policy
    assert "connect-src http:;" in page("http://[::1]:8080/x", str(STRANGER.origin))


def test_it_is_written_where_there_is_something_to_prove(run: Run, server: Server, tmp_path: Path) -> None:
    file = tmp_path / "proof.html"
    run("audit", f"{server.url}/none", "--origin", PAGE, "--proof", str(file))
    assert not file.exists()
    assert "wrote" in run("audit", f"{server.url}/reflects", "--origin", PAGE, "--proof", str(file)).stderr
    assert "connect-src" in file.read_text(encoding="utf-8")
    for arguments, words in (
        ((f"{server.url}/a", f"{server.url}/b", "--proof", "x.html"), "needs exactly one URL"),
        ((server.url, "--proof", "x.txt"), "ends in .html"),
        ((server.url, "--proof", str(file)), "already exists"),
    ):
        result = run("audit", *arguments)
        assert (result.exit_code, words in result.stderr) == (2, True)


@pytest.mark.parametrize(("path", "read"), [("/reflects", True), ("/none", False)])
def test_a_browser_shows_whether_it_can_read(server: Server, tmp_path: Path, path: str, *, read: bool) -> None:
    """A file has the origin null."""
    need("chromium", "Debian's chromium")
    file = tmp_path / "proof.html"
    file.write_text(page(server.url + path, "null"), encoding="utf-8")
    server.requests.clear()
    shown = subprocess.run(
        [shutil.which("chromium") or "", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}",
         "--disable-features=LocalNetworkAccessChecks", "--virtual-time-budget=20000", "--dump-dom", file.as_uri()],
        capture_output=True, text=True, timeout=300, check=True,
    ).stdout  # fmt: skip
    result = re.search(r'<p id="result">([A-Z ]+):', shown)
    assert result is not None, shown
    assert result[1] == ("READ" if read else "NOT READ")
    assert json.dumps(sorted(set(server.requests))) == json.dumps([f"GET {path}"])
    assert len(server.requests) == 2  # the page's and the frame's

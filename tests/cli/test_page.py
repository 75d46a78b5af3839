"""--page and --page-header: which request asks for the page, and what its policies change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.cli.conftest import Run, Server
from tests.listening import QuietHandler, listening

CSP = "Content-Security-Policy"
MARKUP = b"""<!doctype html><title>x</title><meta name=csrf content=s3cret-token>
<meta content="connect-src &#39;self&#39;" http-equiv="Content-Security-Policy"><meta name="referrer" content="no-referrer">"""
PAGES: dict[str, tuple[int, tuple[tuple[str, str], ...], bytes]] = {
    "/plain": (200, (("Set-Cookie", "sid=s3cret-cookie"), ("X-Frame-Options", "DENY")), b""),
    "/header": (200, ((CSP, "connect-src 'none'"),), b""),
    "/markup": (200, (("Content-Type", "text/html"),), MARKUP),
    "/coep": (200, (("Cross-Origin-Embedder-Policy", "require-corp"),), b""),
    "/sandbox": (200, ((CSP, "sandbox allow-scripts"),), b""),
    "/moved": (302, (("Location", "header"),), b""),
    "/loop": (302, (("Location", "/loop"),), b""),
    "/away": (302, (("Location", "https://other.example/?token=s3cret-token"),), b""),
    "/choices": (300, (), b""),
    "/odd": (302, (("Location", "http://["),), b""),
    "/gone": (404, (), b""),
}


@dataclass
class Site:
    """The server of the page, and what it was asked."""

    url: str = ""
    heads: list[tuple[str, dict[str, str]]] = field(default_factory=list)


@pytest.fixture
def site() -> Iterator[Site]:
    seen = Site()

    class Handler(QuietHandler):
        def do_GET(self) -> None:  # noqa: N802
            seen.heads.append((f"{self.command} {self.path}", dict(self.headers.items())))
            status, lines, body = PAGES[self.path.partition("?")[0]]
            self.send_response(status)
            for name, value in (*lines, ("Content-Length", str(len(body)))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    with listening(Handler) as port:
        seen.url = f"http://127.0.0.1:{port}"
        yield seen


@pytest.mark.parametrize(
    ("path", "status", "rule"),
    [
        ("/plain", 0, None), ("/header", 1, "csp-allows"), ("/markup", 1, "csp-allows"), ("/moved", 1, "csp-allows"),
        ("/odd", 0, None), ("/choices", 0, None), ("/gone", 0, None), ("/coep", 0, None), ("/sandbox", 0, None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("command", ["check", "preflight", "plan"])
def test_the_policies_of_the_page_count(
    run: Run, server: Server, site: Site, path: str, status: int, rule: str | None, command: str
) -> None:
    result = run(command, f"{server.url}/open", "--page", site.url + path, "--browser", "firefox", "--format", "json")
    assert result.exit_code == status, result.output
    found = json.loads(result.stdout)
    assert found["browsers"]["firefox"]["rule"] == rule
    assert found["request"]["origin"] == ("null" if path == "/sandbox" else site.url)
    assert ("status 404" in result.stderr) is (path == "/gone")
    assert site.heads[0][0] == f"GET {path}"
    assert "s3cret" not in result.stdout


def test_the_page_is_requested_without_secrets(run: Run, server: Server, site: Site) -> None:
    run(
        "check", f"{server.url}/open", "--page", f"{site.url}/plain", "-H", "Authorization: Bearer s3cret", "--cookie", "a=s3cret",
        "--credentials", "include", "-A", "Agent/1",
    )  # fmt: skip
    [(_, headers)] = site.heads
    assert "s3cret" not in str(headers)
    assert (headers["User-Agent"], headers["Sec-Fetch-Mode"]) == ("Agent/1", "navigate")


def test_the_embedder_policy_of_the_page(run: Run, server: Server, site: Site) -> None:
    result = run("check", f"{server.url}/none", "--as", "script", "--page", f"{site.url}/coep")
    assert result.exit_code == 1
    assert "The page sets Cross-Origin-Embedder-Policy." in result.stdout
    assert f"--page {site.url}/coep --as script" in result.stdout
    fixed = run("fix", f"{server.url}/none", "--as", "script", "--page", f"{site.url}/coep")
    assert (fixed.exit_code, "Cross-Origin-Resource-Policy: cross-origin" in fixed.stdout) == (0, True)


def test_the_directive_that_allows_the_request_is_named(run: Run, server: Server, site: Site) -> None:
    for path, action in (
        ("markup", f"change this directive to `connect-src 'self' {server.url}`"),
        ("header", f"`connect-src {server.url}`"),
    ):
        result = run("check", f"{server.url}/open", "--page", f"{site.url}/{path}", COLUMNS="200")
        assert action in result.stdout
    result = run("check", f"{server.url}/open", "--page", f"{site.url}/plain", COLUMNS="200")
    assert "The page sets no policies." in result.stdout


def test_headers_that_are_given_replace_the_request(run: Run, server: Server, site: Site) -> None:
    given = ("--page-header", f"{CSP}: connect-src 'none'")
    for page in (("--page", f"{site.url}/plain"), ("--origin", site.url)):
        result = run("check", f"{server.url}/open", *page, *given)
        assert result.exit_code == 1
        assert "csp-allows" in result.stdout
    assert site.heads == []
    assert server.requests == []


def test_a_relative_url_is_of_the_page(run: Run, server: Server) -> None:
    result = run("plan", "items", "--page", f"{server.url}/a/page", "--format", "json")
    assert json.loads(result.stdout)["request"]["url"] == f"{server.url}/a/items"


def test_a_command_from_that_page(run: Run, server: Server, site: Site) -> None:
    command = f"curl '{server.url}/open' -H 'Origin: https://other.example'"
    result = run("check", "--from-curl", command, "--page", f"{site.url}/header")
    assert (result.exit_code, f"From the page {site.url}/header" in result.stdout) == (1, True)
    result = run("check", "--from-curl", command, "--page-header", f"{CSP}: connect-src 'none'")
    assert (result.exit_code, "From the page https://other.example/" in result.stdout) == (1, True)


def test_a_result_keeps_the_page(run: Run, server: Server, site: Site, tmp_path: Path) -> None:
    result = run("check", f"{server.url}/none", "--as", "script", "--page", f"{site.url}/coep", "--format", "json")
    file = tmp_path / "results.json"
    file.write_text(result.stdout, encoding="utf-8")
    assert "Cross-Origin-Resource-Policy: cross-origin" in run("fix", "--from", str(file)).stdout


@pytest.mark.parametrize(
    ("args", "status", "words"),
    [
        (("--page", "{site}/away"), 2, "redirects to https://other.example/?...: give the URL of the page itself"),
        (("--page", "{site}/loop"), 2, "redirects more than 5 times"),
        (("--page", "{dead}/"), 3, "page {dead}/: no response: The connection was refused"),
        (("--page", "{dead}/"), 3, "; with --origin in place of --page, the page is not requested"),
        (("--page", "file:///a.html"), 2, "begins with https: or http:"),
        (("--page", "app.example"), 2, "did you mean `https://app.example/`?"),
        (("--page", "{site}/plain", "--origin", "https://app.example"), 2, "is not the origin of the page, which is {site}"),
        (("--page-header", "X", "--origin", "{site}"), 2, "the colon is missing"),
        (("--page-header", "X: y", "--origin", "null"), 2, "a page with the origin null has no headers"),
        (("--page-header", "X: y"), 2, "--origin is missing"),
    ],
)  # fmt: skip
def test_mistakes_take_one_line(
    run: Run, server: Server, site: Site, dead: str, args: tuple[str, ...], status: int, words: str
) -> None:
    result = run("check", f"{server.url}/open", *(arg.format(site=site.url, dead=dead) for arg in args))
    assert result.exit_code == status
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1, result.stderr
    assert words.format(site=site.url, dead=dead) in result.stderr
    assert "s3cret" not in result.stderr


@pytest.mark.parametrize("origins", [("*",), ("https://a.example", "https://b.example")])
def test_a_fix_for_a_page_is_for_one_origin(run: Run, site: Site, origins: tuple[str, ...]) -> None:
    named = [word for origin in origins for word in ("--origin", origin)]
    result = run("fix", "https://api.example/", "--page", f"{site.url}/plain", *named)
    assert (result.exit_code, "--page: is one page" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("given", "status", "rule"),
    [
        (("--permission", "loopback-network=granted"), 0, None),
        (("--permission", "loopback-network=denied"), 1, "local-network-access-granted"),
        (("--address-space", "127.0.0.1=public"), 0, None),
        (("--address-space", "127.0.0.1=local", "--permission", "loopback-network=granted"), 1, "local-network-access-granted"),
    ],
)  # fmt: skip
def test_the_local_network(run: Run, server: Server, given: tuple[str, ...], status: int, rule: str | None) -> None:
    asked = ("--origin", "https://app.example", "--browser", "chromium", "--format", "json")
    result = run("check", f"{server.url}/open", *asked, *given)
    assert result.exit_code == status, result.output
    assert json.loads(result.stdout)["browsers"]["chromium"]["rule"] == rule


def test_what_the_local_network_cannot_be(run: Run, server: Server) -> None:
    for given in (
        ("--permission", "loopback=granted"),
        ("--address-space", "127.0.0.1"),
        ("--address-space", "a=near"),
    ):
        assert run("check", f"{server.url}/open", "--origin", "https://app.example", *given).exit_code == 2

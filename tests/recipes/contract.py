"""What every server must do once a recipe was applied, asked with `corsdoctor check` over real sockets.

A test of a server says how to start it: `serve(policy)` is a context manager that gives the server's base URL; with None
the server has no CORS at all, with a policy the recipe as corsdoctor renders it was applied. The server answers

    GET, PUT /items      200, with the header X-Total-Count: 42
    GET, PUT /missing    404
    GET, PUT /broken     500
    GET, PUT /private    401 for every method without Authorization, OPTIONS included where the server can ask for a login
"""

from __future__ import annotations

import json
import os
import random
import shutil
import socket
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, ClassVar, Final

import pytest
import requests
from click.testing import CliRunner

from corsdoctor.cli import corsdoctor
from corsdoctor.policy import Policy
from corsdoctor.recipes import by_id
from corsdoctor.recipes.recipe import NEED_NO_PERMISSION, render
from corsdoctor.url import parse
from tests.listening import QuietHandler, listening

REQUIRED: Final = os.environ.get("CORSDOCTOR_TEST_SERVERS", "") == "required"
PATHS: Final = ("/items", "/missing", "/broken", "/private")
FULL: Final = Policy(
    ("https://app.example", "http://localhost:3000"), ("PUT",), ("X-Api-Key",), True, ("X-Total-Count",)
)
SIMPLE: Final = Policy(("https://app.example",))
PUBLIC: Final = Policy(("*",), ("PUT",), ("X-Api-Key",))
POLICIES: Final = {"full": FULL, "simple": SIMPLE, "public": PUBLIC}
FOREIGN: Final = (
    "https://evil.example", "http://app.example", "https://app.example.evil.example", "https://evil-app.example",
    "https://appxexample", "http://localhost:30001", "null",
)  # fmt: skip
PUT: Final = ("-X", "PUT", "-H", "X-Api-Key: 1", "--send")
WITH: Final = ("--credentials", "include")
Serve = Callable[[Policy | None], AbstractContextManager[str]]
Lines = tuple[tuple[str, str], ...]
Proxy = Callable[
    [Policy | None, Lines], AbstractContextManager[str]
]  # and the CORS headers of the application behind it
EVERYBODY: Final = (("Access-Control-Allow-Origin", "*"),)
MISTAKEN: Final = (
    ("Access-Control-Allow-Origin", "http://localhost:3000/"),
    ("Access-Control-Allow-Credentials", "True"),
    ("Access-Control-Allow-Methods", "*"),
)
GENEROUS: Final = (
    ("Access-Control-Allow-Origin", "https://evil.example"),
    ("Access-Control-Allow-Credentials", "true"),
    ("Access-Control-Allow-Methods", "DELETE"),
    ("Access-Control-Allow-Headers", "X-Other"),
    ("Access-Control-Max-Age", "1"),
    ("Access-Control-Expose-Headers", "X-Other"),
)
APPLICATIONS: Final[dict[str, Lines]] = {"mistaken": MISTAKEN, "everybody": EVERYBODY, "generous": GENEROUS}


def need(what: str | bool, package: str) -> None:
    """Skips the test where `what` is not installed (a command's name, or the answer itself); in CI it fails.

    `package` says what to install, such as "Debian's nginx".
    """
    found = shutil.which(what) is not None if isinstance(what, str) else what
    if not found:
        (pytest.fail if REQUIRED else pytest.skip)(f"needs {package}")


def recipe(id: str, policy: Policy, seen: Lines = ()) -> str:
    """The recipe as `corsdoctor fix` prints it, for a URL of the test's server, whose answers have the headers `seen`."""
    url = parse("http://127.0.0.1/items")
    assert url is not None
    return render(by_id(id), policy, url, (name for name, _ in seen))


_CLAIMS: Final[deque[socket.socket]] = deque()
_MOST_CLAIMS: Final = 64  # far more than servers that start at the same time


def free_port() -> int:
    """A port on loopback that nobody listens on, below those that the system gives to clients.

    No other run of these tests gets it before the server listens: the port 10,000 below it is its claim.
    """
    while True:
        port = random.randrange(22_000, 32_000)
        claim = socket.socket()
        try:
            claim.bind(("127.0.0.1", port - 10_000))
        except OSError:
            claim.close()
            continue
        _CLAIMS.append(claim)
        if len(_CLAIMS) > _MOST_CLAIMS:
            _CLAIMS.popleft().close()
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) != 0:
                return port


@contextmanager
def application(lines: Lines = ()) -> Iterator[str]:
    """A server without CORS that answers as this file says, and OPTIONS with 405: what a proxy has behind it.

    `lines` are on every answer: CORS headers that it sends of its own.
    """
    with listening(type("_Sends", (_Application,), {"lines": lines})) as port:
        yield f"127.0.0.1:{port}"


class _Application(QuietHandler):
    statuses: ClassVar = {"/items": 200, "/broken": 500, "/private": 401}
    lines: ClassVar[Lines] = ()

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status = self.statuses.get(self.path, 404)
        self.send_response(405 if self.command == "OPTIONS" and status != 401 else status)
        self.send_header("X-Total-Count", "42")
        for name, value in self.lines:
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD = do_OPTIONS = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815


@contextmanager
def running(command: list[str], port: int, cwd: Path, env: dict[str, str] | None = None) -> Iterator[str]:
    """Starts a server that stays in the foreground and gives its base URL once the port answers; ends it afterwards."""
    log = cwd / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=cwd, stdout=out, stderr=out, env={**os.environ, **(env or {})})
        try:
            until = time.monotonic() + 600
            while True:
                assert process.poll() is None, log.read_text(errors="replace")
                with socket.socket() as s:
                    s.settimeout(1)
                    if s.connect_ex(("127.0.0.1", port)) == 0:
                        break
                assert time.monotonic() < until, log.read_text(errors="replace")
                time.sleep(0.02)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


_LATE = "600"  # seconds: a server that compiles on a busy machine needs more than the usual 30


def check(url: str, origin: str, *flags: str) -> dict[str, Any]:
    """The report of `corsdoctor check`, as JSON."""
    result = CliRunner().invoke(
        corsdoctor, ["check", url, "--origin", origin, "--format", "json", "--max-time", _LATE, *flags]
    )
    assert result.exit_code in (0, 1), result.output
    report: dict[str, Any] = json.loads(result.stdout)
    return report


def is_blocked_without(serve: Serve) -> None:
    """Without CORS every request is blocked; a recipe that proves nothing shows here."""
    with serve(None) as url:
        for path in PATHS:
            assert not allowed(check(url + path, "https://app.example"))
            assert not allowed(check(url + path, "https://app.example", *PUT, *WITH))


def keeps(serve: Serve, policy: Policy) -> None:
    """With the recipe for `policy` everything that it grants is allowed in all browsers, and nothing else."""
    with serve(policy) as url:
        _keeps_at(url, policy)


def _keeps_at(url: str, policy: Policy) -> None:
    credentials = WITH if policy.credentials else ()
    for origin in ("https://anybody.example",) if policy.public else policy.origins:
        for path in PATHS:
            _is_allowed(url + path, origin, policy, *credentials)
            if policy.preflighted:
                _is_allowed(url + path, origin, policy, *PUT, *credentials)
        _stays_blocked(url + "/items", origin, "-X", "DELETE", "--send")
        _stays_blocked(url + "/items", origin, "-H", "X-Other: 1")
        if not policy.preflighted:
            _stays_blocked(url + "/items", origin, *PUT)
        if not policy.credentials:
            _stays_blocked(url + "/items", origin, *WITH)
    for origin in () if policy.public else FOREIGN:
        for path in PATHS:
            report = _stays_blocked(url + path, origin)
            assert "origin" in ",".join(lines(report, "Vary")).lower(), f"{path} lacks Vary: Origin for {origin}"
            if policy.preflighted:
                _stays_blocked(url + path, origin, *PUT, *credentials)
    for path in () if policy.public else PATHS:
        headers = requests.get(url + path, timeout=60).headers
        assert "origin" in headers.get("Vary", "").lower(), f"{path} lacks Vary: Origin where no Origin was sent"
        assert headers.get("Access-Control-Allow-Origin", "") in ("", *policy.origins)  # Koa's names one of them


def keeps_alone(proxy: Proxy, policy: Policy, lines: Lines) -> None:
    """The same in front of an application that sends CORS headers of its own: nothing of them is left."""
    with proxy(None, lines) as url:
        headers = requests.get(url + "/items", timeout=60).headers
        assert [(name, headers.get(name)) for name, _ in lines] == list(lines), "the proxy lets them pass without it"
    with proxy(policy, lines) as url:
        _keeps_at(url, policy)
        for path in PATHS:
            for method in ("GET", "PUT", "OPTIONS"):
                for origin in (*policy.origins, *FOREIGN):
                    _has_no_other(url + path, method, origin, policy)


def allowed(report: dict[str, Any]) -> bool:
    """Whether all browsers and the Standard allow it."""
    return all(browser["verdict"] == "allowed" for browser in report["browsers"].values())


def lines(report: dict[str, Any], name: str) -> list[str]:
    """The values of a response header in the last exchange of the first browser."""
    last = next(iter(report["browsers"].values()))["exchanges"][-1]
    return [value for n, value in last["response_headers"] if n.lower() == name.lower()]


def _is_allowed(url: str, origin: str, policy: Policy, *flags: str) -> None:
    report = check(url, origin, *flags)
    assert allowed(report), (url, origin, flags, report["browsers"]["standard"])
    assert lines(report, "Access-Control-Allow-Origin") == ["*" if policy.public else origin]
    if not policy.public:
        assert "origin" in ",".join(lines(report, "Vary")).lower(), f"{url} lacks Vary: Origin"
    if url.endswith("/items") and policy.expose:
        readable = report["browsers"]["standard"]["readable"]
        assert {name.lower() for name in policy.expose} <= set(readable), readable


def _has_no_other(url: str, method: str, origin: str, policy: Policy) -> None:
    """No CORS header stands twice, or grants what the policy does not."""
    asked = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
    headers = requests.request(method, url, headers=asked, timeout=60).headers  # two lines become one, with a comma
    may = policy.public or origin in policy.origins
    grants = "*" if policy.public else origin
    assert headers.get("Access-Control-Allow-Origin") == (grants if may else None), (url, method, origin, headers)
    if policy.credentials and not may:  # Envoy tells it to everybody in a preflight; alone it grants nothing
        assert headers.get("Access-Control-Allow-Credentials", "true") == "true", (url, method, origin, headers)
    else:
        trusted = "true" if policy.credentials else None
        assert headers.get("Access-Control-Allow-Credentials") == trusted, (url, method, origin, headers)
    for name, listed in (
        ("Access-Control-Allow-Methods", [*NEED_NO_PERMISSION, *policy.methods]),
        ("Access-Control-Allow-Headers", policy.headers),
        ("Access-Control-Expose-Headers", policy.expose),
        ("Access-Control-Max-Age", [str(policy.max_age)]),
    ):
        assert headers.get(name, ", ".join(listed)) == ", ".join(listed), (url, method, origin, headers)


def _stays_blocked(url: str, origin: str, *flags: str) -> dict[str, Any]:
    report = check(url, origin, *flags)
    assert {browser["verdict"] for browser in report["browsers"].values()} == {"blocked"}, (url, origin, flags, report)
    return report


class Contract:
    """What holds for every server that a recipe is for. A subclass has a fixture `serve`."""

    def test_without_it_everything_is_blocked(self, serve: Serve) -> None:
        is_blocked_without(serve)

    @pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
    def test_the_recipe_keeps_its_word(self, serve: Serve, policy: Policy) -> None:
        keeps(serve, policy)


class ProxyContract(Contract):
    """The same in front of an application, which may send headers of its own. A subclass has a fixture `proxy`."""

    @pytest.fixture
    def serve(self, proxy: Proxy) -> Serve:
        return lambda policy: proxy(policy, ())

    @pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
    @pytest.mark.parametrize("lines", APPLICATIONS.values(), ids=APPLICATIONS)
    def test_it_keeps_its_word_where_the_application_sends_headers_too(
        self, proxy: Proxy, policy: Policy, lines: Lines
    ) -> None:
        keeps_alone(proxy, policy, lines)

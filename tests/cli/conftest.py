"""A server on loopback that answers by path, and the command line run in this process."""

from __future__ import annotations

import json
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from corsdoctor.cli import corsdoctor
from tests.listening import QuietHandler, listening

PAGE = "https://app.example"
ANSWERS: dict[str, tuple[tuple[str, str], ...]] = {
    "/open": (("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Headers", "X-A")),
    "/put": (("Access-Control-Allow-Origin", PAGE), ("Access-Control-Allow-Methods", "PUT"), ("Vary", "Origin")),
    "/hints": (("Access-Control-Allow-Origin", "*"),),
    "/none": (),
    "/reflects": (("Access-Control-Allow-Origin", "{origin}"), ("Access-Control-Allow-Credentials", "true")),
    "/nginx": (("Server", "nginx/1.25.3"),),
}


@dataclass
class Server:
    """What was asked, as "METHOD path"; `bodies` and `headers` go with it. `connections` counts them."""

    url: str = ""
    requests: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    connections: int = 0


@pytest.fixture
def server() -> Iterator[Server]:
    """Answers by ANSWERS until the test ends; `{origin}` in a value is the request's."""
    seen = Server()

    class Handler(QuietHandler):
        def setup(self) -> None:
            seen.connections += 1
            super().setup()

        def answer(self) -> None:
            seen.bodies.append(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
            seen.headers.append(dict(self.headers.items()))
            seen.requests.append(f"{self.command} {self.path}")
            self.send_response(404 if self.path.startswith("/gone") else 200)
            for name, value in (*ANSWERS.get(self.path.split("?")[0], ()), ("Content-Length", "0")):
                self.send_header(name, value.replace("{origin}", self.headers.get("Origin") or "*"))
            self.end_headers()

        do_GET = do_HEAD = do_OPTIONS = do_POST = do_PUT = do_DELETE = answer  # noqa: N815

    with listening(Handler) as port:
        seen.url = f"http://127.0.0.1:{port}"
        yield seen


@dataclass
class Odd:
    """A server that answers `/flaky/ID/N` well after N requests of the same path, `/busy` with 429 the first time, and
    `/held` only when `free` is set.
    """

    url: str = ""
    free: threading.Event = field(default_factory=threading.Event)
    arrived: threading.Event = field(default_factory=threading.Event)
    seen: Counter[str] = field(default_factory=Counter)


@pytest.fixture
def odd() -> Iterator[Odd]:
    state = Odd()

    class Handler(QuietHandler):
        def do_GET(self) -> None:  # noqa: N802
            state.seen[self.path] += 1
            kind, _, rest = self.path[1:].partition("/")
            if kind == "held":
                state.arrived.set()
                state.free.wait(120)
            good = kind != "flaky" or state.seen[self.path] > int(rest.rpartition("/")[2])
            busy = kind == "busy" and state.seen[self.path] == 1
            self.send_response(429 if busy else 200)
            if busy:
                self.send_header("Retry-After", "0")
            if good:
                self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Content-Length", "0")
            self.end_headers()

    with listening(Handler) as port:
        state.url = f"http://127.0.0.1:{port}"
        yield state
        state.free.set()


@pytest.fixture
def dead() -> Iterator[str]:
    """The URL of a port at which nothing listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


LOCAL_PAGE = "http://127.0.0.1:3000"


@dataclass
class Site:
    """A server with a login: what it was asked, with the cookie and the type of the body."""

    url: str = ""
    asked: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    blocks: set[str] = field(default_factory=set)
    """The paths whose responses allow no page."""
    cookie: str = "sid=s3cret; HttpOnly; SameSite=Lax"


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
                "Access-Control-Allow-Origin": LOCAL_PAGE,
                "Access-Control-Allow-Credentials": "true",
                "Content-Length": "0",
            }
            lines |= {"Access-Control-Allow-Headers": "content-type"} if self.command == "OPTIONS" else {}
            lines |= {"Set-Cookie": seen.cookie} if self.path == "/login" else {}
            for name, value in lines.items():
                if self.path not in seen.blocks or not name.startswith("Access-Control"):
                    self.send_header(name, value)
            self.end_headers()

        do_GET = do_POST = do_OPTIONS = answer  # noqa: N815

    with listening(Handler) as port:
        seen.url = f"http://127.0.0.1:{port}"
        yield seen


class Policy:
    """Writes policies into a directory of the test's own, which is the current one."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "cors.json"

    def __call__(self, base: str, **cases: dict[str, Any]) -> Path:
        """A policy of cases by their ids; each asks as a page at PAGE unless it says otherwise."""
        written = [{"id": id, "origin": PAGE, **case} for id, case in cases.items()]
        for case in written:
            if case["url"].startswith("/"):
                case["url"] = base + case["url"]
        self.path.write_text(json.dumps({"case": written}), encoding="utf-8")
        return self.path


@pytest.fixture
def policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Policy:
    monkeypatch.chdir(tmp_path)
    return Policy(tmp_path)


Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs corsdoctor with arguments, and `input` on stdin; NAME=value keywords are the environment."""
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "CORSDOCTOR_DEBUG"):
        monkeypatch.delenv(name, raising=False)

    def invoke(*args: str, input: str | bytes | None = None, **environment: str) -> Result:
        return CliRunner().invoke(corsdoctor, args, input=input, env=environment)

    return invoke


def answers(result: Result) -> list[dict[str, Any]]:
    """The JSON lines of stdout."""
    return [json.loads(line) for line in result.stdout.splitlines()]

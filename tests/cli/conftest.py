"""A server on loopback that answers by path, and the command line run in this process."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from click.testing import CliRunner, Result

from corsdoctor.cli import corsdoctor

PAGE = "https://app.example"
ANSWERS: dict[str, tuple[tuple[str, str], ...]] = {
    "/open": (("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Headers", "X-A")),
    "/put": (("Access-Control-Allow-Origin", PAGE), ("Access-Control-Allow-Methods", "PUT"), ("Vary", "Origin")),
    "/hints": (("Access-Control-Allow-Origin", "*"),),
    "/none": (),
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
    """Answers by ANSWERS until the test ends."""
    seen = Server()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            seen.connections += 1
            super().setup()

        def answer(self) -> None:
            seen.bodies.append(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
            seen.headers.append(dict(self.headers.items()))
            seen.requests.append(f"{self.command} {self.path}")
            self.send_response(200)
            for name, value in (*ANSWERS.get(self.path.split("?")[0], ()), ("Content-Length", "0")):
                self.send_header(name, value)
            self.end_headers()

        do_GET = do_HEAD = do_OPTIONS = do_POST = do_PUT = do_DELETE = answer  # noqa: N815

        def log_message(self, *args: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listener:
        seen.url = f"http://127.0.0.1:{listener.server_port}"
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield seen
        listener.shutdown()
        thread.join()


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

"""What the recorders share: the server that hands out trials to a page, and how what was seen is written."""

from __future__ import annotations

import argparse
import json
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Protocol

Outcomes = Counter[tuple[tuple[str, ...], tuple[str, ...]]]
"""How often each outcome was seen: the steps of the page, and the requests on the wire."""


class Trials(Protocol):
    """Hands out trials to the page, and collects what was seen."""

    done: threading.Event

    def next(self) -> dict[str, Any] | None:
        """The next trial, as the page needs it."""

    def record(self, number: int, steps: list[str]) -> None:
        """Takes what the page saw of a trial."""


def arguments(about: str | None, times: int) -> argparse.Namespace:
    """The arguments of a recorder; `times` is how often each case runs by default."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("browser", choices=["chromium", "firefox", "webkit"])
    parser.add_argument("--only", default="", help="a regular expression on the ids of the cases")
    parser.add_argument("--times", type=int, default=times)
    parser.add_argument("--seconds", type=float, default=900)
    parser.add_argument("--out", type=Path)
    return parser.parse_args()


def outcome_lines(seen: dict[str, Outcomes]) -> Iterator[str]:
    """One line for each case, the most frequent outcome first."""
    for id, outcomes in seen.items():
        rows = [{"times": n, "page": steps, "wire": wire} for (steps, wire), n in outcomes.most_common()]
        yield json.dumps({"id": id, "outcomes": rows}) + "\n"


def handler(recording: Trials, page: str) -> type[BaseHTTPRequestHandler]:
    """The handler of the server that serves `page`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/end":
                recording.done.set()
            self._answer(page if self.path == "/" else json.dumps(recording.next() if self.path == "/next" else None))

        def do_POST(self) -> None:
            recording.record(*json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self._answer("null")

        def _answer(self, text: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html" if text is page else "application/json")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: Any) -> None:
            pass

    return Handler

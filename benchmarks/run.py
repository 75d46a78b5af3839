"""Measures what corsdoctor costs, beside programs that do the least: `python benchmarks/run.py [--runs N]`.

Run it with the interpreter of the environment that corsdoctor is installed in. The programs of a pair take turns in one
run (A B A B ...), so that both meet the same moods of the machine; what is compared are the medians. It asserts nothing.
The bounds and the last figures are in README.md beside this file. Needs Linux or macOS.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
PAGE = "https://app.example"
CORSDOCTOR = Path(sysconfig.get_path("scripts")) / "corsdoctor"
NUMBERED = re.compile(r"(?!wpt-|fz-)[a-z-]+/\d+")  # the cases that were recorded first
BARE = """\
import click
import requests
with requests.Session() as session:
    for method, url, headers in {requests!r}:
        session.request(method, url, headers=headers)
"""
MESSAGE = (
    f"Access to fetch at 'https://api.example/items' from origin '{PAGE}' has been blocked by CORS policy: No "
    "'Access-Control-Allow-Origin' header is present on the requested resource."
)
ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("CORSDOCTOR_", "PYTHON")) and not name.lower().endswith("_proxy")
}
MAXRSS = 1 if sys.platform == "darwin" else 1024  # bytes in a unit of ru_maxrss


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took: seconds on the wall, and bytes of memory at most."""

    seconds: float
    memory: int


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    `bound` is the most that `figure` may be, with `least` the least; None where the figure is there to be read only.
    """

    what: str
    ours: str
    theirs: str
    figure: float
    unit: str
    bound: float | None
    least: bool = False

    def cells(self) -> tuple[str, ...]:
        """The line as text."""
        bound, within = "", ""
        if self.bound is not None:
            kept = self.figure >= self.bound if self.least else self.figure <= self.bound
            bound, within = f"{'at least ' if self.least else ''}{self.bound:g}{self.unit}", "yes" if kept else "NO"
        return self.what, self.ours, self.theirs, f"{self.figure:.3g}{self.unit}", bound, within


@dataclass(slots=True)
class Server:
    """A server on loopback that allows everything; it counts connections and keeps the requests."""

    url: str = ""
    connections: int = 0
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)


@contextmanager
def serving() -> Iterator[Server]:
    """Serves until the block ends, over connections that stay open."""
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            server.connections += 1
            super().setup()

        def answer(self) -> None:
            server.requests.append((self.command, f"{server.url}{self.path}", dict(self.headers.items())))
            self.send_response(200)
            self.send_header("Access-Control-Allow-Origin", PAGE)
            self.send_header("Access-Control-Allow-Headers", "X-Request-Id")
            self.send_header("Vary", "Origin")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_OPTIONS = answer  # noqa: N815

        def log_message(self, *args: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listener:
        listener.daemon_threads = True
        server.url = f"http://127.0.0.1:{listener.server_port}"
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        yield server
        listener.shutdown()


def run(command: list[str]) -> Run:
    """Runs a process to its end, with its output thrown away. RuntimeError where it fails.

    Its memory can't be measured below that of this process, from which it is forked: this one loads nothing big.
    """
    nowhere = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    start = time.perf_counter()
    pid = os.posix_spawn(command[0], command, ENVIRONMENT, file_actions=nowhere)
    _, status, used = os.wait4(pid, 0)
    seconds = time.perf_counter() - start
    if status:
        raise RuntimeError(f"{' '.join(command)[:200]} failed: exit status {os.waitstatus_to_exitcode(status)}")
    return Run(seconds, used.ru_maxrss * MAXRSS)


def in_turns(commands: Sequence[list[str]], runs: int) -> list[Run]:
    """The medians of each command; they take turns, after one run each that doesn't count."""
    for command in commands:
        run(command)
    rounds = [[run(command) for command in commands] for _ in range(runs)]
    return [
        Run(median(r.seconds for r in of_one), int(median(r.memory for r in of_one)))
        for of_one in zip(*rounds, strict=True)
    ]


def check(runs: int) -> Iterator[Row]:
    """`corsdoctor check` of a preflighted request, and a bare script that sends the same two requests."""
    with serving() as server, tempfile.TemporaryDirectory() as directory:
        ours = [str(CORSDOCTOR), "check", f"{server.url}/items", "--origin", PAGE, "-H", "X-Request-Id: 1"]
        run(ours)
        connections, sent = server.connections, list(server.requests)
        bare = Path(directory) / "bare.py"
        bare.write_text(BARE.format(requests=sent), encoding="utf-8")
        a, b = in_turns([ours, [sys.executable, str(bare)]], runs)
        yield Row("check: wall time", ms(a), ms(b), a.seconds / b.seconds, "x", 1.15)
        yield Row("check: peak memory", mb(a), mb(b), a.memory / b.memory, "x", 1.3)
        yield Row("check: TCP connections", f"{len(sent)} requests", "", connections, "", 1)


def start(runs: int) -> Iterator[Row]:
    """`corsdoctor --version` and `--help`, and an interpreter that imports click."""
    commands = [
        [str(CORSDOCTOR), "--version"],
        [str(CORSDOCTOR), "--help"],
        [sys.executable, "-c", "import click"],
    ]
    version, help, click = in_turns(commands, runs)
    yield Row("--version: wall time", ms(version), ms(click), version.seconds / click.seconds, "x", 1.6)
    yield Row("--help: wall time", ms(help), ms(click), help.seconds / click.seconds, "x", 1.6)


def explain(runs: int) -> Iterator[Row]:
    """`corsdoctor explain` of one message, and of a log with one message in a hundred lines."""
    one, click = in_turns([[str(CORSDOCTOR), "explain", MESSAGE], [sys.executable, "-c", "import click"]], runs)
    yield Row("explain: wall time", ms(one), ms(click), one.seconds / click.seconds, "x", 1.6)
    with tempfile.TemporaryDirectory() as directory:
        for lines in (100_000, 1_000_000):
            log = Path(directory) / f"{lines}.log"
            with log.open("w", encoding="utf-8") as file:
                file.writelines(_line(i) for i in range(lines))
            (read,) = in_turns([[str(CORSDOCTOR), "explain", str(log), "--format", "jsonl"]], max(3, runs // 6))
            size = f"{log.stat().st_size / 1e6:.0f} MB"
            each = (read.seconds - one.seconds) / lines * 1e6
            yield Row(f"explain: {lines:,} lines, each", f"{read.seconds:.2f} s", "", each, " us", 4.0)
            yield Row(f"explain: {size}, peak memory", mb(read), mb(one), read.memory / one.memory, "x", None)


def _line(i: int) -> str:
    if i % 100 == 50:
        return f"12:00:{i % 60:02} [console] {MESSAGE}\n"
    return f"12:00:{i % 60:02}.{i % 1000:03} INFO worker-{i % 7} request {i} served GET /items/{i} in {i % 90} ms\n"


def core(runs: int) -> Iterator[Row]:
    """One pass over the recorded cases, each time in a new process, so that nothing is remembered."""
    command = [sys.executable, __file__, "--core"]
    took, whole = [], []
    for _ in range(runs):
        begun = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=ENVIRONMENT)
        whole.append(time.perf_counter() - begun)
        replays, seconds = done.stdout.split()
        took.append(float(seconds))
    yield Row(f"core: {replays} replays", f"{median(took):.2f} s", "", median(took), " s", 1.0)
    yield Row("core: its whole process", f"{median(whole):.2f} s", "", median(whole), " s", None)


def core_once() -> str:
    """The number of replays and the seconds that they took: each recorded case in each browser, once, without sockets."""
    from corsdoctor.browsers import BROWSERS  # the installed one: the checkout comes last in the path
    from corsdoctor.diagnose import diagnose

    sys.path.append(str(ROOT))
    from tests.conformance.replay import HERE, load, scenario_of, sender_of

    cases = [case for name, case in load(HERE / "cases.jsonl").items() if NUMBERED.fullmatch(name)]
    prepared = [(scenario_of(case), sender_of(case)) for case in cases]
    begun = time.perf_counter()
    for scenario, send in prepared:
        for profile in BROWSERS:
            diagnose(scenario, profile, send)
    return f"{len(prepared) * len(BROWSERS)} {time.perf_counter() - begun:.4f}\n"


def ms(measured: Run) -> str:
    """Milliseconds."""
    return f"{measured.seconds * 1000:.0f} ms"


def mb(measured: Run) -> str:
    """Megabytes."""
    return f"{measured.memory / 1e6:.1f} MB"


def show(rows: Sequence[Row], runs: int) -> None:
    """Prints the table."""
    from tabulate import tabulate  # after everything is measured

    headers = ("what", "corsdoctor", "beside", "figure", "bound", "within")
    sys.stdout.write(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, ")
    sys.stdout.write(f"{os.cpu_count()} CPUs; medians of {runs} runs each\n\n")
    table = tabulate([row.cells() for row in rows], headers, tablefmt="github", disable_numparse=True)
    sys.stdout.write(f"{table}\n")


def main() -> None:
    """Measures everything and prints the table."""
    parser = argparse.ArgumentParser(description="Measures what corsdoctor costs.")
    parser.add_argument("--runs", type=int, default=31, metavar="N", help="runs of each program of a pair [31]")
    parser.add_argument("--core", action="store_true", help="only replay the recorded cases once, in this process")
    given = parser.parse_args()
    if given.core:
        sys.stdout.write(core_once())
        return
    if not CORSDOCTOR.exists():
        parser.error(f"corsdoctor is not installed beside {sys.executable}: pip install . there")
    parts: tuple[tuple[Callable[[int], Iterator[Row]], int], ...] = (
        (check, given.runs), (start, given.runs), (explain, given.runs), (core, max(3, given.runs // 5)),
    )  # fmt: skip
    show([row for part, runs in parts for row in part(runs)], given.runs)


if __name__ == "__main__":
    main()

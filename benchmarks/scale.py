"""Measures what many lines cost: `python benchmarks/scale.py [--runs N] [--only PART]`.

Run it with the interpreter of the environment that corsdoctor[dask] is installed in. As in run.py beside this file, whose
README.md has the bounds and the last figures, the programs of a pair take turns in one run, and medians are compared.
It asserts nothing. Needs Linux or macOS.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, ClassVar

from run import CORSDOCTOR, ENVIRONMENT, PAGE, Row, in_turns, mb, run, show

CHECKS = 2_000
JOBS = 64
DELAY = 0.02  # seconds
BARE = """\
import json, sys, threading
from concurrent.futures import ThreadPoolExecutor
import requests
heads, base = json.loads(sys.argv[1]), sys.argv[2]
local = threading.local()
def check(number):
    if not hasattr(local, "session"):
        local.session = requests.Session()
    for method, headers in heads:
        local.session.request(method, f"{{base}}/items/{{number}}", headers=headers)
with ThreadPoolExecutor({jobs}) as pool:
    list(pool.map(check, range({checks})))
"""
ANSWER = (
    f"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: {PAGE}\r\nAccess-Control-Allow-Headers: X-Request-Id\r\n"
    "Vary: Origin\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
).encode()


# --- the server, in a process of its own


class Protocol(asyncio.Protocol):
    """Answers each request after `delay` seconds; GET /heads tells the heads of the first two requests as JSON."""

    heads: ClassVar[list[tuple[str, dict[str, str]]]] = []

    def __init__(self, delay: float) -> None:
        self.delay = delay
        self.buffer = b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
            if head.startswith(b"GET /heads "):
                body = json.dumps(self.heads).encode()
                self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
                continue
            if len(self.heads) < 2:
                first, *lines = head.decode("latin-1").split("\r\n")
                pairs = (line.split(": ", 1) for line in lines)
                self.heads.append((first.split()[0], {name: value for name, value in pairs if name != "Host"}))
            if self.delay:
                asyncio.get_running_loop().call_later(self.delay, self.transport.write, ANSWER)
            else:
                self.transport.write(ANSWER)


async def serve(delay: float) -> None:
    """Serves until it is killed; its first line of output is its port."""
    server = await asyncio.get_running_loop().create_server(lambda: Protocol(delay), "127.0.0.1", 0, backlog=1024)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


@contextmanager
def serving(delay: float) -> Iterator[str]:
    """The URL of such a server."""
    command = [sys.executable, __file__, "--serve", str(delay)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.kill()


# --- what is measured


def batch(lines: Path, *args: str) -> list[str]:
    """A batch of these lines as a command."""
    return [str(CORSDOCTOR), "batch", str(lines), "--origin", PAGE, "--quiet", *args]


def written(directory: Path, name: str, lines: Iterator[object]) -> Path:
    """A file of JSON lines, or of URLs."""
    path = directory / name
    with path.open("w", encoding="utf-8") as file:
        file.writelines((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    return path


def network(runs: int, directory: Path) -> Iterator[Row]:
    """2,000 checks of two exchanges each, and a thread pool of requests' Sessions that sends the same requests."""
    import urllib.request

    with serving(DELAY) as url:
        lines = written(
            directory,
            "checks.jsonl",
            ({"url": f"{url}/items/{n}", "headers": [["X-Request-Id", "1"]]} for n in range(CHECKS)),
        )
        run(batch(written(directory, "one.jsonl", iter([lines.read_text().split("\n", 1)[0]]))))
        heads = urllib.request.urlopen(f"{url}/heads").read().decode()
        assert [method for method, _ in json.loads(heads)] == ["OPTIONS", "GET"]
        bare = directory / "bare.py"
        bare.write_text(BARE.format(jobs=JOBS, checks=CHECKS), encoding="utf-8")
        ours = batch(lines, "--jobs", str(JOBS))
        a, b = in_turns([ours, [sys.executable, str(bare), heads, url]], runs)
        figures = f"{a.seconds:.2f} s", f"{b.seconds:.2f} s"
        yield Row(f"batch: {CHECKS:,} checks of two exchanges", *figures, a.seconds / b.seconds, "x", 1.5)
        yield Row("batch: checks a second", f"{CHECKS / a.seconds:.0f}", f"{CHECKS / b.seconds:.0f}", CHECKS / a.seconds, "/s", None)  # fmt: skip


def memory(runs: int, directory: Path) -> Iterator[Row]:
    """100,000 lines and 1,000: one in ten asks a server that answers at once, the others are data: URLs."""
    with serving(0) as url:
        many, few = (
            written(
                directory,
                f"{count}.txt",
                (f"{url}/items/{n}" if n % 10 == 0 else f"data:text/plain,{n}" for n in range(count)),
            )
            for count in (100_000, 1_000)
        )
        a, b = in_turns([batch(many, "--jobs", str(JOBS)), batch(few, "--jobs", str(JOBS))], runs)
        yield Row("batch: peak memory of 100,000 lines, and of 1,000", mb(a), mb(b), (a.memory - b.memory) / 1e6, " MB", 40)  # fmt: skip
        yield Row("batch: 100,000 lines", f"{a.seconds:.1f} s", "", a.seconds / 100_000 * 1e6, " us each", None)


@contextmanager
def cluster(directory: Path, workers: int) -> Iterator[str]:
    """The address of a scheduler with so many workers of one thread, all of them processes on loopback."""
    file = directory / f"scheduler-{workers}.json"
    local = ["--host", "127.0.0.1", "--no-dashboard"]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": ENVIRONMENT}
    dask = [sys.executable, "-m", "dask"]
    processes = [subprocess.Popen([*dask, "scheduler", "--port", "0", "--scheduler-file", str(file), *local], **quiet)]
    try:
        while not file.exists():
            time.sleep(0.1)
        worker = [*dask, "worker", "--scheduler-file", str(file), "--nthreads", "1", "--no-nanny", *local]
        processes += [subprocess.Popen(worker, **quiet) for _ in range(workers)]
        time.sleep(5)
        yield json.loads(file.read_text())["address"]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def dask(runs: int, directory: Path) -> Iterator[Row]:
    """Lines that need no network, on one worker and on two; each less the time of one line.

    Mixed content with 12 headers: the replay of such a line costs about as much CPU as that of two exchanges.
    """
    count = 10_000
    headers = [[f"X-Header-{k}", "1"] for k in range(12)]
    lines = ({"url": f"http://h{n}.example/", "method": "PUT", "headers": headers} for n in range(count))
    many, one = written(directory, "dask.jsonl", lines), written(directory, "dask-1.jsonl", iter(["data:,1"]))
    with cluster(directory, 1) as first, cluster(directory, 2) as second:
        commands = [batch(path, "--dask", address) for address in (first, second) for path in (many, one)]
        a, a1, b, b1 = in_turns(commands, runs)
        one_worker, two_workers = a.seconds - a1.seconds, b.seconds - b1.seconds
        figures = f"{count / two_workers:,.0f} lines/s", f"{count / one_worker:,.0f} lines/s"
        yield Row("--dask: two workers, and one", *figures, one_worker / two_workers, "x", 1.6, least=True)
        yield Row("--dask: begin and end", f"{b1.seconds:.2f} s", "", b1.seconds, " s", None)


def core(runs: int, _directory: Path) -> Iterator[Row]:
    """The recorded cases without a network, on one core."""
    command = [sys.executable, str(Path(__file__).parent / "run.py"), "--core"]
    rates = []
    for _ in range(runs):
        replays, seconds = subprocess.run(
            command, capture_output=True, text=True, check=True, env=ENVIRONMENT
        ).stdout.split()
        rates.append(int(replays) / float(seconds))
    yield Row("core: diagnoses a second on one core", f"{median(rates):,.0f}", "", median(rates), "/s", None)


def main() -> None:
    """Measures everything and prints the table."""
    parts = {"network": network, "memory": memory, "dask": dask, "core": core}
    parser = argparse.ArgumentParser(description="Measures what many lines cost.")
    parser.add_argument("--runs", type=int, default=7, metavar="N", help="runs of each program of a pair [7]")
    parser.add_argument("--only", choices=parts, action="append", help="only this part; may be repeated")
    parser.add_argument("--serve", type=float, metavar="SECONDS", help="only be the server")
    given = parser.parse_args()
    if given.serve is not None:
        asyncio.run(serve(given.serve))
        return
    if not CORSDOCTOR.exists():
        parser.error(f"corsdoctor is not installed beside {sys.executable}: pip install '.[dask]' there")
    with tempfile.TemporaryDirectory() as directory:
        show([row for name in given.only or parts for row in parts[name](given.runs, Path(directory))], given.runs)


if __name__ == "__main__":
    main()

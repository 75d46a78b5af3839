"""Compares `corsdoctor audit` with other scanners, on the servers of tests/audit/estate: `python benchmarks/audit.py`.

All requests go to a proxy here, which is every server of the estate by the first part of the path, with and without TLS. A
scanner without an option for the allowed origin gets a URL on its host, from which it derives its probes.

    --corscanner PYTHON   a Python that has corscanner
    --corsair PYTHON      a Python that has corsair_scan
    --speed               the CPU time beside a bare Session, the probes a second with a latency of 20 ms, and the memory
"""

from __future__ import annotations

import argparse
import json
import os
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import trustme

sys.path.append(str(Path(__file__).resolve().parent.parent))  # last, so that the installed corsdoctor is measured

from corsdoctor.audit.requests_of_pages import COOKIE
from tests.audit.estate import ESTATE, Question, Server, fixed

NOT_HERE = ("root-open-below-exact",)
"""Servers whose mistake is only where the path does not begin with their number."""
HOSTS = ("api.example.com", "app.example.com")
BARE = """\
import json, sys, requests
session = requests.Session()
for method, url, headers in json.load(open(sys.argv[1])):
    session.request(method, url, headers=headers, allow_redirects=False)
"""
CORSCANNER = "import importlib.util, sys; sys.path.insert(0, importlib.util.find_spec('CORScanner').submodule_search_locations[0]); import cors_scan; cors_scan.main()"


class Estate(BaseHTTPRequestHandler):
    """A proxy that answers as the server of the estate whose number begins the path."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    latency = 0.0
    requests = 0

    def do_CONNECT(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.connection = self.tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        self.close_connection = False  # which HTTP/1.0 has set

    def do_GET(self) -> None:
        if urlsplit(self.path if "//" in self.path else f"//{self.headers['Host']}").hostname == "publicsuffix.org":
            self.send_error(404)  # some scanners look for a newer list of suffixes
            return
        type(self).requests += 1
        time.sleep(self.latency)
        number, _, rest = urlsplit(self.path).path.removeprefix("/").partition("/")
        get = self.headers.get
        asked = Question(
            get("Origin"), self.command == "OPTIONS", f"/{rest}", get("Access-Control-Request-Method", ""),
            get("Access-Control-Request-Headers", ""), get("Cookie") is not None, get("Sec-Fetch-Site", "cross-site"),
            isinstance(self.connection, ssl.SSLSocket), get("Cookie") not in (None, COOKIE),
        )  # fmt: skip
        of = ESTATE[int(number)].policy if number.isdecimal() else fixed(status=404)
        answer = of(asked)
        self.send_response(answer.status)
        for name, value in (*answer.headers, ("Content-Length", "0")):
            moved = value.replace("/items", f"/{number}/items", 1) if name == "Location" else value
            self.send_header(name, moved)
        self.end_headers()

    do_OPTIONS = do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None: ...


class Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, *_: object) -> None:
        """A scanner may refuse the certificate, and close connections."""


class Result(NamedTuple):
    """What a scanner says: the numbers of the servers that it flags, and what that took."""

    flagged: frozenset[int]
    requests: int
    seconds: float


def url_of(number: int, server: Server, *, on_trusted: bool) -> str:
    """The URL of a server; with `on_trusted`, on the host that it should allow."""
    parts = urlsplit(server.url)
    trusted = on_trusted and server.trusted and parts.hostname in HOSTS
    base = server.trusted[0] if trusted else f"{parts.scheme}://{parts.netloc}"
    return f"{base}/{number}{parts.path}"


def number_of(url: str) -> int:
    """The number of the server of a URL."""
    return int(urlsplit(url).path.split("/")[1])


def corsdoctor(proxy: str, command: str) -> Iterable[int]:
    """One run for each set of trusted origins."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for number, server in enumerate(ESTATE):
        groups.setdefault(server.trusted, []).append(url_of(number, server, on_trusted=False))
    for trusted, urls in groups.items():
        options = [word for origin in trusted for word in ("--origin", origin)]
        done = subprocess.run(
            [command, "-m", "corsdoctor", "audit", *urls, *options, "-k", "--proxy", proxy, "--format", "jsonl", "--severity", "low"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        yield from (
            number_of(found["audit"]) for found in map(json.loads, done.stdout.splitlines()) if found["findings"]
        )


def corscanner(proxy: str, command: str) -> Iterable[int]:
    """CORScanner with its 50 threads."""
    with tempfile.TemporaryDirectory() as folder:
        urls, out = Path(folder, "urls"), Path(folder, "out.json")
        urls.write_text("\n".join(url_of(n, server, on_trusted=True) for n, server in enumerate(ESTATE)))
        run_through(proxy, [command, "-c", CORSCANNER, "-i", str(urls), "-o", str(out)])
        yield from (number_of(found["url"]) for found in json.loads(out.read_text()))


def corsair(proxy: str, command: str) -> Iterable[int]:
    """corsair_scan, which takes the trusted origin with each request."""
    data = [
        {"url": url_of(n, server, on_trusted=False), "verb": "GET", "params": "", "headers": {"Origin": (*server.trusted, "https://app.example.com")[0]}}
        for n, server in enumerate(ESTATE)
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "data.json")
        file.write_text(json.dumps(data))
        code = "import json, sys; from corsair_scan.corsair_scan import corsair_scan; print(json.dumps(corsair_scan(json.load(open(sys.argv[1])), verify=False)))"
        done = run_through(proxy, [command, "-c", code, str(file)])
        summary = json.loads(done.splitlines()[-1])["summary"]
        yield from (number_of(found["url"]) for found in summary["misconfigured"])


def run_through(proxy: str, command: list[str]) -> str:
    """The standard output of a scanner that takes its proxy from the environment."""
    env = {**os.environ, "http_proxy": proxy, "https_proxy": proxy, "no_proxy": ""}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=1800).stdout


def measured(run: Callable[[str, str], Iterable[int]], proxy: str, command: str) -> Result:
    """A run of a scanner over the estate."""
    Estate.requests, begin = 0, time.monotonic()
    flagged = frozenset(run(proxy, command))
    return Result(flagged, Estate.requests, time.monotonic() - begin)


def compare(scanners: Mapping[str, tuple[Callable[[str, str], Iterable[int]], str]], proxy: str) -> None:
    """Prints a row for each scanner."""
    wrong = {number for number, server in enumerate(ESTATE) if server.expected and server.id not in NOT_HERE}
    right = sum(not server.expected for server in ESTATE)
    say(f"{len(wrong)} servers with a mistake, {right} without")
    say(
        f"{'scanner':<14}{'found':>7}{'missed':>8}{'false':>7}{'recall':>8}{'precision':>11}{'requests':>10}{'seconds':>9}"
    )
    for name, (run, command) in scanners.items():
        result = measured(run, proxy, command)
        found = len(result.flagged & wrong)
        false = sum(not ESTATE[number].expected for number in result.flagged)
        say(
            f"missed {[ESTATE[n].id for n in wrong - result.flagged]}, false {[ESTATE[n].id for n in result.flagged - wrong]}"
        )
        precision = found / max(1, found + false)
        say(
            f"{name:<14}{found:>7}{len(wrong) - found:>8}{false:>7}{found / len(wrong):>8.0%}{precision:>11.0%}"
            f"{result.requests:>10}{result.seconds:>9.1f}",
        )


def speed(proxy: str, corscanner_python: str | None) -> None:
    """Prints the two figures about time."""
    [number] = [n for n, server in enumerate(ESTATE) if server.id == "exact"]
    base = proxy.replace("127.0.0.1", "localhost")
    audit = [
        sys.executable,
        "-m",
        "corsdoctor",
        "audit",
        f"{base}/{number}/items",
        "--origin",
        "https://app.example.com",
    ]
    shown = json.loads(subprocess.run([*audit, "--format", "json"], capture_output=True, text=True, check=False).stdout)
    exchanges = [one["exchange"] for one in (*shown["origins"], *shown["preflights"])]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump([(e["method"], e["url"], dict(e["request_headers"])) for e in exchanges], file)
        file.flush()
        bare = [sys.executable, "-c", BARE, file.name]
        times: dict[str, list[float]] = {"audit": [], "bare": []}
        for _ in range(11):
            for name, command in (("audit", audit), ("bare", bare)):
                times[name].append(cost(command)[0])
    ours, theirs = (sorted(times[name])[5] for name in ("audit", "bare"))
    say(
        f"one URL, {len(exchanges)} requests: {ours:.2f} s of CPU time, bare Session {theirs:.2f} s, {ours / theirs:.2f}x (bound 1.5x)"
    )
    for count in (200, 2000):
        Estate.latency = 0.0
        _, peak = cost(
            [*audit[:4], *(f"{base}/{number}/items?{n}" for n in range(count)), *audit[5:], "--jobs", "8", "-q"]
        )
        say(f"{count} URLs: {peak / 1024:.0f} MB at most")
    Estate.latency = 0.02
    urls = [f"{base}/{number}/items?{n}" for n in range(200)]
    Estate.requests, begin = 0, time.monotonic()
    subprocess.run([*audit[:4], *urls, *audit[5:], "--jobs", "50", "-q"], capture_output=True, check=False)
    say(f"200 URLs: {Estate.requests / (time.monotonic() - begin):.0f} probes a second")
    if corscanner_python is not None:
        with tempfile.NamedTemporaryFile("w") as listed:
            listed.write("\n".join(urls))
            listed.flush()
            Estate.requests, begin = 0, time.monotonic()
            subprocess.run([corscanner_python, "-c", CORSCANNER, "-i", listed.name], capture_output=True, check=False)
            say(f"CORScanner: {Estate.requests / (time.monotonic() - begin):.0f} probes a second")


def cost(command: list[str]) -> tuple[float, int]:
    """The CPU time of a command in seconds, and the most memory that it used, in KiB.

    Its modules are compiled when it runs for the first time, as they are when a package is installed.
    """
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        _, _, used = os.wait4(running.pid, 0)
        running.returncode = 0
    return used.ru_utime + used.ru_stime, used.ru_maxrss


def say(text: str) -> None:
    """Writes a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    """Starts the estate, and runs the scanners that are there."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--corscanner")
    parser.add_argument("--corsair")
    parser.add_argument("--speed", action="store_true")
    given = parser.parse_args()
    trustme.CA().issue_cert("*.example.com", "shop.github.io", "shop-main.vercel.app").configure_cert(Estate.tls)
    listener = Listener(("127.0.0.1", 0), Estate)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    proxy = f"http://127.0.0.1:{listener.server_port}"
    scanners = {"corsdoctor": (corsdoctor, sys.executable)}
    scanners |= {"corscanner": (corscanner, given.corscanner)} if given.corscanner else {}
    scanners |= {"corsair_scan": (corsair, given.corsair)} if given.corsair else {}
    if given.speed:
        speed(proxy, given.corscanner)
    else:
        compare(scanners, proxy)


if __name__ == "__main__":
    main()

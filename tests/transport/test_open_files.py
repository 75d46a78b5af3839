"""Where this process may open few files: connections wait for one another, and no host is blamed."""

from __future__ import annotations

import errno
import socket
import subprocess
import sys

import pytest

from corsdoctor.transport import open_files
from tests.listening import QuietHandler, listening

resource = pytest.importorskip("resource")
Limits = tuple[int, int]

CHILD = """
import resource, sys
from concurrent.futures import ThreadPoolExecutor
from corsdoctor.transport.live import Live
from corsdoctor.transport.options import TransportOptions
from corsdoctor.wire import Headers, Kind, WireRequest

limit, jobs, seconds, port, hosts = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4], int(sys.argv[5])
options = TransportOptions(resolve=(("*", int(port), "127.0.0.1"),), max_connections=jobs, connect_timeout=seconds)
resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
with Live(options) as live, ThreadPoolExecutor(jobs) as pool:
    def ask(number):
        request = WireRequest("GET", f"http://h{number}.example:{port}/", Headers())
        answer = live.send(Kind.ACTUAL, request)
        return getattr(answer, "detail", None) or str(answer.status)
    print("\\n".join(pool.map(ask, range(hosts))))
"""


class Handler(QuietHandler):
    def do_GET(self) -> None:  # noqa: N802
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()


def child(limit: int, jobs: int, seconds: float, hosts: int) -> list[str]:
    """What came of so many hosts, in a process that may open `limit` files."""
    with listening(Handler) as port:
        command = [sys.executable, "-c", CHILD, *map(str, (limit, jobs, seconds, port, hosts))]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=True)
    return done.stdout.splitlines()


def test_few_files_are_enough_for_many_hosts() -> None:
    assert child(24, 64, 60, 120) == ["200"] * 120


def test_where_there_is_none_left_no_host_is_blamed() -> None:
    found = set(child(3, 2, 0.2, 10))
    assert len(found) == 10
    assert all("this process cannot open more files or connections" in detail for detail in found)


@pytest.mark.parametrize("refused", [None, OSError(errno.EPERM, "x"), ValueError()])
@pytest.mark.parametrize(
    ("limits", "raised"),
    [
        ((20, 200), (164, 200)),
        ((20, 100), (100, 100)),
        ((20, resource.RLIM_INFINITY), (164, resource.RLIM_INFINITY)),
        ((163, 200), (164, 200)),
        ((164, 200), None),
        ((resource.RLIM_INFINITY, resource.RLIM_INFINITY), None),
    ],
)
def test_the_limit_is_raised_as_far_as_it_may(
    monkeypatch: pytest.MonkeyPatch, limits: Limits, raised: Limits | None, refused: Exception | None
) -> None:
    made = []

    def setrlimit(_: int, new: Limits) -> None:
        made.append(new)
        if refused is not None:
            raise refused

    monkeypatch.setattr(resource, "getrlimit", lambda _: limits)
    monkeypatch.setattr(resource, "setrlimit", setrlimit)
    open_files.allow(100)
    assert made == ([] if raised is None else [raised])


@pytest.mark.parametrize(
    ("error", "limit"),
    [
        (OSError(errno.EMFILE, "x"), True),
        (OSError(errno.ENFILE, "x"), True),
        (OSError(errno.EBUSY, "x"), True),
        (socket.gaierror(socket.EAI_SYSTEM, "x"), True),
        (socket.gaierror(errno.EMFILE, "x"), False),
        (ConnectionRefusedError(errno.ECONNREFUSED, "x"), False),
        (socket.gaierror(socket.EAI_NONAME, "x"), False),
    ],
)
def test_what_is_a_limit(error: OSError, limit: bool) -> None:
    assert open_files.is_limit(error) is limit

"""batch --dask, on real schedulers and workers on loopback: the answers are those of one machine, whatever dies."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from corsdoctor.batch.line import Line
from corsdoctor.errors import UnreadableInput
from corsdoctor.report import Item
from tests.batch.test_work import WORK
from tests.cli.conftest import PAGE, Run
from tests.clock import Clock
from tests.listening import QuietHandler, listening
from tests.recipes.contract import need

DEADLINE = 600.0  # seconds, for what happens within a few
ROOT = Path(__file__).parent.parent.parent
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith(("CORSDOCTOR_", "DASK_", "COV_"))},
    "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]),
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
}


@pytest.fixture(autouse=True)
def _installed() -> None:
    need(find_spec("distributed") is not None, "the package distributed: pip install 'corsdoctor[dask]'")


def until(what: Callable[[], object], why: str) -> None:
    """Waits for something to be true."""
    deadline = time.monotonic() + DEADLINE
    while not what():
        assert time.monotonic() < deadline, why
        time.sleep(0.02)


# --- a cluster


@dataclass
class Cluster:
    """A scheduler and its workers, each a process of its own; `workers` are those without a nanny."""

    directory: Path
    scheduler: subprocess.Popen[bytes]
    address: str
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def add_worker(self, *flags: str) -> None:
        begun = len(self.workers)
        log = self.directory / f"worker-{begun}.log"
        with log.open("wb") as file:
            self.workers.append(_dask(file, "worker", self.address, "--nthreads", "1", *flags))
        until(lambda: b"Registered to:" in log.read_bytes(), log.read_text())

    def under_nannies(self) -> list[Any]:
        """psutil's Processes of those workers that have a nanny."""
        psutil: Any = import_module("psutil")  # comes with distributed
        return [p for nanny in self.workers for p in psutil.Process(nanny.pid).children(recursive=True)]


def _dask(log: Any, *args: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "dask", *args, "--host", "127.0.0.1", "--no-dashboard"]
    return subprocess.Popen(command, stdout=log, stderr=log, env=ENVIRONMENT, start_new_session=True)


def _address(file: Path) -> str | None:
    """The scheduler's address, None while its file is not there or not written to its end."""
    with suppress(OSError, ValueError):
        return str(json.loads(file.read_text())["address"])
    return None


@contextmanager
def cluster(directory: Path, workers: int, *flags: str) -> Iterator[Cluster]:
    """`workers` workers of one thread each; `flags` are those of `dask worker`."""
    file = directory / "scheduler.json"
    with (directory / "scheduler.log").open("wb") as log:
        scheduler = _dask(log, "scheduler", "--port", "0", "--scheduler-file", str(file))
    begun: Cluster | None = None
    try:
        until(lambda: _address(file), (directory / "scheduler.log").read_text())
        begun = Cluster(directory, scheduler, str(_address(file)))
        for _ in range(workers):
            begun.add_worker(*flags)
        yield begun
    finally:
        for process in [scheduler, *(begun.workers if begun is not None else [])]:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler with two workers, for tests that leave them alive."""
    need(find_spec("distributed") is not None, "the package distributed: pip install 'corsdoctor[dask]'")
    with cluster(tmp_path_factory.mktemp("cluster"), 2, "--no-nanny") as begun:
        yield begun


# --- a server


@dataclass
class Seen:
    """When each path was asked for, in seconds of time.monotonic(), by the host that was asked; in order."""

    port: int
    asked: list[tuple[float, str, str]] = field(default_factory=list)
    delay: float = 0.0
    on_request: Callable[[str, int], None] = lambda _path, _client_port: None


@pytest.fixture
def server() -> Iterator[Seen]:
    """Allows everybody."""

    class Handler(QuietHandler):
        def do_GET(self) -> None:  # noqa: N802
            seen.asked.append((time.monotonic(), self.headers["Host"].rpartition(":")[0], self.path))
            seen.on_request(self.path, self.client_address[1])
            time.sleep(seen.delay)
            self.send_response_only(200)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Access-Control-Allow-Methods", "PUT")
            self.send_header("Content-Length", "0")
            with suppress(OSError):  # whoever asked may have been killed
                self.end_headers()

        do_OPTIONS = do_PUT = do_GET  # noqa: N815

    with listening(Handler) as port:
        seen = Seen(port)
        yield seen


# --- the command


def command(*args: str) -> list[str]:
    return [sys.executable, "-m", "corsdoctor", "batch", "-", "--origin", PAGE, "--quiet", *args]


def batch(lines: str, *args: str) -> tuple[int, str, str]:
    """(exit status, stdout, stderr) of a batch of `lines`."""
    done = subprocess.run(
        command(*args), input=lines, capture_output=True, text=True, env=ENVIRONMENT, timeout=DEADLINE, check=False
    )
    return done.returncode, done.stdout, done.stderr


@contextmanager
def running(lines: str, *args: str) -> Iterator[subprocess.Popen[str]]:
    """A batch that is under way. Its stdout is a file, so that nobody need read it."""
    process = subprocess.Popen(
        command(*args),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )
    try:
        assert process.stdin is not None
        process.stdin.write(lines)
        process.stdin.close()
        process.stdin = None
        yield process
    finally:
        process.kill()
        process.communicate()


def number(item: Item) -> int | None:
    """What a worker makes of an answer."""
    return item.line


def numbers(stdout: str) -> list[int]:
    return [json.loads(line)["line"] for line in stdout.splitlines()]


def verdicts(stdout: str) -> set[str]:
    return {json.loads(line).get("verdict", "no verdict") for line in stdout.splitlines()}


# --- what it answers


def test_an_audit_is_that_of_one_machine(two: Cluster, server: Seen) -> None:
    urls = [f"http://{host}:{server.port}/{n}" for host in ("127.0.0.1", "localhost") for n in range(3)]
    audit = [sys.executable, "-m", "corsdoctor", "audit", *urls, "--origin", PAGE]
    one, many = (
        subprocess.run([*audit, *more], capture_output=True, text=True, env=ENVIRONMENT, timeout=DEADLINE, check=False)
        for more in ((), ("--dask", two.address))
    )
    assert one.returncode == 1  # everybody may read a server on this machine
    assert (one.returncode, one.stdout) == (many.returncode, many.stdout), many.stderr


@pytest.mark.parametrize("format_", [(), ("--format", "text"), ("--format", "csv")], ids=["jsonl", "text", "csv"])
def test_the_answers_are_those_of_one_machine(two: Cluster, server: Seen, format_: tuple[str, ...]) -> None:
    kinds = (
        "http://127.0.0.1:{port}/a{n}", "http://localhost:{port}/b{n}", "data:text/plain,{n}", "no URL {n}", "# {n}",
        '{{"id": "c{n}", "url": "http://127.0.0.1:{port}/c{n}", "headers": {{"Authorization": "Bearer s3cr3t-{n}"}}}}',
        '{{"id": {n}, "url": 1}}',
    )  # fmt: skip
    lines = "".join(kinds[n % len(kinds)].format(n=n, port=server.port) + "\n" for n in range(240))
    alone = batch(lines, *format_)
    assert batch(lines, *format_, "--dask", two.address) == alone
    assert alone[0] == 0
    assert "s3cr3t" not in alone[1]


def test_an_empty_input_has_an_empty_answer(two: Cluster) -> None:
    status, stdout, stderr = batch("# nothing\n", "--dask", two.address)
    assert (status, stdout) == (3, "")
    assert stderr.startswith("corsdoctor: nothing was judged: ")


def test_fail_on_holds(two: Cluster) -> None:
    assert batch("nonsense\n", "--dask", two.address, "--fail-on", "error")[0] == 3


def test_one_answer_comes_before_the_next_line_is_there(two: Cluster) -> None:
    with subprocess.Popen(
        command("--dask", two.address), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in (1, 2, 3):
            process.stdin.write("data:text/plain,1\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["line"] == number
        process.stdin.close()
        assert process.wait(DEADLINE) == 0


def test_the_rate_of_a_host_holds_on_two_workers(two: Cluster, server: Seen) -> None:
    hosts = ("127.0.0.1", "localhost")
    lines = "".join(f"http://{host}:{server.port}/{n}\n" for n in range(41) for host in hosts)
    status, stdout, _ = batch(lines, "--dask", two.address, "--rate-per-host", "20")
    assert (status, verdicts(stdout)) == (0, {"allowed"})
    for host in hosts:
        times = [at for at, asked, _ in server.asked if asked == host]
        assert len(times) == 41
        assert times[-1] - times[0] > 1.5  # 40 gaps take 2 s, and 1 s if each worker counts for itself


@contextmanager
def stalling(server: Seen) -> Iterator[list[str]]:
    """The URLs of four lines that are not answered while this lasts, and of 60 others, each with a host of its own."""
    released = threading.Event()

    def on_request(path: str, _client: int) -> None:
        if path.startswith("/stall"):
            released.wait(DEADLINE)

    server.on_request = on_request
    stalled = [f"http://127.0.0.1:{server.port}/stall{n}" for n in range(4)]
    yield [*stalled, *(f"http://h{n}.localhost:{server.port}/{n}" for n in range(60))]
    released.set()


def test_a_dead_host_holds_up_only_its_partition(two: Cluster, server: Seen) -> None:
    """Chunks with a host that never answers wait on the workers, and the workers answer other chunks meanwhile."""
    resolve = ("--resolve", f"*:{server.port}:127.0.0.1")
    with ExitStack() as stack:
        with stalling(server) as urls:
            process = stack.enter_context(running("\n".join(urls), "--dask", two.address, *resolve))
            until(lambda: sum(not p.startswith("/stall") for *_, p in server.asked) >= 40, "the others were not asked")
        stdout, _ = process.communicate(timeout=DEADLINE)
    assert numbers(stdout) == list(range(1, 65))
    assert verdicts(stdout) == {"allowed"}


def test_with_resume_a_kill_loses_nothing_behind_a_dead_host(two: Cluster, server: Seen, tmp_path: Path) -> None:
    answers = tmp_path / "answers.jsonl"
    flags = ("--dask", two.address, "--resolve", f"*:{server.port}:127.0.0.1", "--resume", str(answers))
    with stalling(server) as urls:
        with running("\n".join(urls), *flags) as process:
            until(lambda: answers.exists() and len(answers.read_text().splitlines()) >= 40, "they were not written")
            process.kill()
            process.wait()
        kept = {urls[number - 1].rpartition("/")[2] for number in numbers(answers.read_text().rpartition("\n")[0])}
    server.on_request = lambda _path, _client: None
    before = len(server.asked)
    assert batch("\n".join(urls), *flags) == (0, "", "")
    assert sorted(numbers(answers.read_text())) == list(range(1, 65))
    asked = {path.removeprefix("/") for *_, path in server.asked[before:]}  # some by workers that had it in hand
    assert not asked & kept
    assert len(asked | kept) == 64


# --- what dies


def test_a_killed_workers_lines_are_done_again_and_none_comes_twice(server: Seen, tmp_path: Path) -> None:
    server.delay = 0.02
    with cluster(tmp_path, 2, "--no-nanny") as begun:
        hosts = [f"h{n}.localhost" for n in range(40)]
        lines = "".join(f"http://{hosts[n % 40]}:{server.port}/{n}\n" for n in range(600))
        resolve = ("--resolve", f"*:{server.port}:127.0.0.1")
        with running(lines, "--dask", begun.address, *resolve) as process:
            until(lambda: len(server.asked) >= 60, "nothing was asked")
            begun.workers[0].kill()
            stdout, stderr = process.communicate(timeout=DEADLINE)
    assert (process.returncode, stderr) == (0, "")
    assert numbers(stdout) == list(range(1, 601))
    assert verdicts(stdout) == {"allowed"}
    assert len(server.asked) > 600  # or the worker had nothing to do when it died


def test_the_only_worker_may_die_where_another_takes_its_place(server: Seen, tmp_path: Path) -> None:
    server.delay = 0.02
    with cluster(tmp_path, 1, "--nanny") as begun:
        lines = "".join(f"http://h{n % 8}.localhost:{server.port}/{n}\n" for n in range(300))
        with running(lines, "--dask", begun.address, "--resolve", f"*:{server.port}:127.0.0.1") as process:
            until(lambda: len(server.asked) >= 30, "nothing was asked")
            for worker in begun.under_nannies():
                worker.kill()
            stdout, stderr = process.communicate(timeout=DEADLINE)
    assert (process.returncode, stderr) == (0, "")
    assert numbers(stdout) == list(range(1, 301))
    assert verdicts(stdout) == {"allowed"}


def test_a_line_that_kills_its_workers_is_reported_and_the_others_are_answered(server: Seen, tmp_path: Path) -> None:
    with cluster(tmp_path, 2, "--nanny") as begun:

        def kill(path: str, client_port: int) -> None:
            if path == "/poison":
                workers = begun.under_nannies()
                port_of = {c.laddr.port: p for p in workers for c in p.net_connections("tcp") if c.laddr}
                port_of[client_port].kill()

        server.on_request = kill
        lines = "".join(f"http://127.0.0.1:{server.port}/{'poison' if n == 3 else n}\n" for n in range(8))
        status, stdout, stderr = batch(lines, "--dask", begun.address)
    assert (status, stderr) == (0, "")
    answers = [json.loads(line) for line in stdout.splitlines()]
    assert [answer["line"] for answer in answers] == list(range(1, 9))
    assert [answer.get("verdict") for answer in answers] == ["allowed"] * 3 + [None] + ["allowed"] * 4
    assert answers[3]["error"] == "every Dask worker that processed it stopped"


def test_a_scheduler_that_dies_ends_the_batch_with_one_line(server: Seen, tmp_path: Path) -> None:
    server.delay = 0.05
    with cluster(tmp_path, 1, "--no-nanny") as begun:
        lines = "".join(f"http://h{n % 20}.localhost:{server.port}/{n}\n" for n in range(400))
        with running(lines, "--dask", begun.address, "--resolve", f"*:{server.port}:127.0.0.1") as process:
            until(lambda: len(server.asked) >= 40, "nothing was asked")
            begun.scheduler.kill()
            stdout, stderr = process.communicate(timeout=DEADLINE)
    assert process.returncode == 3
    assert stderr == f"corsdoctor: --dask {begun.address}: the connection to the scheduler was lost\n"
    assert numbers(stdout) == list(range(1, len(stdout.splitlines()) + 1))


def test_ctrl_c_writes_what_is_done(two: Cluster, server: Seen) -> None:
    server.delay = 0.05
    lines = "".join(f"http://h{n % 20}.localhost:{server.port}/{n}\n" for n in range(2000))
    resolve = ("--resolve", f"*:{server.port}:127.0.0.1")
    with running(lines, "--dask", two.address, *resolve) as process:
        until(lambda: len(server.asked) >= 200, "nothing was asked")
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=DEADLINE)
    assert process.returncode == 130
    assert stderr.startswith("corsdoctor: interrupted; ")
    assert len(set(numbers(stdout))) == len(stdout.splitlines()) < 2000
    # What was not begun is given up: while the cluster does other lines, no more are asked than were in work.
    asked = len(server.asked)
    others = "".join(f"http://h{n}.localhost:{server.port}/other{n}\n" for n in range(100))
    status, stdout, _ = batch(others, "--dask", two.address, *resolve)
    assert (status, verdicts(stdout)) == (0, {"allowed"})
    assert sum(not path.startswith("/other") for *_, path in server.asked) <= asked + 2 * 8


def test_lines_that_never_end_are_cut_off_when_the_time_is_over(two: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read is answered, if only by an error."""
    on_dask, clock, read = import_module("corsdoctor.batch.on_dask"), Clock(), 0
    monkeypatch.setattr(on_dask, "monotonic", clock)

    def endless() -> Iterator[Line]:
        nonlocal read
        while read < 5_000_000:  # or it is not cut off
            read += 1
            yield Line(read, b"data:text/plain,1")

    results = on_dask.OnDask(
        endless(), WORK, two.address, 2, host=lambda _: "", finish=number, until=clock() + 3600, late=lambda n: n.number
    )
    found = list[int]()
    for result in results:
        found.append(result)
        if len(found) == 1000:
            clock.ahead += 2 * 3600
    results.close()
    assert results.cut
    assert found == list(range(1, len(found) + 1))


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["kill", "term"])
def test_a_command_that_is_killed_leaves_no_work_and_no_threads(
    two: Cluster, server: Seen, how: signal.Signals
) -> None:
    server.delay = 0.1
    lines = "".join(f"http://h{n % 20}.localhost:{server.port}/{n}\n" for n in range(3000))
    flags = ("--dask", two.address, "--resolve", f"*:{server.port}:127.0.0.1", "-X", "PUT", "--send", "--jobs", "4")
    with running(lines, *flags) as process:
        until(lambda: len(server.asked) >= 100, "nothing was asked")
        process.send_signal(how)
        process.communicate(timeout=DEADLINE)  # it may have answers to write
    with import_module("distributed").Client(two.address, set_as_default=False) as client:
        until(lambda: not any(client.run(_our_threads).values()), "threads are left")
        assert not any(client.run(_our_plugins).values())
    assert len(server.asked) < 2 * 3000
    status, stdout, _ = batch(f"http://127.0.0.1:{server.port}/after\n", "--dask", two.address)
    assert (status, verdicts(stdout)) == (0, {"allowed"})


def _our_threads() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("corsdoctor")]


def _our_plugins(dask_worker: Any) -> list[str]:
    return [name for name in dask_worker.plugins if name.startswith("corsdoctor")]


def test_a_worker_that_is_closed_gives_its_lines_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """What its pool did not begin has no result: Dask runs the chunk elsewhere."""
    dask_worker = import_module("corsdoctor.batch.dask_worker")

    class Closed:
        def __init__(self, *_args: object) -> None: ...
        def close(self) -> None: ...
        def answers(self, lines: list[Line], *_args: object) -> list[None]:
            return [None] * len(lines)

    monkeypatch.setattr(
        dask_worker, "get_worker", lambda: SimpleNamespace(address="tcp://a", get_current_task=lambda: "key")
    )
    monkeypatch.setattr(dask_worker, "secede", lambda: None)
    monkeypatch.setattr(dask_worker, "WorkerPool", Closed)
    monkeypatch.setattr(dask_worker, "_IDLE", 0)
    with pytest.raises(import_module("distributed").Reschedule):
        dask_worker.answers("name", WORK, 1, [Line(1, b"data:,x")], str, "")


# --- mistakes


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("nowhere", 2, "--dask 'nowhere': must be tcp://host:port"),
        ("gopher://127.0.0.1:1", 2, "--dask 'gopher://127.0.0.1:1': must be tcp://host:port"),
        ("tcp://127.0.0.1:9", 3, "--dask tcp://127.0.0.1:9: no Dask scheduler responds there; start one with"),
    ],
    ids=lambda value: str(value) if isinstance(value, int) else "",
)
def test_an_address_that_is_none(address: str, status: int, words: str) -> None:
    returned, stdout, stderr = batch("data:,1\n", "--dask", address)
    assert (returned, stdout) == (status, "")
    assert stderr.startswith(f"corsdoctor: {words}")
    assert stderr.count("\n") == 1


@pytest.mark.parametrize("what", ["http", "silent", "worker"])
def test_a_port_that_is_no_scheduler(two: Cluster, server: Seen, what: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        worker = (two.directory / "worker-0.log").read_text().split("Start worker at:")[1].split()[0]
        ports = {"http": server.port, "silent": silent.getsockname()[1], "worker": worker.rpartition(":")[2]}
        address = f"tcp://127.0.0.1:{ports[what]}"
        returned, stdout, stderr = batch("data:,1\n", "--dask", address, "--timeout", "2")
    assert (returned, stdout) == (3, "")
    assert stderr == f"corsdoctor: --dask {address}: no Dask scheduler responds there; start one with: dask scheduler\n"


@pytest.mark.parametrize(("left", "waits"), [(3600.0, 10.0), (2.0, 2.0), (-1.0, 0.1)])
def test_a_scheduler_is_waited_for_while_there_is_time(
    left: float, waits: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    dask_scheduler, waited = import_module("corsdoctor.batch.dask_scheduler"), list[float]()

    async def wait_for(asked: Any, seconds: float) -> str:
        asked.close()
        waited.append(seconds)
        return "Worker"

    monkeypatch.setattr(dask_scheduler, "monotonic", lambda: 1000.0)
    monkeypatch.setattr(dask_scheduler.asyncio, "wait_for", wait_for)
    with pytest.raises(UnreadableInput, match="no Dask scheduler responds there; start one with"):
        dask_scheduler.connected("tcp://127.0.0.1:9", "--dask", 1000.0 + left)
    assert waited == [waits]


def test_a_scheduler_without_workers(tmp_path: Path) -> None:
    with cluster(tmp_path, 0) as begun:
        status, stdout, stderr = batch("data:,1\n", "--dask", begun.address)
    assert (status, stdout) == (3, "")
    assert stderr.startswith(f"corsdoctor: --dask {begun.address}: the scheduler has no workers")
    assert stderr.count("\n") == 1


def test_the_package_is_named_where_it_is_missing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "corsdoctor.batch.on_dask", raising=False)
    result = run("batch", "-", "--origin", PAGE, "--dask", "tcp://127.0.0.1:9", input="data:,1\n")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "corsdoctor: --dask 'tcp://127.0.0.1:9': requires the package distributed: pip install 'corsdoctor[dask]'\n"
    )

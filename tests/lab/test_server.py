"""The lab over real sockets: scenes come to the same as without them, bad clients do no harm, and its two commands."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import re
import shlex
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic
from urllib.request import urlopen

import pytest
from click.testing import CliRunner, Result
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from corsdoctor.browsers import BROWSERS
from corsdoctor.cli import corsdoctor
from corsdoctor.cli.demo import SHOWN, surprises
from corsdoctor.cli.exit_status import USUAL, status
from corsdoctor.cli.lab import as_text
from corsdoctor.command_line import command_line
from corsdoctor.diagnose import Diagnosis, diagnose
from corsdoctor.lab.in_process import in_process
from corsdoctor.lab.scene import Places, Row, Scene
from corsdoctor.lab.scenes import SCENES, by_path
from corsdoctor.lab.server import IDLE_SECONDS, MAX_BODY, MAX_HEAD, MOST_PUT, Lab
from corsdoctor.levels import JUDGED
from corsdoctor.report import Report
from corsdoctor.rule import Outcome
from corsdoctor.transport.live import Live
from corsdoctor.transport.options import TransportOptions
from corsdoctor.url import Origin
from corsdoctor.witness.authority import Authority


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as running:
        yield running


@pytest.fixture(scope="module")
def live(lab: Lab) -> Iterator[Live]:
    with Live(TransportOptions(resolve=(("images.example", lab.places.port, "127.0.0.1"),))) as transport:
        yield transport


def decisions(diagnosis: Diagnosis) -> list[tuple[str, Outcome, int | None]]:
    return [(step.rule.id, step.outcome, step.exchange) for step in diagnosis.steps]


@pytest.mark.parametrize("scene", SCENES, ids=[scene.path for scene in SCENES])
def test_sockets_change_nothing(scene: Scene, lab: Lab, live: Live) -> None:
    for profile in BROWSERS:
        over_sockets = scene.diagnosed(lab.places, profile, live.send)
        without = scene.diagnosed(lab.places, profile, in_process(lab.places))
        assert over_sockets.verdict is without.verdict is scene.expected(profile.name)
        assert decisions(over_sockets) == decisions(without)
        assert over_sockets.readable == without.readable


def connect(lab: Lab) -> socket.socket:
    return socket.create_connection(("127.0.0.1", lab.places.port), timeout=60)


def everything(sock: socket.socket) -> bytes:
    data = b""
    while more := sock.recv(65536):
        data += more
    return data


def say(lab: Lab, request: bytes) -> bytes:
    """All that the lab answers to `request` until it closes."""
    with connect(lab) as sock:
        sock.sendall(request)
        return everything(sock)


def statuses(data: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", data)]


def test_one_connection_takes_many_requests(lab: Lab) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", lab.places.port, timeout=60)) as connection:
        connection.connect()
        sock = connection.sock
        for method, path, status in (
            ("GET", "/allowed", 200),
            ("HEAD", "/allowed", 200),
            ("OPTIONS", "/allowed/preflighted", 204),
            ("patch", "/allowed", 200),
            ("GET", "/allowed?q=1", 200),
            ("GET", "/nothing", 404),
        ):
            connection.request(method, path, body=b"x" if method == "patch" else None)
            answer = connection.getresponse()
            body = answer.read()
            assert (answer.status, bool(body)) == (status, method != "HEAD" and status != 204)
            assert connection.sock is sock


def test_head_names_the_length_of_the_body(lab: Lab) -> None:
    asked = b"%s /allowed HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n"
    head, whole = say(lab, asked % b"HEAD"), say(lab, asked % b"GET")
    assert whole.startswith(head)
    assert len(whole) > len(head)


def test_a_body_that_is_cut_short_ends_the_connection(lab: Lab) -> None:
    with closing(http.client.HTTPConnection(lab.places.lab.removeprefix("http://"), timeout=10)) as connection:
        connection.request("OPTIONS", "/disagree/preflight-body")
        with pytest.raises(http.client.IncompleteRead, match="9 more expected"):
            connection.getresponse().read()


def test_both_ports_answer_alike(lab: Lab) -> None:
    for port in (lab.places.port, lab.places.other_port):
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            connection.request("GET", "/allowed")
            answer = connection.getresponse()
            assert answer.getheaders()[:2] == [
                ("Access-Control-Allow-Origin", "http://localhost:3000"),
                ("Vary", "Origin"),
            ]
            answer.read()
    assert lab.origin == f"http://127.0.0.1:{lab.places.port}"
    assert lab.other == f"http://127.0.0.1:{lab.places.other_port}"


def test_the_page_can_be_another() -> None:
    with Lab(page=Origin("https", "app.example")) as lab:
        answer = say(lab, b"GET /allowed HTTP/1.0\r\n\r\n")
    assert b"\r\nAccess-Control-Allow-Origin: https://app.example\r\n" in answer


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (b"GET /allowed HTTP/1.0\r\n\r\n", [200]),
        (b"\r\n\r\nGET /allowed HTTP/1.0\n\n", [200]),
        (b"GET http://127.0.0.1/allowed?a#b HTTP/1.0\r\n\r\n", [200]),
        (b"GET http://127.0.0.1 HTTP/1.0\r\n\r\n", [404]),
        (b"OPTIONS * HTTP/1.0\r\n\r\n", [404]),
        (b"GET /allowed HTTP/1.1\r\n\r\nGET /allowed HTTP/1.1\r\nConnection: Close\r\n\r\n", [200, 200]),
        (b"PUT /allowed HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc", [200]),
        (b"PUT /allowed HTTP/1.0\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc", [100, 200]),
        (b"PUT /allowed HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: 1\r\n\r\n", [200]),
        (b"GET /silent HTTP/1.1\r\n\r\n", []),
        (b"", []),
    ],
)  # fmt: skip
def test_what_clients_may_send(lab: Lab, request_: bytes, expected: list[int]) -> None:
    with connect(lab) as sock:
        sock.sendall(request_)
        sock.shutdown(socket.SHUT_WR)
        assert statuses(everything(sock)) == expected


@pytest.mark.parametrize(
    "request_",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",  # the first bytes of TLS
        b"hello\r\n",
        b"GET  /allowed HTTP/1.1\r\n\r\n",
        b"GET /allowed HTTP/2\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\n\r\n",
        b"GET /allowed HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET /allowed HTTP/1.1\r\n folded: 1\r\n\r\n",
        b"GET /allowed HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"GET /allowed HTTP/1.1\r\nContent-Length: ff\r\n\r\n",
        b"GET /allowed HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (MAX_BODY + 1),
        b"GET /allowed HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"GET /allowed HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
        b"GET /" + b"a" * MAX_HEAD + b" HTTP/1.1\r\n\r\n",
        b"GET /allowed HTTP/1.1\r\n" + b"A: " + b"a" * MAX_HEAD + b"\r\n\r\n",
        b"GET /allowed HTTP/1.1\r\n" + b"A: 0123456789\r\n" * (MAX_HEAD // 10) + b"\r\n",
    ],
)
def test_bad_clients_get_an_error_and_are_disconnected(lab: Lab, request_: bytes) -> None:
    with connect(lab) as sock:
        sock.sendall(request_)
        sock.shutdown(socket.SHUT_WR)
        answer = everything(sock)
    assert statuses(answer) == [400]
    assert b"\r\nConnection: close\r\n" in answer
    assert statuses(say(lab, b"GET /allowed HTTP/1.0\r\n\r\n")) == [200]


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /allo",
        b"GET /allowed HTTP/1.1\r\nA: 1",
        b"PUT /allowed HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc",
    ],
)
def test_a_client_that_goes_in_the_middle_does_no_harm(lab: Lab, request_: bytes) -> None:
    with connect(lab) as sock:
        sock.sendall(request_)
    assert statuses(say(lab, b"GET /allowed HTTP/1.0\r\n\r\n")) == [200]


def test_stopping_does_not_wait_for_clients() -> None:
    with Lab() as lab:
        idle = connect(lab)
        idle.sendall(b"GET /allowed HTTP/1.1\r\n\r\n")
        assert idle.recv(65536)
        start = monotonic()
    assert monotonic() - start < IDLE_SECONDS
    with idle:
        assert idle.recv(1) == b""


def test_a_websocket_gets_the_answer_to_its_key(lab: Lab) -> None:
    with connect(lab) as sock:
        key = b"Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n"  # of RFC 6455, as is the answer
        sock.sendall(
            b"GET /websocket/accepted HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" + key + b"\r\n"
        )
        assert b"\r\nSec-WebSocket-Accept: HSmrc0sMlYUkAGmm5OPpG2HaGWk=\r\n" in sock.recv(65536)
        sock.sendall(b"\x88\x80\0\0\0\0")  # it is closed
        assert everything(sock) == b""


def test_answers_can_be_put_while_it_runs(lab: Lab) -> None:
    for number in range(MOST_PUT + 1):
        lab.put(f"/put/{number}", (Row(204, (("X-Number", str(number)),), method="OPTIONS"), Row(200, (), body=b"put")))
    assert statuses(say(lab, b"GET /put/0 HTTP/1.0\r\n\r\n")) == [404]
    assert say(lab, b"GET /put/1 HTTP/1.0\r\n\r\n").endswith(b"\r\n\r\nput")
    assert b"\r\nX-Number: 64\r\n" in say(lab, b"OPTIONS /put/64 HTTP/1.0\r\n\r\n")
    assert lab.received("/put/1") == 1
    assert lab.received("/put/64") == 0


def test_a_port_in_use_leaves_nothing_open(lab: Lab) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        free = probe.getsockname()[1]
    with pytest.raises(OSError, match=r".") as caught, Lab((free, lab.places.port)):
        pass
    assert caught.value.errno
    with socket.create_server(("127.0.0.1", free)):
        pass


def test_a_lab_that_does_not_run_stands_nowhere() -> None:
    with pytest.raises(RuntimeError):
        _ = Lab().origin


def run(*args: str) -> Result:
    return CliRunner().invoke(corsdoctor, args)


def test_the_demo_comes_out_as_expected() -> None:
    result = run("demo", "--color", "never")
    assert result.exit_code == 0
    assert "\x1b" not in result.output
    commands = [line for line in result.output.splitlines() if line.startswith("$ ")]
    assert [re.sub(r"http://127\.0\.0\.1:\d+", "", command).split()[3] for command in commands] == list(SHOWN)


def test_the_demo_says_what_is_not_as_expected(lab: Lab) -> None:
    scene = by_path("/allowed")
    blocked = by_path("/cors/missing").scenario(lab.places)
    report = Report(tuple(diagnose(blocked, profile, in_process(lab.places)) for profile in BROWSERS[:1]))
    assert surprises(scene, report) == ["/allowed: the Standard says blocked, expected was allowed"]


def unlike(scenes: Iterable[Scene]) -> list[Scene]:
    """Of those scenes that take a command and differ only in what the server answers, one for each result."""
    places, kept = Places(18090, 18091), {}
    for scene in scenes:
        if scene.visit is None:
            words = (command_line(scene.scenario(places)) or scene.path).replace(scene.path, "")
            kept[words, *(scene.expected(profile.name) for profile in BROWSERS)] = scene
    return list(kept.values())


ASKED = unlike(SCENES)


@pytest.mark.parametrize("scene", ASKED, ids=[scene.path for scene in ASKED])
def test_the_command_line_asks_what_the_scene_asks(scene: Scene, lab: Lab) -> None:
    command = command_line(scene.scenario(lab.places))
    if command is None:
        assert scene.path in ("/request/url", "/request/service-worker", "/request/no-cors-stream", "/redirect/stream")
        return
    words = shlex.split(command)[1:]
    result = run(*words, "--quiet", "--resolve", f"images.example:{lab.places.port}:127.0.0.1")
    assert result.exit_code == status(
        {JUDGED, *(scene.expected(profile.name) for profile in BROWSERS)}, frozenset(USUAL)
    )


def test_a_scene_of_a_flow_has_the_flow_in_place_of_a_command() -> None:
    scenes = {scene["path"]: scene for scene in json.loads(run("lab", "--list", "--format", "json").output)}
    assert scenes["/flow/mode"]["command"] is None
    assert scenes["/flow/mode"]["flow"] == {
        "visits": [
            {
                "page": "http://localhost:3000/",
                "headers": [],
                "requests": [{"url": "http://127.0.0.1:8765/flow/mode", "mode": "navigate"}],
            }
        ]
    }
    assert "flow" not in scenes["/allowed"]


def test_the_list_names_every_scene() -> None:
    result = run("lab", "--list")
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.output.splitlines()[2:]] == [scene.path for scene in SCENES]


def test_the_list_fits_a_narrow_terminal() -> None:
    lines = as_text(80).splitlines()
    assert max(map(len, lines)) <= 80
    assert [line.split()[0] for line in lines if line.startswith("/")] == [scene.path for scene in SCENES]


def test_the_list_for_programs_has_commands_for_the_port() -> None:
    result = run("lab", "--list", "--format", "json", "--port", "9000")
    scenes = json.loads(result.output)
    assert [scene["path"] for scene in scenes] == [scene.path for scene in SCENES]
    assert scenes[0] == {
        "path": "/allowed",
        "title": "A simple request that the server allows",
        "rule": None,
        "verdicts": {"standard": "allowed", "chromium": "allowed", "firefox": "allowed", "webkit": "allowed"},
        "command": "corsdoctor check http://127.0.0.1:9000/allowed --origin http://localhost:3000",
    }


def test_a_port_in_use_is_one_line(lab: Lab) -> None:
    result = run("lab", "--port", str(lab.places.port))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert "--port" in result.stderr


def test_an_impossible_port_is_a_mistake() -> None:
    assert run("lab", "--port", "65532").exit_code == 2


@pytest.mark.parametrize("found", [True, False])
def test_open_opens_the_page_or_says_where_it_is(found: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []

    def browse(url: str) -> bool:
        opened.append(url)
        return found

    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("webbrowser.open", browse)
    monkeypatch.setattr("corsdoctor.cli.lab.sleep", interrupt)
    result = run("lab", "--port", "0", "--open")
    [url] = opened
    assert re.fullmatch(r"http://localhost:\d+/", url)
    assert f"Its page, for your browser: {url}\n" in result.stdout
    assert result.stderr.startswith("" if found else f"--open: found no browser; open {url} in yours\n")
    assert ("--open" in result.stderr) is not found


def test_https_is_of_an_authority_that_lives_as_long_as_the_lab(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[tuple[str, str, int]] = []

    def use_and_interrupt(_seconds: float) -> None:
        words = next(shlex.split(line)[1:] for line in printed if line.startswith("corsdoctor check"))
        page = next(word for line in printed for word in line.split() if word.startswith("https://localhost"))
        trusting = ssl.create_default_context(cafile=words[-1])
        with urlopen(page, context=trusting, timeout=60) as shown:
            assert b"/cors/trailing-slash" in shown.read()
        assert f"--ignore-certificate-errors-spki-list={_key_hash(Path(words[-1]))}" in " ".join(printed)
        ran.append((words[-1], words[1], run("check", *words[1:]).exit_code))
        raise KeyboardInterrupt

    printed: list[str] = []

    def note(text: str = "", **_options: object) -> None:
        printed.extend(line.removeprefix("$ ") for line in text.splitlines())

    monkeypatch.setattr("corsdoctor.cli.lab.sleep", use_and_interrupt)
    monkeypatch.setattr("corsdoctor.cli.lab.click.echo", note)
    assert run("lab", "--https", "--port", "0").exit_code == 130
    [(file, url, blocked)] = ran
    assert blocked == 1
    assert url.startswith("https://127.0.0.1:")
    assert not Path(file).exists()


def _key_hash(file: Path) -> str:
    key = x509.load_pem_x509_certificate(file.read_bytes()).public_key()
    info = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(info).digest()).decode()


def test_https_needs_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trustme", None)
    result = run("lab", "--https", "--port", "0")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "corsdoctor: --https: requires an extra: pip install 'corsdoctor[browsers]'\n"


def test_a_client_without_tls_and_one_that_says_nothing_do_not_keep_the_lab() -> None:
    with Lab(page=Origin("https", "localhost", 3000), tls=Authority().context("127.0.0.1")) as running:
        place = ("127.0.0.1", running.places.port)
        with socket.create_connection(place, timeout=60) as plain, socket.create_connection(place, timeout=60):
            plain.sendall(b"GET /allowed HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b"HTTP/1.1" not in plain.recv(100)
            before = monotonic()
            running.__exit__(None, None, None)
            assert monotonic() - before < IDLE_SECONDS


INTERRUPTIBLE = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts what is in the background without it
from corsdoctor.cli import main
main()
"""


def test_the_lab_serves_until_interrupted() -> None:
    command = [sys.executable, "-c", INTERRUPTIBLE, "lab", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = re.search(r"http://127\.0\.0\.1:(\d+)", process.stdout.readline())
            assert port is not None
            assert re.search(r"http://localhost:(\d+)/", process.stdout.readline())
            with closing(http.client.HTTPConnection("127.0.0.1", int(port[1]), timeout=60)) as connection:
                connection.request("GET", "/allowed")
                assert connection.getresponse().status == 200
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=120)
        finally:
            process.kill()
    assert (process.returncode, errors.strip()) == (130, "")

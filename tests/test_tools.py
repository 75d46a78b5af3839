"""Requests as commands of other tools, run with the real tools against a server that keeps what it gets."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest

from corsdoctor.cli.options import TransportFlags
from corsdoctor.command_line import Shell, quoted
from corsdoctor.command_line.tools import TOOLS, curl, fetch, httpie, powershell
from corsdoctor.transport.live import Live
from corsdoctor.wire import Headers, Kind, WireRequest
from tests.recipes.contract import need

BROWSER = (
    ("Accept", "*/*"), ("Accept-Language", "en-US,en;q=0.9"), ("Origin", "https://app.example"),
    ("Sec-Fetch-Mode", "cors"), ("User-Agent", "Mozilla/5.0 (compatible; tests)"), ("Accept-Encoding", "gzip, deflate, br"),
    ("Connection", "keep-alive"),
)  # fmt: skip


def asked(method: str, path: str = "/", body: bytes | None = None, *more: tuple[str, str]) -> WireRequest:
    length = () if body is None else (("Content-Length", str(len(body))),)
    return WireRequest(method, path, Headers((*more, *BROWSER[:2], *length, *BROWSER[2:])), body)


TEXT = ("Content-Type", "text/plain;charset=UTF-8")
REQUESTS = {
    "get": asked("GET"),
    "head": asked("HEAD", "/x?a=1&b=2"),
    "preflight": asked("OPTIONS", "/", None, ("Access-Control-Request-Method", "PUT")),
    "brackets": asked("GET", "/[1-3]?q={a,b}&e=%5B1%5D&f=&g"),
    "quotes": asked("PUT", "/it's", b"it's \"$HOME\" `id` !! \\ %PATH%\nline 2\r\n\ttab", TEXT, ("X-Quote", "a 'b' \"c\" $d")),
    "json": asked("PATCH", "/", b'{"a":"\xc3\xa9 \xf0\x9d\x84\x9e"}', ("Content-Type", "application/json"), ("X-A", "1")),
    "at": asked("POST", "/", b"@/etc/hostname", TEXT),
    "empty": asked("POST", "/", b""),
    "empty header": asked("GET", "/", None, ("X-Empty", "")),
    "bytes": asked("POST", "/", bytes(range(256)), ("Content-Type", "application/octet-stream")),
    "control": asked("POST", "/", b"a\x1bb\x07", TEXT),
    "not UTF-8": asked("GET", "/", None, ("X-Latin", "caf\xe9"), ("X-Text", "caf\xc3\xa9")),
    "odd values": asked("GET", "/", None, ("X-Equals", "=1"), ("X-At", "@x"), ("X-Backslash", "a\\b")),
    "get with a body": asked("GET", "/", b"x", TEXT),
    "other method": asked("REPORT", "/"),
}  # fmt: skip


@dataclass
class Recording:
    """A server that answers 204 and keeps the bytes of each request."""

    url: str = ""
    got: list[bytes] = field(default_factory=list)


@pytest.fixture(scope="module")
def recording() -> Iterator[Recording]:
    state = Recording()

    def serve(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection:
                    connection.settimeout(20)
                    data = b""
                    while b"\r\n\r\n" not in data:
                        data += connection.recv(65536) or b"\r\n\r\n"
                    head = data.partition(b"\r\n\r\n")[0]
                    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
                    while len(data) < len(head) + 4 + int(length[1] if length else 0):
                        data += connection.recv(65536)
                    state.got.append(data)
                    connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        state.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        yield state
        listener.shutdown(socket.SHUT_RDWR)


def sent(recording: Recording, *command: str) -> bytes:
    """The bytes that a command sends."""
    recording.got.clear()
    done = subprocess.run(command, capture_output=True, timeout=60, stdin=subprocess.DEVNULL, check=False)
    assert recording.got, done
    [got] = recording.got
    return got


def ours(recording: Recording, request: WireRequest) -> bytes:
    """The bytes that corsdoctor sends."""
    recording.got.clear()
    with Live() as live:
        live.send(Kind.ACTUAL, request)
    [got] = recording.got
    return got


def parts(message: bytes, *without: str) -> tuple[bytes, dict[bytes, bytes], bytes]:
    """The start of the request line, the headers but those that tools write themselves, and the body."""
    head, _, body = message.partition(b"\r\n\r\n")
    line, *lines = head.split(b"\r\n")
    fields = dict(re.split(rb": ?", line.strip(), maxsplit=1) for line in lines)
    own = {"connection", "content-length", "host", "transfer-encoding", *without}
    shown = {name.lower(): value for name, value in fields.items() if name.lower().decode() not in own}
    return line.rpartition(b" ")[0], shown, body


@pytest.mark.parametrize("name", REQUESTS)
def test_curl_sends_the_same_bytes(recording: Recording, name: str) -> None:
    need("curl", "curl")
    need("bash", "bash")
    request = REQUESTS[name]._replace(url=recording.url + REQUESTS[name].url)
    command = curl(request, shell=Shell.POSIX)
    assert command is not None
    came = sent(recording, "bash", "-c", command)
    assert came == ours(recording, request).replace(b"X-Empty: \r\n", b"X-Empty:\r\n")  # curl writes no space there


@pytest.mark.parametrize("name", sorted(REQUESTS.keys() - {"get with a body"}))  # which fetch() refuses
def test_fetch_of_node(recording: Recording, name: str) -> None:
    need("node", "nodejs")
    request = REQUESTS[name]._replace(url=recording.url + REQUESTS[name].url)
    came = sent(recording, "node", "--input-type=module", "-e", fetch(request))
    assert parts(came) == parts(ours(recording, request))


@pytest.mark.parametrize("name", sorted(REQUESTS.keys() - {"not UTF-8"}))
def test_httpie(recording: Recording, name: str) -> None:
    need("bash", "bash")
    if shutil.which("http") is None:
        pytest.skip("HTTPie is not installed")
    request = REQUESTS[name]._replace(url=recording.url + REQUESTS[name].url)
    command = httpie(request, shell=Shell.POSIX)
    assert command is not None
    (line, *came), (wanted, *others) = parts(sent(recording, "bash", "-c", command)), parts(ours(recording, request))
    assert came == others
    assert unquote_to_bytes(line) == unquote_to_bytes(wanted)  # it writes [ as %5B


@pytest.mark.parametrize("name", REQUESTS)
def test_powershell_is_parsed_without_an_error(name: str) -> None:
    """pwsh itself is in no package that a test could install: its grammar shows that each value is one string."""
    tree_sitter, grammar = pytest.importorskip("tree_sitter"), pytest.importorskip("tree_sitter_powershell")
    request = REQUESTS[name]._replace(url=f"http://api.example{REQUESTS[name].url}")
    parser = tree_sitter.Parser(tree_sitter.Language(grammar.language()))
    tree = parser.parse(powershell(request).encode("utf-8", "surrogateescape"))
    assert not tree.root_node.has_error
    strings: list[Any] = []
    nodes = [tree.root_node]
    while nodes:
        node = nodes.pop()
        nodes += node.children
        strings += [node.text.decode("utf-8", "surrogateescape")] if node.type == "verbatim_string_characters" else []
    values = {string[1:-1].replace("''", "'") for string in strings}
    for header, value in request.headers:
        if header not in ("Connection", "Content-Length"):
            assert value.encode("latin-1").decode("utf-8", "surrogateescape") in values


def test_the_connection() -> None:
    flags = TransportFlags(
        insecure=True, cacert="ca.pem", cert="c.pem", key="k.pem", proxy="http://bob:SECRET@proxy:1", resolve=(), http2=False,
        connect_timeout=None, max_time=2.5,
    )  # fmt: skip
    request = WireRequest("GET", "https://api.example/", Headers((("Accept", "*/*"), ("User-Agent", "x"))))
    commands = {name: tool(request, transport=flags, shell=Shell.POSIX) for name, tool in TOOLS.items()}
    reaching = "--cacert ca.pem --cert c.pem --key k.pem --proxy 'http://***@proxy:1' --max-time 2.5"
    assert commands["curl"] == (
        f"curl -i https://api.example/ --http1.1 -H 'Accept: */*' -H 'User-Agent: x' --insecure {reaching}"
    )
    assert "--verify=no --cert=c.pem --cert-key=k.pem '--proxy=http:http://***@proxy:1'" in (commands["httpie"] or "")
    assert "--timeout=2.5" in (commands["httpie"] or "")
    assert "-SkipCertificateCheck -Proxy 'http://***@proxy:1' -TimeoutSec 3" in (commands["powershell"] or "")
    assert "SECRET" in (curl(request, transport=flags, show_secrets=True) or "")
    flags.insecure, flags.http2 = False, True
    assert "--verify=ca.pem" in (httpie(request, transport=flags) or "")
    assert "--http1.1" not in (curl(request, transport=flags) or "")


def test_what_cannot_be_written() -> None:
    for shell in (Shell.CMD, Shell.POWERSHELL):
        assert curl(REQUESTS["bytes"], shell=shell) is None
        assert curl(REQUESTS["control"], shell=shell) is None
        assert httpie(REQUESTS["bytes"], shell=shell) is None
    assert httpie(asked("GET", "/", None, ("X", r"a\=b"))) is None
    assert httpie(REQUESTS["not UTF-8"]) is None


def test_a_masked_body_has_its_own_length() -> None:
    masked = REQUESTS["json"]._replace(body=b"***")
    assert "Content-Length" not in (curl(masked) or "")


def test_words_for_bash() -> None:
    assert quoted(["a b", "it's\x1b\\", "\udce9"], Shell.POSIX) == r"""'a b' $'it\'s\033\\' $'\351'"""


def test_strings_of_javascript() -> None:
    found = re.search(r'"body": (".*")', fetch(REQUESTS["quotes"]))
    assert found is not None
    assert json.loads(found[1]).encode() == REQUESTS["quotes"].body

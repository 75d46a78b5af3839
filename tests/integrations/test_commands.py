"""The requests that are read from curl commands are those that the real curl sends."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from corsdoctor.captures.commands.read import requests
from tests.listening import QuietHandler, listening

FILES = {"f.txt": b"l1\nl2\r\n", "h.txt": b"X-File: 1\n", "q.cfg": b"user-agent: agent\n-H 'X-C: 1'\n"}
BY_CURL = {"host", "user-agent", "accept", "accept-encoding", "content-length", "expect"}
"""Headers that curl sends unless it is told otherwise."""
COMMANDS = [
    "curl URL",
    "curl -u a:b URL/x -H 'Authorization: z'",
    "curl -u a:b:c URL/x",
    "curl -A 'x y' -e 'http://r/;auto' URL",
    "curl -H 'User-Agent:' -A z URL",
    "curl -b a=1 -b 'b=2; c=3' URL",
    "curl -b a=1 -H 'Cookie: z=2' URL",
    "curl -d a -d '' -d b URL",
    "curl -d @f.txt --data-binary @f.txt --data-raw @f.txt URL",
    """curl --json '{"a":1}' --json ',"b"' URL""",
    "curl --json @f.txt URL -H 'Accept: q' -H 'Content-Type: w'",
    "curl -d x URL -H 'Content-Type:'",
    "curl -d x URL -H 'Content-Type;'",
    "curl -I URL",
    "curl -I -G -d x URL",
    "curl -I -d x URL",
    "curl -G -d x -d y=1 'URL/p?q=1#frag'",
    "curl -G --data-urlencode 'a=é &' --data-urlencode @f.txt --data-urlencode n@f.txt URL",
    "curl --data-urlencode 'plain text' --data-urlencode '=eq=val' URL",
    "curl -F a=b -F 'c=<f.txt' -F 'd=@f.txt;type=text/x;filename=n' URL",
    """curl -F 'a="q;uo\\"te"' --form-string 'b=@x;type=y' URL""",
    "curl -F a=b -d c URL",
    "curl -T f.txt URL/dir/ URL/other",
    "curl -r 0-5 URL",
    "curl -H @h.txt -H 'X;' -H 'Y:' -H 'Z: ' -H 'W' -H 'V:v:w' URL",
    "curl -K q.cfg URL",
    "curl -sSLo /dev/null -XPUT -dfoo URL/x -w '%{http_code}' -m 5",
    "curl URL/a --next URL/b -d x",
    "curl 'URL/{a,b}/[01-03:2]' 'URL/[a-c]'",
    "curl 'URL/?a[]=1'",
    "curl 'URL/?a[b]=1'",
    "curl -g 'URL/{a}[1]'",
    "curl 'URL/a/./b/../c/'",
    "curl --path-as-is 'URL/../x'",
    "curl --oauth2-bearer tok URL",
    "curl --header='A: b' URL",
    "curl URL -H $'A: a\\'b\\\"c\\\\d\\x41\\101\\tq' -d $'a\\0b'\"c\"",
    "export A=1; B='x y'; curl URL -H \"A: $A ${B}\"",
    'curl -d @- URL <<E\n{"a": 1}\nE',
    'cat <<\'E\' | curl --data-binary @- URL\n{"a": "$x"}\nE',
    "curl -d @- URL <<< 'here'",
    "curl URL -d @- < f.txt",
    "curl > /dev/null URL -d y",
    "curl -s URL/?a=1&b=2",
    "(curl URL/1; curl URL/2) | cat",
    "curl URL -H 'Host: other.example' -H 'Connection: close'",
]


class Sent(NamedTuple):
    """A request as it arrived."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


@pytest.fixture(name="curl")
def real_curl() -> None:
    if shutil.which("curl") is None:
        assert os.environ.get("CORSDOCTOR_TEST_SERVERS") != "required", "curl is missing"
        pytest.skip("curl is missing")


@pytest.fixture(name="arrived")
def recorder() -> Iterator[tuple[str, list[Sent]]]:
    """A server that answers everything with 200: its URL, and what arrived."""
    sent: list[Sent] = []

    class Handler(QuietHandler):
        def answer(self) -> None:
            if self.headers.get("Expect"):
                self.send_response_only(100)
                self.end_headers()
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            lines = tuple((name.lower(), value) for name, value in self.headers.items())
            sent.append(Sent(self.command, self.path, lines, body))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_HEAD = do_POST = do_PUT = answer  # noqa: N815

    with listening(Handler) as port:
        yield f"http://127.0.0.1:{port}", sent


@pytest.mark.usefixtures("curl")
@pytest.mark.parametrize("command", COMMANDS)
def test_curl_sends_what_was_read(arrived: tuple[str, list[Sent]], tmp_path: Path, command: str) -> None:
    url, sent = arrived
    command = command.replace("URL", url)
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
    subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, timeout=60, check=False, capture_output=True, stdin=subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8"},
    )  # fmt: skip
    read = requests(command, FILES.get)
    if not sent:
        assert read[0].error is not None
        return
    assert [(one.method, _upper(_target(one.url or "", url))) for one in read] == [
        (one.method, _upper(one.target)) for one in sent
    ]
    for one, got in zip(read, sent, strict=True):
        boundary = re.search("boundary=(.*)", dict(got.headers).get("content-type", ""))
        same = (lambda data: data) if boundary is None else (lambda data: re.sub(rb"-{20,}\w+", b"BOUNDARY", data))
        assert same(one.body or b"") == same(got.body)
        lines = {(name.lower(), re.sub("boundary=.*", "", value)) for name, value in one.headers}
        came = {(name, re.sub("boundary=.*", "", value)) for name, value in got.headers}
        assert lines <= came
        assert {name for name, _ in came - lines} <= BY_CURL


def _target(url: str, base: str) -> str:
    rest = url.removeprefix(base)
    return rest if rest.startswith("/") else f"/{rest}"


def _upper(target: str) -> str:
    return re.sub("%..", lambda found: found[0].upper(), target)

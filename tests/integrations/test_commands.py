"""The requests that are read from commands of curl and Wget are those that the real tools send."""

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
BY_TOOL = {"host", "user-agent", "accept", "accept-encoding", "content-length", "expect", "connection"}
"""Headers that curl and Wget send by default."""
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
    "wget -O- URL/a",
    "wget -qO- 'URL/a?b=c#frag'",
    "wget -O- --header='X-A: 1' --header 'X-A: 2' --header='x-b:3' URL/h",
    "wget -O- --header='X-A: 1' --header= --header='X-B: 2' URL/h",
    "wget -O- --header='X: ' --heade='Y: 1' URL/h",
    "wget -O- --header=bad URL/h",
    "wget -O- --header='User-Agent: me' --header='accept: text/x' -U other URL/h",
    "wget -O- --user-agent= --referer=http://r.example/x URL/h",
    "wget -O- --post-data='a=1&b=2' URL/p",
    "wget -O- --post-data= URL/p",
    "wget -O- --post-file=f.txt URL/p",
    "wget -O- --method=put --body-data='{}' --header='content-type: application/json' URL/p",
    "wget -O- --method PATCH --body-file f.txt URL/p",
    "wget -O- --method=delete URL/p",
    "wget -O- --body-data=b URL/p",
    "wget -O- --post-data=a --method=PUT URL/p",
    "wget -O- --post-data=a --post-file=f.txt URL/p",
    "wget -O- --user=jo --password=pw URL/u",
    "wget -O- --user=jo --password=pw --auth-no-challenge URL/u",
    "wget -O- --http-user=jo --user=al --password=pw --auth-no-challenge URL/u",
    "wget -O- --user=jo --auth-no-challenge URL/u",
    "wget -O- --spider URL/s",
    "wget -O- --no-cache --compression=gzip URL/n",
    "wget -O- --compression=gzip --start-pos=5 URL/n",
    "wget -O- -e 'header = X-E: 1' -e user_agent=zz -e robots=off -e cache=off URL/e",
    "wget -O- 'URL/a b' URL/2",
    "wget -O- -i urls.txt URL/0",
    "wget -O- -i -",
    "wget -O- -nv -nc -t1 -T5 URL/x",
    "wget -O- -qnv URL/x",
    "wget -O- -nz URL/x",
    "wget -O- -n URL/x",
    "wget -O- -W URL/x",
    "wget -O- --nope URL/x",
    "wget -O- --no-header --header='A: 1' URL/x",
    "wget -O- --no-cookies --no-check-certificate -- URL/x",
    "wget -O- --header='Host: h.example' --header='Origin: https://o.example' --header='Cookie: a=1' URL/x",
    "wget -O- ftp://127.0.0.1:1/x",
    "wget",
    "wget URL --header",
]


class Sent(NamedTuple):
    """A request as it arrived."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


def needs(tool: str) -> None:
    if shutil.which(tool) is None:
        assert os.environ.get("CORSDOCTOR_TEST_SERVERS") != "required", f"{tool} is missing"
        pytest.skip(f"{tool} is missing")


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

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815

    with listening(Handler) as port:
        yield f"http://127.0.0.1:{port}", sent


@pytest.mark.parametrize("command", COMMANDS)
def test_the_tool_sends_what_was_read(arrived: tuple[str, list[Sent]], tmp_path: Path, command: str) -> None:
    needs("wget" if command.startswith("wget") else "curl")
    url, sent = arrived
    command = command.replace("URL", url)
    files = {**FILES, "urls.txt": f"{url}/i1\n\n{url}/i2\n".encode()}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, timeout=60, check=False, capture_output=True, stdin=subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8"},
    )  # fmt: skip
    read = requests(command, files.get)
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
        assert {name for name, _ in came - lines} <= BY_TOOL


def _target(url: str, base: str) -> str:
    rest = url.removeprefix(base)
    return rest if rest.startswith("/") else f"/{rest}"


def _upper(target: str) -> str:
    return re.sub("%..", lambda found: found[0].upper(), target)

"""The bytes that requests sent by other processes carry to each origin: by the workers of a cluster, and by pytest."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.batch.test_on_dask import ENVIRONMENT, ROOT, Cluster
from tests.batch.test_on_dask import two as two
from tests.cli.test_who_gets_what import (
    BODY,
    COOKIE,
    ID,
    KEY,
    LISTED,
    NUMBERED,
    PAGE,
    READ,
    SAFE,
    SECRETS,
    SIMPLE,
    TOKEN,
    WAYS,
    WRITE,
    Asked,
    Net,
)
from tests.cli.test_who_gets_what import net as net
from tests.cli.test_who_gets_what import secure as secure
from tests.transport.conftest import certificates as certificates

DEADLINE = 600.0  # seconds, for what takes a few
Sender = Callable[[Net, Sequence[str], Asked, bool], None]

TESTS = """
import json, pathlib
import pytest

GIVEN = json.loads(pathlib.Path("given.json").read_text())

@pytest.fixture(scope="session")
def cors_session_args():
    return GIVEN["session"]

@pytest.mark.parametrize("url", GIVEN["urls"])
def test_it(cors, url):
    assert cors.check(url, **GIVEN["asked"]).verdict is not None
"""


@pytest.fixture(params=["batch --dask", "pytest"])
def sender(request: pytest.FixtureRequest, tmp_path: Path) -> Sender:
    """Checks some URLs in processes of its own."""
    if request.param == "pytest":
        return lambda net, urls, asked, send: by_pytest(tmp_path, net, urls, asked, send)
    two: Cluster = request.getfixturevalue("two")
    return lambda net, urls, asked, send: by_dask(two.address, net, urls, asked, send)


def by_dask(address: str, net: Net, urls: Sequence[str], asked: Asked, send: bool) -> None:
    command = [sys.executable, "-m", "corsdoctor", "batch", "-", "--quiet", "--dask", address]
    done = subprocess.run(
        [*command, *asked.flags, *net.options, *(["--send"] if send else [])],
        input="\n".join(urls), capture_output=True, text=True, env=ENVIRONMENT, timeout=DEADLINE, check=False,
    )  # fmt: skip
    assert len(done.stdout.splitlines()) == len(urls), done.stderr


def by_pytest(directory: Path, net: Net, urls: Sequence[str], asked: Asked, send: bool) -> None:
    resolve = [word for word in net.options if word.endswith(":127.0.0.1")]
    request = {
        "origin": PAGE, "method": asked.method, "headers": asked.headers, "body": asked.body, "cookie": asked.cookie,
        "credentials": "include" if asked.cookie else None, "send": send,
    }  # fmt: skip
    given = {"session": {"resolve": resolve, **net.session}, "urls": urls, "asked": request}
    (directory / "given.json").write_text(json.dumps(given), encoding="utf-8")
    (directory / "test_it.py").write_text(TESTS, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "corsdoctor.pytest_plugin", "-p", "no:corsdoctor", "test_it.py"],
        cwd=directory, capture_output=True, text=True, timeout=DEADLINE, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert f"{len(urls)} passed" in done.stdout, done.stdout + done.stderr


def urls(net: Net, how: str, *statuses: int, ways: Sequence[str] = WAYS) -> list[str]:
    return [f"{net.a.url}/{how}/{status}/{way}" for status in statuses for way in ways]


@pytest.mark.parametrize("asked", [READ, WRITE, SIMPLE], ids=["read", "write", "simple"])
def test_what_a_redirect_gets_that_no_page_may_follow(sender: Sender, asked: Asked, net: Net) -> None:
    sender(net, urls(net, "bare", 302, 307), asked, True)
    assert net.a.came
    assert not [secret for secret in SECRETS if secret in net.b.text]
    assert {method for method, *_ in net.b.came} <= set(SAFE)


def test_what_a_redirect_gets_that_browsers_follow(sender: Sender, net: Net) -> None:
    sender(net, urls(net, "granted", 301, 302, 303, 307, 308), READ, False)
    assert {TOKEN, COOKIE, KEY} <= {secret for secret in SECRETS if secret in net.a.text}
    assert not [secret for secret in SECRETS if secret in net.b.text]
    sender(net, urls(net, "granted", 302, ways=("b",)), replace(NUMBERED, method="GET", body=None), False)
    assert ID in net.b.text


def test_a_body_goes_only_where_browsers_send_it(sender: Sender, net: Net) -> None:
    sender(net, urls(net, "granted", 302, 307, 308, ways=("b", "b,b")), WRITE, False)
    assert BODY not in net.a.text + net.b.text
    sender(net, urls(net, "granted", 302, ways=("b",)), NUMBERED, True)
    assert BODY in net.a.text
    assert BODY not in net.b.text
    sender(net, urls(net, "granted", 307, ways=("b",)), NUMBERED, True)
    assert BODY in net.b.text
    assert TOKEN not in net.b.text
    assert COOKIE not in net.b.text


def test_a_certificate_is_shown_to_the_named_origin_alone(sender: Sender, secure: Net) -> None:
    ways = ("b", "b,a,b,a")
    sender(
        secure, [*urls(secure, "bare", 302, ways=ways), *urls(secure, "granted", 302, 307, ways=ways)], LISTED, False
    )
    assert {shown for *_, shown in secure.a.came} == {True}
    assert {shown for *_, shown in secure.b.came} == {False}

"""HAProxy from Debian's package, in front of an application; HAProxy itself asks for the login."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from corsdoctor.policy import Policy
from tests.recipes.contract import (
    APPLICATIONS,
    POLICIES,
    Lines,
    Proxy,
    Serve,
    application,
    free_port,
    is_blocked_without,
    keeps,
    keeps_alone,
    need,
    recipe,
    running,
)

CONF = """\
defaults
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 5s
    option http-server-close
userlist nobody
frontend www
    bind 127.0.0.1:{port}
    {lines}
    http-request auth realm private if {{ path /private }} !{{ http_auth(nobody) }}
    default_backend application
backend application
    server one {behind}
"""


@pytest.fixture
def proxy(tmp_path: Path) -> Proxy:
    need("haproxy", "Debian's haproxy")

    @contextmanager
    def started(policy: Policy | None, sends: Lines) -> Iterator[str]:
        lines = "" if policy is None else recipe("haproxy", policy, sends)
        with application(sends) as behind:
            port = free_port()
            (tmp_path / "haproxy.cfg").write_text(CONF.format(port=port, lines=lines, behind=behind))
            with running(["haproxy", "-db", "-f", str(tmp_path / "haproxy.cfg")], port, tmp_path) as url:
                yield url

    return started


@pytest.fixture
def serve(proxy: Proxy) -> Serve:
    return lambda policy: proxy(policy, ())


def test_without_it_everything_is_blocked(serve: Serve) -> None:
    is_blocked_without(serve)


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_the_recipe_keeps_its_word(serve: Serve, policy: Policy) -> None:
    keeps(serve, policy)


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
@pytest.mark.parametrize("lines", APPLICATIONS.values(), ids=APPLICATIONS)
def test_it_keeps_its_word_where_the_application_sends_headers_too(proxy: Proxy, policy: Policy, lines: Lines) -> None:
    keeps_alone(proxy, policy, lines)

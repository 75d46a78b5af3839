"""HAProxy from Debian's package, in front of an application; HAProxy itself asks for the login."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from corsdoctor.policy import Policy
from tests.recipes.contract import (
    Lines,
    Proxy,
    ProxyContract,
    application,
    free_port,
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


class TestHaproxy(ProxyContract):
    @pytest.fixture
    def proxy(self, tmp_path: Path) -> Proxy:
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

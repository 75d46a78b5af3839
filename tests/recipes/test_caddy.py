"""Caddy from Debian's package, in front of an application; Caddy itself asks for the login."""

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
{{
    admin off
    auto_https off
}}
http://127.0.0.1:{port} {{
    {lines}
}}
"""
SITE = """
    basicauth /private {{
        nobody {password}
    }}
    reverse_proxy {behind}
"""
PASSWORD = "$2a$14$JF7h91qoov.smvqRkALkZO4mCQzXXscHNPKfQ2qWXIsaZXFnktz76"  # of nobody: no test logs in
REST = "# the rest of the site block: basic_auth, reverse_proxy, file_server and so on"


class TestCaddy(ProxyContract):
    @pytest.fixture
    def proxy(self, tmp_path: Path) -> Proxy:
        need("caddy", "Debian's caddy")

        @contextmanager
        def started(policy: Policy | None, sends: Lines) -> Iterator[str]:
            before, _, after = ("" if policy is None else recipe("caddy", policy, sends)).partition(REST)
            with application(sends) as behind:
                port = free_port()
                site = SITE.format(behind=behind, password=PASSWORD)
                (tmp_path / "Caddyfile").write_text(CONF.format(port=port, lines=f"{before}\n{site}{after}"))
                command = ["caddy", "run", "--config", str(tmp_path / "Caddyfile"), "--adapter", "caddyfile"]
                env = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
                with running(command, port, tmp_path, env) as url:
                    yield url

        return started

"""nginx from Debian's package, in front of an application."""

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
daemon off;
pid {dir}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {dir}/a; proxy_temp_path {dir}/b; fastcgi_temp_path {dir}/c;
    uwsgi_temp_path {dir}/d; scgi_temp_path {dir}/e;
    {maps}
    server {{
        listen 127.0.0.1:{port};
        {lines}
        location / {{ proxy_pass http://{behind}; }}
        location = /private {{ auth_basic "private"; auth_basic_user_file {dir}/nobody; }}
    }}
}}
"""


class TestNginx(ProxyContract):
    @pytest.fixture
    def proxy(self, tmp_path: Path) -> Proxy:
        return nginx(tmp_path)


def nginx(directory: Path) -> Proxy:
    """Starts nginx with the recipe."""
    need("nginx", "Debian's nginx")
    (directory / "nobody").touch()

    @contextmanager
    def started(policy: Policy | None, sends: Lines) -> Iterator[str]:
        maps, _, lines = ("" if policy is None else recipe("nginx", policy, sends)).partition("# server block")
        port = free_port()
        with application(sends) as behind:
            conf = CONF.format(dir=directory, port=port, maps=maps, lines=lines, behind=behind)
            (directory / "nginx.conf").write_text(conf)
            command = ["nginx", "-p", str(directory), "-e", "stderr", "-c", str(directory / "nginx.conf")]
            with running(command, port, directory) as url:
                yield url

    return started

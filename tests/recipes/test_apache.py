"""Apache httpd from Debian's package, in front of an application; httpd itself asks for the login."""

from __future__ import annotations

import os
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

MODULES = (
    "mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic",
    "headers", "proxy", "proxy_http", "rewrite", "setenvif",
)  # fmt: skip
CONF = """\
ServerName 127.0.0.1
PidFile {dir}/httpd.pid
DefaultRuntimeDir {dir}
Listen 127.0.0.1:{port}
ErrorLog /dev/stderr
{modules}
{user}
ThreadsPerChild 4
MinSpareThreads 4
MaxSpareThreads 8
StartServers 1
<VirtualHost 127.0.0.1:{port}>
    {lines}
    ProxyPass / http://{behind}/
    <Location /private>
        AuthType Basic
        AuthName private
        AuthUserFile {dir}/nobody
        Require valid-user
    </Location>
</VirtualHost>
"""
USER = "User www-data\nGroup www-data"  # httpd started by root wants one


class TestApache(ProxyContract):
    @pytest.fixture
    def proxy(self, tmp_path: Path) -> Proxy:
        need("apache2", "Debian's apache2")
        (tmp_path / "nobody").touch()
        modules = "\n".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in MODULES)

        @contextmanager
        def started(policy: Policy | None, sends: Lines) -> Iterator[str]:
            lines = "" if policy is None else recipe("apache", policy, sends)
            user = USER if os.geteuid() == 0 else ""
            with application(sends) as behind:
                port = free_port()
                conf = CONF.format(dir=tmp_path, port=port, modules=modules, user=user, lines=lines, behind=behind)
                (tmp_path / "httpd.conf").write_text(conf)
                command = ["apache2", "-D", "FOREGROUND", "-d", str(tmp_path), "-f", str(tmp_path / "httpd.conf")]
                with running(command, port, tmp_path) as url:
                    yield url

        return started

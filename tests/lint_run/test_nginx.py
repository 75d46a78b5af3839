"""Each mistake that lint finds in nginx's configuration is one: nginx runs with it, and without it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.lint.cases import Case, named
from tests.lint.nginx_cases import CASES
from tests.lint_run.reading import reads
from tests.recipes.contract import free_port, need, running

CONF = """\
daemon off;
pid {dir}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {dir}/a; proxy_temp_path {dir}/b; fastcgi_temp_path {dir}/c;
    uwsgi_temp_path {dir}/d; scgi_temp_path {dir}/e;
    {before}
    server {{
        listen 127.0.0.1:{port};
        root {dir};
        {inside}
    }}
}}
"""


@contextmanager
def nginx(directory: Path, text: str) -> Iterator[str]:
    need("nginx", "Debian's nginx")
    before, _, inside = text.partition("---\n")
    (directory / "index.html").write_text("hello")
    (directory / "x").mkdir(exist_ok=True)
    (directory / "x" / "index.html").write_text("hello")
    port = free_port()
    conf = directory / "nginx.conf"
    conf.write_text(CONF.format(dir=directory, port=port, before=before, inside=inside))
    with running(["nginx", "-p", str(directory), "-e", "stderr", "-c", str(conf)], port, directory) as url:
        yield url


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_mistake_is_one(case: Case, tmp_path: Path) -> None:
    directory = tmp_path / "bad"
    directory.mkdir(mode=0o755)
    tmp_path.chmod(0o755)
    with nginx(directory, case.bad) as url:
        assert reads(url, case) is case.reads
    with nginx(directory, case.good) as url:
        assert reads(url, case) is not case.reads

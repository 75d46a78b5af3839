"""nginx from Debian's package, with a configuration in a directory of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.recipes.contract import free_port, need, running

_CONF = """\
daemon off;
pid {dir}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {dir}/a; proxy_temp_path {dir}/b; fastcgi_temp_path {dir}/c;
    uwsgi_temp_path {dir}/d; scgi_temp_path {dir}/e;
    {http}
    server {{
        listen 127.0.0.1:{port};
        {server}
    }}
}}
"""


@contextmanager
def nginx(directory: Path, http: str, server: str) -> Iterator[str]:
    """Starts nginx with these lines in its http and its server block, and gives its base URL."""
    need("nginx", "Debian's nginx")
    port = free_port()
    conf = directory / "nginx.conf"
    conf.write_text(_CONF.format(dir=directory, port=port, http=http, server=server))
    with running(["nginx", "-p", str(directory), "-e", "stderr", "-c", str(conf)], port, directory) as url:
        yield url

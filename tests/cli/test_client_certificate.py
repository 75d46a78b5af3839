"""Servers that demand a client certificate, before and after the cure that the cause names: on real servers."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from corsdoctor.causes.known import fix_of
from tests.cli.conftest import Run
from tests.recipes.contract import free_port, need, running
from tests.transport.conftest import Certificates
from tests.transport.conftest import certificates as certificates

PAGE = "https://app.example"
NGINX = """
daemon off; pid {folder}/pid; error_log {folder}/log; events {{}}
http {{ access_log off; client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
uwsgi_temp_path {folder}; scgi_temp_path {folder}; {map}
server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {cert}; ssl_certificate_key {key}; ssl_client_certificate {ca};
{verify} {check}
add_header Access-Control-Allow-Origin https://app.example always; add_header Access-Control-Allow-Credentials true always;
add_header Access-Control-Allow-Methods PUT always;
location / {{ if ($request_method = OPTIONS) {{ return 204; }} return 200; }} }} }}
"""
APACHE = """
ServerName 127.0.0.1
PidFile {folder}/pid
DefaultRuntimeDir {folder}
Listen 127.0.0.1:{port}
ErrorLog /dev/stderr
{modules}
{user}
<VirtualHost 127.0.0.1:{port}>
    SSLEngine on
    SSLCertificateFile {cert}
    SSLCertificateKeyFile {key}
    SSLCACertificateFile {ca}
    {verify}
    DocumentRoot {folder}
    {check}
    Header always set Access-Control-Allow-Origin https://app.example
    Header always set Access-Control-Allow-Credentials true
    Header always set Access-Control-Allow-Methods PUT
    RewriteEngine on
    RewriteCond %{{REQUEST_METHOD}} OPTIONS
    RewriteRule ^ - [R=204,L]
</VirtualHost>
"""
MODULES = ("mpm_event", "authn_core", "authz_core", "headers", "rewrite", "ssl", "socache_shmcb", "setenvif")
CODE = re.findall("`([^`]+)`", fix_of("client-certificate"))
OF_NGINX, OF_APACHE = CODE[:3], CODE[3:]


@dataclass
class Place:
    """A server of a test, and how to reach it with a certificate."""

    url: str
    options: tuple[str, ...]


@pytest.fixture
def files(certificates: Certificates, tmp_path: Path) -> dict[str, str]:
    issued, cert, key = certificates.authority.issue_cert("127.0.0.1"), tmp_path / "c.pem", tmp_path / "k.pem"
    issued.cert_chain_pems[0].write_to_path(cert)
    issued.private_key_pem.write_to_path(key)
    return {"folder": str(tmp_path), "cert": str(cert), "key": str(key), "ca": certificates.cacert}


@contextmanager
def nginx(files: dict[str, str], *, cured: bool) -> Iterator[str]:
    need("nginx", "Debian's nginx")
    verify, map_, check = OF_NGINX if cured else ("ssl_verify_client on;", "", "")
    port, path = free_port(), Path(files["folder"]) / "nginx.conf"
    path.write_text(NGINX.format(port=port, verify=verify, map=map_, check=check, **files))
    with running(["nginx", "-e", "stderr", "-c", str(path)], port, path.parent):
        yield f"https://127.0.0.1:{port}/"


@contextmanager
def apache(files: dict[str, str], *, cured: bool) -> Iterator[str]:
    need("apache2", "Debian's apache2")
    verify, *check = OF_APACHE if cured else ("SSLVerifyClient require",)
    port, path = free_port(), Path(files["folder"]) / "httpd.conf"
    modules = "\n".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in MODULES)
    user = "User www-data\nGroup www-data" if os.geteuid() == 0 else ""
    path.write_text(
        APACHE.format(port=port, verify=verify, check="\n".join(check), modules=modules, user=user, **files)
    )
    with running(["apache2", "-D", "FOREGROUND", "-d", files["folder"], "-f", str(path)], port, path.parent):
        yield f"https://127.0.0.1:{port}/"


SERVERS = pytest.mark.parametrize("serving", [nginx, apache])
PUT = ("--origin", PAGE, "-X", "PUT", "--credentials", "include", "--send", "--format", "json")


def verdicts(run: Run, *words: str) -> tuple[dict[str, str], set[str]]:
    """The verdict of each browser, and the causes."""
    browsers = json.loads(run("check", *words).stdout)["browsers"]
    causes = {step["cause"]["id"] for b in browsers.values() for step in b["steps"] if step["cause"] is not None}
    return {name: browser["verdict"] for name, browser in browsers.items()}, causes


@SERVERS
def test_the_cure_lets_firefox_in(serving: object, files: dict[str, str], certificates: Certificates, run: Run) -> None:
    assert callable(serving)
    cert, key = certificates.client()
    options = ("--cacert", certificates.cacert, "--cert", cert, "--key", key)
    with serving(files, cured=False) as url:
        before, causes = verdicts(run, url, *PUT, *options)
    shown = {"chromium": "allowed", "webkit": "allowed"}
    no = "blocked" if serving is nginx else "error"
    assert before == {"standard": no, "firefox": no, **shown}
    assert "client-certificate" in causes
    with serving(files, cured=True) as url:
        assert verdicts(run, url, *PUT, *options)[0] == {"standard": "allowed", "firefox": "allowed", **shown}


@SERVERS
def test_the_cure_lets_nobody_else_in(
    serving: object, files: dict[str, str], certificates: Certificates, run: Run
) -> None:
    """A request without a certificate is still refused, if it is not a preflight request."""
    assert callable(serving)
    with serving(files, cured=True) as url:
        report = json.loads(run("check", url, *PUT, "--cacert", certificates.cacert).stdout)
    statuses = {
        (exchange["method"], exchange["status"]) for b in report["browsers"].values() for exchange in b["exchanges"]
    }
    assert statuses == {("OPTIONS", 204), ("PUT", 403)}

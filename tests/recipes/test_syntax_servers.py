"""Server recipes that no test runs, and Envoy's: what a parser of their language reads in them."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
import yaml

from corsdoctor.policy import Policy
from corsdoctor.recipes.recipe import NEED_NO_PERMISSION
from tests.recipes.contract import GENEROUS, POLICIES, recipe

each_policy = pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)


def methods(policy: Policy) -> list[str]:
    """The methods that a recipe lists."""
    return [*NEED_NO_PERMISSION, *policy.methods] if policy.preflighted else []


@each_policy
def test_traefik(policy: Policy) -> None:
    read = yaml.safe_load(recipe("traefik", policy))["http"]
    expected = {
        "accessControlAllowOriginList": list(policy.origins),
        "accessControlAllowCredentials": policy.credentials,
        "accessControlExposeHeaders": list(policy.expose),
        "accessControlAllowMethods": methods(policy),
        "accessControlAllowHeaders": list(policy.headers),
        "accessControlMaxAge": policy.max_age if policy.preflighted else None,
        "addVaryHeader": not policy.public,
    }
    assert read["middlewares"]["cors"]["headers"] == {name: value for name, value in expected.items() if value}
    assert read["routers"] == {"YOUR-ROUTER": {"middlewares": ["cors"]}}


@each_policy
def test_traefik_takes_the_headers_of_the_service_away(policy: Policy) -> None:
    read = yaml.safe_load(recipe("traefik", policy, GENEROUS))["http"]["middlewares"]["cors"]["headers"]
    assert read.pop("customResponseHeaders") == {name: "" for name, _ in GENEROUS}
    assert read == yaml.safe_load(recipe("traefik", policy))["http"]["middlewares"]["cors"]["headers"]


@each_policy
def test_envoy(policy: Policy) -> None:
    read = yaml.safe_load(recipe("envoy", policy))
    assert [f["name"] for f in read["http_filters"]] == [
        "envoy.filters.http.header_mutation",
        "envoy.filters.http.cors",
    ]
    kept = read["typed_per_filter_config"]["envoy.filters.http.cors"]
    assert kept["allow_origin_string_match"] == [{"exact": origin} for origin in policy.origins]
    assert kept.get("allow_credentials", False) == policy.credentials
    assert kept.get("allow_methods", "") == ", ".join(methods(policy))
    assert kept.get("allow_headers", "") == ", ".join(policy.headers)
    assert kept.get("expose_headers", "") == ", ".join(policy.expose)
    assert kept.get("max_age") == (str(policy.max_age) if policy.preflighted else None)


@each_policy
def test_iis(policy: Policy) -> None:
    cors = ElementTree.fromstring(recipe("iis", policy)).find("system.webServer/cors")
    assert cors is not None
    assert cors.attrib == {"enabled": "true"}
    assert [rule.get("origin") for rule in cors] == list(policy.origins)
    for rule in cors:
        assert rule.tag == "add"
        assert rule.get("allowCredentials", "false") == str(policy.credentials).lower()
        assert rule.get("maxAge") == (str(policy.max_age) if policy.preflighted else None)
        assert [e.get("method") for e in rule.findall("allowMethods/add")] == methods(policy)
        assert [e.get("header") for e in rule.findall("allowHeaders/add")] == list(policy.headers)
        assert [e.get("header") for e in rule.findall("exposeHeaders/add")] == list(policy.expose)

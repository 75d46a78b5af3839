"""Vercel: the middleware under Node; vercel.json is parsed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corsdoctor.policy import Policy
from tests.recipes import serverless
from tests.recipes.contract import FULL, PUBLIC, SIMPLE, Serve, is_blocked_without, keeps, recipe

# What the package's `next` does: it says with a header that the request goes on, and which headers the answer gets.
FUNCTIONS = """\
export function next({ headers } = {}) {
  const response = new Response(null, { headers });
  response.headers.set("x-middleware-next", "1");
  return response;
}
"""
WITHOUT = 'import { next } from "@vercel/functions";\nexport default () => next();\n'


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    package = tmp_path / "node_modules/@vercel/functions"
    package.mkdir(parents=True)
    (package / "package.json").write_text('{"name": "@vercel/functions", "type": "module", "exports": "./index.js"}')
    (package / "index.js").write_text(FUNCTIONS)

    def source(policy: Policy | None) -> str:
        return WITHOUT if policy is None else recipe("vercel", policy)

    return serverless.server("vercel", source, tmp_path)


def test_without_it_everything_is_blocked(serve: Serve) -> None:
    is_blocked_without(serve)


@pytest.mark.parametrize("policy", [FULL, PUBLIC], ids=["full", "public"])
def test_the_middleware_keeps_its_word(serve: Serve, policy: Policy) -> None:
    keeps(serve, policy)


@pytest.mark.parametrize(
    "policy",
    [
        SIMPLE,
        Policy(("https://app.example", "http://localhost:3000"), credentials=True),
        Policy(("https://app.example", "http://localhost:3000"), credentials=True, expose=("X-A", "X-B")),
        Policy(("https://app.example",), expose=("X-A",)),
    ],
)
def test_without_preflight_it_is_a_rule_for_each_origin(policy: Policy) -> None:
    vary, *rules = json.loads(recipe("vercel", policy))["headers"]
    assert vary == {"source": "/(.*)", "headers": [{"key": "Vary", "value": "Origin"}]}
    assert len(rules) == len(policy.origins)
    for origin, rule in zip(policy.origins, rules, strict=True):
        assert rule["has"] == [{"type": "header", "key": "origin", "value": {"eq": origin}}]
        headers = {header["key"]: header["value"] for header in rule["headers"]}
        assert headers.pop("Access-Control-Allow-Origin") == origin
        assert headers.pop("Access-Control-Allow-Credentials", None) == ("true" if policy.credentials else None)
        assert headers.pop("Access-Control-Expose-Headers", "") == ", ".join(policy.expose)
        assert not headers


@pytest.mark.parametrize("expose", [(), ("X-A",)])
def test_everybody_is_one_rule(expose: tuple[str, ...]) -> None:
    (rule,) = json.loads(recipe("vercel", Policy(("*",), expose=expose)))["headers"]
    assert set(rule) == {"source", "headers"}
    assert rule["headers"][0] == {"key": "Access-Control-Allow-Origin", "value": "*"}
    assert [header["value"] for header in rule["headers"][1:]] == [", ".join(expose)] * bool(expose)

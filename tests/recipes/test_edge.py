"""Platforms that run a module at the edge or as a function: under Node, behind serverless.mjs, which stands for the platform."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

import pytest

from corsdoctor.policy import Policy
from tests.recipes import serverless
from tests.recipes.contract import (
    APPLICATIONS,
    FULL,
    POLICIES,
    PUBLIC,
    SIMPLE,
    Lines,
    check,
    is_blocked_without,
    keeps,
    keeps_alone,
    lines,
    recipe,
)

# What the package's `next` does: it says with a header that the request goes on, and which headers the answer gets.
VERCEL_FUNCTIONS: Final = """\
export function next({ headers } = {}) {
  const response = new Response(null, { headers });
  response.headers.set("x-middleware-next", "1");
  return response;
}
"""
HANDLER: Final = """\
async function answer(event) {
  const path = event.rawPath ?? event.path;
  const method = event.requestContext.http?.method ?? event.httpMethod;
  const status = { "/items": 200, "/broken": 500, "/private": 401 }[path] ?? 404;
  if (status === 500) throw new Error("of the application");
  const statusCode = method === "OPTIONS" && status !== 401 ? 405 : status;
  return { statusCode, headers: { "X-Total-Count": "42" }, body: "[]" };
}

"""
WITHOUT: Final = {  # a module without CORS, and what stands before the recipe
    "aws-lambda": (HANDLER + "export const handler = answer;\n", HANDLER),
    "cloudflare-workers": ("export default { fetch: (request) => fetch(request) };\n", ""),
    "deno": ("Deno.serve((request) => fetch(request));\n", "const answer = (request) => fetch(request);\n"),
    "react-router": ("export const middleware = [(_, next) => next()];\n", ""),
    "sveltekit": ("export const handle = ({ event, resolve }) => resolve(event);\n", ""),
    "netlify": ("export default async (request, context) => context.next();\n", ""),
    "cloudflare-pages": ("export const onRequest = ({ next }) => next();\n", ""),
    "vercel": ('import { next } from "@vercel/functions";\nexport default () => next();\n', ""),
}
PLATFORMS: Final = {  # as serverless.mjs calls them
    "cloudflare": "cloudflare-workers", "deno": "deno", "lambda-1.0": "aws-lambda", "lambda-2.0": "aws-lambda",
    "netlify": "netlify", "pages": "cloudflare-pages", "react-router": "react-router", "sveltekit": "sveltekit", "vercel": "vercel",
}  # fmt: skip
SEVERAL: Final = Policy(("https://app.example", "http://localhost:3000"), expose=("X-Total-Count",))
IN_A_MODULE: Final = {  # the policies that need one; a file of headers is enough for the others
    "netlify": {"full": FULL, "public": PUBLIC, "several": SEVERAL},
    "cloudflare-pages": {"full": FULL, "public": PUBLIC, "several": SEVERAL},
    "vercel": {"full": FULL, "public": PUBLIC},
}
REPLACING: Final = ("cloudflare", "netlify", "pages")  # the headers of what is behind them
CASES: Final = [
    pytest.param(platform, policy, id=f"{platform}-{name}")
    for platform, id in PLATFORMS.items()
    for name, policy in IN_A_MODULE.get(id, POLICIES).items()
]


def started(platform: str, policy: Policy | None, directory: Path, sends: Lines = ()) -> AbstractContextManager[str]:
    id = PLATFORMS[platform]
    package = directory / "node_modules/@vercel/functions"
    package.mkdir(parents=True, exist_ok=True)
    (package / "package.json").write_text('{"name": "@vercel/functions", "type": "module", "exports": "./index.js"}')
    (package / "index.js").write_text(VERCEL_FUNCTIONS)
    without, before = WITHOUT[id]
    source = without if policy is None else before + recipe(id, policy, sends)
    return serverless.server(platform, source, directory, sends)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_without_it_everything_is_blocked(platform: str, tmp_path: Path) -> None:
    is_blocked_without(lambda policy: started(platform, policy, tmp_path))


@pytest.mark.parametrize(("platform", "policy"), CASES)
def test_the_recipe_keeps_its_word(platform: str, policy: Policy, tmp_path: Path) -> None:
    keeps(lambda policy: started(platform, policy, tmp_path), policy)


@pytest.mark.parametrize(("platform", "policy"), [case for case in CASES if case.values[0] in REPLACING])
@pytest.mark.parametrize("sends", APPLICATIONS.values(), ids=APPLICATIONS)
def test_it_keeps_its_word_where_the_server_behind_sends_headers_too(
    platform: str, policy: Policy, sends: Lines, tmp_path: Path
) -> None:
    keeps_alone(lambda policy, sends: started(platform, policy, tmp_path, sends), policy, sends)


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_an_exception_in_a_worker_has_the_headers(tmp_path: Path, policy: Policy) -> None:
    head, line, tail = recipe("cloudflare-workers", policy).partition("  return fetch(request);\n")
    assert line
    source = head + '  throw new Error("of the application");\n' + tail
    with serverless.server("cloudflare", source, tmp_path) as url:
        report = check(url + "/items", "https://app.example")
        assert report["browsers"]["standard"]["verdict"] == "allowed"
        assert lines(report, "Access-Control-Allow-Origin") == ["*" if policy.public else "https://app.example"]


@pytest.mark.parametrize(
    "policy",
    [
        SIMPLE,
        Policy(("https://app.example", "http://localhost:3000"), credentials=True),
        Policy(("https://app.example", "http://localhost:3000"), credentials=True, expose=("X-A", "X-B")),
        Policy(("https://app.example",), expose=("X-A",)),
    ],
)
def test_vercel_without_a_preflight_is_a_rule_for_each_origin(policy: Policy) -> None:
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
def test_vercel_allows_everybody_with_one_rule(expose: tuple[str, ...]) -> None:
    (rule,) = json.loads(recipe("vercel", Policy(("*",), expose=expose)))["headers"]
    assert set(rule) == {"source", "headers"}
    assert rule["headers"][0] == {"key": "Access-Control-Allow-Origin", "value": "*"}
    assert [header["value"] for header in rule["headers"][1:]] == [", ".join(expose)] * bool(expose)


@pytest.mark.parametrize(
    ("policy", "headers"),
    [
        (SIMPLE, {"Access-Control-Allow-Origin": "https://app.example", "Vary": "Origin"}),
        (
            Policy(("https://app.example",), credentials=True, expose=("X-A", "X-B")),
            {
                "Access-Control-Allow-Origin": "https://app.example",
                "Vary": "Origin",
                "Access-Control-Allow-Credentials": "true",
                "Access-Control-Expose-Headers": "X-A, X-B",
            },
        ),
        (Policy(("*",)), {"Access-Control-Allow-Origin": "*"}),
    ],
    ids=["simple", "credentials", "public"],
)
@pytest.mark.parametrize("id", ["netlify", "cloudflare-pages"])
def test_a_line_of_the_headers_file_allows_one_origin(id: str, policy: Policy, headers: dict[str, str]) -> None:
    written = [line for line in recipe(id, policy).splitlines() if line and not line.startswith("#")]
    assert written[0] == "/*"
    assert dict(line.strip().split(": ", 1) for line in written[1:]) == headers

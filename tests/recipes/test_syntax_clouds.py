"""Recipes of products that can't run here: a parser of their language reads them, and they grant the policy exactly."""

from __future__ import annotations

import json
import subprocess
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from corsdoctor.policy import Policy
from tests.recipes.contract import POLICIES, need, recipe

# All combinations, since a comma too many is a combination's
ALL: Final = tuple(
    Policy(origins, methods, headers, credentials, expose)
    for origins, methods, headers, credentials, expose in product(
        (("https://app.example", "http://localhost:3000"), ("https://app.example",), ("*",)),
        ((), ("PUT", "DELETE")),
        ((), ("X-Api-Key", "Authorization")),
        (False, True),
        ((), ("X-Total-Count",)),
    )
    if not (credentials and origins == ("*",))
)


def methods(policy: Policy) -> list[str]:
    return ["GET", "HEAD", "POST", *policy.methods]


@pytest.mark.parametrize("policy", ALL)
def test_s3(policy: Policy) -> None:
    (rule,) = json.loads(recipe("aws-s3", policy))
    assert rule.pop("AllowedOrigins") == list(policy.origins)
    assert rule.pop("AllowedMethods") == methods(policy)
    assert rule.pop("AllowedHeaders", []) == list(policy.headers)
    assert rule.pop("ExposeHeaders", []) == list(policy.expose)
    assert rule.pop("MaxAgeSeconds", None) == (policy.max_age if policy.preflighted else None)
    assert not rule


@pytest.mark.parametrize("policy", ALL)
def test_gcs(policy: Policy) -> None:
    (rule,) = json.loads(recipe("gcs", policy))
    assert rule.pop("origin") == list(policy.origins)
    assert rule.pop("method") == methods(policy)
    assert rule.pop("responseHeader", []) == [*policy.headers, *policy.expose]
    assert rule.pop("maxAgeSeconds", None) == (policy.max_age if policy.preflighted else None)
    assert not rule


def test_gcs_names_a_header_once() -> None:
    policy = Policy(("https://app.example",), headers=("X-A", "X-B"), expose=("X-B",))
    assert json.loads(recipe("gcs", policy))[0]["responseHeader"] == ["X-A", "X-B"]


@pytest.mark.parametrize("policy", ALL)
def test_api_gateway(policy: Policy) -> None:
    cors = yaml.safe_load(recipe("aws-api-gateway", policy))["CorsConfiguration"]
    assert cors.pop("AllowOrigins") == list(policy.origins)
    assert cors.pop("AllowMethods", None) == (methods(policy) if policy.preflighted else None)
    assert cors.pop("AllowHeaders", []) == list(policy.headers)
    assert cors.pop("AllowCredentials", False) is policy.credentials
    assert cors.pop("ExposeHeaders", []) == list(policy.expose)
    assert cors.pop("MaxAge", None) == (policy.max_age if policy.preflighted else None)
    assert not cors


@pytest.mark.parametrize("policy", ALL)
def test_azure(policy: Policy) -> None:
    script = "az() { printf '%s\\n' \"$@\"; }\n" + recipe("azure-blob", policy)
    words = subprocess.run(["sh", "-euc", script], check=True, capture_output=True, text=True).stdout.splitlines()
    assert words[:3] == ["storage", "cors", "add"]
    options: dict[str, list[str]] = {}
    name = ""
    for word in words[3:]:
        if word.startswith("--"):
            name = word
            assert name not in options
            options[name] = []
        else:
            options[name].append(word)
    assert options.pop("--services") == ["b"]
    assert options.pop("--account-name") == ["ACCOUNT"]
    assert options.pop("--origins") == list(policy.origins)
    assert options.pop("--methods") == methods(policy)
    assert options.pop("--allowed-headers", []) == list(policy.headers)
    assert options.pop("--exposed-headers", []) == list(policy.expose)
    assert options.pop("--max-age", None) == ([str(policy.max_age)] if policy.preflighted else None)
    assert not options


@pytest.mark.parametrize("policy", ALL)
def test_cloudfront(policy: Policy) -> None:
    resources = yaml.safe_load(recipe("aws-cloudfront", policy))["Resources"]
    assert ("CorsPreflight" in resources) is policy.preflighted
    cors = resources["CorsPolicy"]["Properties"]["ResponseHeadersPolicyConfig"]["CorsConfig"]
    assert cors.pop("AccessControlAllowOrigins") == {"Items": list(policy.origins)}
    assert cors.pop("AccessControlAllowCredentials") is policy.credentials
    assert cors.pop("AccessControlAllowMethods") == {"Items": methods(policy)}
    assert cors.pop("AccessControlAllowHeaders") == {"Items": list(policy.headers) or ["Origin"]}
    assert cors.pop("AccessControlExposeHeaders", {"Items": []}) == {"Items": list(policy.expose)}
    assert cors.pop("AccessControlMaxAgeSec", None) == (policy.max_age if policy.preflighted else None)
    assert cors.pop("OriginOverride") is True
    assert not cors


RUN_THE_FUNCTION: Final = """
const event = (method, headers) => ({
  request: { method, headers: Object.fromEntries(Object.entries(headers).map(([k, value]) => [k, { value }])) },
});
const asked = { "access-control-request-method": "PUT" };
console.log(JSON.stringify([
  handler(event("GET", { origin: "https://app.example" })),
  handler(event("OPTIONS", { origin: "https://app.example" })),
  handler(event("OPTIONS", { origin: "https://app.example", ...asked })),
  handler(event("OPTIONS", { origin: "https://evil.example", ...asked })),
  handler(event("OPTIONS", asked)),
]));
"""


@pytest.mark.parametrize("name", ["full", "public"])
def test_the_function_of_cloudfront_answers_the_preflight_alone(name: str) -> None:
    need("node", "Node")
    policy = POLICIES[name]
    code = yaml.safe_load(recipe("aws-cloudfront", policy))["Resources"]["CorsPreflight"]["Properties"]["FunctionCode"]
    run = subprocess.run(["node", "-e", code + RUN_THE_FUNCTION], check=True, capture_output=True, text=True)
    get, options, *answers = json.loads(run.stdout)
    assert "statusCode" not in get
    assert "statusCode" not in options
    for origin, answer in zip(("https://app.example", "https://evil.example", None), answers, strict=True):
        assert answer["statusCode"] == 204
        headers: dict[str, Any] = {header: value["value"] for header, value in answer["headers"].items()}
        assert headers.pop("access-control-allow-methods") == "GET, HEAD, POST, PUT"
        assert headers.pop("access-control-allow-headers") == "X-Api-Key"
        assert headers.pop("access-control-max-age") == "7200"
        if policy.public:
            assert headers == {"access-control-allow-origin": "*"}
        else:
            assert headers.pop("vary") == "Origin"
            granted = {"access-control-allow-origin": origin, "access-control-allow-credentials": "true"}
            assert headers == (granted if origin in policy.origins else {})


@pytest.mark.parametrize("id", ["echo", "fiber", "gin", "go-net-http", "go-rs-cors", "go-jub0bs-cors"])
@pytest.mark.parametrize("policy", [*ALL, Policy(("http://intranet.example:8080",), ("PUT",), (), True)])
def test_go_is_as_gofmt_writes_it(id: str, policy: Policy) -> None:
    need("gofmt", "Go")
    text = recipe(id, policy) + "\n"
    run = subprocess.run(["gofmt", "-e"], input=text, capture_output=True, text=True, check=False)
    assert run.stderr == ""
    assert run.stdout == text


@pytest.mark.parametrize(
    ("origin", "insecure"),
    [
        ("https://app.example", False),
        ("http://localhost:3000", False),
        ("http://app.localhost:3000", False),
        ("http://127.0.0.1:3000", False),
        ("http://[::1]:3000", False),
        ("http://app.example", True),
        ("http://localhost.example:3000", True),
    ],
)
def test_jub0bs_cors_is_configured_for_an_insecure_origin(origin: str, insecure: bool) -> None:
    text = recipe("go-jub0bs-cors", Policy((origin,), credentials=True))
    assert ("DangerouslyTolerateInsecureOrigins: true" in text) is insecure


@pytest.mark.parametrize("policy", [*ALL, Policy(("https://app.example",), ("PURGE",), max_age=0)])
def test_rust_parses(policy: Policy, tmp_path: Path) -> None:
    need("rustfmt", "rustfmt")
    source = tmp_path / "recipe.rs"
    source.write_text("fn main() {\n" + recipe("tower-http", policy) + "\n}\n")
    subprocess.run(["rustfmt", "--edition", "2021", str(source)], check=True, capture_output=True)
    again = source.read_text()
    for origin in policy.origins:
        assert ("allow_origin(Any)" if policy.public else f'HeaderValue::from_static("{origin}")') in again


MODULES: Final = {
    "aws-lambda": "const answer = () => ({ statusCode: 200 });\n",
    "cloudflare-pages": "",
    "cloudflare-workers": "",
    "netlify": "",
    "vercel": "",
}


def test_every_module_loads(tmp_path: Path) -> None:
    need("node", "Node")
    package = tmp_path / "node_modules/@vercel/functions"
    package.mkdir(parents=True)
    (package / "package.json").write_text('{"type": "module", "exports": "./index.js"}')
    (package / "index.js").write_text("export const next = () => {};\n")
    for (id, before), (i, policy) in product(MODULES.items(), enumerate(ALL)):
        text = recipe(id, policy)
        if "export " in text:
            (tmp_path / f"{id}-{i}.mjs").write_text(before + text)
    modules = sorted(str(path) for path in tmp_path.glob("*.mjs"))
    assert len(modules) > 2 * len(ALL)
    script = "Promise.all(process.argv.slice(1).map((path) => import(path)))"
    subprocess.run(["node", "-e", script, *modules], check=True, capture_output=True)

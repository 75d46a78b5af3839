"""Recipes that are settings in YAML, JSON, XML or a shell: a parser reads them, and they say exactly what is expected."""

from __future__ import annotations

import configparser
import json
import subprocess
from collections.abc import Callable
from typing import Any, Final
from xml.etree import ElementTree

import pytest
import yaml

from corsdoctor.policy import Policy
from tests.recipes.contract import recipe
from tests.recipes.test_syntax_clouds import ALL


class Template(yaml.SafeLoader):
    """YAML with the tags of CloudFormation."""


Template.add_constructor("!Ref", lambda _, node: f"!Ref {node.value}")


def words(text: str) -> list[list[str]]:
    """The commands of a shell script, each as the list of its words."""
    commands = ("az", "mc", "kcadm.sh")
    functions = "".join(f"{name}() {{ printf '%s\\n' {name} \"$@\" ''; }}\n" for name in commands)
    run = subprocess.run(["bash", "-euc", functions + text], check=True, capture_output=True, text=True)
    return [command.splitlines() for command in run.stdout.strip().split("\n\n")]


def elements(text: str) -> list[tuple[str, str]]:
    """The names and texts of all elements of an XML document that have a text, in order."""
    return [(e.tag, e.text) for e in ElementTree.fromstring(text).iter() if e.text and e.text.strip()]


def methods(policy: Policy) -> list[str]:
    return ["GET", "HEAD", "POST", *policy.methods]


def present(**values: Any) -> dict[str, Any]:
    """The values that are not empty."""
    return {name.replace("_", "-"): value for name, value in values.items() if value not in ((), [], None, "", False)}


def max_age(policy: Policy) -> int | None:
    return policy.max_age if policy.preflighted else None


def headers(policy: Policy) -> list[str]:
    """What is listed where an empty list would allow more."""
    return list(policy.headers) or ["Origin"]


def ingress_nginx(policy: Policy) -> object:
    prefix = "nginx.ingress.kubernetes.io/"
    annotations = {
        "enable-cors": "true",
        "cors-allow-origin": ", ".join(policy.origins),
        "cors-allow-credentials": "true" if policy.credentials else "false",
        "cors-allow-methods": ", ".join(methods(policy)),
        "cors-allow-headers": ", ".join(policy.headers),
        "cors-expose-headers": ", ".join(policy.expose),
        "cors-max-age": str(max_age(policy) or ""),
    }
    return {"metadata": {"annotations": {prefix + name: value for name, value in annotations.items() if value}}}


def gateway_api(policy: Policy) -> object:
    cors = present(
        allowOrigins=list(policy.origins),
        allowCredentials=policy.credentials,
        allowMethods=methods(policy) if policy.preflighted else None,
        allowHeaders=list(policy.headers),
        exposeHeaders=list(policy.expose),
        maxAge=max_age(policy),
    )
    return {"rules": [{"filters": [{"type": "CORS", "cors": cors}]}]}


def kong(policy: Policy) -> object:
    config = {
        "origins": list(policy.origins),
        "credentials": policy.credentials,
        "methods": methods(policy),
        "headers": headers(policy),
    }
    if policy.expose:
        config["exposed_headers"] = list(policy.expose)
    if policy.preflighted:
        config |= {"max_age": policy.max_age, "preflight_continue": False}
    return {"plugins": [{"name": "cors", "config": config}]}


def tyk(policy: Policy) -> object:
    return {
        "CORS": {
            "enable": True,
            "allowed_origins": list(policy.origins),
            "allow_credentials": policy.credentials,
            "allowed_methods": methods(policy),
            "allowed_headers": headers(policy),
            "exposed_headers": list(policy.expose),
            "max_age": max_age(policy) or 0,
            "options_passthrough": False,
        }
    }


def krakend(policy: Policy) -> object:
    cors = {
        "allow_origins": list(policy.origins),
        "allow_credentials": policy.credentials,
        "allow_methods": methods(policy),
        "allow_headers": headers(policy),
        "expose_headers": list(policy.expose),
    }
    if policy.preflighted:
        cors["max_age"] = f"{policy.max_age}s"
    return {"extra_config": {"security/cors": cors}}


def micronaut(policy: Policy) -> object:
    web = {
        "allowed-origins": list(policy.origins),
        "allow-credentials": policy.credentials,
        "allowed-methods": methods(policy),
        "allowed-headers": headers(policy),
    } | present(exposed_headers=list(policy.expose), max_age=max_age(policy))
    return {"micronaut": {"server": {"cors": {"enabled": True, "configurations": {"web": web}}}}}


def symfony(policy: Policy) -> object:
    defaults = {
        "origin_regex": False,
        "allow_origin": list(policy.origins),
        "allow_credentials": policy.credentials,
        "allow_methods": methods(policy),
        "allow_headers": list(policy.headers),
        "expose_headers": list(policy.expose),
        "max_age": max_age(policy) or 0,
    }
    return {"nelmio_cors": {"defaults": defaults, "paths": {"^/": None}}}


def cloudflare_r2(policy: Policy) -> object:
    allowed = present(origins=list(policy.origins), methods=methods(policy), headers=list(policy.headers))
    return {"rules": [{"allowed": allowed} | present(exposeHeaders=list(policy.expose), maxAgeSeconds=max_age(policy))]}


def digitalocean_spaces(policy: Policy) -> object:
    return [
        *(("AllowedOrigin", origin) for origin in policy.origins),
        *(("AllowedMethod", method) for method in methods(policy)),
        *(("AllowedHeader", name) for name in policy.headers),
        *(("ExposeHeader", name) for name in policy.expose),
        *([("MaxAgeSeconds", str(policy.max_age))] if policy.preflighted else []),
    ]


def backblaze_b2(policy: Policy) -> object:
    downloads = ["b2_download_file_by_name", "b2_download_file_by_id"]
    rule = {
        "corsRuleName": "corsdoctor",
        "allowedOrigins": list(policy.origins),
        "allowedOperations": [*(f"s3_{method.lower()}" for method in methods(policy)), *downloads],
        "maxAgeSeconds": max_age(policy) or 0,
    }
    return [rule | present(allowedHeaders=list(policy.headers), exposeHeaders=list(policy.expose))]


def azure_api_management(policy: Policy) -> object:
    return [
        *(("origin", origin) for origin in policy.origins),
        *(("method", method) for method in methods(policy)),
        *(("header", name) for name in (*policy.headers, *policy.expose)),
    ]


def apigee(policy: Policy) -> object:
    listed = {
        "AllowOrigins": ", ".join(policy.origins), "AllowMethods": ", ".join(methods(policy)), "AllowHeaders": ", ".join(headers(policy)),
        "ExposeHeaders": ", ".join(policy.expose), "MaxAge": str(max_age(policy) or ""), "AllowCredentials": json.dumps(policy.credentials),
        "GeneratePreflightResponse": json.dumps(policy.preflighted), "IgnoreUnresolvedVariables": "true",
    }  # fmt: skip
    return [(name, value) for name, value in listed.items() if value]


def google_endpoints(policy: Policy) -> object:
    if len(policy.origins) > 1:
        origins = "|".join(origin.replace(".", r"\.") for origin in policy.origins)
        allowed = ["--cors_preset=cors_with_regex", f"--cors_allow_origin_regex=^({origins})$"]
    else:
        allowed = ["--cors_preset=basic", f"--cors_allow_origin={policy.origins[0]}"]
    allowed += [
        f"--cors_allow_methods={', '.join(methods(policy))}",
        f"--cors_allow_headers={', '.join(headers(policy))}",
    ]
    allowed += [f"--cors_expose_headers={', '.join(policy.expose or ('Content-Length',))}"]
    allowed += ["--cors_allow_credentials"] if policy.credentials else []
    return {"args": allowed + ([f"--cors_max_age={policy.max_age}s"] if policy.preflighted else [])}


def cloudflare_rules(policy: Policy) -> object:
    name = 'http.request.headers["origin"][0]'
    listed = " ".join(f'"{origin}"' for origin in policy.origins)
    values = present(
        Access_Control_Allow_Credentials="true" if policy.credentials else "",
        Access_Control_Allow_Methods=", ".join(methods(policy)) if policy.preflighted else "",
        Access_Control_Allow_Headers=", ".join(policy.headers),
        Access_Control_Max_Age=str(max_age(policy) or ""),
        Access_Control_Expose_Headers=", ".join(policy.expose),
    ).items()
    allowed = {"value": "*"} if policy.public else {"expression": name}
    set_headers = {name: {"operation": "set", "value": value} for name, value in values}
    vary = {} if policy.public else {"Vary": {"operation": "add", "value": "Origin"}}
    return {
        "description": "CORS",
        "expression": "true" if policy.public else f"{name} in {{{listed}}}",
        "action": "rewrite",
        "action_parameters": {"headers": {"Access-Control-Allow-Origin": {"operation": "set"} | allowed} | set_headers | vary},
    }  # fmt: skip


def aws_rest_api(policy: Policy) -> object:
    granted = {"Access-Control-Allow-Origin": policy.origins[0]}
    if not policy.public:
        granted["Vary"] = "Origin"
    if policy.credentials:
        granted["Access-Control-Allow-Credentials"] = "true"
    exposed = {"Access-Control-Expose-Headers": ",".join(policy.expose)} if policy.expose else {}
    errors = {
        f"Errors{kind}": {
            "Type": "AWS::ApiGateway::GatewayResponse",
            "Properties": {
                "RestApiId": "!Ref Api",
                "ResponseType": f"DEFAULT_{kind}",
                "ResponseParameters": {f"gatewayresponse.header.{k}": f"'{v}'" for k, v in (granted | exposed).items()},
            },
        }
        for kind in ("4XX", "5XX")
    }
    if not policy.preflighted:
        return errors
    listed = {"Access-Control-Allow-Methods": ",".join(methods(policy))}
    if policy.headers:
        listed["Access-Control-Allow-Headers"] = ",".join(policy.headers)
    listed["Access-Control-Max-Age"] = str(policy.max_age)
    values = {f"method.response.header.{name}": f"'{value}'" for name, value in (granted | listed).items()}
    options = {
        "RestApiId": "!Ref Api",
        "ResourceId": "!Ref Path",
        "HttpMethod": "OPTIONS",
        "AuthorizationType": "NONE",
        "Integration": {
            "Type": "MOCK",
            "RequestTemplates": {"application/json": '{"statusCode": 204}'},
            "IntegrationResponses": [{"StatusCode": "204", "ResponseParameters": values}],
        },
        "MethodResponses": [{"StatusCode": "204", "ResponseParameters": dict.fromkeys(values, True)}],
    }
    return errors | {"Options": {"Type": "AWS::ApiGateway::Method", "Properties": options}}


def ollama(policy: Policy) -> object:
    return {"Environment": f'"OLLAMA_ORIGINS={",".join(policy.origins)}"'}


def minio(policy: Policy) -> object:
    setting = f"cors_allow_origin={','.join(policy.origins)}"
    return [
        ["mc", "admin", "config", "set", "ALIAS", "api", setting],
        ["mc", "admin", "service", "restart", "ALIAS"],
    ]


def keycloak(policy: Policy) -> object:
    webOrigins = f"webOrigins={json.dumps(list(policy.origins))}"  # noqa: N806
    return [["kcadm.sh", "update", "clients/ID", "-r", "REALM", "-s", webOrigins]]


def azure_app_service(policy: Policy) -> object:
    app = ["--resource-group", "GROUP"]
    add = ["az", "webapp", "cors", "add", *app, "--name", "APP", "--allowed-origins", *policy.origins]
    credentials = [
        *("az", "resource", "update", *app, "--namespace", "Microsoft.Web", "--resource-type", "config"),
        *("--parent", "sites/APP", "--name", "web", "--set", "properties.cors.supportCredentials=true"),
    ]
    return [add, credentials] if policy.credentials else [add]


def unit(text: str) -> object:
    """The section Service of a unit of systemd."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    return dict(parser["Service"])


def hasura(policy: Policy) -> object:
    return ", ".join(policy.origins)


def variable(text: str) -> str:
    """What a shell puts into the environment."""
    script = f'{text}\nprintf %s "$HASURA_GRAPHQL_CORS_DOMAIN"'
    return subprocess.run(["bash", "-euc", script], check=True, capture_output=True, text=True).stdout


def template(text: str) -> object:
    return yaml.load(text, Template)


READ: Final[dict[str, tuple[Callable[[str], object], Callable[[Policy], object]]]] = {
    "apigee": (elements, apigee),
    "aws-rest-api": (template, aws_rest_api),
    "azure-api-management": (elements, azure_api_management),
    "azure-app-service": (words, azure_app_service),
    "backblaze-b2": (json.loads, backblaze_b2),
    "cloudflare-rules": (json.loads, cloudflare_rules),
    "cloudflare-r2": (json.loads, cloudflare_r2),
    "digitalocean-spaces": (elements, digitalocean_spaces),
    "gateway-api": (yaml.safe_load, gateway_api),
    "google-endpoints": (yaml.safe_load, google_endpoints),
    "hasura": (variable, hasura),
    "ingress-nginx": (yaml.safe_load, ingress_nginx),
    "keycloak": (words, keycloak),
    "kong": (yaml.safe_load, kong),
    "krakend": (json.loads, krakend),
    "micronaut": (yaml.safe_load, micronaut),
    "minio": (words, minio),
    "ollama": (unit, ollama),
    "symfony": (yaml.safe_load, symfony),
    "tyk": (json.loads, tyk),
}


@pytest.mark.parametrize("id", READ)
def test_it_says_what_is_granted_and_nothing_else(id: str) -> None:
    read, expected = READ[id]
    for policy in ALL:
        assert read(recipe(id, policy)) == expected(policy), policy


@pytest.mark.parametrize("policy", ALL)
def test_azure_api_management_has_the_attributes(policy: Policy) -> None:
    root = ElementTree.fromstring(recipe("azure-api-management", policy))
    assert root.attrib == {"allow-credentials": "true" if policy.credentials else "false"}
    [allowed] = root.findall("allowed-methods")
    assert allowed.attrib == ({"preflight-result-max-age": str(policy.max_age)} if policy.preflighted else {})
    assert [e.text for e in root.findall("expose-headers/header")] == list(policy.expose)
    assert [e.text for e in root.findall("allowed-headers/header")] == list(policy.headers)


def test_lm_studio_has_one_switch() -> None:
    assert recipe("lm-studio", ALL[0]).startswith("lms server start --cors")

"""What API gateways say themselves: recognized in a response, named, and with the recipe that configures the gateway."""

from __future__ import annotations

import pytest

from corsdoctor import kinds
from corsdoctor.causes.software import recipe_of
from corsdoctor.console.other import Other
from corsdoctor.console.other_gateways import GATEWAYS
from corsdoctor.console.recognize import recognize
from corsdoctor.recipes import by_id
from corsdoctor.reports.explanation import Explained, paragraphs, place

RECIPES = {
    "AWS API Gateway (REST API)": "aws-rest-api", "Kong": "kong", "Tyk": "tyk", "Azure API Management": "azure-api-management",
    "Envoy": "envoy", "Apigee": "apigee", "nginx": "nginx", "Traefik": "traefik",
}  # fmt: skip


@pytest.mark.parametrize("row", GATEWAYS, ids=lambda row: row.start)
def test_each_row_names_its_gateway(row: Other) -> None:
    recipe = recipe_of(row.server or "")
    assert recipe == RECIPES.get(row.server or "")
    assert recipe is None or by_id(recipe).id == recipe


@pytest.mark.parametrize(
    ("text", "kind", "server"),
    [
        ('{"message":"Missing Authentication Token"}', "gateway/route", "AWS API Gateway (REST API)"),
        ("HTTP/1.1 404 Not Found\nServer: kong/3.4\n\n{\n  \"message\":\"no Route matched with those values\"\n}", "gateway/route", "Kong"),
        ('{"message":"No API key found in request"}', "gateway", "Kong"),
        ("Jwt is missing", "gateway", "Envoy"),
        ("upstream request timeout", "gateway/upstream", "Envoy"),
        ('{"code":"BOOT_ERROR","message":"Function failed to start (please check logs)"}', "gateway/upstream", "Supabase"),
        ("FunctionsHttpError: Edge Function returned a non-2xx status code", "http-status", "Supabase"),
        ("[error] 29#29: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1", "gateway/upstream", "nginx"),
        ("[error] 29#29: *1 upstream timed out (110: Connection timed out) while reading response header from upstream", "gateway/upstream", "nginx"),
        ("error code: 1020", "gateway/firewall", "Cloudflare's firewall"),
    ],
)  # fmt: skip
def test_is_read_in_a_response(text: str, kind: str, server: str) -> None:
    (message,) = recognize(text)
    found = kinds.of(message)
    assert found is not None
    assert (message.cors, found.id, message.server) == (False, kind, server)
    assert place(Explained(message)) == f"Words of {server}"


def test_the_error_type_and_the_message_are_one() -> None:
    (message,) = recognize(
        'x-amzn-ErrorType: MissingAuthenticationTokenException\n\n{"message":"Missing Authentication Token"}'
    )
    assert message.case == "route"


@pytest.mark.parametrize("text", ["error code: 10201", "Jwt is missing the claim sub", "the jwt is missing"])
def test_other_words_are_none(text: str) -> None:
    assert recognize(text) == ()


def test_says_what_the_command_prints() -> None:
    (message,) = recognize("no Route matched with those values")
    shown = paragraphs(Explained(message, fix_command="corsdoctor fix URL --origin ORIGIN --server kong"))
    assert shown[-1] == (
        "Next",
        "This command prints the CORS configuration of the gateway. Replace the words in capital letters:",
    )

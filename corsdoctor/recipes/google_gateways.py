"""Gateways of Google Cloud: Apigee, and the proxy of Cloud Endpoints (ESPv2)."""

from __future__ import annotations

from typing import Final

from corsdoctor.recipes.recipe import Family, Proof, Recipe

APIGEE: Final = Recipe(
    id="apigee",
    title="Apigee",
    family=Family.CLOUD,
    language="xml",
    where="As a policy of the API proxy, attached first to the request PreFlow of the ProxyEndpoint, before the policies "
    "that require a key or a token (VerifyAPIKey, OAuthV2).",
    rights=(
        "{% if preflighted %}With `GeneratePreflightResponse`, Apigee answers the preflight request itself, and neither "
        "the target nor a policy behind this one gets it.{% endif %}",
        "A URL of no proxy (“Unable to identify proxy for host”) gets Apigee's 404 without CORS headers.",
        "A fault of another policy ends the flow. Send the headers of this policy in the FaultRules too, or scripts cannot "
        "read the error.",
        "Apigee Edge for the private cloud may lack the policy CORS: there, AssignMessage sets the headers, and a "
        "conditional flow {% if preflighted %}for OPTIONS answers the preflight request{% else %}chooses the requests{% endif %}.",
    ),
    template="""\
<CORS continueOnError="false" enabled="true" name="add-cors">
  <AllowOrigins>{{ origins | join(", ") }}</AllowOrigins>
  <AllowMethods>{{ methods | join(", ") }}</AllowMethods>
  <AllowHeaders>{{ (headers or ["Origin"]) | join(", ") }}</AllowHeaders>
{% if expose %}
  <ExposeHeaders>{{ expose | join(", ") }}</ExposeHeaders>
{% endif %}
{% if preflighted %}
  <MaxAge>{{ max_age }}</MaxAge>
{% endif %}
  <AllowCredentials>{{ credentials | tojson }}</AllowCredentials>
  <GeneratePreflightResponse>{{ preflighted | tojson }}</GeneratePreflightResponse>
  <IgnoreUnresolvedVariables>true</IgnoreUnresolvedVariables>
</CORS>
""",
    proof=Proof.PARSED,
    proved="Parsed as XML in the tests and written from the documentation; not run, because it needs a Google Cloud account.",
)

ENDPOINTS: Final = Recipe(
    id="google-endpoints",
    title="Google Cloud Endpoints and API Gateway",
    family=Family.CLOUD,
    language="yaml",
    aliases=("espv2", "esp", "cloud-endpoints", "google-api-gateway"),
    where="In the container that runs ESPv2, merged with its other `args`. On Cloud Run, put the same options into the variable "
    "ESPv2_ARGS.",
    rights=(
        "The managed API Gateway has no start-up options. There the backend must send the headers"
        "{% if preflighted %} and answer OPTIONS, and the OpenAPI document must have an operation `options` without security "
        "for each path, which passes the preflight request on{% endif %}.",
        "If the backend {% if seen %}sends {{ seen | join(', ') }} now{% else %}handles CORS already{% endif %}, use only one of "
        "the two: either these options, or `allowCors: true` under `x-google-endpoints`, which passes everything on to the backend.",
        "{% if preflighted %}ESPv2 answers the preflight request itself, before it checks a key or a token.{% endif %}",
        "Without the options for methods and headers, ESPv2 allows PUT, PATCH and DELETE, and Authorization and Content-Type."
        "{% if not headers %} `Origin` is a name that scripts cannot set, so listing it allows nothing.{% endif %}",
    ),
    template="""\
args:
{% if origins | length > 1 %}
  - --cors_preset=cors_with_regex
  - '--cors_allow_origin_regex=^({{ origins | map("regex") | join("|") }})$'
{% else %}
  - --cors_preset=basic
  - "--cors_allow_origin={{ origin }}"
{% endif %}
  - "--cors_allow_methods={{ methods | join(", ") }}"
  - "--cors_allow_headers={{ (headers or ["Origin"]) | join(", ") }}"
  - "--cors_expose_headers={{ (expose or ["Content-Length"]) | join(", ") }}"
{% if credentials %}
  - --cors_allow_credentials
{% endif %}
{% if preflighted %}
  - --cors_max_age={{ max_age }}s
{% endif %}
""",
    proof=Proof.PARSED,
    proved="Parsed as YAML in the tests and written from the documentation and the tests of ESPv2; not run.",
)

RECIPES: Final = (APIGEE, ENDPOINTS)

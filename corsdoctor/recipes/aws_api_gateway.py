"""Amazon API Gateway: the CORS configuration of an HTTP API."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="aws-api-gateway",
    title="Amazon API Gateway (HTTP API)",
    family=Family.CLOUD,
    language="yaml",
    aliases=("api-gateway",),
    where="In a CloudFormation or SAM template, under `Properties` of the `AWS::ApiGatewayV2::Api` or the "
    "`AWS::Serverless::HttpApi`. For an existing API, pass the same keys to `aws apigatewayv2 update-api --api-id "
    "ID --cors-configuration`.",
    rights=(
        "This is for an HTTP API. A REST API has no such setting: {% if preflighted %}every path needs an OPTIONS "
        "method, {% endif %}the function must send the headers (see the recipe aws-lambda), and the gateway "
        "responses DEFAULT_4XX and DEFAULT_5XX need them too.",
        "{% if preflighted %}API Gateway answers the preflight request itself and needs no OPTIONS route. However, "
        "a route `ANY` or `$default` with an authorizer matches OPTIONS and returns 401: add a route `OPTIONS "
        "/{proxy+}` without an authorizer, with any integration.{% endif %}",
        "API Gateway then drops the CORS headers of the function, so set them only here.",
        "{% if not public %}It sends the one origin that made the request, not the list. A CDN in front of it "
        "needs Origin in its cache key.{% endif %}",
        "{% if credentials %}A deployment with `AllowCredentials: true` and the origin `*` fails.{% endif %}",
    ),
    template="""\
CorsConfiguration:
  AllowOrigins:
{% for o in origins %}
    - {{ o | quoted }}
{% endfor %}
{% if credentials %}
  AllowCredentials: true
{% endif %}
{% if preflighted %}
  AllowMethods: [{{ methods | map("quoted") | join(", ") }}]
{% if headers %}
  AllowHeaders: [{{ headers | map("quoted") | join(", ") }}]
{% endif %}
  MaxAge: {{ [max_age, 86400] | min }}
{% endif %}
{% if expose %}
  ExposeHeaders: [{{ expose | map("quoted") | join(", ") }}]
{% endif %}
""",
    proof=Proof.PARSED,
    proved="Parsed as YAML in the tests and written from the documentation; not run, because it needs an AWS account.",
)

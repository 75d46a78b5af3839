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
    "`AWS::Serverless::HttpApi`. For an API that is there already the same keys go to "
    "`aws apigatewayv2 update-api --api-id ID --cors-configuration`.",
    rights=(
        "This is for an HTTP API. A REST API has no such switch: there {% if preflighted %}every path needs an "
        "OPTIONS method, {% endif %}the function behind it sends the headers (see the recipe aws-lambda), and the "
        "gateway responses DEFAULT_4XX and DEFAULT_5XX need them too.",
        "{% if preflighted %}API Gateway answers the preflight itself and needs no OPTIONS route. But a route `ANY` "
        "or `$default` with an authorizer catches OPTIONS and answers 401: add a route `OPTIONS /{proxy+}` without "
        "authorizer, with any integration.{% endif %}",
        "From now on API Gateway drops the CORS headers of the function behind it, so set them in one place.",
        "{% if not public %}It sends the one origin that asks, not the list. A CDN in front needs Origin in its cache "
        "key.{% endif %}",
        "{% if credentials %}`AllowCredentials: true` together with the origin `*` is refused when you deploy."
        "{% endif %}",
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

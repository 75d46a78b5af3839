"""Amazon API Gateway: a REST API, which has no setting for CORS."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="aws-rest-api",
    title="Amazon API Gateway (REST API)",
    family=Family.CLOUD,
    language="yaml",
    aliases=("api-gateway-rest", "rest-api", "api-gateway-v1"),
    where="In a CloudFormation or SAM template, under `Resources`: Api and Path are the names of your AWS::ApiGateway::RestApi "
    "and AWS::ApiGateway::Resource{% if preflighted %}, with one such Options for each path{% endif %}. Deploy the API to "
    "its stage afterwards; without that, nothing changes.",
    rights=(
        "This is for a REST API. An HTTP API has one setting for all of it: the recipe aws-api-gateway.",
        "The responses of a Lambda function with proxy integration must have the headers themselves: the recipe "
        "aws-lambda.",
        "The gateway responses are those of API Gateway itself: 401 and 403 of an authorizer, 403 for a missing API key "
        "or a missing path, 429, and 502 and 504 of an integration. Without these lines they look like CORS errors.",
        "{% if preflighted %}`AuthorizationType: NONE` and no API key: browsers send no login with a preflight "
        "request.{% endif %}",
        "{% if origins | length > 1 %}A gateway response has one fixed value{% if preflighted %}, and so has a mock "
        "integration{% endif %}, so here only {{ origin }} is allowed. For several origins, let the function "
        "answer{% if preflighted %} OPTIONS too{% endif %}, and put CloudFront in front for the errors.{% endif %}",
    ),
    template="""\
{% macro value(text) %}"'{{ text }}'"{% endmacro %}
{% macro granted(prefix, indent) %}
{{ indent }}{{ prefix }}Access-Control-Allow-Origin: {{ value(origin) }}
{% if not public %}
{{ indent }}{{ prefix }}Vary: {{ value("Origin") }}
{% endif %}
{% if credentials %}
{{ indent }}{{ prefix }}Access-Control-Allow-Credentials: {{ value("true") }}
{% endif %}
{% endmacro %}
{% for kind in ("4XX", "5XX") %}
Errors{{ kind }}:
  Type: AWS::ApiGateway::GatewayResponse
  Properties:
    RestApiId: !Ref Api
    ResponseType: DEFAULT_{{ kind }}
    ResponseParameters:
{{ granted("gatewayresponse.header.", "      ") -}}
{% if expose %}
      gatewayresponse.header.Access-Control-Expose-Headers: {{ value(expose | join(",")) }}
{% endif %}
{% endfor %}
{% if preflighted %}
Options:
  Type: AWS::ApiGateway::Method
  Properties:
    RestApiId: !Ref Api
    ResourceId: !Ref Path
    HttpMethod: OPTIONS
    AuthorizationType: NONE
    Integration:
      Type: MOCK
      RequestTemplates:
        application/json: '{"statusCode": 204}'
      IntegrationResponses:
        - StatusCode: "204"
          ResponseParameters:
{{ granted("method.response.header.", "            ") -}}
{{ "            " }}method.response.header.Access-Control-Allow-Methods: {{ value(methods | join(",")) }}
{% if headers %}
            method.response.header.Access-Control-Allow-Headers: {{ value(headers | join(",")) }}
{% endif %}
            method.response.header.Access-Control-Max-Age: {{ value(max_age) }}
    MethodResponses:
      - StatusCode: "204"
        ResponseParameters:
          method.response.header.Access-Control-Allow-Origin: true
{% if not public %}
          method.response.header.Vary: true
{% endif %}
{% if credentials %}
          method.response.header.Access-Control-Allow-Credentials: true
{% endif %}
          method.response.header.Access-Control-Allow-Methods: true
{% if headers %}
          method.response.header.Access-Control-Allow-Headers: true
{% endif %}
          method.response.header.Access-Control-Max-Age: true
{% endif %}
""",
    proof=Proof.PARSED,
    proved="Parsed as YAML in the tests and written from the documentation; not run, because it needs an AWS account.",
)

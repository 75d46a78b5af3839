"""Amazon CloudFront: a response headers policy, and a function for the preflight."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="aws-cloudfront",
    title="Amazon CloudFront",
    family=Family.CLOUD,
    language="yaml",
    aliases=("cloudfront",),
    where="In a CloudFormation template. The last part goes into the cache behavior of the distribution that "
    "serves the URL.",
    rights=(
        "{% if preflighted %}A response headers policy only adds headers: OPTIONS is forwarded to the origin "
        "server, and if that returns 403 (like an S3 bucket without CORS), the preflight fails despite the "
        "headers. So a function answers it.{% endif %}",
        "{% if preflighted %}A behavior can have only one function for viewer-request. If there already is one, "
        "put these lines at its beginning.{% endif %}",
        "{% if preflighted %}A behavior that does not allow OPTIONS returns 403 to the preflight request before "
        "any function runs.{% endif %}",
        "`OriginOverride: true` replaces the CORS headers of the origin server, so that browsers do not receive "
        "them twice.{% if seen and not public %} This does not apply to pages of other origins: remove {{ seen | "
        "join(', ') }} at the origin server too.{% endif %}",
        "{% if not public %}CloudFront selects the requesting origin from the list, and sets Vary itself: a Vary "
        "among the custom headers of the same policy has no effect.{% endif %}",
    ),
    template="""\
Resources:
  CorsPolicy:
    Type: AWS::CloudFront::ResponseHeadersPolicy
    Properties:
      ResponseHeadersPolicyConfig:
        Name: cors
        CorsConfig:
          AccessControlAllowOrigins:
            Items: [{{ origins | map("quoted") | join(", ") }}]
          AccessControlAllowCredentials: {{ "true" if credentials else "false" }}
          AccessControlAllowMethods:
            Items: [{{ methods | map("quoted") | join(", ") }}]
          AccessControlAllowHeaders:
{% if headers %}
            Items: [{{ headers | map("quoted") | join(", ") }}]
{% else %}
            Items: ["Origin"] # CloudFront wants one; no script can set this one
{% endif %}
{% if expose %}
          AccessControlExposeHeaders:
            Items: [{{ expose | map("quoted") | join(", ") }}]
{% endif %}
{% if preflighted %}
          AccessControlMaxAgeSec: {{ max_age }}
{% endif %}
          OriginOverride: true
{% if preflighted %}
  CorsPreflight:
    Type: AWS::CloudFront::Function
    Properties:
      Name: cors-preflight
      AutoPublish: true
      FunctionConfig:
        Comment: Answers CORS preflights
        Runtime: cloudfront-js-2.0
      FunctionCode: |
        function handler(event) {
          var asked = event.request.headers;
          if (event.request.method !== "OPTIONS" || !asked["access-control-request-method"]) return event.request;
          var headers = {
            "access-control-allow-methods": { value: {{ methods | join(", ") | quoted }} },
{% if headers %}
            "access-control-allow-headers": { value: {{ headers | join(", ") | quoted }} },
{% endif %}
            "access-control-max-age": { value: "{{ max_age }}" },
{% if public %}
            "access-control-allow-origin": { value: "*" },
          };
{% else %}
            "vary": { value: "Origin" },
          };
          var origin = asked.origin ? asked.origin.value : "";
          if ([{{ origins | map("quoted") | join(", ") }}].includes(origin)) {
            headers["access-control-allow-origin"] = { value: origin };
{% if credentials %}
            headers["access-control-allow-credentials"] = { value: "true" };
{% endif %}
          }
{% endif %}
          return { statusCode: 204, statusDescription: "No Content", headers: headers };
        }
{% endif %}

# The cache behavior of the distribution
# ResponseHeadersPolicyId: !Ref CorsPolicy
{% if preflighted %}
{% if methods | reject("in", ["GET", "HEAD", "POST"]) | list %}
# AllowedMethods: [GET, HEAD, OPTIONS, PUT, POST, PATCH, DELETE]
{% else %}
# AllowedMethods: [GET, HEAD, OPTIONS] # or all seven, where POST is needed
{% endif %}
# FunctionAssociations:
#   - EventType: viewer-request
#     FunctionARN: !GetAtt CorsPreflight.FunctionARN
{% endif %}
""",
    proof=Proof.PARSED,
    proved="Parsed as YAML in the tests, where its function runs under Node too; the policy was written from the "
    "documentation and not run, because it needs an AWS account.",
)

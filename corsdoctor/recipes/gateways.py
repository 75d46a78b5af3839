"""Gateways whose CORS setting is a few lines of YAML or JSON: of Kubernetes, Kong, Tyk, KrakenD."""

from __future__ import annotations

from typing import Final

from corsdoctor.recipes.recipe import Family, Proof, Recipe

INGRESS_NGINX: Final = Recipe(
    id="ingress-nginx",
    title="Kubernetes, ingress-nginx",
    family=Family.SERVER,
    language="yaml",
    aliases=("nginx-ingress", "ingress"),
    where="In the Ingress that routes the URL, merged with its `metadata`.",
    rights=(
        "{% if preflighted %}The controller answers OPTIONS with 204, before any login of `auth-url` or "
        "`auth-type`.{% endif %}",
        "Each annotation has a default that allows more: every origin, the methods PUT, DELETE and PATCH, and "
        "credentials. So each of them is set.",
        "The headers replace those of the application behind the Ingress, also on 4xx and 5xx responses.",
        "{% if not public %}The controller sends no Vary: Origin. If there is a cache in front of it, the application "
        "must send that.{% endif %}",
        "ingress-nginx has not been maintained since March 2026. The recipe gateway-api is for its successors.",
    ),
    template="""\
metadata:
  annotations:
    nginx.ingress.kubernetes.io/enable-cors: "true"
    nginx.ingress.kubernetes.io/cors-allow-origin: {{ origins | join(", ") | quoted }}
    nginx.ingress.kubernetes.io/cors-allow-credentials: "{{ credentials | string | lower }}"
    nginx.ingress.kubernetes.io/cors-allow-methods: {{ methods | join(", ") | quoted }}
{% if headers %}
    nginx.ingress.kubernetes.io/cors-allow-headers: {{ headers | join(", ") | quoted }}
{% endif %}
{% if expose %}
    nginx.ingress.kubernetes.io/cors-expose-headers: {{ expose | join(", ") | quoted }}
{% endif %}
{% if preflighted %}
    nginx.ingress.kubernetes.io/cors-max-age: "{{ max_age }}"
{% endif %}
""",
    proof=Proof.PARSED,
    proved="Parsed as YAML in the tests and written from the documentation and the template of the controller; not run, "
    "because it needs a cluster.",
)

GATEWAY_API: Final = Recipe(
    id="gateway-api",
    title="Kubernetes, Gateway API",
    family=Family.SERVER,
    language="yaml",
    aliases=("httproute",),
    where="In the `spec` of the HTTPRoute that routes the URL, in each of its rules. It is part of the standard channel "
    "since v1.5, and an implementation may lack it: look for HTTPRouteCORS among its features.",
    rights=(
        "{% if preflighted %}The gateway answers the preflight request itself. If the rule matches on `method`, it needs "
        "a match for OPTIONS too.{% endif %}",
        "A request that matches no rule gets the gateway's 404 without CORS headers.",
        "{% if credentials %}With `allowCredentials`, every list must name its values; `*` would not be accepted by "
        "browsers.{% endif %}",
        "If the application {% if seen %}sends {{ seen | join(', ') }} now{% else %}sends CORS headers too{% endif %}, "
        "remove them there: what the gateway does with two depends on the implementation.",
    ),
    template="""\
rules:
  - filters:
      - type: CORS
        cors:
          allowOrigins: {{ origins | tojson }}
{% if credentials %}
          allowCredentials: true
{% endif %}
{% if preflighted %}
          allowMethods: {{ methods | tojson }}
{% if headers %}
          allowHeaders: {{ headers | tojson }}
{% endif %}
          maxAge: {{ max_age }}
{% endif %}
{% if expose %}
          exposeHeaders: {{ expose | tojson }}
{% endif %}
""",
    proof=Proof.PARSED,
    proved="Parsed as YAML in the tests and written from the documentation; not run, because it needs a cluster.",
)

KONG: Final = Recipe(
    id="kong",
    title="Kong Gateway",
    family=Family.SERVER,
    language="yaml",
    where="In kong.yml, under `plugins` of the service or route. With the Admin API, send the same fields to "
    "`/services/SERVICE/plugins`.",
    rights=(
        "{% if preflighted %}The plugin answers the preflight request itself, before the plugins that require a login. "
        "A route that lists `methods` must list OPTIONS too, or Kong returns 404.{% endif %}",
        "{% if headers %}Without `headers`, the plugin allows every requested header.{% else %}Without `headers`, the "
        "plugin would allow every requested header. `Origin` is a name that scripts cannot set, so listing it allows "
        "nothing.{% endif %}",
        "Without `methods`, it allows PUT, PATCH and DELETE too.",
        "A request that matches no route gets Kong's 404 without CORS headers, unless the plugin is global.",
    ),
    template="""\
plugins:
  - name: cors
    config:
      origins: {{ origins | tojson }}
      credentials: {{ credentials | string | lower }}
      methods: {{ methods | tojson }}
      headers: {{ (headers or ["Origin"]) | tojson }}
{% if expose %}
      exposed_headers: {{ expose | tojson }}
{% endif %}
{% if preflighted %}
      max_age: {{ max_age }}
      preflight_continue: false
{% endif %}
""",
    proof=Proof.PARSED,
    proved="Parsed as YAML in the tests and written from the documentation and source of the plugin; not run.",
)

TYK: Final = Recipe(
    id="tyk",
    title="Tyk Gateway",
    family=Family.SERVER,
    language="json",
    where="In the classic definition of the API, at the top level. In an OAS definition it is `middleware.global.cors` of "
    "`x-tyk-api-gateway`, with names such as `allowedOrigins`.",
    rights=(
        "{% if preflighted %}Tyk answers the preflight request itself, before it checks the key. With "
        "`options_passthrough: true` it would go on to the application.{% endif %}",
        "{% if headers %}Without `allowed_headers`, Tyk allows Content-Type and X-Requested-With by default.{% else %}An "
        "empty `allowed_headers` would allow Content-Type and X-Requested-With. `Origin` is a name that scripts cannot "
        "set, so listing it allows nothing.{% endif %}",
        "{% if not public %}Without `allowed_origins`, Tyk allows every origin.{% endif %}",
        "`max_age` is in seconds.",
    ),
    template="""\
{
  "CORS": {
    "enable": true,
    "allowed_origins": {{ origins | tojson }},
    "allow_credentials": {{ credentials | tojson }},
    "allowed_methods": {{ methods | tojson }},
    "allowed_headers": {{ (headers or ["Origin"]) | tojson }},
    "exposed_headers": {{ expose | tojson }},
    "max_age": {{ max_age if preflighted else 0 }},
    "options_passthrough": false
  }
}
""",
    proof=Proof.PARSED,
    proved="Parsed as JSON in the tests and written from the documentation; not run.",
)

KRAKEND: Final = Recipe(
    id="krakend",
    title="KrakenD",
    family=Family.SERVER,
    language="json",
    where="In krakend.json, at the top level, merged with the existing `extra_config`. It is not a setting of an endpoint.",
    rights=(
        "{% if preflighted %}KrakenD answers the preflight request itself, for every path, before it checks a "
        "token.{% endif %}",
        "{% if headers %}`allow_headers` is what browsers may send; `input_headers` of the endpoint is what KrakenD "
        "forwards. A header needs both.{% else %}An empty `allow_headers` would allow Content-Type and "
        "X-Requested-With. `Origin` is a name that scripts cannot set, so listing it allows nothing.{% endif %}",
        "{% if credentials %}Cookies are forwarded only if `input_headers` of the endpoint lists Cookie.{% endif %}",
        "KrakenD drops the headers of the backend's response, so those for CORS are sent once. With the encoding `no-op` it "
        "keeps them: then remove them from the backend.",
    ),
    template="""\
{
  "extra_config": {
    "security/cors": {
      "allow_origins": {{ origins | tojson }},
      "allow_credentials": {{ credentials | tojson }},
      "allow_methods": {{ methods | tojson }},
      "allow_headers": {{ (headers or ["Origin"]) | tojson }},
      "expose_headers": {{ expose | tojson }}{{ "," if preflighted }}
{% if preflighted %}
      "max_age": "{{ max_age }}s"
{% endif %}
    }
  }
}
""",
    proof=Proof.PARSED,
    proved="Parsed as JSON in the tests and written from the documentation; not run.",
)

RECIPES: Final = (INGRESS_NGINX, GATEWAY_API, KONG, TYK, KRAKEND)

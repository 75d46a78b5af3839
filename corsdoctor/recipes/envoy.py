"""Envoy."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="envoy",
    title="Envoy",
    family=Family.SERVER,
    language="yaml",
    where="The filters go to the beginning of http_filters in the HttpConnectionManager, before those that require "
    "a login. The {% if seen %}rest{% else %}typed_per_filter_config{% endif %} goes into the virtual host, or "
    "into one route of it.",
    rights=(
        "{% if preflighted %}The cors filter answers the preflight request itself, with 200. After the login "
        "filter, it would never receive it.{% else %}The cors filter comes before the login filter. Otherwise a "
        "401 would not have the headers.{% endif %}",
        "{% if public %}As the first filter, header_mutation processes a response last: its "
        "Access-Control-Allow-Origin applies, also to Envoy's own errors.{% else %}As the first filter, "
        "header_mutation processes a response last: Vary: Origin is on {% if preflighted %}preflight responses, {% "
        "endif %}refusals and Envoy's own errors too. The cors filter sends no Vary{% if preflighted %}, and "
        "response_headers_to_add does not apply to the preflight response{% endif %}.{% endif %}",
        '{% if public %}With `exact: "*"`, the cors filter sends back any Origin it receives.{% else %}`exact: '
        '"*"` would allow every origin: the cors filter sends back any Origin it receives{% if credentials %}, '
        "even with allow_credentials{% endif %}.{% endif %}",
        "The cors filter has no effect if no route matches, or if the route is a redirect or a direct_response.",
        "{% if not public %}Envoy also answers a preflight request from any other origin. Without "
        "forward_not_matching_preflights (Envoy 1.30), it forwards it to the login and the application.{% endif %}",
        "{% if seen %}response_headers_to_remove removes what the application sends now, before the cors filter "
        "adds its own{% if not public %}. Otherwise the application's headers would remain for other origins{% "
        "endif %}.{% endif %}",
    ),
    template="""\
# HttpConnectionManager
http_filters:
  - name: envoy.filters.http.header_mutation
    typed_config:
      "@type": type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation
      mutations:
        response_mutations:
{% if public %}
          # the cors filter answers "*" with the origin of the request; this makes it "*" again
          - append:
              header: {key: Access-Control-Allow-Origin, value: "*"}
              append_action: OVERWRITE_IF_EXISTS_OR_ADD
{% else %}
          - append:
              header: {key: Vary, value: Origin}
              append_action: APPEND_IF_EXISTS_OR_ADD
{% endif %}
  - name: envoy.filters.http.cors
    typed_config:
      "@type": type.googleapis.com/envoy.extensions.filters.http.cors.v3.Cors

# virtual host
{% if seen %}
response_headers_to_remove:
{% for h in seen %}
  - {{ h }}
{% endfor %}
{% endif %}
typed_per_filter_config:
  envoy.filters.http.cors:
    "@type": type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy
    allow_origin_string_match:
{% for o in origins %}
      - exact: {{ o | quoted }}
{% endfor %}
{% if credentials %}
    allow_credentials: true
{% endif %}
{% if expose %}
    expose_headers: {{ expose | join(", ") | quoted }}
{% endif %}
{% if preflighted %}
    allow_methods: {{ methods | join(", ") | quoted }}
{% if headers %}
    allow_headers: {{ headers | join(", ") | quoted }}
{% endif %}
    max_age: {{ max_age | string | quoted }}
{% endif %}
{% if not public %}
    forward_not_matching_preflights: false
{% endif %}
""",
    proof=Proof.RUN,
    proved="Run with Envoy in the tests.",
)

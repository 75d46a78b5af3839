"""Cloudflare without a Worker: Pages with its file _headers, and rules for the responses of a zone."""

from __future__ import annotations

from typing import Final

from corsdoctor.recipes.recipe import Family, Proof, Recipe

PAGES: Final = Recipe(
    id="cloudflare-pages",
    title="Cloudflare Pages and assets of Workers",
    family=Family.CLOUD,
    language="text",
    aliases=("pages",),
    where="{% if not preflighted and origins | length == 1 %}`_headers` is a file in the build output directory.{% else %}"
    "In the file `functions/_middleware.js` of the project.{% endif %}",
    rights=(
        "{% if not preflighted and origins | length == 1 %}`_headers` sets the same value for every request to a path. Several "
        "origins, PUT or a custom request header would require a function.{% else %}`_headers` sets the same value for every "
        "request to a path: it cannot choose among several origins and cannot answer OPTIONS. So this is a function.{% endif %}",
        "{% if not preflighted and origins | length == 1 %}`_headers` applies only to files, not to the responses of "
        "functions: there, the function must send the headers.{% else %}A request that a function handles does not get the headers "
        "of `_headers`, so remove the CORS lines there.{% endif %}",
        "{% if seen and (preflighted or origins | length > 1) %}`delete` removes what the function behind this one sends now.{% endif %}",
        "A static asset of Workers with a Worker before it: the recipe cloudflare-workers.",
    ),
    template="""\
{% from "javascript" import cors, headers_file, is_preflight, origins_list with context %}
{% if not preflighted and origins | length == 1 %}
{{ headers_file("build output directory") }}
{% else %}
// functions/_middleware.js
{{ origins_list() -}}
export async function onRequest({ request, next }) {
{% if preflighted %}
  const preflight = {{ is_preflight }};
  const answered = preflight ? new Response(null, { status: 204 }) : await next();
{% else %}
  const answered = await next();
{% endif %}
  const response = new Response(answered.body, answered);
{% for h in seen %}
  response.headers.delete({{ h | quoted }});
{% endfor %}
{{ cors() | indent(2, true) }}
  return response;
}
{% endif %}
""",
    proof=Proof.PARSED,
    proved="In the tests the function runs with the Request and Response of Node and an adapter of ours, and `_headers` is "
    "parsed; not run at Cloudflare.",
)

RULES: Final = Recipe(
    id="cloudflare-rules",
    title="Cloudflare Transform Rules of responses",
    family=Family.CLOUD,
    language="json",
    aliases=("transform-rules",),
    where="As a rule in the zone's ruleset of the phase `http_response_headers_transform` (API or Terraform). In the dashboard it is "
    "Rules > Response Header Transform Rule, with the same expression and headers.",
    rights=(
        "`set` replaces what the server sends{% if not public %}. For other origins its headers remain, so turn off CORS on the "
        "server{% endif %}.",
        "{% if preflighted %}A rule cannot change the status: the server must answer OPTIONS with 204, without a login. If it does "
        "not, use the recipe cloudflare-workers.{% endif %}",
        "{% if not public %}The rule runs after the cache, so each origin gets its own header from a cached response.{% endif %}",
    ),
    template="""\
{
  "description": "CORS",
  "expression": {% if public %}"true"{% else %}{{ ("http.request.headers[\\"origin\\"][0] in {" ~ origins | map("quoted") | join(" ") ~ "}") | quoted }}{% endif %},
  "action": "rewrite",
  "action_parameters": {
    "headers": {
      "Access-Control-Allow-Origin": {% if public %}{ "operation": "set", "value": "*" }{% else %}{ "operation": "set", "expression": {{ "http.request.headers[\\"origin\\"][0]" | quoted }} }{% endif %}{% if credentials %},
      "Access-Control-Allow-Credentials": { "operation": "set", "value": "true" }{% endif %}{% if preflighted %},
      "Access-Control-Allow-Methods": { "operation": "set", "value": {{ methods | join(", ") | quoted }} }{% if headers %},
      "Access-Control-Allow-Headers": { "operation": "set", "value": {{ headers | join(", ") | quoted }} }{% endif %},
      "Access-Control-Max-Age": { "operation": "set", "value": "{{ max_age }}" }{% endif %}{% if expose %},
      "Access-Control-Expose-Headers": { "operation": "set", "value": {{ expose | join(", ") | quoted }} }{% endif %}{% if not public %},
      "Vary": { "operation": "add", "value": "Origin" }{% endif %}

    }
  }
}
""",
    proof=Proof.PARSED,
    proved="Parsed as JSON in the tests and written from the documentation; not run, because it needs a zone at Cloudflare.",
)

RECIPES: Final = (PAGES, RULES)

"""Netlify: the file _headers, or an edge function where that is not enough."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="netlify",
    title="Netlify",
    family=Family.CLOUD,
    language="text",
    where="{% if not preflighted and origins | length == 1 %}`_headers` is a file in the publish directory.{% else %}"
    "In the file `netlify/edge-functions/cors.js`.{% endif %}",
    rights=(
        "{% if not preflighted and origins | length == 1 %}`_headers` holds the same value for every request to a "
        "path. For several origins, for PUT or for a header of the script's own it would have to be an edge function."
        "{% else %}`_headers` holds the same value for every request to a path: it can't choose among several origins "
        "and can't answer OPTIONS. So this is an edge function.{% endif %}",
        "{% if not preflighted and origins | length == 1 %}`_headers` is for files alone. What a function or a "
        "proxied URL answers doesn't get it; there the function or the server behind sends the headers itself."
        "{% endif %}",
        "{% if not public %}A list of origins in one Access-Control-Allow-Origin line is wrong: browsers want exactly "
        "one.{% endif %}",
        "{% if preflighted or origins | length > 1 %}An edge function sees every answer, that of a function too"
        "{% if preflighted %}, and it answers OPTIONS with 204 before anything else{% endif %}. Take CORS lines out "
        "of `_headers`.{% endif %}",
        "{% if seen and (preflighted or origins | length > 1) %}`delete` takes away what the function or the server "
        "behind sends today.{% endif %}",
    ),
    template="""\
{% if not preflighted and origins | length == 1 %}
# _headers, in the publish directory
/*
  Access-Control-Allow-Origin: {{ origin }}
{% if not public %}
  Vary: Origin
{% endif %}
{% if credentials %}
  Access-Control-Allow-Credentials: true
{% endif %}
{% if expose %}
  Access-Control-Expose-Headers: {{ expose | join(", ") }}
{% endif %}
{% else %}
// netlify/edge-functions/cors.js
{% if not public %}
const ORIGINS = {{ origins | tojson }};

{% endif %}
export default async (request, context) => {
{% if preflighted %}
  const preflight = request.method === "OPTIONS" && request.headers.has("Access-Control-Request-Method");
  const answered = preflight ? new Response(null, { status: 204 }) : await context.next();
{% else %}
  const answered = await context.next();
{% endif %}
  const response = new Response(answered.body, answered);
{% for h in seen %}
  response.headers.delete({{ h | quoted }});
{% endfor %}
{% if public %}
  response.headers.set("Access-Control-Allow-Origin", "*");
{% if expose %}
  response.headers.set("Access-Control-Expose-Headers", {{ expose | join(", ") | quoted }});
{% endif %}
{% else %}
  response.headers.append("Vary", "Origin");
  const origin = request.headers.get("Origin");
  if (ORIGINS.includes(origin)) {
    response.headers.set("Access-Control-Allow-Origin", origin);
{% if credentials %}
    response.headers.set("Access-Control-Allow-Credentials", "true");
{% endif %}
{% if expose %}
    response.headers.set("Access-Control-Expose-Headers", {{ expose | join(", ") | quoted }});
{% endif %}
  }
{% endif %}
{% if preflighted %}
  if (preflight) {
    response.headers.set("Access-Control-Allow-Methods", {{ methods | join(", ") | quoted }});
{% if headers %}
    response.headers.set("Access-Control-Allow-Headers", {{ headers | join(", ") | quoted }});
{% endif %}
    response.headers.set("Access-Control-Max-Age", "{{ max_age }}");
  }
{% endif %}
  return response;
};

export const config = { path: "/*" };
{% endif %}
""",
    proof=Proof.PARSED,
    proved="In the tests the edge function runs with the Request and Response of Node and an adapter of ours, and "
    "`_headers` is parsed; not run at Netlify.",
)

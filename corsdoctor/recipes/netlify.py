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
        "{% if not preflighted and origins | length == 1 %}`_headers` sets the same value for every request to a "
        "path. Several origins, PUT or a custom request header would require an edge function.{% else %}`_headers` "
        "sets the same value for every request to a path: it cannot choose among several origins and cannot answer "
        "OPTIONS. So this is an edge function.{% endif %}",
        "{% if not preflighted and origins | length == 1 %}`_headers` applies only to files, not to the responses "
        "of a function or of a proxied URL: there, the function or the proxied server must send the headers.{% "
        "endif %}",
        "{% if not public %}A list of origins in one Access-Control-Allow-Origin line does not work: browsers "
        "require exactly one.{% endif %}",
        "{% if preflighted or origins | length > 1 %}An edge function processes every response, also those of "
        "functions{% if preflighted %}, and it answers OPTIONS with 204 first{% endif %}. Remove any CORS lines "
        "from `_headers`.{% endif %}",
        "{% if seen and (preflighted or origins | length > 1) %}`delete` removes what the function or the proxied "
        "server sends now.{% endif %}",
    ),
    template="""\
{% from "javascript" import cors, headers_file, is_preflight, origins_list with context %}
{% if not preflighted and origins | length == 1 %}
{{ headers_file("publish directory") }}
{% else %}
// netlify/edge-functions/cors.js
{{ origins_list() -}}
export default async (request, context) => {
{% if preflighted %}
  const preflight = {{ is_preflight }};
  const answered = preflight ? new Response(null, { status: 204 }) : await context.next();
{% else %}
  const answered = await context.next();
{% endif %}
  const response = new Response(answered.body, answered);
{% for h in seen %}
  response.headers.delete({{ h | quoted }});
{% endfor %}
{{ cors() | indent(2, true) }}
  return response;
};

export const config = { path: "/*" };
{% endif %}
""",
    proof=Proof.PARSED,
    proved="In the tests the edge function runs with the Request and Response of Node and an adapter of ours, and "
    "`_headers` is parsed; not run at Netlify.",
)

"""Vercel: the headers of vercel.json, or a middleware where those are not enough."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="vercel",
    title="Vercel",
    family=Family.CLOUD,
    language="javascript",
    where="In the root of the project, next to `package.json`: {% if preflighted %}`middleware.js`, with the npm "
    "package `@vercel/functions` installed.{% else %}`vercel.json`; add its `headers` to the existing ones.{% "
    "endif %}",
    rights=(
        "{% if preflighted %}`headers` in vercel.json only add to responses: OPTIONS reaches the function or the "
        "file, which may return 405. So a middleware answers the preflight request.{% endif %}",
        "{% if not preflighted and not public %}vercel.json has one value for each header. `has` on the Origin "
        "header makes it one rule for each origin. With `eq` it is an exact match, while a plain string is a "
        "regular expression.{% endif %}",
        "{% if preflighted %}The middleware runs before the cache, before files and before functions, so 404 and 500 "
        "have the headers too.{% endif %}",
        "{% if preflighted %}In Next.js the file is that of Next.js (`proxy.js` since 16, `middleware.js` before), "
        "and it ends with `NextResponse.next({ headers })`.{% endif %}",
        "If one of your functions sends {% if seen %}{{ seen | join(', ') }} now{% else %}CORS headers too{% endif "
        "%}, remove them there.",
    ),
    template="""\
{% from "javascript" import cors, is_preflight, origins_list with context %}
{% if not preflighted %}
{
  "headers": [
{% if public %}
    {
      "source": "/(.*)",
      "headers": [
        { "key": "Access-Control-Allow-Origin", "value": "*" }{{ "," if expose }}
{% if expose %}
        { "key": "Access-Control-Expose-Headers", "value": {{ expose | join(", ") | quoted }} }
{% endif %}
      ]
    }
{% else %}
    {
      "source": "/(.*)",
      "headers": [{ "key": "Vary", "value": "Origin" }]
    },
{% for o in origins %}
    {
      "source": "/(.*)",
      "has": [{ "type": "header", "key": "origin", "value": { "eq": {{ o | quoted }} } }],
      "headers": [
        { "key": "Access-Control-Allow-Origin", "value": {{ o | quoted }} }{{ "," if credentials or expose }}
{% if credentials %}
        { "key": "Access-Control-Allow-Credentials", "value": "true" }{{ "," if expose }}
{% endif %}
{% if expose %}
        { "key": "Access-Control-Expose-Headers", "value": {{ expose | join(", ") | quoted }} }
{% endif %}
      ]
    }{{ "," if not loop.last }}
{% endfor %}
{% endif %}
  ]
}
{% else %}
// middleware.js
import { next } from "@vercel/functions";

{{ origins_list() -}}
export default function middleware(request) {
  const preflight = {{ is_preflight }};
  const headers = new Headers();
{{ cors("headers") | indent(2, true) }}
  return preflight ? new Response(null, { status: 204, headers }) : next({ headers });
}
{% endif %}
""",
    proof=Proof.PARSED,
    proved="In the tests the middleware runs with the Request and Response of Node and an adapter of ours, and "
    "vercel.json is parsed; not run at Vercel.",
)

"""Node.js without a framework."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="node-http",
    title="Node.js (node:http)",
    family=Family.FRAMEWORK,
    language="js",
    aliases=("node",),
    where="The function goes next to the one that is passed to `http.createServer` (or `https`, or `http2` with "
    "its compatibility API). Call it in the first line of that one.",
    rights=(
        "The headers are set first, so they are on 401, 404 and 500 responses too.",
        "{% if preflighted %}A preflight request is answered before the login: browsers send no cookie and no "
        "token with it.{% endif %}",
        "{% if not public %}`includes` compares whole origins. `startsWith` or a search inside the string would "
        "allow `https://app.example.evil`.{% endif %}",
        "{% if not public %}Vary: Origin is sent to every client, so that a cache does not give the response for "
        "one origin to another.{% endif %}",
        '{% if not public %}`res.writeHead(200, { Vary: "Accept" })` later in the code would replace Vary: Origin; '
        "`res.appendHeader` adds to it.{% endif %}",
    ),
    template="""\
{% from "javascript" import grants, lists, origins_list with context %}
{% set put = "res.setHeader(%s, %s);" %}
{{ origins_list() -}}
{% if preflighted %}
/** Sets the CORS headers. Says whether it has answered: then the request was a preflight. */
{% else %}
/** Sets the CORS headers. */
{% endif %}
function cors(req, res) {
{{ grants(put, origin="req.headers.origin") | indent(2, true) }}
{% if preflighted %}
  if (req.method !== "OPTIONS" || !req.headers["access-control-request-method"]) return false;
{{ lists(put) | indent(2, true) }}
  res.writeHead(204).end();
  return true;
{% endif %}
}

// first line of the request listener
{% if preflighted %}
if (cors(req, res)) return;
{% else %}
cors(req, res);
{% endif %}
""",
    proof=Proof.RUN,
    proved="Run with Node.js 20 in the tests.",
)

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
{% if not public %}
const ORIGINS = [{{ origins | map("quoted") | join(", ") }}];

{% endif %}
{% if preflighted %}
/** Sets the CORS headers. Says whether it has answered: then the request was a preflight. */
{% else %}
/** Sets the CORS headers. */
{% endif %}
function cors(req, res) {
{% if public %}
  res.setHeader("Access-Control-Allow-Origin", "*");
{% if expose %}
  res.setHeader("Access-Control-Expose-Headers", {{ expose | join(", ") | quoted }});
{% endif %}
{% else %}
  res.setHeader("Vary", "Origin");
  if (ORIGINS.includes(req.headers.origin)) {
    res.setHeader("Access-Control-Allow-Origin", req.headers.origin);
{% if credentials %}
    res.setHeader("Access-Control-Allow-Credentials", "true");
{% endif %}
{% if expose %}
    res.setHeader("Access-Control-Expose-Headers", {{ expose | join(", ") | quoted }});
{% endif %}
  }
{% endif %}
{% if preflighted %}
  if (req.method !== "OPTIONS" || !req.headers["access-control-request-method"]) return false;
  res.setHeader("Access-Control-Allow-Methods", {{ methods | join(", ") | quoted }});
{% if headers %}
  res.setHeader("Access-Control-Allow-Headers", {{ headers | join(", ") | quoted }});
{% endif %}
  res.setHeader("Access-Control-Max-Age", {{ max_age }});
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

"""Servers of static files for development: http-server, serve, live-server."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="static-server",
    title="http-server, serve and live-server",
    family=Family.APPLICATION,
    language="js",
    aliases=("http-server", "serve", "live-server"),
    where="{% if public and not preflighted %}In the directory with the files. Use the line for your server.{% else "
    "%}In a file `server.mjs` in the directory with the files; start it with `node server.mjs`.{% endif %}",
    rights=(
        "{% if public and not preflighted %}`--cors` allows every page to read the files.{% else %}The option "
        "`--cors` of http-server, serve and live-server cannot express this: in serve and http-server it allows "
        "every page, without credentials, and in live-server every page with credentials.{% endif %}",
        "{% if not public or preflighted %}The file uses serve-handler, the part of serve that reads the files.{% "
        "endif %}",
        "`npx serve` serves the directory in which it is started; a page on another port of the same machine has "
        "another origin, so it needs CORS too.",
    ),
    template="""\
{% from "javascript" import grants, lists, origins_list with context %}
{% set put = "res.setHeader(%s, %s);" %}
{% if public and not preflighted and not expose %}
npx http-server --cors
npx serve --cors
npx live-server --cors
{% else %}
// npm install serve-handler
import http from "node:http";
import handler from "serve-handler";

{{ origins_list() -}}
http
  .createServer((req, res) => {
{{ grants(put, origin="req.headers.origin") | indent(4, true) }}
{% if preflighted %}
    if (req.method === "OPTIONS") {
{{ lists(put) | indent(6, true) }}
      return res.writeHead(204).end();
    }
{% endif %}
    return handler(req, res);
  })
  .listen(8080);
{% endif %}
""",
    proof=Proof.RUN,
    proved="The file is run with serve-handler 6 in the tests; the options were read in the sources of http-server 14, "
    "serve 14 and live-server 1.",
)

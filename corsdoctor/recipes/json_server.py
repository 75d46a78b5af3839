"""json-server, as a module."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="json-server",
    title="json-server",
    family=Family.APPLICATION,
    language="js",
    where="In a file `server.mjs`; start it with `node server.mjs` in place of the command `json-server`.",
    rights=(
        "The command json-server 0.17 sends CORS headers for every origin, with credentials, unless `--no-cors` is "
        "set. If they are missing, another server answers at this port, or the option is set.",
        "json-server 1 sends `Access-Control-Allow-Origin: *`, which browsers do not accept for requests with "
        "credentials. This file is for version 0.17, whose parts can be used as a module.",
        "`noCors` turns off the headers that json-server sends for every origin.",
    ),
    template="""\
{% from "javascript" import options with context %}
// npm install json-server@0.17 cors
import cors from "cors";
import jsonServer from "json-server";

const app = jsonServer.create();
app.use(
  cors({
{{ options() | indent(4, true) }}
  }),
);
app.use(jsonServer.defaults({ noCors: true }));
app.use(jsonServer.router("db.json"));
app.listen(3000);
""",
    proof=Proof.RUN,
    proved="Run with json-server 0.17 in the tests.",
)

"""Express, with the package cors."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="express",
    title="Express",
    family=Family.FRAMEWORK,
    language="js",
    where="In the file that creates the application, before the login, the routes and every other `app.use`. In a "
    'CommonJS file the first line is `const cors = require("cors");`.',
    rights=(
        "{% if preflighted %}`app.use` comes before the login: browsers send no cookie and no token with a "
        "preflight request, and a 401 blocks it.{% else %}`app.use` comes before the login, so that its 401 has "
        "the headers too.{% endif %}",
        "{% if preflighted %}`app.use` answers every preflight request. `app.options('*', cors())` is not needed, "
        "and Express 5 does not accept that path.{% endif %}",
        "Unless `methods` and `allowedHeaders` are set, the package allows PUT, PATCH and DELETE, and every "
        "requested header.",
        "{% if not public %}The origins are compared as whole strings, so they have no trailing slash. `origin: "
        "true` would allow everybody.{% endif %}",
        "Headers that are set before the routes stay on 404 and 500 responses, including those of Express.",
    ),
    template="""\
{% from "javascript" import options with context %}
// npm install cors
import cors from "cors";

app.use(
  cors({
{{ options() | indent(4, true) }}
  }),
);
""",
    proof=Proof.RUN,
    proved="Run with Express 5 and cors 2.8 in the tests.",
)

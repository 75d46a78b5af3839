"""React Router as a framework, which is what Remix became: a middleware of the root route."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="react-router",
    title="React Router and Remix",
    family=Family.FRAMEWORK,
    language="javascript",
    aliases=("remix",),
    where="In `app/root.jsx` (or `.tsx`), first in the list of `middleware`. React Router 7.9 and later 7 need "
    "`future: { v8_middleware: true }` in react-router.config; Remix 2 has no middleware, so set the headers in the "
    "server in front of it, for example with the recipe express.",
    rights=(
        "The middleware of the root route runs for all routes below it.",
        "{% if preflighted %}Without it, OPTIONS reaches the loader of a resource route, which would have to answer "
        "it. Routes with a component answer OPTIONS with 405 before any middleware: call a resource route from other "
        "origins.{% else %}Call a resource route (a route without a component) from other origins.{% endif %}",
        "Files in `public` and `build/client` are served without it.",
    ),
    template="""\
{% from "javascript" import cors, is_preflight, origins_list with context %}
{{ origins_list() -}}
async function withCors({ request }, next) {
{% if preflighted %}
  const preflight = {{ is_preflight }};
  const answered = preflight ? new Response(null, { status: 204 }) : await next();
{% else %}
  const answered = await next();
{% endif %}
  const response = new Response(answered.body, answered);
{{ cors() | indent(2, true) }}
  return response;
}

export const middleware = [withCors];
""",
    proof=Proof.PARSED,
    proved="In the tests the middleware runs with the Request and Response of Node and an adapter of ours; React Router "
    "itself was not run.",
)

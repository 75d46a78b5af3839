"""Deno, and Supabase Edge Functions, which are Deno programs."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="deno",
    title="Deno and Supabase Edge Functions",
    family=Family.CLOUD,
    language="javascript",
    aliases=("supabase", "supabase-functions", "deno-deploy"),
    where="In the program's main file; at Supabase, in `supabase/functions/NAME/index.ts`. `answer` is your current "
    "handler, and this replaces the call of `Deno.serve`.",
    rights=(
        "{% if preflighted %}Supabase requires a JWT before the function runs, but lets OPTIONS requests pass, so the "
        "function itself must answer them.{% else %}The 401 of Supabase itself, for a request without a valid JWT, "
        "does not have these headers.{% endif %}",
        "{% if preflighted %}The client of Supabase sends the headers `authorization`, `apikey` and `x-client-info` "
        "(with `functions.invoke` also `content-type`): each must be allowed. Run corsdoctor with `-H` for each of "
        "them.{% endif %}",
        "An exception in the handler becomes a 500 without headers, which looks like a CORS error. Here it is caught.",
        "The REST, Auth and Storage APIs that Supabase hosts allow every origin, without credentials, and have no setting for "
        "it: if one of them seems blocked, the URL is wrong or the project is paused.",
        "A function that does not start or runs out of time cannot add headers: then read its log.",
    ),
    template="""\
{% from "javascript" import cors, is_preflight, origins_list with context %}
{{ origins_list() -}}
Deno.serve(async (request) => {
{% if preflighted %}
  const preflight = {{ is_preflight }};
{% endif %}
  let response;
  try {
    const answered = {% if preflighted %}preflight ? new Response(null, { status: 204 }) : {% endif %}await answer(request);
    response = new Response(answered.body, answered);
  } catch (error) {
    console.error(error);
    response = new Response("Internal Server Error", { status: 500 });
  }
{{ cors(listed="origin && ORIGINS.includes(origin)") | indent(2, true) }}
  return response;
});
""",
    proof=Proof.RUN,
    proved="Run in the tests with the Request and Response of Node and an adapter of ours, and once by hand with Deno 2.9; not "
    "run at Supabase.",
)

"""Cloudflare Workers."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="cloudflare-workers",
    title="Cloudflare Workers",
    family=Family.CLOUD,
    language="javascript",
    aliases=("cloudflare",),
    where="In the Worker's main module. `answer` is your current handler; as shown here, it sends the request to "
    "the server behind the Worker's route.",
    rights=(
        "The headers of a response from `fetch` cannot be changed; `new Response(body, response)` creates a copy "
        "whose headers can.",
        "An uncaught exception becomes Cloudflare's error page without headers, which looks like a CORS error. "
        "Here it is caught.",
        "{% if seen %}`delete` removes the headers that the server sends now, also where no new ones are set{% "
        "else %}`set` replaces the headers of the server{% if not public %}. For other origins they remain, so "
        "turn off CORS on the server{% endif %}{% endif %}.",
        "{% if not public %}By default, Cloudflare's cache ignores Vary: Origin. This is not a problem here, "
        "because the Worker sets the headers after the cache, for each request.{% endif %}",
        "{% if preflighted %}Cloudflare Access requires a login before the Worker runs, also for OPTIONS: let it "
        "bypass OPTIONS requests.{% endif %}",
    ),
    template="""\
{% from "javascript" import cors, is_preflight, origins_list with context %}
{{ origins_list() -}}
export default {
  async fetch(request, env, ctx) {
{% if preflighted %}
    const preflight = {{ is_preflight }};
{% endif %}
    let response;
    try {
{% if preflighted %}
      const answered = preflight ? new Response(null, { status: 204 }) : await answer(request, env, ctx);
{% else %}
      const answered = await answer(request, env, ctx);
{% endif %}
      response = new Response(answered.body, answered);
    } catch (error) {
      console.error(error);
      response = new Response("Internal Server Error", { status: 500 });
    }
{% for h in seen %}
    response.headers.delete({{ h | quoted }});
{% endfor %}
{{ cors() | indent(4, true) }}
    return response;
  },
};

async function answer(request, env, ctx) {
  return fetch(request);
}
""",
    proof=Proof.RUN,
    proved="Run in the tests with the Request and Response of Node and an adapter of ours; not run at Cloudflare.",
)

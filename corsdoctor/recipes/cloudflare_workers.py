"""Cloudflare Workers."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="cloudflare-workers",
    title="Cloudflare Workers",
    family=Family.CLOUD,
    language="javascript",
    aliases=("cloudflare",),
    where="The Worker's main module. `answer` is what the Worker did until now; as it stands here it asks the server "
    "behind the Worker's route.",
    rights=(
        "The headers of a response that came from `fetch` can't be changed; `new Response(body, response)` makes a "
        "copy whose headers can.",
        "An exception that nobody catches becomes Cloudflare's error page without headers, which looks like a CORS "
        "error. Here it is caught.",
        "{% if seen %}`delete` takes away what the server behind sends today, where nothing is set in its place too"
        "{% else %}`set` replaces the headers of the server behind{% if not public %}. For other origins those still "
        "get through, so turn CORS off there{% endif %}{% endif %}.",
        "{% if not public %}Cloudflare's cache pays no heed to Vary: Origin by default. That does no harm here, since "
        "the Worker sets the headers after the cache, for each request.{% endif %}",
        "{% if preflighted %}Cloudflare Access asks for a login before the Worker runs, for OPTIONS too: let it "
        "bypass OPTIONS requests.{% endif %}",
    ),
    template="""\
{% if not public %}
const ORIGINS = {{ origins | tojson }};

{% endif %}
export default {
  async fetch(request, env, ctx) {
{% if preflighted %}
    const preflight = request.method === "OPTIONS" && request.headers.has("Access-Control-Request-Method");
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
{% if public %}
    response.headers.set("Access-Control-Allow-Origin", "*");
{% if expose %}
    response.headers.set("Access-Control-Expose-Headers", {{ expose | join(", ") | quoted }});
{% endif %}
{% else %}
    response.headers.append("Vary", "Origin");
    const origin = request.headers.get("Origin");
    if (ORIGINS.includes(origin)) {
      response.headers.set("Access-Control-Allow-Origin", origin);
{% if credentials %}
      response.headers.set("Access-Control-Allow-Credentials", "true");
{% endif %}
{% if expose %}
      response.headers.set("Access-Control-Expose-Headers", {{ expose | join(", ") | quoted }});
{% endif %}
    }
{% endif %}
{% if preflighted %}
    if (preflight) {
      response.headers.set("Access-Control-Allow-Methods", {{ methods | join(", ") | quoted }});
{% if headers %}
      response.headers.set("Access-Control-Allow-Headers", {{ headers | join(", ") | quoted }});
{% endif %}
      response.headers.set("Access-Control-Max-Age", "{{ max_age }}");
    }
{% endif %}
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

"""SvelteKit: the hook `handle`."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="sveltekit",
    title="SvelteKit",
    family=Family.FRAMEWORK,
    language="javascript",
    aliases=("svelte",),
    where="In `src/hooks.server.js`. If you have a `handle` already, combine them with `sequence` of "
    "`@sveltejs/kit/hooks`, and put this one first.",
    rights=(
        "`handle` runs for every request to the server, also for paths without a route, so 404 and 500 have the headers "
        "too.{% if preflighted %} It answers the preflight request before the routes; a `+server.js` without an "
        "OPTIONS handler would return 405.{% endif %}",
        "It does not apply to prerendered pages and to files in `static`: the host serves those.",
        "SvelteKit refuses form posts from other origins with 403 before this hook (`csrf.trustedOrigins` in its "
        "configuration lists those that it accepts). A JSON body is not affected.",
        "In development, Vite also allows pages of localhost, whatever this hook does; `server.cors: false` turns that off.",
    ),
    template="""\
{% from "javascript" import cors, is_preflight, origins_list with context %}
{{ origins_list() -}}
export async function handle({ event, resolve }) {
  const { request } = event;
{% if preflighted %}
  const preflight = {{ is_preflight }};
  const answered = preflight ? new Response(null, { status: 204 }) : await resolve(event);
{% else %}
  const answered = await resolve(event);
{% endif %}
  const response = new Response(answered.body, answered);
{{ cors() | indent(2, true) }}
  return response;
}
""",
    proof=Proof.PARSED,
    proved="In the tests the hook runs with the Request and Response of Node and an adapter of ours; run once by hand with the "
    "development server of SvelteKit 3.2.",
)

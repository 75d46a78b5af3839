"""Rewrites of Next.js."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="next-rewrites",
    title="Next.js (rewrites)",
    family=Family.PROXY,
    language="js",
    aliases=("nextjs-rewrites",),
    where="In `next.config.mjs` (or `.ts`), merged with what is there. Start the server again afterwards. A shorter path takes "
    "in more of the API.",
    rights=(
        "The script asks with a path alone. A URL with scheme and host goes past the rewrite, and CORS applies again.",
        "`:path*` stands on both sides, and it matches the path itself too. The query goes along.",
        "A page or route of your own with exactly this path wins over the rewrite; one with a dynamic path does not.",
        "Next.js takes the slash from the end of a path, with a redirect and in the rewrite. Where the API redirects "
        "back, that is a loop{% if path.rstrip('/') and path.endswith('/') %}; so the path with a slash has a line of "
        "its own here, and there is `skipTrailingSlashRedirect`.{% else %}: then ask for the recipe of the path with "
        "its slash.{% endif %}",
        'It works in production too, except with `output: "export"`: there no server is left that could forward.',
    ),
    template="""\
{% set prefix = path.rstrip("/") %}
{% set slash = prefix and path != prefix %}
export default {
{% if slash %}
  skipTrailingSlashRedirect: true,
{% endif %}
  async rewrites() {
    return [
      // the script asks for "{{ path if prefix else "/api/" }}", without scheme and host
{% if slash %}
      { source: "{{ prefix }}/:path*/", destination: "{{ upstream }}{{ prefix }}/:path*/" },
{% endif %}
      { source: "{{ prefix or "/api" }}/:path*", destination: "{{ upstream }}{{ prefix }}/:path*" },
    ];
  },
};
""",
    proof=Proof.RUN,
    proved="Run with the development server of Next.js 16 in the tests.",
)

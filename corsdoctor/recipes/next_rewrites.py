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
        "A page or a route of your own with the same path wins over the rewrite.",
        'It works in production too, except with `output: "export"`: then there is no server that could forward.',
        "Next.js redirects a path that ends with a slash to one without. Where the API wants the slash, set "
        "`skipTrailingSlashRedirect`.",
    ),
    template="""\
{% set prefix = path.rstrip("/") %}
export default {
  async rewrites() {
    return [
      // the script asks for "{{ path if prefix else "/api/" }}", without scheme and host
      { source: "{{ prefix or "/api" }}/:path*", destination: "{{ upstream }}{{ prefix }}/:path*" },
    ];
  },
};
""",
    proof=Proof.RUN,
    proved="Run with the development server of Next.js 16 in the tests.",
)

"""Rewrites of Next.js."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="next-rewrites",
    title="Next.js (rewrites)",
    family=Family.PROXY,
    language="js",
    aliases=("nextjs-rewrites",),
    where="In `next.config.mjs` (or `.ts`), merged with its content. Restart the server afterwards. A shorter path "
    "covers more of the API.",
    rights=(
        "The script requests only a path. A URL with scheme and host does not use the rewrite, and CORS applies again.",
        "`:path*` is on both sides, and it also matches the path itself. The query is included.",
        "A page or route of your own with exactly this path takes precedence over the rewrite; one with a dynamic "
        "path does not.",
        "Next.js removes the trailing slash of a path, with a redirect and in the rewrite. If the API redirects "
        "back, that is a loop{% if path.rstrip('/') and path.endswith('/') %}, so the path with a slash has a "
        "separate line here, and `skipTrailingSlashRedirect` is set.{% else %}: in that case, use the URL with the "
        "slash for this recipe.{% endif %}",
        'This works in production too, except with `output: "export"`, where no server can forward requests.',
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
      // the script requests "{{ path if prefix else "/api/" }}", without scheme and host
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

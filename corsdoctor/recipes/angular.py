"""Angular's development server."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="angular",
    title="Angular (ng serve)",
    family=Family.PROXY,
    language="json",
    where="In `proxy.conf.json` next to `angular.json`. Start with `ng serve --proxy-config proxy.conf.json`, or "
    "set the file as `proxyConfig` in the `options` of `serve` in `angular.json`. A shorter path covers more of "
    "the API.",
    rights=(
        "`HttpClient` requests only a path. A URL with scheme and host does not use the proxy, and CORS applies again.",
        "The key is a plain path, which includes everything below it and every query. With `/**` appended, the "
        "builders that use Vite do not match the path itself with a query.",
        "`changeOrigin` makes the proxy send the server's own name as Host. Without it, the server receives "
        "`localhost`, and a virtual host does not match.",
        "`ng serve` reads the file once: restart it after a change.",
        "This helps during development. In production the web server has to forward the same path, or the API "
        "needs CORS.",
    ),
    template="""\
{% set prefix = path.rstrip("/") %}
{
  {{ (prefix or "/api") | quoted }}: {
    "target": {{ upstream | quoted }},
{% if not prefix %}
    "pathRewrite": { "^/api": "" },
{% endif %}
    "changeOrigin": true
  }
}
""",
    proof=Proof.PARSED,
    proved="Parsed as JSON, and run with Vite, on which `ng serve` is built, in the tests.",
)

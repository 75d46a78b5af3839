"""Angular's development server."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="angular",
    title="Angular (ng serve)",
    family=Family.PROXY,
    language="json",
    where="In `proxy.conf.json` beside `angular.json`. Start with `ng serve --proxy-config proxy.conf.json`, or name the file "
    "as `proxyConfig` in the `options` of `serve` in `angular.json`. A shorter path takes in more of the API.",
    rights=(
        "`HttpClient` asks with a path alone. A URL with scheme and host goes past the proxy, and CORS applies again.",
        "The key is a plain path, which covers all below it and every query. With `/**` behind it, the builders that run on "
        "Vite do not match the path itself with a query.",
        "`changeOrigin` sends the server its own name as Host; without it the server sees `localhost`, and a virtual host "
        "does not answer.",
        "`ng serve` reads the file once: start it again after a change.",
        "It helps while you develop. In production the web server has to forward the same path, or the API needs CORS.",
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

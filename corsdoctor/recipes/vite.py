"""Vite's development server."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="vite",
    title="Vite",
    family=Family.PROXY,
    language="js",
    where="In `vite.config.js` (or `.ts`), merged with the `server` that is there. A shorter path takes in more of the API.",
    rights=(
        "The script asks with a path alone. A URL with scheme and host goes past the proxy, and CORS applies again.",
        "`changeOrigin` sends the server its own name as Host; without it the server sees `localhost`, and a virtual "
        "host does not answer.",
        "It helps while you develop. In production the web server has to forward the same path, or the API needs CORS.",
        "A POST or PUT still carries the page's Origin. Where the server refuses it, add `headers: { Origin: ... }` "
        "with the server's own origin.",
        "{% if credentials %}A cookie that names the server's domain is refused on `localhost`; `cookieDomainRewrite: "
        "''` takes the name away.{% endif %}",
    ),
    template="""\
{% set prefix = path.rstrip("/") %}
import { defineConfig } from "vite";

export default defineConfig({
  server: {
    proxy: {
      // the script asks for "{{ path if prefix else "/api/" }}", without scheme and host
      {{ (prefix or "/api") | quoted }}: {
        target: {{ upstream | quoted }},
        changeOrigin: true,
{% if not prefix %}
        rewrite: (path) => path.replace(/^\\/api/, ""),
{% endif %}
      },
    },
  },
});
""",
    proof=Proof.RUN,
    proved="Run with Vite 8 in the tests.",
)

"""Vite's development server."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="vite",
    title="Vite",
    family=Family.PROXY,
    language="js",
    where="In `vite.config.js` (or `.ts`), merged with the existing `server`. A shorter path covers more of the API.",
    rights=(
        "The script requests only a path. A URL with scheme and host does not use the proxy, and CORS applies again.",
        "`changeOrigin` makes the proxy send the server's own name as Host. Without it, the server receives "
        "`localhost`, and a virtual host does not match.",
        "This helps during development. In production the web server has to forward the same path, or the API "
        "needs CORS.",
        "A POST or PUT still has the page's Origin. If the server refuses it, add `headers: { Origin: ... }` with "
        "the server's own origin.",
        "{% if credentials %}Browsers do not accept a cookie with the server's Domain on `localhost`; "
        "`cookieDomainRewrite: ''` removes the Domain.{% endif %}",
    ),
    template="""\
{% from "javascript" import vite_proxy with context %}
import { defineConfig } from "vite";

export default defineConfig({
{{ vite_proxy("script") | indent(2, true) }}
});
""",
    proof=Proof.RUN,
    proved="Run with Vite 8 in the tests.",
)

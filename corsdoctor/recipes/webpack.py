"""webpack-dev-server."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="webpack",
    title="webpack-dev-server",
    family=Family.PROXY,
    language="js",
    aliases=("webpack-dev-server",),
    where="In `webpack.config.js`, merged with the `devServer` that is there; in an ES module it starts with "
    "`export default {`. Start the server again afterwards. A shorter path takes in more of the API.",
    rights=(
        "The script asks with a path alone. A URL with scheme and host goes past the proxy, and CORS applies again.",
        "`proxy` is a list since version 5; up to version 4 it is an object with the path as its key.",
        "`changeOrigin` sends the server its own name as Host; without it the server sees `localhost`, and a virtual host "
        "does not answer.",
        "It helps while you develop. In production the web server has to forward the same path, or the API needs CORS.",
        "A POST or PUT still carries the page's Origin. Where the server refuses it, add `headers: { Origin: ... }` with "
        "the server's own origin.",
    ),
    template="""\
{% set prefix = path.rstrip("/") %}
module.exports = {
  devServer: {
    proxy: [
      {
        // the script asks for "{{ path if prefix else "/api/" }}", without scheme and host
        context: [{{ (prefix or "/api") | quoted }}],
        target: {{ upstream | quoted }},
        changeOrigin: true,
{% if not prefix %}
        pathRewrite: { "^/api": "" },
{% endif %}
      },
    ],
  },
};
""",
    proof=Proof.RUN,
    proved="Run with webpack-dev-server 5 in the tests.",
)

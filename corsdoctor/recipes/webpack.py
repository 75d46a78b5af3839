"""webpack-dev-server."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="webpack",
    title="webpack-dev-server",
    family=Family.PROXY,
    language="js",
    aliases=("webpack-dev-server",),
    where="In `webpack.config.js`, merged with the existing `devServer`; an ES module starts with `export default "
    "{`. Restart the server afterwards. A shorter path covers more of the API.",
    rights=(
        "The script requests only a path. A URL with scheme and host does not use the proxy, and CORS applies again.",
        "Since version 5, `proxy` is a list; up to version 4 it is an object with the path as its key.",
        "`changeOrigin` makes the proxy send the server's own name as Host. Without it, the server receives "
        "`localhost`, and a virtual host does not match.",
        "This helps during development. In production the web server has to forward the same path, or the API "
        "needs CORS.",
        "A POST or PUT still has the page's Origin. If the server refuses it, add `headers: { Origin: ... }` with "
        "the server's own origin.",
    ),
    template="""\
{% set prefix = path.rstrip("/") %}
module.exports = {
  devServer: {
    proxy: [
      {
        // the script requests "{{ path if prefix else "/api/" }}", without scheme and host
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

"""Storybook's development server, with the builder for Vite."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="storybook",
    title="Storybook (Vite)",
    family=Family.PROXY,
    language="js",
    where="In `.storybook/main.js` (or `.ts`), as a property of the exported configuration. If there is a `viteFinal` "
    "already, merge this with what it returns. Restart Storybook afterwards.",
    rights=(
        "The story requests only a path. A URL with scheme and host does not use the proxy, and CORS applies again.",
        "`changeOrigin` makes the proxy send the server's own name as Host.",
        "This is for `storybook dev`. The files of `storybook build` are static: the web server that serves them has to "
        "forward the same path, or the API needs CORS.",
        "With the builder for webpack, `.storybook/middleware.js` adds a proxy, for example with http-proxy-middleware.",
        "A Storybook that another one shows as a reference (`refs`) needs CORS itself, for the origin of that one.",
    ),
    template="""\
{% from "javascript" import vite_proxy with context %}
viteFinal: async (config) => {
  const { mergeConfig } = await import("vite");
  return mergeConfig(config, {
{{ vite_proxy("story") | indent(4, true) }}
  });
},
""",
    proof=Proof.PARSED,
    proved="In the tests Vite 8 runs with it in middleware mode, as Storybook starts it; Storybook itself was not run.",
)

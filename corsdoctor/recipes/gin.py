"""Go with Gin and its middleware gin-contrib/cors."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="gin",
    title="Go, Gin with gin-contrib/cors",
    family=Family.FRAMEWORK,
    language="go",
    aliases=("gin-gonic",),
    where="Right after `gin.New()` or `gin.Default()` (`router` here), before every other `router.Use`, every group and "
    "every route. Import `github.com/gin-contrib/cors`{% if preflighted %} and `time`{% endif %}.",
    rights=(
        "Gin gives a route the middleware that was registered before it. `router.Use` before all routes also applies "
        "to 404 responses{% if preflighted %}, and to OPTIONS for paths that have no such route{% endif %}.",
        "{% if not public %}Requests from other origins get 403 from the middleware, before the handler. It compares "
        "whole strings, so the origins have no trailing slash.{% endif %}",
        "{% if not public %}The middleware sends Vary only to origins that it allows, so a line of its own sets it for "
        "all.{% endif %}",
        "`cors.Default()` allows every origin, and PUT, PATCH and DELETE.",
        "The middleware sends no headers if the Origin is the server's own Host. Behind a proxy that changes Host, keep "
        "the original.",
    ),
    template="""\
{% set width = 17 if credentials else 16 if public else 14 if expose else 13 %}
{% macro key(name) %}{{ (name ~ ":").ljust(width) }}{% endmacro %}
{% if not public %}
router.Use(func(c *gin.Context) { c.Header("Vary", "Origin") })
{% endif %}
router.Use(cors.New(cors.Config{
{% if public %}
	{{ key("AllowAllOrigins") }} true,
{% else %}
	{{ key("AllowOrigins") }} []string{ {{- origins | map("quoted") | join(", ") -}} },
{% endif %}
{% if credentials %}
	{{ key("AllowCredentials") }} true,
{% endif %}
	{{ key("AllowMethods") }} []string{ {{- methods | map("quoted") | join(", ") -}} },
{% if headers %}
	{{ key("AllowHeaders") }} []string{ {{- headers | map("quoted") | join(", ") -}} },
{% endif %}
{% if expose %}
	{{ key("ExposeHeaders") }} []string{ {{- expose | map("quoted") | join(", ") -}} },
{% endif %}
{% if preflighted %}
	{{ key("MaxAge") }} {{ max_age }} * time.Second,
{% endif %}
}))
""",
    proof=Proof.RUN,
    proved="Run with Debian's packages of Gin 1.8 and gin-contrib/cors 1.4 in the tests.",
)

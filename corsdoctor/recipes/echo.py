"""Go with Echo and its CORS middleware."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="echo",
    title="Go, Echo",
    family=Family.FRAMEWORK,
    language="go",
    aliases=("labstack-echo",),
    where="Right after `echo.New()` (`e` here), before every other `e.Use`. Import "
    "`github.com/labstack/echo/v4/middleware`.",
    rights=(
        "{% if preflighted %}`e.Use` in first place answers the preflight request before the login.{% else %}`e.Use` in "
        "first place adds the headers to the 401 of a login too.{% endif %}",
        "{% if headers %}Without `AllowHeaders`, the middleware allows every requested header.{% else %}Without "
        "`AllowHeaders`, the middleware would allow every requested header. `Origin` is a name that scripts cannot "
        "set, so listing it allows nothing.{% endif %}",
        "`middleware.CORS()` allows {% if not public %}every origin, {% endif %}PUT, PATCH and DELETE, and every "
        "requested header.",
        "{% if credentials %}`*` together with `AllowCredentials` would send back the origin of any page in versions "
        "before 4.12.{% endif %}",
        "Echo's own 404 and 500 responses have the headers too.",
    ),
    template="""\
{% set width = 17 if credentials else 14 if expose else 13 %}
{% macro key(name) %}{{ (name ~ ":").ljust(width) }}{% endmacro %}
e.Use(middleware.CORSWithConfig(middleware.CORSConfig{
	{{ key("AllowOrigins") }} []string{ {{- origins | map("quoted") | join(", ") -}} },
{% if credentials %}
	{{ key("AllowCredentials") }} true,
{% endif %}
	{{ key("AllowMethods") }} []string{ {{- methods | map("quoted") | join(", ") -}} },
{% if headers %}
	{{ key("AllowHeaders") }} []string{ {{- headers | map("quoted") | join(", ") -}} },
{% else %}
	{{ key("AllowHeaders") }} []string{"Origin"}, // none: scripts can't set Origin, and an empty list allows all
{% endif %}
{% if expose %}
	{{ key("ExposeHeaders") }} []string{ {{- expose | map("quoted") | join(", ") -}} },
{% endif %}
{% if preflighted %}
	{{ key("MaxAge") }} {{ max_age }},
{% endif %}
}))
""",
    proof=Proof.RUN,
    proved="Run with Debian's package of Echo 4.2 in the tests.",
)

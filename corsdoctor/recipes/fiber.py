"""Go with Fiber and its CORS middleware."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="fiber",
    title="Go, Fiber",
    family=Family.FRAMEWORK,
    language="go",
    aliases=("gofiber",),
    where="Right after `fiber.New()` (`app` here), before every other `app.Use` and every route. Import "
    "`github.com/gofiber/fiber/v3/middleware/cors`.",
    rights=(
        "This is for Fiber 3. In Fiber 2 each list is one string, such as `AllowMethods: {{ methods | join(',') | "
        "quoted }}`.",
        "Fiber calls middleware in the order in which it is registered: {% if preflighted %}before the login, it "
        "answers the preflight request{% else %}before the login, the 401 has the headers too{% endif %}.",
        "{% if headers %}Without `AllowHeaders`, the middleware allows every requested header.{% else %}Without "
        "`AllowHeaders`, the middleware would allow every requested header. `Origin` is a name that scripts cannot "
        "set, so listing it allows nothing.{% endif %}",
        "`cors.New()` without a Config allows {% if not public %}every origin, {% endif %}PUT, PATCH and DELETE.",
    ),
    template="""\
{% set width = 17 if credentials else 14 if expose else 13 %}
{% macro key(name) %}{{ (name ~ ":").ljust(width) }}{% endmacro %}
app.Use(cors.New(cors.Config{
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
    proof=Proof.PARSED,
    proved="Parsed by gofmt in the tests and written from the documentation of Fiber 3; not run, because no package of "
    "Debian has it.",
)

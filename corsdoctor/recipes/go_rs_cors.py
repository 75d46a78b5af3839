"""Go with github.com/rs/cors."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="go-rs-cors",
    title="Go, github.com/rs/cors",
    family=Family.FRAMEWORK,
    language="go",
    where="In `main`, around the outermost handler (`mux`), so that it wraps the router and any login. Import "
    "`github.com/rs/cors`.",
    rights=(
        "{% if not public %}`cors.Default()`, and Options without `AllowedOrigins`, allow every origin. Here they "
        "are listed.{% endif %}",
        "Without `AllowedHeaders`, the library allows Content-Type and X-Requested-With by default.",
        "It wraps the router. As a middleware of a router such as gorilla/mux, it does not receive requests that "
        "match no route, so 404{% if preflighted %}, 405 and preflight responses{% else %} and 405 responses{% "
        "endif %} do not have the headers.",
        "{% if credentials %}The library accepts `*` together with `AllowCredentials`, but browsers do not accept "
        "what it then sends.{% endif %}",
        "{% if preflighted %}Since 1.11, the request headers in a preflight request that you write by hand must be "
        "in lower case and sorted, as browsers send them.{% endif %}",
    ),
    template="""\
{% set width = 17 if credentials else 15 %}
{% macro key(name) %}{{ (name ~ ":").ljust(width) }}{% endmacro %}
handler := cors.New(cors.Options{
	{{ key("AllowedOrigins") }} []string{ {{- origins | map("quoted") | join(", ") -}} },
{% if credentials %}
	AllowCredentials: true,
{% endif %}
	{{ key("AllowedMethods") }} []string{ {{- methods | map("quoted") | join(", ") -}} },
{% if headers %}
	{{ key("AllowedHeaders") }} []string{ {{- headers | map("quoted") | join(", ") -}} },
{% else %}
	{{ key("AllowedHeaders") }} []string{"Origin"}, // none: scripts can't set Origin, and an empty list allows more
{% endif %}
{% if expose %}
	{{ key("ExposedHeaders") }} []string{ {{- expose | map("quoted") | join(", ") -}} },
{% endif %}
{% if preflighted %}
	{{ key("MaxAge") }} {{ max_age or -1 }},
{% endif %}
}).Handler(mux)

// http.ListenAndServe(":8080", handler)
""",
    proof=Proof.RUN,
    proved="Run with Debian's package of version 1.7 in the tests, and once by hand with 1.11.1.",
)

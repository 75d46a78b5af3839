"""Go with github.com/jub0bs/cors."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="go-jub0bs-cors",
    title="Go, github.com/jub0bs/cors",
    family=Family.FRAMEWORK,
    language="go",
    where="In `main`, around the outermost handler (`mux`), so that it wraps the router and any login. Import "
    "`log` and `github.com/jub0bs/cors`.",
    rights=(
        "`NewMiddleware` returns an error for a configuration that cannot work, {% if not public %}such as {% if "
        "credentials %}`*` with credentials or {% endif %}an origin with a trailing slash, {% endif %}so its error "
        "ends the program.",
        "The middleware wraps the whole mux. Inside a pattern with a method, such as `GET /items`, it would never "
        "receive {% if preflighted %}the preflight request{% else %}a 404 or 405{% endif %}.",
        "{% if preflighted %}A preflight request that it does not allow gets 403 without any CORS headers. "
        "`SetDebug(true)` makes the browser's message more specific while you debug.{% endif %}",
        "{% if preflighted %}In a preflight request that you write by hand, the request headers must be in lower "
        "case and sorted, as browsers send them.{% endif %}",
    ),
    template="""\
{% set insecure = namespace(any=false) %}
{% if credentials %}
{% for o in origins %}
{% set host = o.split("://")[1] %}
{% set name = host if host.startswith("[") else host.split(":")[0] %}
{% if not o.startswith("https://") and not (name == "localhost" or name.endswith(".localhost") or name.startswith("127.") or name.startswith("[::1]")) %}
{% set insecure.any = true %}
{% endif %}
{% endfor %}
{% endif %}
{% set width = 35 if insecure.any else 16 if expose or preflighted else 13 if credentials else 8 %}
{% macro key(name) %}{{ (name ~ ":").ljust(width) }}{% endmacro %}
corsMiddleware, err := cors.NewMiddleware(cors.Config{
	{{ key("Origins") }} []string{ {{- origins | map("quoted") | join(", ") -}} },
{% if credentials %}
	{{ key("Credentialed") }} true,
{% endif %}
{% if preflighted %}
	{{ key("Methods") }} []string{ {{- methods | map("quoted") | join(", ") -}} },
{% if headers %}
	{{ key("RequestHeaders") }} []string{ {{- headers | map("quoted") | join(", ") -}} },
{% endif %}
	{{ key("MaxAgeInSeconds") }} {{ [max_age, 86400] | min or -1 }},
{% endif %}
{% if expose %}
	{{ key("ResponseHeaders") }} []string{ {{- expose | map("quoted") | join(", ") -}} },
{% endif %}
{% if insecure.any %}
	DangerouslyTolerateInsecureOrigins: true, // an origin is neither https nor this machine's
{% endif %}
})
if err != nil {
	log.Fatal(err)
}
handler := corsMiddleware.Wrap(mux)

// http.ListenAndServe(":8080", handler)
""",
    proof=Proof.PARSED,
    proved="Parsed by gofmt in the tests, and run once by hand with version 1.0.2; not in the tests, because it needs "
    "Go 1.25.",
)

"""Frameworks of the JVM other than Spring: Quarkus, Micronaut, Ktor."""

from __future__ import annotations

from typing import Final

from corsdoctor.recipes.recipe import Family, Proof, Recipe

QUARKUS: Final = Recipe(
    id="quarkus",
    title="Quarkus",
    family=Family.FRAMEWORK,
    language="properties",
    where="In `src/main/resources/application.properties`. Up to Quarkus 3.15 the first line is `quarkus.http.cors=true`. "
    "`enabled` is read when the application is built.",
    rights=(
        "{% if preflighted %}The filter answers the preflight request itself, before authentication.{% else %}The filter "
        "runs before authentication, so a 401 has the headers too.{% endif %}",
        "{% if not public %}Requests from other origins get 403.{% endif %}",
        "{% if headers %}Without `headers`, the filter allows every requested header.{% else %}Without `headers`, the "
        "filter would allow every requested header. `Origin` is a name that scripts cannot set, so listing it allows "
        "nothing.{% endif %}",
        "Without `methods`, it allows every method.",
        "An origin between two slashes (`/https:.*/`) is a regular expression.",
    ),
    template="""\
quarkus.http.cors.enabled=true
quarkus.http.cors.origins={{ origins | join(",") }}
quarkus.http.cors.methods={{ methods | join(",") }}
quarkus.http.cors.headers={{ (headers or ["Origin"]) | join(",") }}
{% if credentials %}
quarkus.http.cors.access-control-allow-credentials=true
{% endif %}
{% if expose %}
quarkus.http.cors.exposed-headers={{ expose | join(",") }}
{% endif %}
{% if preflighted %}
quarkus.http.cors.access-control-max-age={{ max_age }}S
{% endif %}
""",
    proof=Proof.PARSED,
    proved="Loaded by java.util.Properties in the tests and written from the documentation; not run.",
)

MICRONAUT: Final = Recipe(
    id="micronaut",
    title="Micronaut",
    family=Family.FRAMEWORK,
    language="yaml",
    where="In `src/main/resources/application.yml`, merged with the existing `micronaut`. In application.properties, each "
    "line is a path such as `micronaut.server.cors.enabled=true`.",
    rights=(
        "{% if preflighted %}The filter answers the preflight request itself, before the login of Micronaut "
        "Security.{% else %}The filter runs before the login of Micronaut Security, so a 401 has the headers too.{% "
        "endif %}",
        "`allow-credentials` is true unless it is set.",
        "`allowed-origins`, `allowed-methods` and `allowed-headers` allow everything unless they are set. {% if not headers "
        "%}`Origin` is a name that scripts cannot set, so listing it allows nothing.{% endif %}",
    ),
    template="""\
micronaut:
  server:
    cors:
      enabled: true
      configurations:
        web:
          allowed-origins: {{ origins | tojson }}
          allow-credentials: {{ credentials | tojson }}
          allowed-methods: {{ methods | tojson }}
          allowed-headers: {{ (headers or ["Origin"]) | tojson }}
{% if expose %}
          exposed-headers: {{ expose | tojson }}
{% endif %}
{% if preflighted %}
          max-age: {{ max_age }}
{% endif %}
""",
    proof=Proof.PARSED,
    proved="Parsed as YAML in the tests and written from the documentation; not run.",
)

KTOR: Final = Recipe(
    id="ktor",
    title="Ktor",
    family=Family.FRAMEWORK,
    language="kotlin",
    where="In the module of the application, before `install(Authentication)` and the routing. It needs the dependency "
    "`io.ktor:ktor-server-cors`, and the imports `io.ktor.http.*` and `io.ktor.server.plugins.cors.routing.*`.",
    rights=(
        "`allowHost` would allow http:// unless `schemes` is set{% if not public %}; `allowOrigins` compares whole "
        "origins{% endif %}.",
        "{% if preflighted %}The plugin answers the preflight request itself.{% endif %}"
        "{% if not public %} Requests from other origins get 403.{% endif %}",
        "{% if 'content-type' in headers | map('lower') %}Ktor refuses Content-Type: application/json unless "
        "`allowNonSimpleContentTypes` is set, even if the header is allowed.{% endif %}",
        "Install it in the application, not in a route: there it would not see {% if preflighted %}OPTIONS for "
        "{% endif %}paths without a route.",
    ),
    template="""\
install(CORS) {
{% if public %}
    anyHost()
{% else %}
    val origins = setOf({{ origins | map("quoted") | join(", ") }})
    allowOrigins { it in origins }
{% endif %}
{% if credentials %}
    allowCredentials = true
{% endif %}
{% for m in methods if m not in ("GET", "HEAD", "POST") %}
    allowMethod(HttpMethod({{ m | quoted }}))
{% endfor %}
{% for h in headers %}
    allowHeader({{ h | quoted }})
{% endfor %}
{% if 'content-type' in headers | map('lower') %}
    allowNonSimpleContentTypes = true
{% endif %}
{% for h in expose %}
    exposeHeader({{ h | quoted }})
{% endfor %}
{% if preflighted %}
    maxAgeInSeconds = {{ max_age }}
{% endif %}
}
""",
    proof=Proof.PARSED,
    proved="Parsed by a Kotlin grammar in the tests and written from the documentation; not run.",
)

RECIPES: Final = (QUARKUS, MICRONAUT, KTOR)

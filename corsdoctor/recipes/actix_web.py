"""Rust: Actix Web with actix-cors."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="actix-web",
    title="Rust, Actix Web with actix-cors",
    family=Family.FRAMEWORK,
    language="rust",
    aliases=("actix", "actix-cors"),
    where="In the closure that is passed to `HttpServer::new`: `cors` before `App::new()`, and `.wrap(cors)` as its last "
    "`wrap`. Import `actix_cors::Cors`.",
    rights=(
        "In Actix Web, the middleware that is added last runs first: {% if preflighted %}it answers OPTIONS before any "
        "login{% else %}the 401 of a login has the headers too{% endif %}.",
        "`Cors::default()` allows nothing. `Cors::permissive()` allows every page{% if credentials %}, with "
        "credentials{% endif %}, and is for development only.",
        "{% if public %}Without `send_wildcard`, the middleware sends back any Origin.{% else %}The origins are compared "
        "as whole strings, so they have no trailing slash.{% endif %}",
        "`Cors` is created in the closure, once for each worker, because it cannot be shared.",
    ),
    template="""\
let cors = Cors::default()
{% if public %}
    .allow_any_origin()
    .send_wildcard()
{% endif %}
{% for o in origins if not public %}
    .allowed_origin({{ o | quoted }})
{% endfor %}
{% if credentials %}
    .supports_credentials()
{% endif %}
{% if expose %}
    .expose_headers([{{ expose | map("quoted") | join(", ") }}])
{% endif %}
{% if headers %}
    .allowed_headers([{{ headers | map("quoted") | join(", ") }}])
{% endif %}
{% if preflighted %}
    .max_age({{ max_age }})
{% endif %}
    .allowed_methods([{{ methods | map("quoted") | join(", ") }}]);

// App::new().wrap(cors)
""",
    proof=Proof.PARSED,
    proved="Parsed by rustfmt in the tests and written from the documentation; not run.",
)

"""Rust: axum, and whatever else takes a tower layer, with tower-http."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="tower-http",
    title="Rust, axum with tower-http",
    family=Family.FRAMEWORK,
    language="rust",
    aliases=("axum",),
    where="Where the router is created, as the last `.layer` and after the last route. Enable the feature `cors` "
    "of `tower-http` in `Cargo.toml`.",
    rights=(
        "In axum, the layer that is added last is the outermost: {% if preflighted %}it answers OPTIONS before any "
        "login{% else %}the 401 of a login has the headers too{% endif %}. It does not apply to routes that are "
        "added after it.",
        "{% if not public %}The origins are an array even if there is only one. A single `HeaderValue` is sent to "
        "every origin unchanged, and since 0.7 without Vary.{% endif %}",
        "{% if not public %}`AllowOrigin::mirror_request()` and `CorsLayer::very_permissive()` allow every "
        "origin.{% endif %}",
        "{% if credentials %}With `allow_credentials(true)`, the layer panics at the start if origins, methods or "
        "headers are `Any`.{% endif %}",
        "{% if headers or expose %}`HeaderName::from_static` requires lower case and panics otherwise; browsers "
        "ignore the case.{% endif %}",
    ),
    template="""\
{% set standard = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"] %}
{% set http = (["HeaderName"] if headers or expose else []) + ([] if public else ["HeaderValue"]) + (["Method"] if preflighted else []) %}
{% if http | length > 1 %}
use axum::http::{ {{- http | join(", ") -}} };
{% elif http %}
use axum::http::{{ http[0] }};
{% endif %}
{% if preflighted %}
use std::time::Duration;
{% endif %}
use tower_http::cors::{{ "{Any, CorsLayer}" if public else "CorsLayer" }};

let cors = CorsLayer::new()
{% if credentials %}
    .allow_credentials(true)
{% endif %}
{% if preflighted %}
    .allow_methods([
{%- for m in methods %}
{{- "" if loop.first else ", " }}{{ "Method::" ~ m if m in standard else "Method::from_bytes(b" ~ m | quoted ~ ").unwrap()" }}
{%- endfor %}
])
{% if headers %}
    .allow_headers([
{%- for h in headers %}
{{- "" if loop.first else ", " }}HeaderName::from_static({{ h | lower | quoted }})
{%- endfor %}
])
{% endif %}
    .max_age(Duration::from_secs({{ max_age }}))
{% endif %}
{% if expose %}
    .expose_headers([
{%- for h in expose %}
{{- "" if loop.first else ", " }}HeaderName::from_static({{ h | lower | quoted }})
{%- endfor %}
])
{% endif %}
{% if public %}
    .allow_origin(Any);
{% else %}
    .allow_origin([
{% for o in origins %}
        HeaderValue::from_static({{ o | quoted }}),
{% endfor %}
    ]);
{% endif %}

let app = app.layer(cors); // after the last route and every other layer
""",
    proof=Proof.PARSED,
    proved="Parsed by rustfmt in the tests and written from the source of tower-http 0.7; not run, because its crates "
    "are too many for the tests.",
)

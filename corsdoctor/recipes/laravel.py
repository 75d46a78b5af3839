"""Laravel, with its own middleware HandleCors."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="laravel",
    title="Laravel",
    family=Family.FRAMEWORK,
    language="php",
    where="config/cors.php, in place of what is there; Laravel 11 and later make the file with "
    "`php artisan config:publish cors`. Then `php artisan config:cache`, where the configuration is cached.",
    rights=(
        "Laravel's own HandleCors reads it. It is among the global middleware, so {% if preflighted %}preflights need "
        "no route and no login{% else %}an answer of 404 has the headers too{% endif %}; before Laravel 9.2 the "
        "package fruitcake/laravel-cors does the same.",
        "`paths` is `*`: the default holds `api/*` only, and a path outside of it gets no header at all.",
        "The defaults allow every {% if not public %}origin, {% endif %}method and header; here each is a list.",
        "{% if not public and origins | length > 1 %}With several origins Laravel compares and sends `Vary: Origin`."
        "{% elif not public %}As there is one origin, every answer names it, whoever asks, and without Vary: browsers "
        "of other origins refuse it.{% endif %}",
        "{% if credentials %}Cookies need `'supports_credentials' => true`; with Sanctum the frontend's host is in "
        "`SANCTUM_STATEFUL_DOMAINS` too.{% endif %}",
    ),
    template="""\
<?php

return [
    'paths' => ['*'],
    'allowed_origins' => [{{ origins | map("single") | join(", ") }}],
    'allowed_origins_patterns' => [],
    'allowed_methods' => [{{ methods | map("single") | join(", ") }}],
    'allowed_headers' => [{{ headers | map("single") | join(", ") }}],
    'exposed_headers' => [{{ expose | map("single") | join(", ") }}],
    'max_age' => {{ max_age }},
    'supports_credentials' => {{ "true" if credentials else "false" }},
];
""",
    proof=Proof.PARSED,
    proved="The file is loaded by PHP in the tests, and its values are compared; Laravel itself was not run.",
)

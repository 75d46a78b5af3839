"""Laravel, with its own middleware HandleCors."""

from __future__ import annotations

from corsdoctor.recipes.recipe import Family, Proof, Recipe

RECIPE = Recipe(
    id="laravel",
    title="Laravel",
    family=Family.FRAMEWORK,
    language="php",
    where="In config/cors.php, replacing its content; in Laravel 11 and later, create the file with `php artisan "
    "config:publish cors`. Then run `php artisan config:cache`, if the configuration is cached.",
    rights=(
        "Laravel's own HandleCors reads it. It is a global middleware, so {% if preflighted %}preflight requests "
        "need no route and no login{% else %}a 404 has the headers too{% endif %}. Before Laravel 9.2, the package "
        "fruitcake/laravel-cors does the same.",
        "`paths` is `*`, because the default is only `api/*` and `sanctum/csrf-cookie`, and other paths get no "
        "headers.",
        "The defaults allow every {% if not public %}origin, {% endif %}method and header. Here each of them is a "
        "list.",
        "{% if not public and origins | length > 1 %}With several origins, Laravel compares them and sends `Vary: "
        "Origin`.{% elif not public %}Because there is only one origin, every response names it, without Vary, and "
        "browsers block pages of other origins.{% endif %}",
        "{% if credentials %}Cookies require `'supports_credentials' => true`. With Sanctum, the frontend's host "
        "must be in `SANCTUM_STATEFUL_DOMAINS` too.{% endif %}",
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

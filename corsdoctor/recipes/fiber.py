"""Go with Fiber and its CORS middleware."""

from __future__ import annotations

from corsdoctor.recipes.go_config import EMPTY_HEADERS, config
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
        EMPTY_HEADERS,
        "`cors.New()` without a Config allows {% if not public %}every origin, {% endif %}PUT, PATCH and DELETE.",
    ),
    template=config("app.Use(cors.New(cors.Config{"),
    proof=Proof.PARSED,
    proved="Parsed by gofmt in the tests and written from the documentation of Fiber 3; not run, because no package of "
    "Debian has it.",
)

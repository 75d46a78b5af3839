"""Go with Echo and its CORS middleware."""

from __future__ import annotations

from corsdoctor.recipes.go_config import EMPTY_HEADERS, config
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
        EMPTY_HEADERS,
        "`middleware.CORS()` allows {% if not public %}every origin, {% endif %}PUT, PATCH and DELETE, and every "
        "requested header.",
        "{% if credentials %}`*` together with `AllowCredentials` would send back the origin of any page in versions "
        "before 4.12.{% endif %}",
        "Echo's own 404 and 500 responses have the headers too.",
    ),
    template=config("e.Use(middleware.CORSWithConfig(middleware.CORSConfig{"),
    proof=Proof.RUN,
    proved="Run with Debian's package of Echo 4.2 in the tests.",
)

"""Programs in Go, with Debian's packages."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.recipes import go_program
from tests.recipes.contract import POLICIES, SIMPLE, Contract, Serve, check, need, recipe

PACKAGES: Final = {  # Debian's, and its directory
    "echo": ("golang-github-labstack-echo-dev", "github.com/labstack/echo"),
    "gin": ("golang-github-gin-contrib-cors-dev", "github.com/gin-contrib/cors"),
    "go-net-http": None,
    "go-rs-cors": ("golang-github-rs-cors-dev", "github.com/rs/cors"),
}
SOURCES: Final = {
    "echo": """\
import (
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
)

func With(mux http.Handler) http.Handler {
e := echo.New()
RECIPE
e.Any("/*", echo.WrapHandler(mux))
return e
}
""",
    "gin": """\
import (
	"net/http"
	"time"

	"github.com/gin-contrib/cors"
	"github.com/gin-gonic/gin"
)

var _ = time.Second

func With(mux http.Handler) http.Handler {
gin.SetMode(gin.ReleaseMode)
router := gin.New()
RECIPE
for _, path := range []string{"/items", "/broken", "/private"} {
	for _, method := range []string{"GET", "PUT"} {
		router.Handle(method, path, gin.WrapH(mux))
	}
}
return router
}
""",
    "go-net-http": """\
import "net/http"

RECIPE

var With = cors
""",
    "go-rs-cors": """\
import (
	"net/http"

	"github.com/rs/cors"
)

func With(mux http.Handler) http.Handler {
RECIPE
return handler
}
""",
}


@pytest.fixture(scope="session", params=SOURCES)
def program(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(request.param, tmp_path_factory.mktemp(request.param))


def built(id: str, directory: Path) -> Path:
    need("go", "Go")
    if (package := PACKAGES[id]) is not None:
        need((go_program.DEBIAN / "src" / package[1]).is_dir(), f"Debian's {package[0]}")
    packages = {name: SOURCES[id].replace("RECIPE", recipe(id, policy)) for name, policy in POLICIES.items()}
    return go_program.build(directory, packages)


class TestGo(Contract):
    @pytest.fixture
    def serve(self, program: Path, tmp_path: Path) -> Serve:
        return go_program.server(program, tmp_path)


@pytest.mark.parametrize("header", ["X-Requested-With: fetch", "Content-Type: application/json"])
def test_a_policy_without_headers_allows_none_of_the_default_ones_of_rs_cors(tmp_path: Path, header: str) -> None:
    with go_program.server(built("go-rs-cors", tmp_path), tmp_path)(SIMPLE) as url:
        report = check(url + "/items", "https://app.example", "-X", "POST", "-H", header, "--send")
        assert {browser["verdict"] for browser in report["browsers"].values()} == {"blocked"}

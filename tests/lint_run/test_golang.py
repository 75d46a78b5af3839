"""Each mistake that lint finds in Go is one: Debian's packages run with it, and without it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.lint.cases import Case, named
from tests.lint.golang_cases import CASES
from tests.lint_run.reading import reads
from tests.recipes.contract import free_port, need, running
from tests.recipes.go_program import DEBIAN

MAIN = """\
package main

import (
	"log"
	"net/http"
	"os"
	"regexp"
	"strings"

	gin "github.com/gin-gonic/gin"
	gincors "github.com/gin-contrib/cors"
	"github.com/rs/cors"
)

var _ = regexp.MustCompile
var _ = strings.HasSuffix
var rs = map[string]cors.Options{
RS}
var ginned = map[string]gincors.Config{
GIN}

func main() {
	handler := http.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("hello")) }))
	if options, ok := rs[os.Args[1]]; ok {
		handler = cors.New(options).Handler(handler)
	} else {
		gin.SetMode(gin.ReleaseMode)
		engine := gin.New()
		engine.Use(gincors.New(ginned[os.Args[1]]))
		engine.GET("/", func(c *gin.Context) { c.String(200, "hello") })
		handler = engine
	}
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[2], handler))
}
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All cases as one program, which is built once."""
    need("go", "Debian's golang-go")
    need((DEBIAN / "src/github.com/gin-contrib/cors").is_dir(), "Debian's golang-github-gin-contrib-cors-dev")
    need((DEBIAN / "src/github.com/rs/cors").is_dir(), "Debian's golang-github-rs-cors-dev")
    directory = tmp_path_factory.mktemp("go")
    app = directory / "src" / "app"
    app.mkdir(parents=True)
    entries = {"rs": "", "gin": ""}
    for case in CASES:
        for name, settings in (("bad", case.bad), ("good", case.good)):
            entries[case.id.partition("-")[0]] += f'\t"{case.id} {name}": {{{settings}}},\n'
    (app / "main.go").write_text(MAIN.replace("RS}", entries["rs"] + "}").replace("GIN}", entries["gin"] + "}"))
    env = {**os.environ, "GO111MODULE": "off", "GOPATH": f"{directory}:{DEBIAN}", "GOPROXY": "off", "GOFLAGS": ""}
    subprocess.run(["go", "build", "-o", str(directory / "app"), "app"], cwd=app, env=env, check=True)
    return directory / "app"


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_mistake_is_one(case: Case, program: Path, tmp_path: Path) -> None:
    for name, expected in (("bad", case.reads), ("good", not case.reads)):
        port = free_port()
        with running([str(program), f"{case.id} {name}", str(port)], port, tmp_path) as url:
            assert reads(url, case) is expected

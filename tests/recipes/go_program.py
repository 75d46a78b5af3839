"""A Go program that has each policy's recipe around the routes of the contract."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from corsdoctor.policy import Policy
from tests.recipes.contract import POLICIES, Serve, free_port, running

DEBIAN: Final = Path("/usr/share/gocode")  # where Debian's golang-*-dev packages are
MAIN: Final = """\
package main

import (
	"app/full"
	"app/public"
	"app/simple"
	"log"
	"net/http"
	"os"
)

func main() {
	mux := http.NewServeMux()
	for path, status := range map[string]int{"/items": 200, "/broken": 500, "/private": 401} {
		status := status
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Total-Count", "42")
			if r.Method == http.MethodOptions && status != 401 {
				http.Error(w, "", http.StatusMethodNotAllowed)
			} else if status == 200 {
				w.Write([]byte("[]"))
			} else {
				http.Error(w, "", status)
			}
		})
	}
	handler := map[string]func(http.Handler) http.Handler{
		"none": func(h http.Handler) http.Handler { return h },
		"full": full.With, "simple": simple.With, "public": public.With,
	}[os.Args[1]](mux)
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[2], handler))
}
"""


def build(directory: Path, packages: dict[str, str]) -> Path:
    """The program; `packages` has, for each of POLICIES, the source of a package with `With(http.Handler) http.Handler`."""
    app = directory / "src" / "app"
    for name, source in packages.items():
        (app / name).mkdir(parents=True)
        (app / name / "recipe.go").write_text(f"package {name}\n\n{source}")
    (app / "main.go").write_text(MAIN)
    (app / "go.mod").write_text("module app\n")  # lets an import path end in /v4
    env = {**os.environ, "GO111MODULE": "off", "GOPATH": f"{directory}:{DEBIAN}", "GOPROXY": "off", "GOFLAGS": ""}
    subprocess.run(["go", "build", "-o", str(directory / "app"), "app"], cwd=app, env=env, check=True)
    return directory / "app"


def server(program: Path, directory: Path) -> Serve:
    """The program as the contract wants it."""

    @contextmanager
    def started(policy: Policy | None) -> Iterator[str]:
        name = next((name for name, value in POLICIES.items() if value == policy), "none")
        port = free_port()
        with running([str(program), name, str(port)], port, directory) as url:
            yield url

    return started

"""The development server of Next.js."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from corsdoctor.policy import Policy
from corsdoctor.recipes.nextjs import RECIPE
from corsdoctor.recipes.recipe import render
from corsdoctor.url import parse
from tests.recipes.contract import Contract, Serve
from tests.recipes.node_server import need_packages, next_server

ROUTES = {
    "items": 'new Response("[]", { headers: { "X-Total-Count": "42" } })',
    "missing": "new Response(null, { status: 404 })",
    "private": "new Response(null, { status: 401 })",
    "broken": '(() => { throw new Error("broken"); })()',
}
ROUTE = "export const GET = () => {}, PUT = GET, DELETE = GET;\n"


class TestNextjs(Contract):
    @pytest.fixture
    def serve(self, tmp_path: Path) -> Serve:
        need_packages("next", "react", "react-dom")
        for name, answer in ROUTES.items():
            route = tmp_path / "app" / "api" / name / "route.js"
            route.parent.mkdir(parents=True)
            route.write_text(ROUTE.replace("{}", answer))

        @contextmanager
        def started(policy: Policy | None) -> Iterator[str]:
            url = parse("https://api.example/api/items")
            assert url is not None
            if policy is not None:
                (tmp_path / "proxy.ts").write_text(render(RECIPE, policy, url))
            with next_server(tmp_path) as base:
                yield base + "/api"

        return started

"""Each mistake that lint finds in JavaScript is one: the packages run with it, and without it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.lint.cases import Case, named
from tests.lint.javascript_cases import CASES
from tests.lint_run.reading import reads
from tests.recipes.node_server import need_packages, node

NEEDS: Final = {
    "express": ("express", "cors"), "fastify": ("fastify", "@fastify/cors"), "koa": ("koa", "@koa/cors"),
    "hono": ("hono", "@hono/node-server"), "node": (),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_mistake_is_one(case: Case, tmp_path: Path) -> None:
    need_packages(*NEEDS[case.id.partition("-")[0]])
    with node(case.bad, tmp_path) as url:
        assert reads(url, case) is case.reads
    with node(case.good, tmp_path) as url:
        assert reads(url, case) is not case.reads

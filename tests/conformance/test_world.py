"""Flows against what three browsers did with them. world/misses.txt lists what is not predicted yet, and nothing else."""

from __future__ import annotations

import pytest

from tests.conformance.world_replay import HERE, RUNS, checks


@pytest.mark.parametrize("run", RUNS)
def test_only_the_known_misses_differ(run: str) -> None:
    known = {
        line for line in (HERE / "misses.txt").read_text(encoding="utf-8").splitlines() if line.startswith(f"{run} ")
    }
    assert {f"{run} {check.name}" for check in checks(run) if not check.right} == known


def test_a_check_that_can_fail_is_made() -> None:
    made = {check.check for run in RUNS for check in checks(run)}
    assert {"verdict", "wire", "metadata", "readable", "console", "stored"} <= made

"""docs/policy.md: each example is a policy, and each key is in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from corsdoctor.policy_file import load
from corsdoctor.scenario import Api, Credentials, Mode, Redirect
from corsdoctor.suite import entries, flow_case, request_spec
from corsdoctor.suite.grid import MOST_CELLS

PAGE = (Path(__file__).parents[2] / "docs" / "policy.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```(toml|json|yaml)\n(.*?)^```$", PAGE, re.M | re.S)


def test_there_are_examples_of_each_format() -> None:
    assert {kind for kind, _ in EXAMPLES} == {"toml", "json", "yaml"}


@pytest.mark.parametrize(("kind", "text"), EXAMPLES)
def test_each_example_is_a_policy(kind: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / f"cors.{kind}"
    path.write_text(text, encoding="utf-8")
    assert load(str(path)).cases


def test_the_first_example_comes_out_as_the_page_says(tmp_path: Path) -> None:
    path = tmp_path / "cors.toml"
    path.write_text(EXAMPLES[0][1], encoding="utf-8")
    suite = load(str(path))
    cases = {one.id: one for one in suite.cases}
    assert len(cases) == 16
    assert len(suite.skipped) == 5
    assert cases["items/GET /items/app"].expected.verdict == "allowed"
    assert cases["items/GET /me/admin"].expected.verdict == "blocked"
    assert [one.id for one in suite.cases if one.known] == [id for id in cases if id.startswith("items/DELETE /items/")]


def test_each_key_and_value_is_on_the_page() -> None:
    words = set(re.findall(r"[\w$-]+", " ".join(re.findall(r"`[^`\n]+`|^\S+ = ", PAGE, re.M))))
    keys = {
        *entries.CASE_KEYS,
        *entries.MATRIX_KEYS,
        *request_spec.KEYS,
        *flow_case.KEYS,
        "step",
        "browser",
        "cookies-sent",
        "cookies-stored",
        "skip",
        "verdict",
        "rule",
        "readable",
        "max-age",
        "preflight",
    }
    assert {*keys, *Api, *Credentials, *Mode, *Redirect} <= words
    assert f"{MOST_CELLS:,}" in PAGE

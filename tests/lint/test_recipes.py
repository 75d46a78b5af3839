"""Configuration that corsdoctor prints itself has nothing that lint finds."""

from __future__ import annotations

from typing import Final

import pytest

from corsdoctor.lint_file import lint_file
from corsdoctor.recipes import RECIPES
from tests.lint.writing import Write
from tests.recipes.contract import POLICIES, recipe

SUFFIXES: Final = {
    "nginx": "conf",
    "python": "py",
    "js": "js",
    "javascript": "js",
    "ts": "ts",
    "go": "go",
    "ruby": "rb",
    "java": "java",
    "php": "php",
    "csharp": "cs",
}
READ: Final = [one for one in RECIPES if one.language in SUFFIXES]
NO_WHOLE_FILES: Final = frozenset({"storybook"})
"""The recipes that are a part of an expression, which no parser can read alone."""


@pytest.mark.exhaustive
@pytest.mark.parametrize("id", [one.id for one in READ if one.id not in NO_WHOLE_FILES])
def test_recipes_are_clean(id: str, write: Write) -> None:
    [language] = [one.language for one in READ if one.id == id]
    for policy in POLICIES.values():
        text = recipe(id, policy)
        assert (
            lint_file(write(f"recipe.{SUFFIXES[language]}", text), "nginx" if language == "nginx" else None).findings
            == ()
        )

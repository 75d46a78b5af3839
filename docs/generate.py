"""Writes docs/recipes.md from the recipes, and docs/formats.md: `python -m docs.generate`, at the root of the checkout."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from corsdoctor.policy import Policy
from corsdoctor.recipes import RECIPES
from corsdoctor.recipes.recipe import Family, Proof, Recipe, written
from corsdoctor.url import parse
from docs import formats

PAGE: Final = Path(__file__).parent / "recipes.md"
SHOWN: Final = Policy(
    ("https://app.example", "http://localhost:3000"), ("PUT",), ("X-Api-Key",), True, ("X-Total-Count",)
)
ASKED: Final = "https://api.example/items"
INTRODUCTION: Final = f"""\
# Recipes

What `corsdoctor fix --server NAME` prints, for one example: pages at {" and ".join(SHOWN.origins)} send `GET` and `PUT` to
`{ASKED}` with cookies and the header `X-Api-Key`, and read `X-Total-Count` of the answer. `fix` writes the same for your
origins, methods and headers, and for nothing else:

    corsdoctor fix {ASKED} --origin {SHOWN.origins[0]} --origin {SHOWN.origins[1]} \\
      -X PUT -H 'X-Api-Key: 1' --credentials include --expose X-Total-Count --server nginx

After it was applied, `corsdoctor check` of the same request says whether it works, in each browser.

A recipe that is marked **run** was tried in corsdoctor's own tests on the real server, over real sockets: blocked without it,
allowed with it for GET, for a preflighted PUT with a header and credentials, and on answers of 404, 500 and 401; other origins
stay blocked. One marked **parsed, not run** was read by a parser of its language only; its text says why.

Made by docs/generate.py: change the recipes, then run `python -m docs.generate`.
"""
_TOLD: Final = {Proof.RUN: "run", Proof.PARSED: "parsed, not run", Proof.READ: "not run"}


def page() -> str:
    """The whole page."""
    return "\n".join([INTRODUCTION, *_contents(), *(line for family in Family for line in _family(family))]) + "\n"


def _contents() -> Iterator[str]:
    yield "| --server | for | in the tests |"
    yield "| --- | --- | --- |"
    for recipe in RECIPES:
        names = ", ".join(f"`{name}`" for name in (recipe.id, *recipe.aliases))
        yield f"| {names} | [{recipe.title}](#{recipe.id}) | {_TOLD[recipe.proof]} |"
    yield ""


def _family(family: Family) -> Iterator[str]:
    yield f"## {family.value}"
    yield ""
    for recipe in RECIPES:
        if recipe.family is family:
            yield from _recipe(recipe)


def _recipe(recipe: Recipe) -> Iterator[str]:
    url = parse(ASKED)
    assert url is not None
    yield from (f'### <a id="{recipe.id}"></a>{recipe.title}', "", f"**{_TOLD[recipe.proof]}.** {recipe.proved}", "")
    made = written(recipe, SHOWN, url)
    yield from (made.where, "", f"````{recipe.language}", made.text, "````", "")
    yield from (f"- {sentence}" for sentence in made.rights)
    yield ""


def write() -> None:
    """Writes the pages."""
    PAGE.write_text(page(), encoding="utf-8")
    formats.write_page()


if __name__ == "__main__":
    write()

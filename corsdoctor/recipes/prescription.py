"""The recipe for one server, written out for one policy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from corsdoctor.policy import Policy
from corsdoctor.recipes import by_id
from corsdoctor.recipes.guess import Guess, guess
from corsdoctor.recipes.recipe import Recipe, render
from corsdoctor.url import URL
from corsdoctor.wire import Headers


@dataclass(frozen=True, slots=True)
class Prescription:
    """A recipe, and its `text` for one policy. `guess` is None where the user named the server.

    `others` are guesses that are as good or not much worse: a proxy in front of the application, say.
    """

    recipe: Recipe
    text: str
    guess: Guess | None = None
    others: tuple[Guess, ...] = ()


def prescribe(policy: Policy, url: URL, answers: Iterable[Headers], server: str | None = None) -> Prescription | None:
    """The configuration that grants `policy` for `url`; None where no server was named and the answers tell none.

    `server` is a recipe's id or alias, KeyError where it is none; `answers` are the headers that the server sent.
    """
    if server is not None:
        return Prescription(by_id(server), render(by_id(server), policy, url))
    guesses = guess(answers)
    if not guesses:
        return None
    recipe = by_id(guesses[0].recipe)
    return Prescription(recipe, render(recipe, policy, url), guesses[0], guesses[1:])

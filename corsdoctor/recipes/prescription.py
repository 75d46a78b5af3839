"""The recipe for one server, written out for one policy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from corsdoctor.fetch.headers import ACAC, ACAH, ACAM, ACAO, ACEH, ACMA
from corsdoctor.policy import Policy
from corsdoctor.recipes import by_id
from corsdoctor.recipes.guess import Guess, guess
from corsdoctor.recipes.recipe import Recipe, Written, written
from corsdoctor.url import URL
from corsdoctor.wire import Headers


@dataclass(frozen=True, slots=True)
class Prescription:
    """A recipe, written for one policy. `guess` is None where the user named the server.

    `seen` are the names of CORS headers that the answers have today. `others` are guesses that are as good or not much
    worse: a proxy in front of the application, say.
    """

    recipe: Recipe
    written: Written
    seen: tuple[str, ...] = ()
    guess: Guess | None = None
    others: tuple[Guess, ...] = ()


def prescribe(policy: Policy, url: URL, answers: Iterable[Headers], server: str | None = None) -> Prescription | None:
    """The configuration that grants `policy` for `url`; None where no server was named and the answers tell none.

    `server` is a recipe's id or alias, KeyError where it is none; `answers` are the headers that the server sent.
    """
    answers = tuple(answers)
    seen = tuple(name for name in _GRANTS if any(name in headers for headers in answers))
    guesses = guess(answers) if server is None else ()
    if server is None and not guesses:
        return None
    recipe = by_id(server or guesses[0].recipe)
    first = guesses[0] if guesses else None
    return Prescription(recipe, written(recipe, policy, url, seen), seen, first, guesses[1:])


_GRANTS = (ACAO, ACAC, ACAM, ACAH, ACMA, ACEH)

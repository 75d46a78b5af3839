"""The recipe for one server, written out for one policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from corsdoctor.fetch.headers import ACAC, ACAH, ACAM, ACAO, ACEH, ACMA, listed_values
from corsdoctor.policy import ANY, Policy
from corsdoctor.recipes import by_id
from corsdoctor.recipes.guess import IN_TEXT, LOOKS_LIKE, Guess, guess
from corsdoctor.recipes.recipe import NEED_NO_PERMISSION, Family, Recipe, Written, written
from corsdoctor.url import URL
from corsdoctor.wire import Headers, Response


@dataclass(frozen=True, slots=True)
class Prescription:
    """A recipe, written for one policy. `guess` is None if the user named the server.

    `seen` are the names of CORS headers that the answers have today. `others` are guesses that are as good or not much
    worse: a proxy in front of the application, say. `warnings` are sentences on what the configuration may get wrong here.
    """

    recipe: Recipe
    written: Written
    seen: tuple[str, ...] = ()
    guess: Guess | None = None
    others: tuple[Guess, ...] = ()
    warnings: tuple[str, ...] = ()


def prescribe(
    policy: Policy,
    url: URL,
    answers: Iterable[Response],
    server: str | None = None,
    used: Iterable[str] = NEED_NO_PERMISSION,
    cache: str = "",
) -> Prescription | None:
    """The configuration that grants `policy` for `url`; None if no server was named and the responses do not show which it is.

    `server` is a recipe's id or alias, KeyError if it is none; `answers` are the server's responses, and `used` the
    methods of the requests. `cache` is the recipe's id of a cache that answered instead of the server behind it.
    """
    responses = tuple(answers)
    came = tuple(response.headers for response in responses)
    seen = tuple(name for name in _GRANTS if any(name in headers for headers in came))
    guesses = tuple(sorted(guess(responses), key=lambda found: found.recipe != cache))
    if server is None and not guesses:
        return None
    recipe = by_id(server or guesses[0].recipe)
    warnings = [*_elsewhere(recipe, guesses)] if server is not None else []
    if server is None and guesses[0].shared:
        warnings.append(_SHARED.format(name=guesses[0].value))
    warnings += _twice(recipe, guesses, came)
    if recipe.id not in COPY_HEADERS:
        policy, left_out = _without_any(policy)
        warnings += left_out
    simple: tuple[str, ...] = NEED_NO_PERMISSION
    if recipe.id in _ALLOW_BY_METHOD:
        today = {method for headers in came for method in listed_values(ACAM, headers)}
        simple = tuple(method for method in simple if method in today or method in used)
    made = written(recipe, policy, url, _GRANTS if seen else (), simple)
    if server is not None:
        return Prescription(recipe, made, seen, warnings=tuple(warnings))
    return Prescription(recipe, made, seen, guesses[0], guesses[1:], tuple(warnings))


def _elsewhere(recipe: Recipe, guesses: Sequence[Guess]) -> Iterator[str]:
    """That the responses come from another server than the recipe is for."""
    known = (recipe.id, *LOOKS_LIKE.get(recipe.id, ()))
    if recipe.family is not Family.PROXY and guesses and all(guess.recipe not in known for guess in guesses):
        first, also = guesses[0], by_id(guesses[0].recipe)
        yield (
            f"The responses look like {also.title} (by {_by(first)}), not like {recipe.title}. This "
            f"configuration helps only if {recipe.title} handles the requests too; otherwise use --server {also.id}."
        )


def _by(guess: Guess) -> str:
    return f"the words “{guess.value}”" if guess.name == IN_TEXT else guess.name


def _twice(recipe: Recipe, guesses: Sequence[Guess], answers: Sequence[Headers]) -> Iterator[str]:
    """Which of two layers to switch off, where the responses have a header of each."""
    doubled = next((name for name in _GRANTS for headers in answers if len(headers.values(name)) > 1), None)
    known = (recipe.id, *LOOKS_LIKE.get(recipe.id, ()))
    others = [by_id(guess.recipe) for guess in guesses if guess.recipe not in known]
    if doubled is not None and others and recipe.family is not Family.PROXY:
        titles = " or ".join(other.title for other in others)
        yield (
            f"The responses have {doubled} twice, probably from {recipe.title} and from {titles}. Keep CORS in "
            f"{recipe.title}, and remove it from {titles}."
        )


def _without_any(policy: Policy) -> tuple[Policy, list[str]]:
    """The policy with names only, and a sentence for each `*` that is left out."""
    sentences = []
    for what, listed in (("request header", policy.headers), ("response header", policy.expose)):
        if ANY in listed:
            verb = "send" if what == "request header" else "read"
            sentences.append(
                f"The server allows every {what} today (`*`). This configuration names each of them: add the others that "
                f"your pages {verb}."
            )
    headers, expose = (tuple(n for n in names if n != ANY) for names in (policy.headers, policy.expose))
    return replace(policy, headers=headers, expose=expose), sentences


COPY_HEADERS: Final = frozenset(
    {"apache", "caddy", "envoy", "express", "fastapi", "go-net-http", "haproxy", "nginx", "node-http", "vercel"}
)
"""The recipes that send their lists of headers as they are, so that `*` may stand in them."""

_SHARED: Final = (
    "The responses name only {name}, which runs Django and FastAPI too. Unless the application uses Flask, choose "
    "--server django or --server fastapi."
)
_ALLOW_BY_METHOD: Final = frozenset(
    {"aws-s3", "backblaze-b2", "cloudflare-r2", "digitalocean-spaces", "gcs", "azure-blob"}
)
"""The recipes whose methods decide on the response to the request itself too, so that GET, HEAD and POST are listed only if they are used."""


_GRANTS = (ACAO, ACAC, ACAM, ACAH, ACMA, ACEH)

"""Which server answered, by the marks in its responses: headers such as `Server`, and the words of error pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from corsdoctor.causes.marks import Means, Seen, marks_of
from corsdoctor.causes.software import SOFTWARE, software
from corsdoctor.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from corsdoctor.wire import Response

LOOKS_LIKE: Final = {
    "aspnet": ("iis",),
    "azure-app-service": ("aspnet", "iis"),
    "cloud-functions": ("express",),
    "django": ("flask", "fastapi"),  # their servers run all three
    "fastapi": ("flask",),
    "gateway-api": ("envoy", "nginx", "kong"),
    "grpc-web": ("envoy",),
    "ingress-nginx": ("nginx",),
    "json-server": ("express",),
    "mcp": ("fastapi", "express"),
    "nestjs": ("express",),
    "nextjs": ("vercel",),
    "socket-io": ("express",),
}
"""Of a recipe, the others that its server may be taken for, because it is built on them or runs in them."""


IN_TEXT: Final = "text"
"""The name of a guess by words in the body, instead of a header's."""


class Guess(Record):
    """A recipe's id, and the header line, or the words, that gave the server away.

    `shared` says that they name only a server that runs applications of several frameworks.
    """

    recipe: str
    name: str
    value: str
    shared: bool = False


def guess(answers: Iterable[Response]) -> tuple[Guess, ...]:
    """The servers that the responses name, the likeliest first, each once."""
    seen: dict[str, Seen] = {}
    for answer in answers:
        for mark in marks_of(answer):
            if mark.means not in (Means.PAGE, Means.APP):
                seen.setdefault(mark.who, mark)
    if any(software(who).is_store and mark.name != IN_TEXT for who, mark in seen.items()):  # stores share their words
        seen = {who: mark for who, mark in seen.items() if not (software(who).is_store and mark.name == IN_TEXT)}
    found: dict[str, Guess] = {}
    for name, known in SOFTWARE.items():
        if name in seen and known.recipe:
            mark = seen[name]
            found.setdefault(known.recipe, Guess(known.recipe, mark.name, mark.value, known.is_shared))
    return tuple(found.values())


def is_behind_cloudflare(answers: Iterable[Response]) -> bool:
    """Whether the responses came through Cloudflare, which says nothing about the server behind it."""
    return any(mark.who == "Cloudflare" for answer in answers for mark in marks_of(answer))

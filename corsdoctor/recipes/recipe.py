"""The shape of a recipe, and how a policy becomes the configuration of a server.

A recipe's template is Jinja2. It gets:
  origins       the origins that may read the answers; ["*"] where `public`
  origin        the first of them
  public        whether everybody may
  credentials   whether cookies and HTTP logins may come along (never where `public`)
  methods       the methods to list: GET, HEAD and POST, which need no permission, and those of the policy
  headers       the request headers to list, spelled as the script spells them; may be empty
  expose        the response headers that scripts may read; may be empty
  max_age       seconds
  preflighted   whether there is anything that a preflight asks for
  host, path, upstream   of the URL: "api.example:8443", "/items", "https://api.example:8443"
  seen          the names of the CORS headers that the answers have today: a proxy has to take them away, or browsers see two
and the filters `quoted` ("..."), `single` ('...'), `regex` (an origin as a regular expression, dots escaped) and Jinja2's own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from corsdoctor.policy import ANY, Policy
from corsdoctor.recipes import javascript
from corsdoctor.url import URL

if TYPE_CHECKING:
    from jinja2 import Environment

NEED_NO_PERMISSION: Final = ("GET", "HEAD", "POST")
_WRITABLE_ORIGIN: Final = re.compile(r"[a-z][a-z0-9+.-]*://[a-z0-9._\[\]:-]+")
_WRITABLE_NAME: Final = re.compile(r"[A-Za-z0-9_.-]+")
_WRITABLE_PATH: Final = re.compile(r"[A-Za-z0-9/._~%-]*")


class Family(StrEnum):
    """What kind of thing a recipe configures. The value is a heading."""

    SERVER = "Web servers and proxies"
    FRAMEWORK = "Frameworks"
    CLOUD = "Clouds and hosts"
    APPLICATION = "Applications and tools"
    PROXY = "Proxies that make it same-origin"


class Proof(StrEnum):
    """How it is known that a recipe works."""

    RUN = "run"  # in the tests, against the real server
    PARSED = "parsed"  # its syntax was checked by a parser of its own
    READ = "read"  # written from the server's documentation; it was not run


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to grant a policy with one server.

    `id` is what --server takes, as are `aliases`. `where` is a sentence: where it goes. `rights` are sentences: what it
    gets right that people get wrong. Both are templates as well; a sentence that comes out empty is left out. `language` is the name that Markdown knows the template's language by. `proved` is
    a sentence on what was done, such as "Run with nginx 1.22 in the tests."
    """

    id: str
    title: str
    family: Family
    language: str
    where: str
    rights: tuple[str, ...]
    template: str
    proof: Proof
    proved: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """A recipe for one policy: the configuration without a line feed at its end, and the sentences that go with it."""

    text: str
    where: str
    rights: tuple[str, ...]


def written(
    recipe: Recipe, policy: Policy, url: URL, seen: Iterable[str] = (), simple: Iterable[str] = NEED_NO_PERMISSION
) -> Written:
    """The recipe that grants `policy` for `url`. `seen` are the names of CORS headers that its answers have today, and
    `simple` the methods to list although no preflight request asks for them.

    `unwritable` must have found nothing.
    """
    environment = _environment()
    values: dict[str, Any] = {
        "origins": list(policy.origins), "origin": policy.origins[0], "public": policy.public,
        "credentials": policy.credentials, "methods": list(dict.fromkeys((*simple, *policy.methods))),
        "headers": list(policy.headers), "expose": list(policy.expose), "max_age": policy.max_age,
        "preflighted": policy.preflighted, "host": str(url.origin).split("://", 1)[-1], "upstream": str(url.origin),
        "path": url.path if _WRITABLE_PATH.fullmatch(url.path) else "/", "seen": list(seen),
    }  # fmt: skip

    def filled(template: str) -> str:
        return environment.from_string(template).render(values)

    blank = 2 if recipe.language == "python" else 1  # lines; what a template leaves out leaves more of them
    text = re.sub(rf"\n{{{blank + 2},}}", "\n" * (blank + 1), filled(recipe.template)).strip("\n")
    rights = (" ".join(filled(sentence).split()) for sentence in recipe.rights)
    return Written(text, " ".join(filled(recipe.where).split()), tuple(sentence for sentence in rights if sentence))


def render(recipe: Recipe, policy: Policy, url: URL, seen: Iterable[str] = ()) -> str:
    """The configuration alone."""
    return written(recipe, policy, url, seen).text


def unwritable(policy: Policy) -> Iterator[tuple[str, str, str]]:
    """(what, value, reason) for all that no recipe can hold: configuration files have quoting rules of their own."""
    for origin in policy.origins:
        if origin != ANY and not _WRITABLE_ORIGIN.fullmatch(origin):
            yield "origin", origin, "a recipe holds only origins of letters, digits, `.`, `-`, `_` and a port"
    for what, names in (("method", policy.methods), ("header", policy.headers), ("expose", policy.expose)):
        for name in names:
            if name != ANY and not _WRITABLE_NAME.fullmatch(name):
                yield what, name, "a recipe holds only names of letters, digits, `-`, `_` and `.`"


def _environment() -> Environment:
    import jinja2

    macros = jinja2.DictLoader({"javascript": javascript.MACROS})
    made: Any = jinja2.Environment(
        trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined, loader=macros
    )
    made.filters.update(quoted=json.dumps, single=lambda text: f"'{text}'", regex=_regex)
    return made  # type: ignore[no-any-return]


def _regex(origin: str) -> str:
    """`origin` as a regular expression that matches it alone, between anchors. Of what it can hold, `.[]+` mean something."""
    return re.sub(r"[.\[\]+]", r"\\\g<0>", origin)

"""CORS settings of nginx, in the directives that crossplane reads.

https://nginx.org/en/docs/http/ngx_http_headers_module.html#add_header says that directives are inherited only by a block without
any of its own, and that a header is added to a few successful statuses unless `always` is given.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Self

from corsdoctor.audit import weaknesses as w
from corsdoctor.fetch.headers import ACAC, ACAO
from corsdoctor.lint.found import Found, broken, of_pattern, open_to
from corsdoctor.lint.mistakes import NOT_ALWAYS, NOT_INHERITED, SEVERAL_ORIGINS
from corsdoctor.lint.patterns import Matching
from corsdoctor.record import Record
from corsdoctor.sentence import Sentence, whole

_ORIGIN: Final = ("$http_origin", "${http_origin}")
_ADDED_TO: Final = ("200", "201", "204", "206", "301", "302", "303", "304", "307", "308")
_HARMLESS: Final = ("$request_method", *_ORIGIN)
_MAP: Final = "Allow exact origins with a map: `map $http_origin $cors_origin { https://app.example $http_origin; }`."


class Directive(Record):
    """A directive, and the directives of its block; `args` of an `if` have no parentheses."""

    name: str
    args: tuple[str, ...]
    line: int
    block: tuple[Self, ...] = ()  # type: ignore[misc]  # mypy: a named tuple may not name itself


class Level(Record):
    """The directives of one block, and the blocks around them, the nearest first.

    `inherited` is the line of an outer block with Access-Control-Allow-Origin that a block without add_header lines has too.
    """

    directives: tuple[Directive, ...]
    headers: tuple[Directive, ...]
    blocks: tuple[Directive, ...] = ()
    inherited: Directive | None = None


def directives(parsed: list[dict[str, Any]]) -> tuple[Directive, ...]:
    """The directives of crossplane's payload."""
    return tuple(
        Directive(one["directive"], tuple(one["args"]), one["line"], directives(one.get("block", []))) for one in parsed
    )


def findings(top: tuple[Directive, ...]) -> Iterator[Found]:
    """What is wrong in the directives of a file."""
    levels = list(_levels(top))
    anywhere = any(_is(one, ACAC) and _value(one).lower() == "true" for level in levels for one in level.headers)
    for level in levels:
        allowing = [one for one in level.headers if _is(one, ACAO)]
        credentials = any(_is(one, ACAC) and _value(one).lower() == "true" for one in level.headers)
        succeeds = any(one.name == "return" and one.args[:1] and one.args[0] in _ADDED_TO for one in level.directives)
        for one in allowing:
            yield from _of_value(one, level, credentials=credentials)
            if "always" not in one.args[2:] and not succeeds:
                yield broken(
                    NOT_ALWAYS,
                    whole(f"add_header {ACAO} has no `always`, so nginx leaves the header out of 4xx and 5xx responses."),
                    "Add `always` at the end of each add_header line with a CORS header.", one.line,
                )  # fmt: skip
        yield from _twice(allowing)
        for one in level.directives:
            yield from _of_patterns(one, credentials=anywhere)
        if level.inherited is not None and level.headers and not allowing and not _unknown(level.directives):
            yield _not_inherited(level.blocks[0], level.headers[0], level.inherited)


def _levels(top: tuple[Directive, ...]) -> Iterator[Level]:
    left = [Level(top, _headers(top))]
    while left:
        level = left.pop()
        yield level
        inherited = level.inherited
        if _unknown(level.directives):
            inherited = None
        elif level.headers:
            inherited = next((one for one in level.headers if _is(one, ACAO)), None)
        left += [
            Level(one.block, _headers(one.block), (one, *level.blocks), inherited)
            for one in level.directives
            if one.block
        ]


def _of_patterns(directive: Directive, *, credentials: bool) -> Iterator[Found]:
    """What is wrong with the expressions of a map or an `if` that reads the Origin header."""
    if directive.name == "if" and len(directive.args) > 2 and directive.args[0] in _ORIGIN:
        if any(one.name in ("set", "add_header", "more_set_headers") for one in directive.block):
            yield from _of_pattern("".join(directive.args[1:3]), directive.line, credentials=credentials)
    elif directive.name == "map" and directive.args[:1] and directive.args[0] in _ORIGIN:
        for entry in directive.block:
            if entry.args[:1] not in ((), ("",), ("0",)):
                yield from _of_pattern(entry.name, entry.line, credentials=credentials)


def _of_pattern(expression: str, line: int, *, credentials: bool) -> Iterator[Found]:
    """The findings about `~EXPRESSION`, or `~*EXPRESSION`, which ignores the case."""
    if not expression.startswith("~"):
        return
    ignore_case = expression.startswith("~*")
    pattern = expression.removeprefix("~*" if ignore_case else "~")
    about = Sentence("nginx matches $http_origin with {pattern}", pattern=pattern)
    yield from of_pattern(pattern, Matching.SEARCH, about, line, credentials=credentials, ignore_case=ignore_case)


def _headers(block: tuple[Directive, ...]) -> tuple[Directive, ...]:
    return tuple(one for one in block if one.name == "add_header" and len(one.args) >= 2)


def _unknown(block: tuple[Directive, ...]) -> bool:
    """Whether a block can have more add_header lines than are seen."""
    return any(one.name in ("include", "add_header_inherit") for one in block)


def _of_value(header: Directive, level: Level, *, credentials: bool) -> Iterator[Found]:
    """What is wrong with the value of one Access-Control-Allow-Origin line."""
    value = _value(header)
    if value in _ORIGIN:
        if credentials and _for_every_origin(level):
            yield open_to(
                w.REFLECTED, whole(f"nginx sends $http_origin back as {ACAO}, whatever it is, and allows credentials."), _MAP, header.line,
                credentials=True,
            )  # fmt: skip
    elif "$" in value:
        return
    elif value == "*" and credentials:
        yield broken(
            w.WILDCARD_CREDENTIALS, whole(f"{ACAO} is * where {ACAC} is true, which browsers do not accept."),
            f"Remove {ACAC}, or send the trusted origin in place of *.", header.line,
        )  # fmt: skip
    elif value == "null":
        yield open_to(
            w.NULL_ORIGIN, whole(f"nginx sends {ACAO}: null, and every website can get it with a sandboxed frame."), w.NULL_ORIGIN.fix,
            header.line, credentials=credentials,
        )  # fmt: skip
    elif "," in value or " " in value:
        yield broken(
            SEVERAL_ORIGINS, Sentence("The value of {header} is not one origin: {value}.", header=ACAO, value=value),
            f"{_MAP} Then add_header {ACAO} $cors_origin always.",
            header.line,
        )  # fmt: skip


def _for_every_origin(level: Level) -> bool:
    """Whether no `if` around the block can have looked at which origin it is."""
    for block in level.blocks:
        if block.name == "if" and (not block.args or block.args[0] not in _HARMLESS):
            return False
        if block.name == "if" and block.args[0] in _ORIGIN and len(block.args) > 1 and block.args[1] != "!=":
            return False
    return True


def _twice(allowing: list[Directive]) -> Iterator[Found]:
    """Two lines that both send a header: a line with a variable may send none."""
    fixed = [one for one in allowing if "$" not in _value(one) and _value(one)]
    for one in fixed[1:]:
        yield broken(
            w.TWICE,
            whole(f"This is the second add_header {ACAO} in one block (the first is in line {fixed[0].line}). nginx sends both."),
            f"{_MAP} Then add the header once, with $cors_origin as its value.", one.line,
        )  # fmt: skip


def _not_inherited(block: Directive, own: Directive, lost: Directive) -> Found:
    """A block whose own add_header lines end the inheritance of the header."""
    what = Sentence(
        "`{block}` has an add_header of its own ({own}), so nginx does not add the {header} of line {line} there.",
        block=" ".join((block.name, *block.args)), own=own.args[0], header=ACAO, line=str(lost.line),
    )  # fmt: skip
    return broken(NOT_INHERITED, what, NOT_INHERITED.fix, own.line)


def _is(header: Directive, name: str) -> bool:
    return header.args[0].lower() == name.lower()


def _value(header: Directive) -> str:
    return header.args[1].strip()

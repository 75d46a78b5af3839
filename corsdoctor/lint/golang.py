"""CORS settings of rs/cors and gin-contrib/cors in Go, in the tree of tree-sitter.

What each package does was read in its source: both send `*` where it is allowed, also with credentials, and send the origin back
where their function returns true.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from corsdoctor.audit import weaknesses as w
from corsdoctor.captures.commands.grammar import Tree, walk
from corsdoctor.fetch.headers import ACAC, ACAO
from corsdoctor.lint.found import Found, broken, of_pattern, open_to
from corsdoctor.lint.patterns import Matching
from corsdoctor.sentence import Sentence, whole

if TYPE_CHECKING:
    from corsdoctor.captures.commands.grammar import Node

_PACKAGES: Final = {"github.com/rs/cors": "Options", "github.com/gin-contrib/cors": "Config"}
"""The packages, with the types of their settings."""
_LISTS: Final = ("AllowedOrigins", "AllowOrigins")
_FUNCTIONS: Final = ("AllowOriginFunc", "AllowOriginRequestFunc", "AllowOriginWithContextFunc")
_COMPARISONS: Final = {"strings.HasPrefix": ("^", ""), "strings.HasSuffix": ("", "$"), "strings.Contains": ("", "")}
_LONG: Final = 1_000
_FIX: Final = "List the origins that you trust, each in full."


def findings(tree: Tree) -> Iterator[Found]:
    """What is wrong in a file."""
    nodes = list(walk(tree.root))
    types: dict[str, str] = {}
    for node in nodes:
        path = node.child_by_field_name("path") if node.type == "import_spec" else None
        package = None if path is None else _text(tree, path)
        if package in _PACKAGES:
            name = node.child_by_field_name("name")
            types[f"{'cors' if name is None else tree.source(name)}.{_PACKAGES[package]}"] = package.rpartition("com/")[
                2
            ]
    for node in nodes:
        kind = node.child_by_field_name("type") if node.type == "composite_literal" else None
        if kind is not None and kind.type == "qualified_type" and (package := types.get(tree.source(kind))):
            yield from _of_settings(tree, node, package)


def _of_settings(tree: Tree, literal: Node, package: str) -> Iterator[Found]:
    body = literal.child_by_field_name("body")
    given: dict[str, Node] = {}
    for element in [] if body is None else body.named_children:
        key, value = element.child_by_field_name("key"), element.child_by_field_name("value")
        if key is not None and value is not None and value.named_children:
            given[tree.source(key)] = value.named_children[0]
    credentials = "AllowCredentials" in given and given["AllowCredentials"].type == "true"
    functions = [given[name] for name in _FUNCTIONS if name in given]
    wildcard = (
        [given["AllowAllOrigins"]] if "AllowAllOrigins" in given and given["AllowAllOrigins"].type == "true" else []
    )
    for node in (part for name in _LISTS if name in given for part in _elements(given[name])):
        text = _text(tree, node)
        wildcard += [node] if text == "*" and not functions else []
        if text == "null":
            line, column = tree.spot(node.start_byte)
            what = whole(f"{package} allows the origin null, and every website can get it with a sandboxed frame.")
            yield open_to(w.NULL_ORIGIN, what, w.NULL_ORIGIN.fix, line, credentials=credentials, column=column)
    if wildcard and credentials:
        line, column = tree.spot(wildcard[0].start_byte)
        what = whole(f"All origins and credentials are allowed, so {package} sends {ACAO}: * with {ACAC}: true.")
        yield broken(w.WILDCARD_CREDENTIALS, what, f"{_FIX} Or remove AllowCredentials.", line, column)
    for function in functions:
        yield from _of_function(tree, function, package, credentials=credentials)


def _elements(literal: Node) -> list[Node]:
    """The values in `[]string{...}`."""
    body = literal.child_by_field_name("body")
    return [part for one in ([] if body is None else body.named_children) for part in one.named_children]


def _of_function(tree: Tree, function: Node, package: str, *, credentials: bool) -> Iterator[Found]:
    """What is wrong with a function whose whole body is `return true`, or a comparison of the origin with a text."""
    if function.end_byte - function.start_byte > _LONG:
        return
    returned = [one for one in walk(function) if one.type == "return_statement"]
    statements = [one for one in walk(function) if one.type == "statement_list"]
    if len(returned) != 1 or len(statements) != 1 or len(statements[0].named_children) != 1:
        return
    source = tree.source(returned[0]).removeprefix("return").strip()
    line, column = tree.spot(returned[0].start_byte)
    if source == "true":
        if credentials:
            what = whole(
                f"This function allows every origin, and {package} allows credentials and sends the origin back."
            )
            yield open_to(w.REFLECTED, what, _FIX, line, credentials=True, column=column)
        return
    texts = [text for one in walk(returned[0]) if (text := _text(tree, one)) is not None]
    before = source.partition("(")[0]
    if len(texts) != 1 or not source.endswith(")"):
        return
    if before in _COMPARISONS:
        start, end = _COMPARISONS[before]
        expression = f"{start}{re.escape(texts[0])}{end}"
    elif before == "regexp.MustCompile" and ".MatchString(" in source:
        expression = texts[0]
    else:
        return
    about = Sentence(
        "{package} allows the origins for which this is true: {source}", package=whole(package), source=source
    )
    yield from of_pattern(expression, Matching.SEARCH, about, line, column, credentials=credentials)


def _text(tree: Tree, node: Node) -> str | None:
    """The text of a string without escapes."""
    if node.type not in ("interpreted_string_literal", "raw_string_literal"):
        return None
    return None if any(one.type == "escape_sequence" for one in node.named_children) else tree.source(node)[1:-1]

"""CORS settings of rs/cors and gin-contrib/cors in Go, in the tree of tree-sitter.

What each package does was read in its source: both send `*` where it is allowed, also with credentials, and send the origin back
where their function returns true.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from corsdoctor.audit import weaknesses as w
from corsdoctor.captures.commands.grammar import Tree, walk
from corsdoctor.fetch.headers import ACAC, ACAO
from corsdoctor.lint.found import Found, broken, of_pattern, open_to_all, open_to_null, tested
from corsdoctor.lint.patterns import Comparison, Matching
from corsdoctor.lint.syntax import unescaped
from corsdoctor.sentence import whole

if TYPE_CHECKING:
    from corsdoctor.captures.commands.grammar import Node

_PACKAGES: Final = {"github.com/rs/cors": "Options", "github.com/gin-contrib/cors": "Config"}
"""The packages, with the types of their settings."""
_LISTS: Final = ("AllowedOrigins", "AllowOrigins")
_FUNCTIONS: Final = ("AllowOriginFunc", "AllowOriginRequestFunc", "AllowOriginWithContextFunc")
_COMPARISONS: Final = {
    "strings.HasPrefix": Comparison.BEGINNING, "strings.HasSuffix": Comparison.END, "strings.Contains": Comparison.ANYWHERE,
}  # fmt: skip
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
            alias = "cors" if name is None else tree.source(name)
            types[f"{alias}.{_PACKAGES[package]}"] = package.removeprefix("github.com/")
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
    true = {name for name, value in given.items() if value.type == "true"}
    credentials = "AllowCredentials" in true
    functions = [given[name] for name in _FUNCTIONS if name in given]
    wildcard = [given["AllowAllOrigins"]] if "AllowAllOrigins" in true else []
    for node in (part for name in _LISTS if name in given for part in _elements(given[name])):
        text = _text(tree, node)
        wildcard += [node] if text == "*" and not functions else []
        if text == "null":
            line, column = tree.spot(node.start_byte)
            yield open_to_null(package, line, column, credentials=credentials)
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
            yield open_to_all(package, _FIX, line, column)
        return
    texts = [text for one in walk(returned[0]) if (text := _text(tree, one)) is not None]
    before = source.partition("(")[0]
    if len(texts) != 1 or not source.endswith(")"):
        return
    if before in _COMPARISONS:
        expression = _COMPARISONS[before].with_text(texts[0])
    elif before == "regexp.MustCompile" and ".MatchString(" in source:
        expression = texts[0]
    else:
        return
    yield from of_pattern(
        expression, Matching.SEARCH, tested(package, source), line, column, credentials=credentials
    )  # fmt: skip


def _text(tree: Tree, node: Node) -> str | None:
    """The text of a string without escapes."""
    return unescaped(tree, node, "interpreted_string_literal", "raw_string_literal")

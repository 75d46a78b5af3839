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
from corsdoctor.lint.syntax import alternatives, unescaped
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
    """What is wrong with a function that returns true, or that compares the origin with texts."""
    body = function.child_by_field_name("body")
    if body is None or function.end_byte - function.start_byte > _LONG:
        return
    for test in _tests(tree, body):
        source = tree.source(test)
        line, column = tree.spot(test.start_byte)
        expression = _expression(tree, test)
        if source == "true" and credentials:
            yield open_to_all(package, _FIX, line, column)
        elif expression is not None:
            about = tested(package, source)
            yield from of_pattern(expression, Matching.SEARCH, about, line, column, credentials=credentials)


def _tests(tree: Tree, body: Node) -> Iterator[Node]:
    """Each condition that alone makes a function return true: nothing but other such conditions comes before it."""
    for statement in _statements(body):
        if statement.type == "return_statement":
            for value in statement.named_children:
                yield from alternatives(tree, value.named_children[0], "||")
            return
        condition, then = (statement.child_by_field_name(name) for name in ("condition", "consequence"))
        other = [name for name in ("initializer", "alternative") if statement.child_by_field_name(name) is not None]
        if statement.type != "if_statement" or condition is None or then is None or other:
            return
        if [tree.source(one) for one in _statements(then)] != ["return true"]:
            return
        yield from alternatives(tree, condition, "||")


def _statements(block: Node) -> list[Node]:
    lists = [part for part in block.named_children if part.type == "statement_list"]
    return [one for part in lists for one in part.named_children if one.type != "comment"]


def _expression(tree: Tree, test: Node) -> str | None:
    """The expression that matches what a comparison with one text allows, None for what is not understood."""
    source = tree.source(test)
    texts = [text for one in walk(test) if (text := _text(tree, one)) is not None]
    before = source.partition("(")[0]
    if test.type != "call_expression" or len(texts) != 1:
        return None
    if before in _COMPARISONS:
        return _COMPARISONS[before].with_text(texts[0])
    return texts[0] if before == "regexp.MustCompile" and ".MatchString(" in source else None


def _text(tree: Tree, node: Node) -> str | None:
    """The text of a string without escapes."""
    return unescaped(tree, node, "interpreted_string_literal", "raw_string_literal")

"""CORS settings of Laravel, and headers that are set by hand in PHP, in the tree of tree-sitter.

What Laravel's package fruitcake/php-cors does was read in its source: with credentials, it sends the origin back for `*`, takes `*` in
a longer origin for any text, and tests the patterns anywhere in the origin.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from corsdoctor.audit import weaknesses as w
from corsdoctor.captures.commands.grammar import Tree, walk
from corsdoctor.fetch.headers import ACAC, ACAO
from corsdoctor.lint.found import FIX_HEADER, Found, broken, of_pattern, open_to, open_to_null
from corsdoctor.lint.mistakes import SEVERAL_ORIGINS
from corsdoctor.lint.patterns import Matching, with_wildcards
from corsdoctor.lint.syntax import parents, parts
from corsdoctor.sentence import Sentence, whole

if TYPE_CHECKING:
    from corsdoctor.captures.commands.grammar import Node

_LARAVEL: Final = "Laravel"
_ORIGINS, _PATTERNS, _CREDENTIALS = "allowed_origins", "allowed_origins_patterns", "supports_credentials"
_BODIES: Final = frozenset({"program", "compound_statement"})
_DECIDING: Final = ("binary_expression", "conditional_expression", "match_expression")
_ORIGIN: Final = r"""\$_SERVER\[(?:'HTTP_ORIGIN'|"HTTP_ORIGIN")\]"""
_METHOD: Final = r"""\$_SERVER\[(?:'REQUEST_METHOD'|"REQUEST_METHOD")\]"""
_OF_METHOD: Final = re.compile(
    rf"""\(\s*(?:{_METHOD}\s*[!=]==?\s*(["'])\w+\1|(["'])\w+\2\s*[!=]==?\s*{_METHOD})\s*\)"""
)
_ASKED: Final = re.compile(r"""\$_SERVER\[(["']?)HTTP_ORIGIN\1\](?:\s*\?\?\s*(?:'[^']*'|"[^"]*"))?""")
_DELIMITED: Final = re.compile(r"(?s)([^\w\s\\(\[{<])(.*)\1([a-zA-Z]*)")
_FUNCTIONS: Final = ("function_definition", "method_declaration", "anonymous_function")
_LONG: Final = 300
_FAR: Final = 100
_FIX: Final = "List the origins that you trust, each in full, in allowed_origins."


def findings(tree: Tree) -> Iterator[Found]:
    """What is wrong in a file."""
    nodes = list(walk(tree.root))
    asked = _asked(tree, nodes)
    above = parents(nodes)
    comparing = _comparing(tree, nodes, above, asked)
    for node in nodes:
        if node.type == "array_creation_expression":
            given = _pairs(tree, node)
            if given.keys() & {_ORIGINS, _PATTERNS}:
                yield from _laravel(tree, given)
        elif node.type in _BODIES and not _depends(node, above, comparing):
            yield from _of_headers(tree, node, asked)


def _laravel(tree: Tree, given: dict[str, Node]) -> Iterator[Found]:
    true = given.get(_CREDENTIALS)
    credentials = true is not None and true.type == "boolean" and tree.source(true).lower() == "true"
    origins = _texts(tree, given.get(_ORIGINS))
    every = [node for text, node in origins if text == "*"]
    for node in every[:1] if credentials else []:
        line, column = tree.spot(node.start_byte)
        what = whole(f"{_ORIGINS} has * and {_CREDENTIALS} is true, so {_LARAVEL} sends every Origin back in {ACAO}.")
        yield open_to(w.REFLECTED, what, _FIX, line, credentials=True, column=column)
    for text, node in [] if every else origins:
        line, column = tree.spot(node.start_byte)
        if text == "null":
            yield open_to_null(_LARAVEL, line, column, credentials=credentials)
        elif "*" in text:
            about = Sentence(f"{_LARAVEL} matches origins with {{pattern}}", pattern=text)
            yield from of_pattern(with_wildcards(text), Matching.FULL, about, line, column, credentials=credentials)
    for text, node in [] if every else _texts(tree, given.get(_PATTERNS)):
        parsed = _DELIMITED.fullmatch(text)
        if parsed is not None and "x" not in parsed[3]:
            line, column = tree.spot(node.start_byte)
            about = Sentence(f"{_LARAVEL} matches origins with {{pattern}}", pattern=text)
            yield from of_pattern(
                parsed[2], Matching.SEARCH, about, line, column, credentials=credentials, ignore_case="i" in parsed[3]
            )


def _of_headers(tree: Tree, body: Node, asked: str) -> Iterator[Found]:
    """What is wrong with the headers that the statements of a body send. `asked` is the variable that holds the Origin header."""
    origin: tuple[str, Node] | None = None
    credentials = False
    for statement in body.named_children:
        call = statement.named_children[0] if statement.type == "expression_statement" else statement
        sent = _sent(tree, call)
        name, _, value = sent.partition(":")
        if name.strip().lower() == ACAO.lower():
            origin = value.strip(), call
        elif name.strip().lower() == ACAC.lower():
            credentials = value.strip() == "true"
    if origin is None:
        return
    value, call = origin
    line, column = tree.spot(call.start_byte)
    if credentials and value in ("{origin}", f"{{{asked}}}" if asked else "{origin}"):
        what = whole(f"The Origin header of every request is sent back in {ACAO}, with {ACAC}: true.")
        yield open_to(w.REFLECTED, what, FIX_HEADER, line, credentials=True, column=column)
    elif value == "*" and credentials:
        what = whole(f"{ACAO}: * is sent with {ACAC}: true, which no browser accepts.")
        yield broken(w.WILDCARD_CREDENTIALS, what, FIX_HEADER, line, column)
    elif re.fullmatch(r"https?://[^\s,{}]+(?:\s*,\s*|\s+)https?://[^{}]+", value):
        what = Sentence("The value has more than one origin: {value}", value=value)
        yield broken(SEVERAL_ORIGINS, what, SEVERAL_ORIGINS.fix, line, column)


def _sent(tree: Tree, call: Node) -> str:
    """What `header(...)` sends, with names of variables in braces, and {origin} for the Origin header; "" for another call."""
    name = call.child_by_field_name("function") if call.type == "function_call_expression" else None
    arguments = [] if name is None else parts(call.child_by_field_name("arguments"))
    if (
        name is None
        or not arguments
        or call.end_byte - call.start_byte > _LONG
        or tree.source(name).lower() != "header"
    ):
        return ""
    return _joined(tree, arguments[0])


def _joined(tree: Tree, node: Node) -> str:
    """The text of an expression that joins strings and variables."""
    if _ASKED.fullmatch(tree.source(node)):
        return "{origin}"
    if node.type == "variable_name":
        return f"{{{tree.source(node)}}}"
    if node.type in ("argument", "binary_expression", "encapsed_string", "string", "parenthesized_expression"):
        return "".join(_joined(tree, one) for one in node.named_children)
    return tree.source(node) if node.type == "string_content" else "{}"


def _asked(tree: Tree, nodes: list[Node]) -> str:
    """The variable that is assigned once, the Origin header; "" if there is none."""
    values: dict[str, str] = {}
    count = Counter[str]()
    for node in nodes:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if (
            "assignment" in node.type
            and left is not None
            and right is not None
            and left.end_byte - left.start_byte < _LONG
        ):
            name = tree.source(left)
            count[name] += 1
            values[name] = "" if right.end_byte - right.start_byte > _LONG else tree.source(right)
    return next((name for name, value in values.items() if count[name] == 1 and _ASKED.fullmatch(value)), "")


def _comparing(tree: Tree, nodes: list[Node], above: dict[int, Node], asked: str) -> set[int]:
    """The statements whose condition may depend on the origin, and the bodies that they are in."""
    found = set[int]()
    for node in nodes:
        condition = _condition(node)
        if condition is not None and not _is_harmless(tree, condition, asked):
            found |= {node.id, above[node.id].id}
    return found


def _condition(node: Node) -> Node | None:
    """What decides whether something is run: a condition, or an expression such as `a() or b()` that is a statement."""
    if node.type == "expression_statement" and node.named_children[0].type in _DECIDING:
        return node.named_children[0]
    return node.child_by_field_name("condition")


def _is_harmless(tree: Tree, condition: Node, asked: str) -> bool:
    """Whether a condition is only about the method, or whether there is an Origin header, which is in the variable `asked` too."""
    text = "" if condition.end_byte - condition.start_byte > _LONG else tree.source(condition)
    origin = f"(?:{_ORIGIN}|{re.escape(asked)})" if asked else _ORIGIN
    present = rf"\(\s*(?:isset\({origin}\)|!\s*empty\({origin}\)|{origin})\s*\)"
    return re.fullmatch(present, text) is not None or _OF_METHOD.fullmatch(text) is not None


def _depends(body: Node, above: dict[int, Node], comparing: set[int]) -> bool:
    """Whether what a body does may depend on the origin: it has such a condition, or is in one."""
    around: Node | None = body
    for _ in range(_FAR):
        if around is None or around.type in _FUNCTIONS:
            return False
        if around.id in comparing:
            return True
        around = above.get(around.id)
    return True


def _pairs(tree: Tree, array: Node) -> dict[str, Node]:
    """The keys of an array that are texts, with their values."""
    found: dict[str, Node] = {}
    for one in array.named_children:
        pair = one.named_children if one.type == "array_element_initializer" else []
        key = _text(tree, pair[0]) if len(pair) == 2 else None
        if key is not None:
            found[key] = pair[1]
    return found


def _texts(tree: Tree, node: Node | None) -> list[tuple[str, Node]]:
    """The texts in an array."""
    elements = [] if node is None or node.type != "array_creation_expression" else parts(node)
    values = [one.named_children[0] for one in elements if len(one.named_children) == 1]
    return [(text, one) for one in values if (text := _text(tree, one)) is not None]


def _text(tree: Tree, node: Node) -> str | None:
    """The text of a string without variables."""
    if node.type not in ("string", "encapsed_string") or any(
        one.type != "string_content" for one in node.named_children
    ):
        return None
    return tree.source(node)[1:-1]

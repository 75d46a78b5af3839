"""CORS settings of ASP.NET Core in C#, in the tree of tree-sitter.

What it does was read in its source: it throws an exception for any origin with credentials, and sends the origin back where the
function of SetIsOriginAllowed returns true.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from corsdoctor.audit import weaknesses as w
from corsdoctor.captures.commands.grammar import Tree, walk
from corsdoctor.lint.found import Found, broken, of_pattern, open_to_all, open_to_null, tested
from corsdoctor.lint.patterns import Comparison, Matching
from corsdoctor.lint.syntax import alternatives, parents, parts, unescaped
from corsdoctor.record import Record
from corsdoctor.sentence import whole

if TYPE_CHECKING:
    from corsdoctor.captures.commands.grammar import Node
else:
    Node = object

_PROGRAM: Final = "ASP.NET Core"
_COMPARISONS: Final = {
    "StartsWith": Comparison.BEGINNING, "EndsWith": Comparison.END, "Contains": Comparison.ANYWHERE,
}  # fmt: skip
_LONG: Final = 300
_FIX: Final = "List the origins that you trust, each in full, in WithOrigins()."
_NO_START: Final = "The application throws an exception where it uses this policy."


class Call(Record):
    """A call in `policy.A().B()`, with its place and its arguments."""

    name: str
    node: Node
    arguments: list[Node]


def findings(tree: Tree) -> Iterator[Found]:
    """What is wrong in a file."""
    policies: dict[tuple[int, str], list[Call]] = {}
    nodes = list(walk(tree.root))
    above = parents(nodes)
    for node in nodes:
        around = above.get(node.id)
        if node.type == "invocation_expression" and around is not None and around.type != "member_access_expression":
            root, calls = _chain(tree, node)
            statement = (
                above.get(around.id) if around.type == "expression_statement" else None
            )  # others of its block are about the same policy
            policies.setdefault((node.id if statement is None else statement.id, root), []).extend(calls)
    for calls in policies.values():
        yield from _of_policy(tree, {call.name: call for call in calls})


def _of_policy(tree: Tree, calls: dict[str, Call]) -> Iterator[Found]:
    credentials = "AllowCredentials" in calls and "DisallowCredentials" not in calls
    listed = calls["WithOrigins"].arguments if "WithOrigins" in calls else []
    texts = [(text, one) for one in listed if (text := _text(tree, one)) is not None]
    every = [one for text, one in texts if text == "*" and len(listed) == 1]  # among others, `*` is only a text
    if "AllowAnyOrigin" in calls and not listed:
        every = [calls["AllowAnyOrigin"].node]
    if every and credentials:
        line, column = tree.spot(every[0].start_byte)
        what = whole(f"{_PROGRAM} throws an exception for any origin with AllowCredentials().")
        yield broken(w.WILDCARD_CREDENTIALS, what, _FIX, line, column)._replace(impact=_NO_START)
    for text, node in texts:
        if text == "null":
            line, column = tree.spot(node.start_byte)
            yield open_to_null(_PROGRAM, line, column, credentials=credentials)
    if "SetIsOriginAllowed" in calls:
        for function in calls["SetIsOriginAllowed"].arguments[:1]:
            yield from _of_function(tree, function, credentials=credentials)


def _of_function(tree: Tree, argument: Node, *, credentials: bool) -> Iterator[Found]:
    """What is wrong with a function whose whole body is `true`, or comparisons of the origin or of its host with texts, joined by `||`."""
    function = argument.named_children[0] if argument.named_children else argument
    body = function.child_by_field_name("body") if function.type == "lambda_expression" else None
    if body is None or function.end_byte - function.start_byte > _LONG:
        return
    if body.type == "block" and len(parts(body)) == 1 and parts(body)[0].type == "return_statement":
        body = next(iter(parts(parts(body)[0])), body)
    for test in alternatives(tree, body, "||"):
        line, column = tree.spot(test.start_byte)
        source = tree.source(test)
        if source == "true":
            if credentials:
                yield open_to_all(_PROGRAM, _FIX, line, column)
            continue
        expression = _expression(tree, tree.source(function).partition("=>")[0], test)
        if expression is not None:
            about = tested(_PROGRAM, source)
            yield from of_pattern(expression, Matching.SEARCH, about, line, column, credentials=credentials)


def _expression(tree: Tree, parameters: str, body: Node) -> str | None:
    """The expression that matches what a comparison with one text allows, None for what is not understood."""
    if body.type != "invocation_expression":
        return None
    [origin] = re.findall(r"(\w+)\W*$", parameters) or [""]
    called, arguments = body.child_by_field_name("function"), parts(body.child_by_field_name("arguments"))
    callee = "" if called is None else re.sub(r"\s", "", tree.source(called))
    texts = [text for one in arguments if (text := _text(tree, one)) is not None]
    on, _, method = callee.rpartition(".")
    if len(texts) != 1:
        return None
    if callee.endswith("Regex.IsMatch") and tree.source(arguments[0]) == origin:
        return texts[0]
    if method not in _COMPARISONS:
        return None
    if on == origin:
        return _COMPARISONS[method].with_text(texts[0])
    if on == f"newUri({origin}).Host":
        before = "[^/:]*" if method != "StartsWith" else ""
        after = "[^/:]*" if method != "EndsWith" else ""
        return f"^https://{before}{re.escape(texts[0])}{after}(:[0-9]+)?$"
    return None


def _chain(tree: Tree, node: Node) -> tuple[str, list[Call]]:
    """What the calls in `a.b().c()` begin with, and the calls."""
    calls: list[Call] = []
    left: Node | None = node
    while left is not None and left.type == "invocation_expression":
        called = left.child_by_field_name("function")
        name = None if called is None else called.child_by_field_name("name")
        if called is None or name is None:
            break
        calls.append(Call(_short(tree, name), name, parts(left.child_by_field_name("arguments"))))
        left = called.child_by_field_name("expression")
    return "" if left is None else _short(tree, left), calls


def _text(tree: Tree, argument: Node) -> str | None:
    """The text of an argument that is a string without escapes."""
    node = argument.named_children[-1] if argument.named_children else argument  # `this` has no name in the tree
    if node.type == "verbatim_string_literal":
        text = tree.source(node)[2:-1]
        return None if '"' in text else text
    return unescaped(tree, node, "string_literal")


def _short(tree: Tree, node: Node) -> str:
    return "" if node.end_byte - node.start_byte > _LONG else tree.source(node)

"""CORS settings of rack-cors in Rails and other Rack applications, in the tree of tree-sitter.

What rack-cors does was read in its source: it tests regular expressions anywhere in the origin, compares other texts as a whole, and
sends the origin back for all but `*`. It does not know `*` where `resource` comes before `origins`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from corsdoctor.audit import weaknesses as w
from corsdoctor.captures.commands.grammar import Tree, walk
from corsdoctor.lint.found import Found, broken, of_pattern, open_to, open_to_all, tested
from corsdoctor.lint.patterns import Comparison, Matching
from corsdoctor.lint.syntax import alternatives, parts
from corsdoctor.record import Record
from corsdoctor.sentence import Sentence, whole

if TYPE_CHECKING:
    from corsdoctor.captures.commands.grammar import Node

_MIDDLEWARE: Final = ("Rack::Cors", "::Rack::Cors")
_LISTS: Final = ("array", "string_array")
_COMPARISONS: Final = {
    "start_with?": Comparison.BEGINNING, "end_with?": Comparison.END, "include?": Comparison.ANYWHERE,
}  # fmt: skip
_BLOCKS: Final = ("block", "do_block")
_MATCHES: Final = ("=~", "match", "match?")
_LONG: Final = 1_000
_LONG_NAME: Final = 30
_FIX: Final = "List the origins that you trust, each in full, after `origins`."
_NO_START: Final = "The application does not start."


class Call(Record):
    """A call in a block, with the name of its method and its arguments. A block is the last argument."""

    node: Node
    method: str
    arguments: list[Node]


class Expression(Record):
    """A regular expression, as RE2 writes it."""

    text: str
    ignore_case: bool = False


class Function(Record):
    """A function with one statement. `origin` is the name of its first parameter."""

    origin: str
    statement: Node


def findings(tree: Tree) -> Iterator[Found]:
    """What is wrong in a file."""
    calls = [call for node in walk(tree.root) if (call := _call(tree, node)) is not None]
    resources = [call.node.start_byte for call in calls if call.method == "resource"]
    for call in calls:
        if _is_middleware(tree, call):
            for inner in _calls(tree, call.arguments[-1]):
                if inner.method == "allow" and inner.arguments and _has_any(resources, inner.arguments[-1]):
                    yield from _of_block(tree, list(_calls(tree, inner.arguments[-1])))


def _has_any(starts: list[int], block: Node) -> bool:
    """Whether one of the nodes that begin at `starts` is in a block. Without a `resource`, an `allow` allows nothing."""
    return bisect_left(starts, block.start_byte) < bisect_left(starts, block.end_byte)


def _is_middleware(tree: Tree, call: Call) -> bool:
    """Whether a call with a block names Rack::Cors: `use Rack::Cors do`, or `Rack::Cors.new(app) do`."""
    if not call.arguments or call.node.child_by_field_name("block") is None:
        return False
    receiver = call.node.child_by_field_name("receiver")
    named = [receiver] if receiver is not None and call.method == "new" else call.arguments[:-1]
    return any(_short(tree, one).strip("\"'") in _MIDDLEWARE for one in named)


def _of_block(tree: Tree, calls: list[Call]) -> Iterator[Found]:
    """What is wrong in an `allow do`."""
    with_credentials = [at for at, one in enumerate(calls) if one.method == "resource" and _credentials(tree, one)]
    origins = [(at, one) for at, one in enumerate(calls) if one.method == "origins"]
    stars = [
        (at, node) for at, one in origins for node in _each(one.arguments) if _text(tree, node) == "*"
    ]  # rack-cors keeps `*` even if another `origins` follows
    if stars and with_credentials:
        at, node = stars[0]
        line, column = tree.spot(node.start_byte)
        if at < with_credentials[-1]:
            what = whole('rack-cors raises an error for credentials: true after origins "*".')
            fix = f"{_FIX} Or remove credentials: true."
            yield broken(w.WILDCARD_CREDENTIALS, what, fix, line, column)._replace(impact=_NO_START)
        else:
            what = whole(
                'origins "*" comes after credentials: true, so rack-cors sends every Origin back with credentials.'
            )
            yield open_to(w.REFLECTED, what, _FIX, line, credentials=True, column=column)
    if stars or not origins:
        return
    for node in _each(origins[-1][1].arguments):
        yield from _of_origin(tree, node, credentials=bool(with_credentials))


def _of_origin(tree: Tree, node: Node, *, credentials: bool) -> Iterator[Found]:
    """What is wrong with a regular expression or a function among the origins."""
    line, column = tree.spot(node.start_byte)
    function = _function(tree, node)
    if function is None:
        matched = _expression(tree, node)
        expressions = [] if matched is None else [matched]
        about = Sentence("rack-cors matches origins with {pattern}", pattern="" if matched is None else matched.text)
        for one in expressions:
            yield from of_pattern(
                one.text, Matching.SEARCH, about, line, column, credentials=credentials, ignore_case=one.ignore_case
            )
        return
    for test in alternatives(tree, function.statement, "||", "or"):
        if test.type == "true" and credentials:
            yield open_to_all("rack-cors", _FIX, line, column)
        about = tested("rack-cors", tree.source(test))
        for one in _compared(tree, function._replace(statement=test)):
            yield from of_pattern(
                one.text, Matching.SEARCH, about, line, column, credentials=credentials, ignore_case=one.ignore_case
            )


def _compared(tree: Tree, function: Function) -> list[Expression]:
    """What a comparison of the origin with texts or a regular expression matches."""
    node = function.statement
    call = _call(tree, node)
    if call is not None:
        method, sides = call.method, [node.child_by_field_name("receiver"), *call.arguments]
    else:
        method = "".join(one.type for one in node.children[1:2]) if node.type == "binary" else ""
        sides = [node.child_by_field_name("left"), node.child_by_field_name("right")]
    is_origin = [one is not None and one.type == "identifier" and _short(tree, one) == function.origin for one in sides]
    if method in _COMPARISONS and is_origin[0]:
        texts = [None if one is None else _text(tree, one) for one in sides[1:]]
        return [Expression(_COMPARISONS[method].with_text(one)) for one in texts if one is not None]
    if method in _MATCHES and len(sides) == 2 and any(is_origin):
        return [found for one in sides if one is not None and (found := _expression(tree, one)) is not None]
    return []


def _function(tree: Tree, node: Node) -> Function | None:
    """`{ |source, env| ... }`, `->(source, env) { ... }`, `proc { ... }` or `lambda { ... }` with one statement."""
    call = _call(tree, node)
    block: Node | None
    if node.type == "lambda":
        block = node.child_by_field_name("body")
    elif call is not None and call.method in ("proc", "lambda"):
        block = node.child_by_field_name("block")
    else:
        block = node if node.type in _BLOCKS else None
    body = None if block is None or block.end_byte - block.start_byte > _LONG else block.child_by_field_name("body")
    statements = parts(body)
    if block is None or len(statements) != 1:
        return None
    given = (node if node.type == "lambda" else block).child_by_field_name("parameters")
    names = [] if given is None else given.named_children
    return Function(_short(tree, names[0]) if names else "", statements[0])


def _credentials(tree: Tree, resource: Call) -> bool:
    """Whether a resource has `credentials: true`."""
    for one in resource.arguments:
        for pair in one.named_children if one.type == "hash" else [one]:
            key = pair.child_by_field_name("key") if pair.type == "pair" else None
            value = pair.child_by_field_name("value")
            if key is not None and _short(tree, key).strip(":\"'") == "credentials":
                return value is not None and value.type == "true"
    return False


def _calls(tree: Tree, block: Node) -> Iterator[Call]:
    """The calls that are statements of a block. What depends on a condition is not one."""
    body = block.child_by_field_name("body") if block.type in _BLOCKS else None
    for node in [] if body is None else body.named_children:
        call = _call(tree, node)
        if call is not None:
            yield call


def _call(tree: Tree, node: Node) -> Call | None:
    method = node.child_by_field_name("method") if node.type == "call" else None
    if method is None:
        return None
    arguments, block = parts(node.child_by_field_name("arguments")), node.child_by_field_name("block")
    return Call(node, _short(tree, method), [*arguments, block] if block is not None else arguments)


def _each(arguments: list[Node]) -> list[Node]:
    """The arguments, with the elements of lists in place of the lists."""
    return [part for one in arguments for part in (one.named_children if one.type in _LISTS else [one])]


def _text(tree: Tree, node: Node) -> str | None:
    """The text of a string without escapes and expressions."""
    if node.type not in ("string", "bare_string") or any(one.type != "string_content" for one in node.named_children):
        return None
    return "".join(map(tree.source, node.named_children))


def _expression(tree: Tree, node: Node) -> Expression | None:
    """A regular expression without expressions of Ruby in it. Origins have no lines, so \\Z is \\z."""
    parts = node.named_children if node.type == "regex" else []
    if not parts or any(one.type == "interpolation" for one in parts):
        return None
    options = tree.text(parts[-1].end_byte, node.end_byte)[1:]
    text = "".join("\\z" if (part := tree.source(one)) == "\\Z" else part for one in parts)
    return None if "x" in options else Expression(text, "i" in options)


def _short(tree: Tree, node: Node) -> str:
    """The text of a node, "" if it is longer than a name that is looked for."""
    return "" if node.end_byte - node.start_byte > _LONG_NAME else tree.source(node)

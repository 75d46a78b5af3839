"""CORS settings of Spring in Java, and headers that are set by hand, in the tree of tree-sitter.

What Spring does was read in its source: with credentials, versions before 5.3 send the origin back for `*` among allowedOrigins,
and later ones throw an exception when a request comes; for `*` among allowedOriginPatterns, they send it back. `*` in a longer pattern is
any text, and `:[8080,8081]` or `:[*]` at its end is a port. `addMapping` allows `*` until allowedOrigins or allowedOriginPatterns is called.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from corsdoctor.audit import weaknesses as w
from corsdoctor.captures.commands.grammar import Tree, walk
from corsdoctor.fetch.headers import ACAC, ACAO
from corsdoctor.lint.found import FIX_HEADER, Found, of_pattern, open_to, open_to_null
from corsdoctor.lint.patterns import Matching, with_wildcards
from corsdoctor.lint.syntax import parents, parts, unescaped
from corsdoctor.pattern import Pattern
from corsdoctor.record import Record
from corsdoctor.sentence import Sentence, whole

if TYPE_CHECKING:
    from corsdoctor.captures.commands.grammar import Node
else:
    Node = object

_CONFIGURATION: Final = "CorsConfiguration"
_LISTS: Final = frozenset({"List.of", "Set.of", "Arrays.asList", "Collections.singletonList", "Collections.singleton"})
_ARRAYS: Final = frozenset({"array_creation_expression", "array_initializer", "element_value_array_initializer"})
_SETTERS: Final = ("setHeader", "addHeader")
_TEXTS: Final = ("string_literal", "field_access")
_BRANCHES: Final = frozenset({
    "if_statement", "ternary_expression", "switch_expression", "while_statement", "do_statement", "for_statement",
    "enhanced_for_statement", "catch_clause",
})  # fmt: skip
_LONG: Final = 200
_OPEN: Final = frozenset({
    "addMapping", "allowCredentials", "allowedMethods", "allowedHeaders", "exposedHeaders", "maxAge", "allowPrivateNetwork",
})  # fmt: skip
"""The calls after which a mapping still allows `*`."""
_PORTS: Final = Pattern(r"(.*):\[(\*|\d+(?:,\d+)*)\]")
_STATEMENTS: Final = ("expression_statement", "lambda_expression")
_FIX: Final = "List the origins that you trust, each in full, in allowedOrigins."


class Call(Record):
    """A call, or an element of an annotation: its name, the arguments, and what it is called on."""

    name: str
    arguments: list[Node]
    on: str = ""


class Settings(Record):
    """What one place allows: the texts of its origins and patterns, and whether credentials are allowed."""

    origins: list[tuple[str, Node]]
    patterns: list[tuple[str, Node]]
    credentials: bool


def findings(tree: Tree) -> Iterator[Found]:
    """What is wrong in a file."""
    nodes = list(walk(tree.root))
    above = parents(nodes)
    branches = [node.start_byte for node in nodes if node.type in _BRANCHES]
    end_of_branches = 0  # of those that began before the node
    for node in nodes:
        if node.type in _BRANCHES:
            end_of_branches = max(end_of_branches, node.end_byte)
        elif node.type == "method_invocation" and _is_outermost(node, above.get(node.id)):
            chain = list(_chain(tree, node))
            if any(call.name == "addMapping" for call in chain):
                found = _settings(tree, chain)
                around = above.get(node.id)
                if around is not None and around.type in _STATEMENTS and {call.name for call in chain} <= _OPEN:
                    found = found._replace(origins=[("*", node)])
                yield from _of_settings(tree, found)
        elif node.type == "annotation" and _named(tree, node) == "CrossOrigin":
            yield from _of_settings(tree, _of_annotation(tree, node))
        elif node.type in ("block", "constructor_body"):
            first, after = (bisect_left(branches, at) for at in (node.start_byte, node.end_byte))
            always = first == after and node.start_byte >= end_of_branches
            yield from _of_block(tree, node, always=always)


def _of_block(tree: Tree, block: Node, *, always: bool) -> Iterator[Found]:
    """What is wrong with the calls that are statements of a block: on a CorsConfiguration that it makes, and on a response.

    `always` says that no branch is in the block or around it, so that its headers are the same for every request.
    """
    made = {name for one in block.named_children if (name := _makes(tree, one))}
    calls: dict[str, list[Call]] = {}
    for statement in block.named_children:
        invoked = statement.named_children[0] if statement.type == "expression_statement" else statement
        if invoked.type == "method_invocation":
            *_, first = _chain(tree, invoked)
            calls.setdefault(first.on, []).append(first)
    for name, on_it in calls.items():
        if name in made:
            yield from _of_settings(tree, _settings(tree, reversed(on_it)))
        elif always:
            yield from _of_headers(tree, on_it)


def _makes(tree: Tree, statement: Node) -> str:
    """The name of the CorsConfiguration that a statement makes, "" if it makes none."""
    declared = statement.child_by_field_name("declarator") if statement.type == "local_variable_declaration" else None
    value = None if declared is None else declared.child_by_field_name("value")
    if declared is None or value is None or value.type != "object_creation_expression":
        return ""
    return _named(tree, declared) if _named(tree, value, "type") == _CONFIGURATION else ""


def _of_headers(tree: Tree, calls: list[Call]) -> Iterator[Found]:
    """What is wrong with headers that are set in one block, whatever is asked."""
    values: dict[str, Node] = {}
    for call in calls:
        name = _text(tree, call.arguments[0]) if len(call.arguments) == 2 and call.name in _SETTERS else None
        if name is not None:
            values[name.lower()] = call.arguments[1]
    origin, credentials = values.get(ACAO.lower()), values.get(ACAC.lower())
    if origin is None or credentials is None or _text(tree, credentials) != "true":
        return
    asked = [] if origin.type != "method_invocation" else list(_chain(tree, origin))
    if (
        len(asked) == 1
        and asked[0].name == "getHeader"
        and [_text(tree, one) for one in asked[0].arguments] == ["Origin"]
    ):
        what = whole(f"The Origin header of every request is sent back in {ACAO}, with {ACAC}: true.")
        line, column = tree.spot(origin.start_byte)
        yield open_to(w.REFLECTED, what, FIX_HEADER, line, credentials=True, column=column)


def _of_settings(tree: Tree, found: Settings) -> Iterator[Found]:
    for text, node in found.origins:
        line, column = tree.spot(node.start_byte)
        if text == "*" and found.credentials:
            has = "allowedOrigins has *" if node.type in _TEXTS else "All origins are allowed by default"
            what = Sentence(
                "{has} and credentials are allowed: Spring before 5.3 sends every Origin back, and later versions throw an exception.",
                has=has,
            )
            yield open_to(w.REFLECTED, what, _FIX, line, credentials=True, column=column)
        elif text == "null":
            yield open_to_null("Spring", line, column, credentials=found.credentials)
    for text, node in found.patterns:
        line, column = tree.spot(node.start_byte)
        if text == "*":
            if found.credentials:
                what = whole(
                    "allowedOriginPatterns has * and credentials are allowed, so Spring sends every Origin back."
                )
                yield open_to(w.REFLECTED, what, _FIX, line, credentials=True, column=column)
            continue
        about = Sentence("Spring matches origins with {pattern}", pattern=text)
        yield from of_pattern(_expression(text), Matching.FULL, about, line, column, credentials=found.credentials)


def _expression(pattern: str) -> str:
    """The expression that Spring makes of a pattern."""
    ports = _PORTS.compiled.fullmatch(pattern)
    if ports is None:
        return with_wildcards(pattern)
    return with_wildcards(ports[1]) + (r"(:\d+)?" if ports[2] == "*" else f":({ports[2].replace(',', '|')})")


def _settings(tree: Tree, last_first: Iterable[Call]) -> Settings:
    """What calls set. A later one that sets a list replaces an earlier one, and `add...` adds to it."""
    lists: dict[str, list[tuple[str, Node]]] = {"allowedorigins": [], "allowedoriginpatterns": []}
    done, credentials = set[str](), None
    for call in last_first:
        name = call.name.removeprefix("set").lower()
        added = f"{call.name.removeprefix('add').lower()}s"
        if name in lists and name not in done:
            lists[name] += _texts(tree, call.arguments)
            done.add(name)
        elif call.name.startswith("add") and added in lists and added not in done:
            lists[added] += _texts(tree, call.arguments)
        elif name == "allowcredentials" and credentials is None:
            credentials = [tree.source(one) for one in call.arguments] in (["true"], ["Boolean.TRUE"])
    return Settings(lists["allowedorigins"], lists["allowedoriginpatterns"], credentials is True)


def _of_annotation(tree: Tree, annotation: Node) -> Settings:
    """What `@CrossOrigin(...)` allows. Without origins and patterns, that is `*`."""
    given: dict[str, list[Node]] = {}
    for one in parts(annotation.child_by_field_name("arguments")):
        value = one.child_by_field_name("value") if one.type == "element_value_pair" else one
        name = _named(tree, one, "key") if one.type == "element_value_pair" else "value"
        given[name] = [] if value is None else [value]
    patterns = _texts(tree, given.get("originPatterns", []))
    named = given.get("origins", given.get("value"))
    origins = [("*", annotation)] if named is None and not patterns else _texts(tree, named or [])
    credentials = [text for text, _ in _texts(tree, given.get("allowCredentials", []))]
    return Settings(origins, patterns, credentials == ["true"])


def _is_outermost(node: Node, around: Node | None) -> bool:
    return around is None or around.type != "method_invocation" or around.child_by_field_name("object") != node


def _chain(tree: Tree, node: Node) -> Iterator[Call]:
    """The calls in `a.b().c()`, the last first."""
    left: Node | None = node
    while left is not None and left.type == "method_invocation":
        on = left.child_by_field_name("object")
        name = "" if on is None or on.end_byte - on.start_byte > _LONG else tree.source(on)
        yield Call(_named(tree, left), parts(left.child_by_field_name("arguments")), name)
        left = on


def _texts(tree: Tree, nodes: list[Node]) -> list[tuple[str, Node]]:
    """The texts among `nodes`, and in the lists among them."""
    found: list[tuple[str, Node]] = []
    for node in nodes:
        if node.type in _ARRAYS:
            inner = node.child_by_field_name("value") or node
            found += [(text, one) for one in inner.named_children if (text := _text(tree, one)) is not None]
        elif node.type == "method_invocation":
            [call, *_] = _chain(tree, node)
            if f"{call.on}.{call.name}" in _LISTS:
                found += [(text, one) for one in call.arguments if (text := _text(tree, one)) is not None]
        elif (text := _text(tree, node)) is not None:
            found.append((text, node))
    return found


def _text(tree: Tree, node: Node) -> str | None:
    """The text of a string without escapes, or of the constant for `*`."""
    if node.type == "field_access" and tree.source(node) == f"{_CONFIGURATION}.ALL":
        return "*"
    text = unescaped(tree, node, "string_literal")
    return None if text is None or text.startswith('"') else text


def _named(tree: Tree, node: Node, field: str = "name") -> str:
    """The last name in a field of a node, "" without one."""
    found = node.child_by_field_name(field)
    return "" if found is None or found.end_byte - found.start_byte > _LONG else tree.source(found).rpartition(".")[2]

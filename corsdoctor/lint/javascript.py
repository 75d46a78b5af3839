"""CORS settings of Express, Nest, Fastify, Koa and Hono, and headers that are set by hand, in the tree of tree-sitter.

What each package does was read in its source: cors and @fastify/cors reflect the origin where it is `true` and test regular
expressions anywhere in it; @koa/cors reflects it where it is `*` and credentials are allowed, and the others then send `*`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from corsdoctor.audit import weaknesses as w
from corsdoctor.captures.commands.grammar import Tree, walk
from corsdoctor.fetch.headers import ACAC, ACAO
from corsdoctor.lint.found import FIX_HEADER, Found, broken, of_pattern, open_to, open_to_null, tested
from corsdoctor.lint.javascript_tests import Reader, Tested
from corsdoctor.lint.patterns import Matching
from corsdoctor.lint.syntax import parts, unescaped
from corsdoctor.record import Record
from corsdoctor.sentence import Sentence, whole

if TYPE_CHECKING:
    from corsdoctor.captures.commands.grammar import Node

_PACKAGES: Final = ("cors", "@fastify/cors", "@koa/cors", "hono/cors")
_FUNCTIONS: Final = frozenset({
    "arrow_function", "function_expression", "function_declaration", "method_definition", "generator_function", "program",
})  # fmt: skip
_BRANCHES: Final = frozenset(
    {"if_statement", "ternary_expression", "switch_statement", "while_statement", "for_statement"}
)
_SETTERS: Final = frozenset({"setHeader", "header", "set", "append"})
_LONG: Final = 1_000
_LONGEST: Final = 5_000
_FAR: Final = 200
_FIX: Final = "Give the origins that you trust, each in full, as `origin`: an array of strings."


class Scope(Record):
    """What a function does with the headers of CORS."""

    looks_at_origin: bool
    credentials: bool
    decisions: int = 0
    """How many of its branches depend on more of the origin than that there is one."""


class _File:
    """A parsed file: its nodes in order, the node around each, the names that are declared once, and the packages by name."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.nodes = list(walk(tree.root))
        self.parents = {child.id: node for node in self.nodes for child in node.children}
        declared = [one for one in self.nodes if one.type == "variable_declarator"]
        names = Counter(self.named(one, "name") for one in declared)
        assigned = {self.named(one, "left") for one in self.nodes if one.type == "assignment_expression"}
        self._values = {
            name: value
            for one in declared
            if names[name := self.named(one, "name")] == 1 and name not in assigned
            if (value := one.child_by_field_name("value")) is not None
        }
        self.packages = {name: package for name, value in self._values.items() if (package := self.required(value))}
        for one in self.nodes:
            source = one.child_by_field_name("source") if one.type == "import_statement" else None
            if source is not None and (package := self.text(source)) in _PACKAGES:
                found = (self.source(part) for part in walk(one) if part.type == "identifier")
                self.packages.update(dict.fromkeys(found, package))
        self._scopes: dict[int, Scope] = {}

    def required(self, node: Node) -> str | None:
        """The package that `require(...)` or `await import(...)` loads."""
        call = node.named_children[0] if node.type == "await_expression" else node
        if call.type == "call_expression" and self.named(call, "function") in ("require", "import"):
            package = self.text(self.arguments(call)[0]) if self.arguments(call) else None
            return package if package in _PACKAGES else None
        return None

    def source(self, node: Node) -> str:
        return self.tree.source(node)

    def named(self, node: Node, field: str) -> str:
        """The text of a field of a node, "" if there is none, or if it is longer than what is looked for."""
        found = node.child_by_field_name(field)
        return "" if found is None or found.end_byte - found.start_byte > _LONG else self.source(found)

    def value(self, node: Node) -> Node:
        """`node`, or what the name that it is stands for."""
        return self._values.get(self.source(node), node) if node.type == "identifier" else node

    def text(self, node: Node) -> str | None:
        """The text of a string without escapes."""
        return unescaped(self.tree, node, "string")

    def short(self, node: Node) -> str:
        """The text of a node, "" if it is longer than what is looked for."""
        return "" if node.end_byte - node.start_byte > _LONG else self.source(node)

    def elements(self, node: Node) -> list[Node]:
        """The elements of an array."""
        found = self.value(node)
        return [self.value(one) for one in found.named_children] if found.type == "array" else []

    def only_condition(self, node: Node, function: Node) -> Node | None:
        """The condition of the only `if` of a function that a node is in, None if it is in none, in several, or in an `else`."""
        found: list[Node] = []
        while node.id != function.id:
            inner, node = node, self.parents[node.id]
            if node.type in _BRANCHES:
                condition, then = (node.child_by_field_name(name) for name in ("condition", "consequence"))
                if node.type != "if_statement" or condition is None or then is None or then.id != inner.id:
                    return None
                found.append(condition)
        return found[0] if len(found) == 1 else None

    def arguments(self, call: Node) -> list[Node]:
        return parts(call.child_by_field_name("arguments"))

    def options(self, node: Node) -> dict[str, Node] | None:
        """The keys of an object; None if it is not one, or has a part that is not seen."""
        found = self.value(node)
        if found.type != "object" or any(one.type == "spread_element" for one in found.named_children):
            return None
        read = {}
        for one in found.named_children:
            value = one.child_by_field_name("value")
            if one.type == "pair" and value is not None:
                read[self.named(one, "key").strip("\"'")] = self.value(value)
            elif one.type == "method_definition":
                read[self.named(one, "name")] = one
            elif one.type == "shorthand_property_identifier":
                read[self.source(one)] = self._values.get(self.source(one), one)
        return read

    def scope(self, function: Node) -> Scope:
        if function.id not in self._scopes:
            looks = credentials = False
            decisions = 0
            for one in self._own(function):
                if one.type in _BRANCHES or (one.type == "binary_expression" and self.named(one, "operator") == "&&"):
                    test = next(filter(None, map(one.child_by_field_name, ("condition", "value", "left"))), one)
                    said = "" if test.end_byte - test.start_byte > _LONG else self.source(test).lower()
                    looks = looks or not said or "origin" in said
                    decisions += one.type in _BRANCHES and (not said or "origin" in said)
                elif one.type == "call_expression":
                    credentials = credentials or self.sets(one, ACAC)
            self._scopes[function.id] = Scope(looks, credentials, decisions)
        return self._scopes[function.id]

    def _own(self, function: Node) -> Iterator[Node]:
        """The nodes in a function, without those of functions in it."""
        left = list(function.children)
        while left:
            one = left.pop()
            yield one
            left += [] if one.type in _FUNCTIONS else one.children

    def function(self, node: Node) -> Node | None:
        """The function around a node, None if it is far away."""
        for _ in range(_FAR):
            if node.type in _FUNCTIONS:
                return node
            node = self.parents[node.id]
        return None

    def sets(self, call: Node, header: str) -> bool:
        """Whether a call is `res.setHeader(header, ...)` or the like."""
        callee, arguments = call.child_by_field_name("function"), self.arguments(call)
        return (
            callee is not None and callee.type == "member_expression" and self.named(callee, "property") in _SETTERS
            and len(arguments) == 2 and (self.text(arguments[0]) or "").lower() == header.lower()
        )  # fmt: skip


def findings(tree: Tree) -> Iterator[Found]:
    """What is wrong in a file."""
    file = _File(tree)
    for node in file.nodes:
        if node.type != "call_expression":
            continue
        if file.sets(node, ACAO):
            yield from _by_hand(file, node)
            continue
        arguments = file.arguments(node)
        callee = file.named(node, "function")
        package = file.packages.get(callee)
        if callee.endswith(".enableCors"):
            package = "cors"
        elif callee.endswith(".register") and len(arguments) == 2:
            package = file.packages.get(file.source(arguments[0])) or file.required(arguments[0])
            arguments = arguments[1:]
        if package is not None and arguments and (options := file.options(arguments[0])) is not None:
            yield from _of_options(file, options, package, arguments[0])


def _of_options(file: _File, options: dict[str, Node], package: str, place: Node) -> Iterator[Found]:
    credentials = "credentials" in options and options["credentials"].type == "true"
    origin = options.get("origin")
    if origin is None:
        if credentials:
            yield _any(file, place, package, "`origin` is not given")
        return
    for one in origin.named_children if origin.type == "array" else [origin]:
        item = file.value(one)
        text = file.text(item)
        if item.type == "true" and item is origin and package in ("cors", "@fastify/cors"):
            if credentials:
                yield _reflected(file, item, package, "`origin` is true")
        elif text == "*" and (item is origin or package == "@fastify/cors"):
            if credentials:
                yield _any(file, item, package, "`origin` is *")
        elif text == "null":
            line, column = file.tree.spot(item.start_byte)
            yield open_to_null(package, line, column, credentials=credentials)
        elif item.type == "regex" and package in ("cors", "@fastify/cors"):
            yield from _pattern(file, item, package, credentials=credentials)
        elif item.type in _FUNCTIONS and _allows_all(file, item, package):
            if credentials:
                yield _reflected(file, item, package, "the function `origin` allows every origin")
        elif item.type in _FUNCTIONS and package in ("cors", "@fastify/cors"):
            yield from _of_function(file, item, package, credentials=credentials)


def _any(file: _File, node: Node, package: str, because: str) -> Found:
    """The finding that every origin is allowed with credentials, which most packages turn into a header that cannot work."""
    if package == "@koa/cors":
        return _reflected(file, node, package, because)
    line, column = file.tree.spot(node.start_byte)
    what = whole(f"{because} and `credentials` is true, so {package} sends {ACAO}: * with {ACAC}: true.")
    return broken(w.WILDCARD_CREDENTIALS, what, f"{_FIX} Or remove `credentials`.", line, column)


def _reflected(file: _File, node: Node, package: str, because: str) -> Found:
    line, column = file.tree.spot(node.start_byte)
    what = whole(f"{because} and `credentials` is true, so {package} sends every Origin back in {ACAO}.")
    return open_to(w.REFLECTED, what, _FIX, line, credentials=True, column=column)


def _pattern(file: _File, node: Node, package: str, *, credentials: bool) -> Iterator[Found]:
    line, column = file.tree.spot(node.start_byte)
    about = Sentence("{package} matches origins with {pattern}", package=whole(package), pattern=file.source(node))
    yield from of_pattern(
        file.named(node, "pattern"), Matching.SEARCH, about, line, column, credentials=credentials,
        ignore_case="i" in file.named(node, "flags"),
    )  # fmt: skip


def _parameters(file: _File, function: Node) -> list[str]:
    """The names of the parameters of a function, without their types."""
    parameters, alone = (function.child_by_field_name(name) for name in ("parameters", "parameter"))
    given = [alone] if alone is not None else [] if parameters is None else parameters.named_children
    return [file.source(one.child_by_field_name("pattern") or one) for one in given]


def _allows_all(file: _File, function: Node, package: str) -> bool:
    """Whether the whole body of a function is `callback(null, true)`; for Hono, the origin itself."""
    names = _parameters(file, function)
    body = function.child_by_field_name("body")
    if body is not None and body.type == "statement_block":
        statements = parts(body)
        body = statements[0].named_children[0] if len(statements) == 1 and statements[0].named_children else None
    if body is None or not names:
        return False
    if package == "hono/cors":
        return body.type == "identifier" and file.source(body) == names[0]
    if package == "@koa/cors":
        return _is_origin(file, body)
    said = [file.source(one) for one in file.arguments(body)]
    return (
        len(names) == 2 and file.named(body, "function") == names[1] and said in (["null", "true"], ["null", names[0]])
    )


def _of_function(file: _File, function: Node, package: str, *, credentials: bool) -> Iterator[Found]:
    """The tests of an origin that are enough for `callback(null, true)`."""
    names, body = _parameters(file, function), function.child_by_field_name("body")
    if len(names) != 2 or body is None or function.end_byte - function.start_byte > _LONGEST:
        return

    def allows(statement: Node) -> Node | None:
        call = statement
        while call.type in ("expression_statement", "return_statement") and call.named_children:
            call = call.named_children[0]
        arguments = file.arguments(call) if file.named(call, "function") == names[1] else []
        return arguments[1] if len(arguments) == 2 and file.source(arguments[0]) == "null" else None

    reader = Reader(file.tree, lambda node: file.short(node) == names[0], file.elements)
    yield from _of_tests(file, reader.allowing(body, allows), package, credentials=credentials)


def _of_tests(file: _File, tests: Iterable[Tested], program: str, *, credentials: bool) -> Iterator[Found]:
    for one in tests:
        line, column = file.tree.spot(one.node.start_byte)
        yield from of_pattern(
            one.expression, Matching.SEARCH, tested(program, file.source(one.node)), line, column, credentials=credentials,
            ignore_case=one.ignore_case,
        )  # fmt: skip


def _by_hand(file: _File, call: Node) -> Iterator[Found]:
    """A call that sets Access-Control-Allow-Origin."""
    value = file.value(file.arguments(call)[1])
    if value.type == "binary_expression" and file.named(value, "operator") in ("||", "??"):
        value = file.value(value.named_children[0])
    function = file.function(call)
    if function is None:
        return
    scope = file.scope(function)
    line, column = file.tree.spot(call.start_byte)
    if _is_origin(file, value) and scope.credentials and not scope.looks_at_origin:
        what = whole(f"This sends every Origin back in {ACAO}, and the same function sends {ACAC}.")
        yield open_to(w.REFLECTED, what, FIX_HEADER, line, credentials=True, column=column)
    elif scope.decisions == 1 and (condition := file.only_condition(call, function)) is not None:
        name = file.source(file.arguments(call)[1])
        reader = Reader(
            file.tree, lambda node: _is_origin(file, file.value(node)) or file.short(node) == name, file.elements
        )
        if _is_origin(file, value):
            yield from _of_tests(file, reader.tests(condition), "This", credentials=scope.credentials)
    elif file.text(value) == "*" and scope.credentials:
        what = whole(
            f"This sends {ACAO}: *, and the same function sends {ACAC}, which browsers do not accept together."
        )
        yield broken(
            w.WILDCARD_CREDENTIALS, what, f"Remove {ACAC}, or send the trusted origin in place of *.", line, column
        )


def _is_origin(file: _File, node: Node) -> bool:
    """Whether an expression is the Origin header of the request: req.headers.origin, req.get("Origin") and the like."""
    callee = node.child_by_field_name("function")
    if node.type == "member_expression":
        return file.named(node, "property") == "origin" and file.named(node, "object").endswith(("headers", "header"))
    if node.type == "subscript_expression":
        key = node.child_by_field_name("index")
        return (
            key is not None
            and file.text(key) == "origin"
            and file.named(node, "object").endswith(("headers", "header"))
        )
    if node.type != "call_expression" or callee is None:
        return False
    said = [(file.text(one) or "").lower() for one in file.arguments(node)]
    return said == ["origin"] and file.named(callee, "property") in ("get", "header")

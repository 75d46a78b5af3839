"""What the tests of an origin in JavaScript allow: conditions joined by `||`, each of which compares the origin with a text.

A condition counts only if it alone makes a function allow the origin. What else decides is not followed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from corsdoctor.captures.commands.grammar import Tree
from corsdoctor.lint.patterns import Comparison
from corsdoctor.lint.syntax import alternatives, parts, unescaped
from corsdoctor.record import Record

if TYPE_CHECKING:
    from corsdoctor.captures.commands.grammar import Node

_COMPARISONS: Final = {
    "startsWith": Comparison.BEGINNING, "endsWith": Comparison.END, "includes": Comparison.ANYWHERE,
}  # fmt: skip
_INDEXES: Final = {
    ("!==", "-1"): Comparison.ANYWHERE, ("!=", "-1"): Comparison.ANYWHERE, (">", "-1"): Comparison.ANYWHERE,
    (">=", "0"): Comparison.ANYWHERE, ("===", "0"): Comparison.BEGINNING, ("==", "0"): Comparison.BEGINNING,
}  # fmt: skip
"""What `origin.indexOf(text)` is compared with."""
_HARMLESS: Final = ("lexical_declaration", "variable_declaration", "comment")
_LONG: Final = 1_000


class Tested(Record):
    """A test of the origin, and the expression that matches what it allows."""

    node: Node
    expression: str
    ignore_case: bool = False


class Reader(Record):
    """Reads conditions. `is_origin` says whether a node is the Origin header, `elements` has the nodes of a list."""

    tree: Tree
    is_origin: Callable[[Node], bool]
    elements: Callable[[Node], list[Node]]

    def tests(self, condition: Node) -> Iterator[Tested]:
        """Each comparison that alone makes a condition true."""
        for part in alternatives(self.tree, condition, "||"):
            test = self._without_presence(part)
            yield from self._some(test) or self._one(test, test)

    def _without_presence(self, node: Node) -> Node:
        """`b` of `a && b`, if `a` only says that there is an origin."""
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None or self._named(node, "operator") != "&&":
            return node
        kind = left.child_by_field_name("left")
        typed = kind is not None and self.tree.source(kind).startswith("typeof ")
        return self._without_presence(right) if self.is_origin(left) or typed else node

    def _one(self, test: Node, at: Node) -> list[Tested]:
        """What `test` allows, as one that is at the node `at`."""
        left, right = test.child_by_field_name("left"), test.child_by_field_name("right")
        if left is not None and right is not None:
            how = _INDEXES.get((self._named(test, "operator"), self._short(right)))
            text = self._argument(left, "indexOf")
            return [] if how is None or text is None else [Tested(at, how.with_text(text))]
        callee, arguments = test.child_by_field_name("function"), parts(test.child_by_field_name("arguments"))
        on = None if callee is None else callee.child_by_field_name("object")
        if callee is None or on is None or len(arguments) != 1:
            return []
        method = self._named(callee, "property")
        pattern = on if method == "test" and self.is_origin(arguments[0]) else arguments[0]
        if pattern.type == "regex" and (pattern is on or (method == "match" and self.is_origin(on))):
            return [Tested(at, self._named(pattern, "pattern"), "i" in self._named(pattern, "flags"))]
        text = self._argument(test, method)
        return [Tested(at, _COMPARISONS[method].with_text(text))] if text is not None and method in _COMPARISONS else []

    def _argument(self, call: Node, method: str) -> str | None:
        """The text in `origin.method("text")`, None if a node is not such a call."""
        callee, arguments = call.child_by_field_name("function"), parts(call.child_by_field_name("arguments"))
        on = None if callee is None else callee.child_by_field_name("object")
        if callee is None or on is None or not self.is_origin(on) or self._named(callee, "property") != method:
            return None
        return unescaped(self.tree, arguments[0], "string") if len(arguments) == 1 else None

    def _some(self, test: Node) -> list[Tested]:
        """What `["a", "b"].some((each) => origin.endsWith(each))` allows."""
        callee, arguments = test.child_by_field_name("function"), parts(test.child_by_field_name("arguments"))
        on = None if callee is None else callee.child_by_field_name("object")
        if callee is None or on is None or self._named(callee, "property") != "some" or len(arguments) != 1:
            return []
        body, parameters = (
            arguments[0].child_by_field_name("body"),
            parts(arguments[0].child_by_field_name("parameters")),
        )
        alone = arguments[0].child_by_field_name("parameter") or (parameters[0] if len(parameters) == 1 else None)
        inner = None if body is None else body.child_by_field_name("function")
        given = [] if body is None else parts(body.child_by_field_name("arguments"))
        of = None if inner is None else inner.child_by_field_name("object")
        if inner is None or of is None or alone is None or not self.is_origin(of) or len(given) != 1:
            return []
        how = _COMPARISONS.get(self._named(inner, "property"))
        if how is None or self._short(given[0]) != self._short(alone):
            return []
        texts = [unescaped(self.tree, one, "string") for one in self.elements(on)]
        return [Tested(test, how.with_text(text)) for text in texts if text is not None]

    def allowing(self, body: Node, allows: Callable[[Node], Node | None]) -> Iterator[Tested]:
        """The tests in the body of a function that make it allow the origin: before them is nothing but other such tests.

        `allows` returns what a statement allows: the condition in `callback(null, condition)`, or `true`.
        """
        for statement in body.named_children if body.type == "statement_block" else [body]:
            if statement.type == "if_statement":
                condition, then = (statement.child_by_field_name(name) for name in ("condition", "consequence"))
                inner = then.named_children if then is not None and then.type == "statement_block" else [then]
                said = allows(inner[0]) if inner and inner[0] is not None else None
                if condition is None or said is None or said.type != "true":
                    return
                yield from self.tests(condition)
                other = statement.child_by_field_name("alternative")
                if other is not None:
                    yield from self.allowing(other.named_children[0], allows)
                    return
            elif statement.type not in _HARMLESS:
                said = allows(statement)
                if said is not None:
                    yield from self.tests(said)
                return

    def _named(self, node: Node, field: str) -> str:
        found = node.child_by_field_name(field)
        return "" if found is None else self._short(found)

    def _short(self, node: Node) -> str:
        return "" if node.end_byte - node.start_byte > _LONG else self.tree.source(node)

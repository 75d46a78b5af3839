"""What the trees of several languages have alike. Each of them comes from tree-sitter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from corsdoctor.captures.commands.grammar import Node, Tree

_PARENTHESES: Final = ("parenthesized_expression", "parenthesized_statements")


def parents(nodes: Iterable[Node]) -> dict[int, Node]:
    """By the id of each node below `nodes`, the node that it is in. node.parent takes longer the deeper a node is."""
    return {child.id: node for node in nodes for child in node.children}


def parts(node: Node | None) -> list[Node]:
    """The arguments in a list of them, or the statements in a body, without comments; none of None."""
    return [] if node is None else [one for one in node.named_children if one.type != "comment"]


def alternatives(tree: Tree, condition: Node, *operators: str) -> Iterator[Node]:
    """The parts of `a || b`, each of which alone makes the whole true."""
    while condition.type in _PARENTHESES and len(condition.named_children) == 1:
        condition = condition.named_children[0]
    left, right = (condition.child_by_field_name(name) for name in ("left", "right"))
    between = "" if left is None or right is None else tree.text(left.end_byte, right.start_byte).strip()
    if left is None or right is None or between not in operators:
        yield condition
        return
    yield from alternatives(tree, left, *operators)
    yield from alternatives(tree, right, *operators)


def unescaped(tree: Tree, node: Node, *strings: str) -> str | None:
    """The text of a string without escapes, None if `node` is something else. `strings` are its types of the language."""
    if node.type not in strings or any(one.type == "escape_sequence" for one in node.named_children):
        return None
    return tree.source(node)[1:-1]

"""What the trees of several languages have alike. Each of them comes from tree-sitter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corsdoctor.captures.commands.grammar import Node, Tree


def parents(nodes: Iterable[Node]) -> dict[int, Node]:
    """By the id of each node below `nodes`, the node that it is in. node.parent takes longer the deeper a node is."""
    return {child.id: node for node in nodes for child in node.children}


def parts(node: Node | None) -> list[Node]:
    """The arguments in a list of them, or the statements in a body, without comments; none of None."""
    return [] if node is None else [one for one in node.named_children if one.type != "comment"]


def unescaped(tree: Tree, node: Node, *strings: str) -> str | None:
    """The text of a string without escapes, None if `node` is something else. `strings` are its types of the language."""
    if node.type not in strings or any(one.type == "escape_sequence" for one in node.named_children):
        return None
    return tree.source(node)[1:-1]

"""Parses a text with the grammar of its language. Nothing else loads tree-sitter."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from corsdoctor.captures.commands.parsed import NotUnderstood, Spot

if TYPE_CHECKING:
    from tree_sitter import Node as Node
    from tree_sitter import Parser


class Budget:
    """How many bytes may still be read or made of a text of `size` characters: values can double in each line, and each of many
    nested expressions contains the text of all within it.
    """

    def __init__(self, size: int) -> None:
        self._left = 50 * size + 20_000_000

    def spend(self, size: int) -> None:
        """Raises NotUnderstood if nothing is left after `size` bytes more."""
        self._left -= size
        if self._left < 0:
            raise NotUnderstood("the text is nested too deeply, or makes values that are too large", None)


class Tree:
    """A parsed text, which begins in the line `line` of what the user gave. Grammars count in bytes of UTF-8."""

    def __init__(self, language: str, text: str, line: int = 1, budget: Budget | None = None) -> None:
        self.data = text.encode("utf-8", "surrogatepass")
        self.root = _parser(language).parse(self.data).root_node
        self._before = line - 1
        self._lines = [0, *(at + 1 for at, byte in enumerate(self.data) if byte == 10)]
        self._found = (0, 1)  # the byte of the last spot, and its column
        self.budget = budget or Budget(len(text))

    def text(self, start: int, end: int) -> str:
        """The text between two bytes. Raises NotUnderstood if the budget is spent."""
        self.budget.spend(end - start)
        return self.data[start:end].decode("utf-8", "surrogatepass")

    def char(self, at: int) -> str:
        """The character that begins at a byte, "" at the end."""
        first = self.data[at] if at < len(self.data) else 0
        length = 1 + (first >= 0xC0) + (first >= 0xE0) + (first >= 0xF0)
        return self.data[at : at + length].decode("utf-8", "surrogatepass")

    def source(self, node: Node) -> str:
        """The text of a node."""
        return self.text(node.start_byte, node.end_byte)

    def spot(self, at: int) -> Spot:
        """The place of a byte."""
        line = bisect_right(self._lines, at)
        before, column = self._found
        if not self._lines[line - 1] <= before <= at:  # else only what follows the last spot is counted
            before, column = self._lines[line - 1], 1
        column += len(self.data[before:at].decode("utf-8", "surrogatepass"))
        self._found = at, column
        return Spot(self._before + line, column)


def walk(node: Node) -> Iterator[Node]:
    """`node` and all below it, in the order of the text."""
    left = [node]
    while left:
        node = left.pop()
        yield node
        left += reversed(node.children)


def broken(node: Node) -> Node | None:
    """The first node that the grammar does not know, None if all is well."""
    return next((one for one in walk(node) if one.is_error or one.is_missing), None) if node.has_error else None


@cache
def _parser(language: str) -> Parser:
    from tree_sitter import Language, Parser

    match language:
        case "bash":
            from tree_sitter_bash import language as grammar
        case "powershell":
            from tree_sitter_powershell import language as grammar
        case "typescript":
            from tree_sitter_typescript import language_typescript as grammar
        case "tsx":
            from tree_sitter_typescript import language_tsx as grammar
        case "go":
            from tree_sitter_go import language as grammar
        case "ruby":
            from tree_sitter_ruby import language as grammar
        case "java":
            from tree_sitter_java import language as grammar
        case "csharp":
            from tree_sitter_c_sharp import language as grammar
        case "php":
            from tree_sitter_php import language_php as grammar
        case "regex":
            from tree_sitter_regex import language as grammar
        case _:
            from tree_sitter_javascript import language as grammar
    return Parser(Language(grammar()))

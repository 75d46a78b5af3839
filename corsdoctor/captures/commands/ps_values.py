"""The value of an expression of PowerShell, as far as it is a constant. Nothing is run.

https://learn.microsoft.com/en-us/powershell/module/microsoft.powershell.core/about/about_quoting_rules
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from typing import TYPE_CHECKING, Any, Final

from corsdoctor.captures.commands.grammar import Tree, walk
from corsdoctor.captures.commands.js_values import Text, check_whole, joined, sources_in, unknown

if TYPE_CHECKING:
    from corsdoctor.captures.commands.grammar import Node

_ESCAPES: Final = {"0": "\0", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_PIECE: Final = re.compile(
    r"`u\{(?P<point>[0-9A-Fa-f]+)\}|`(?P<escaped>.)|(?P<quote>\"\")|(?P<plain>[^`\"]+|\")", re.DOTALL
)
_CONSTANTS: Final[dict[str, Any]] = {"$true": True, "$false": False, "$null": None}
_STRINGS: Final = frozenset(
    {
        "expandable_string_literal", "verbatim_string_characters", "expandable_here_string_literal",
        "verbatim_here_string_characters",
    }
)  # fmt: skip


_WHOLE: Final = _STRINGS | {"hash_literal_expression", "array_expression", "command"}
"""Nodes that are more than what they contain."""


class Session:
    """A Microsoft.PowerShell.Commands.WebRequestSession."""

    def __init__(self) -> None:
        self.user_agent: Any = None
        self.headers: dict[str, Any] = {}
        self.cookies: list[str] = []


class Cookie(str):
    """A System.Net.Cookie, as it stands in the Cookie header."""

    __slots__ = ()


class Values:
    """Evaluates expressions of one tree; `variables` are those that the text has set so far, in lower case."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.variables: dict[str, Any] = {}

    def value(self, node: Node) -> Any:
        """The value of a node; its text if it is not a constant. Raises NotUnderstood if it is too large."""
        whole = self.tree.source(node).strip()
        node = _inner(node)
        source = self.tree.source(node)
        if node.type in _STRINGS:
            return self._string(node)
        match node.type:
            case "variable":
                return self._variable(source)
            case "generic_token" | "command_parameter" | "simple_name" | "type_identifier":
                return source.replace("`", "")
            case "decimal_integer_literal" | "hexadecimal_integer_literal" | "real_literal":
                return _number(source)
            case "hash_literal_expression":
                return self._hash(node)
            case "array_expression":
                return self._list(node)
            case "array_literal_expression":
                return [self.value(one) for one in node.named_children]
            case "expression_with_unary_operator":
                value = self.value(node.named_children[0])
                return -value if isinstance(value, int | float) and source.startswith("-") else unknown(whole)
            case "cast_expression":
                return self._cast(node)
            case "invokation_expression":
                return self._invoked(node)
            case "pipeline_chain":
                return self._piped(node, whole)
            case "command":
                return self._command(node, whole)
            case "additive_expression" | "additive_argument_expression":
                return self._added(node)
            case _:
                return unknown(whole)

    def text(self, value: Any) -> str:
        """A value as a string. Raises NotUnderstood if it is too large."""
        if isinstance(value, str):
            return value
        check_whole(value)
        if isinstance(value, bool):
            return "True" if value else "False"
        if isinstance(value, list):
            return joined(" ", [self.text(one) for one in value])
        return "" if value is None else str(value)

    def _variable(self, source: str) -> Any:
        name = source.strip("${}@").lower().removeprefix("script:").removeprefix("global:")
        if source.lower() in _CONSTANTS:
            return _CONSTANTS[source.lower()]
        return self.variables.get(name, unknown(source))

    def _string(self, node: Node) -> str:
        source = self.tree.source(node)
        if source.startswith("@"):
            inner = source[2:-2].partition("\n")[2]
            inner = inner.removesuffix("\n").removesuffix("\r")
            start = node.start_byte + len(source[: source.index("\n") + 1].encode())
            return inner if source[1] == "'" else self._expanded(node, start, start + len(inner.encode()))
        if source.startswith("'"):
            return source[1:-1].replace("''", "'")
        return self._expanded(node, node.start_byte + 1, node.end_byte - 1)

    def _expanded(self, node: Node, start: int, end: int) -> str:
        """The text between two bytes, with escapes decoded and the values of its variables."""
        pieces, at = [], start
        for one in (one for one in node.named_children if one.type in ("variable", "sub_expression")):
            pieces.append(_unescaped(self.tree.text(at, one.start_byte)))
            value = self.value(one)
            pieces.append(unknown(self.tree.source(one)) if sources_in(value) else self.text(value))
            at = one.end_byte
        pieces.append(_unescaped(self.tree.text(at, end)))
        text = joined("", pieces)
        self.tree.budget.spend(len(text))
        paired = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
        return text if paired == text else Text(paired, sources_in(text))

    def _hash(self, node: Node) -> dict[str, Any]:
        made = {}
        for body in node.named_children:
            for entry in (one for one in body.named_children if one.type == "hash_entry"):
                made[self.text(self.value(entry.named_children[0]))] = self.value(entry.named_children[-1])
        return made

    def _list(self, node: Node) -> list[Any]:
        """The elements of @(...)."""
        if not node.named_children:
            return []
        inner = _inner(node.named_children[0])
        elements = inner.named_children if inner.type == "array_literal_expression" else [inner]
        return [self.value(one) for one in elements]

    def _cast(self, node: Node) -> Any:
        kind, value = self.tree.source(node.named_children[0]).lower(), self.value(node.named_children[-1])
        if kind == "[char]" and isinstance(value, int):
            return chr(value) if 0 <= value <= 0x10FFFF else ""
        return self.text(value) if kind == "[string]" else value

    def _invoked(self, node: Node) -> Any:
        """A method of .NET: GetBytes() and ToBase64String() are known."""
        source = self.tree.source(node)
        given = self.arguments(node)
        called = source.partition("(")[0].lower().replace(" ", "")
        if called.endswith(".getbytes") and len(given) == 1 and not sources_in(given):
            encoding = "latin-1" if "latin1" in called else "ascii" if "ascii" in called else "utf-8"
            return _bytes(self.text(given[0]), encoding)
        if called.endswith("]::tobase64string") and len(given) == 1 and isinstance(given[0], bytes):
            return b64encode(given[0]).decode()
        if called.endswith("::new") and "cookie" in called and len(given) > 1:
            return Cookie(f"{self.text(given[0])}={self.text(given[1])}")
        if called.endswith("webrequestsession]::new"):
            return Session()
        return unknown(source)

    def arguments(self, node: Node) -> list[Any]:
        """The values of the arguments of a method or of New-Object TYPE(...)."""
        given = [one for one in walk(node) if one.type == "argument_expression_list"]
        return [self.value(one) for one in given[0].named_children] if given else []

    def _piped(self, node: Node, whole: str) -> Any:
        """The value of a pipeline: only ConvertTo-Json is known."""
        first, *rest = node.named_children
        commands = [self.tree.source(one).strip() for one in rest]
        value = self.value(first)
        if len(commands) == 1 and commands[0].lower().startswith("convertto-json"):
            return _as_json(value, commands[0])
        return unknown(whole) if rest else value

    def _command(self, node: Node, whole: str) -> Any:
        source = " ".join(self.tree.source(node).split())
        lower = source.lower()
        if lower.startswith("convertto-json"):
            table = next((one for one in walk(node) if one.type == "hash_literal_expression"), None)
            if table is None:
                return unknown(whole)
            options = self.tree.text(node.start_byte, table.start_byte) + self.tree.text(table.end_byte, node.end_byte)
            return _as_json(self.value(table), options)
        if lower.startswith("new-object") and "webrequestsession" in lower:
            return Session()
        given: list[Any] = [*self.arguments(node), None, None]
        name, value = given[:2]
        is_cookie = lower.startswith("new-object") and "system.net.cookie" in lower
        return Cookie(f"{self.text(name)}={self.text(value)}") if is_cookie and value is not None else unknown(whole)

    def _added(self, node: Node) -> Any:
        """The parts of `a + b` joined."""
        parts = [self.value(one) for one in node.named_children]
        made = joined("", [self.text(one) for one in parts])
        self.tree.budget.spend(len(made))
        return made


def _as_json(value: Any, options: str) -> str:
    """The value as ConvertTo-Json writes it with these options."""
    sources = sources_in(value)
    separators = (",", ":") if "-compress" in options.lower() else None
    made = json.dumps(value, ensure_ascii=False, separators=separators, default=str)
    return Text(made, sources) if sources else made


def _inner(node: Node) -> Node:
    """The node below `node` that holds all of it, but for brackets."""
    while len(node.named_children) == 1 and node.type not in _WHOLE and not _has_sign(node):
        node = node.named_children[0]
    return node


def _number(source: str) -> int | float | Text:
    try:
        return float(source) if "." in source else int(source, 0)
    except ValueError:  # 1kb, 0d1
        return unknown(source)


def _has_sign(node: Node) -> bool:
    return node.type == "expression_with_unary_operator" and node.child_count > 1


def _unescaped(text: str) -> str:
    pieces = []
    for found in _PIECE.finditer(text):
        if found["point"]:
            point = int(found["point"], 16)
            pieces.append(chr(point) if point <= 0x10FFFF else "")
        elif found["escaped"] is not None:
            pieces.append(_ESCAPES.get(found["escaped"], found["escaped"]))
        else:
            pieces.append('"' if found["quote"] else found["plain"])
    return "".join(pieces)


def _bytes(text: str, encoding: str) -> bytes:
    paired = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return paired.encode(encoding, "replace")

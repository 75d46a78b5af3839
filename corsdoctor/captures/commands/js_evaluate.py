"""The value of an expression of JavaScript, as far as it is a constant. Nothing is run."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from math import inf, isfinite
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote

from corsdoctor.captures.commands import js_values as js
from corsdoctor.captures.commands.form_data import encoded
from corsdoctor.captures.commands.grammar import Tree
from corsdoctor.url import parse

if TYPE_CHECKING:
    from corsdoctor.captures.commands.grammar import Node

_SIMPLE: Final[dict[str, Any]] = {"true": True, "false": False, "null": None, "undefined": js.UNDEFINED}
_ESCAPES: Final = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "b": "\b",
    "f": "\f",
    "v": "\v",
    "0": "\0",
    "\n": "",
    "\u2028": "",
    "\u2029": "",
}
_FUNCTIONS: Final = frozenset(
    {"arrow_function", "function_expression", "function", "generator_function", "class", "method_definition"}
)
_TRANSPARENT: Final = frozenset({"parenthesized_expression", "await_expression"})
_MAKING: Final = frozenset({"binary_expression", "template_string", "call_expression", "new_expression"})
"""The expressions whose values are new, so that a line of text can make a large one."""


def _base64(text: str) -> str:
    return b64encode(text.encode("latin-1", "replace")).decode()


_CALLS: Final[dict[str, Callable[[str], str]]] = {
    "encodeURIComponent": lambda text: quote(encoded(text), safe="!'()*"),
    "encodeURI": lambda text: quote(encoded(text), safe="!#$&'*()+,/:;=?@"),
    "decodeURIComponent": unquote,
    "btoa": _base64,
    "window.btoa": _base64,
    "String": str,
}


class Evaluator:
    """Evaluates expressions of one tree; `variables` are those that the text has set so far."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.variables: dict[str, Any] = {}

    def value(self, node: Node) -> Any:
        """The value of an expression; a js.Text with its source if it is not a constant. Raises NotUnderstood if it is too large."""
        made = getattr(self, f"_{node.type}", None)
        if node.type in _SIMPLE:
            return _SIMPLE[node.type]
        if node.type in _FUNCTIONS:
            return js.FUNCTION
        if node.type in _TRANSPARENT:
            return self.value(node.named_children[-1])
        value = js.unknown(self.tree.source(node)) if made is None else made(node)
        if node.type in _MAKING and isinstance(value, str | bytes):
            self.tree.budget.spend(len(value))
        return value

    def arguments(self, node: Node) -> list[Any]:
        """The values of the arguments of a call."""
        given = node.child_by_field_name("arguments")
        return [] if given is None else [self.value(one) for one in given.named_children if one.type != "comment"]

    def _identifier(self, node: Node) -> Any:
        name = self.tree.source(node)
        return self.variables.get(name, js.unknown(name))

    _shorthand_property_identifier = _identifier

    def _string(self, node: Node) -> str:
        return _paired("".join(self._piece(one) for one in node.named_children))

    def _piece(self, node: Node) -> str:
        source = self.tree.source(node)
        return unescaped(source) if node.type == "escape_sequence" else source

    def _template_string(self, node: Node) -> str:
        pieces: list[str] = []
        for one in node.named_children:
            if one.type != "template_substitution":
                pieces.append(self._piece(one))
                continue
            value = self.value(one.named_children[0])
            whole = self.tree.source(one)
            pieces.append(js.unknown(whole) if isinstance(value, js.Text) else js.text_of(value))
        return js.joined("", pieces)

    def _number(self, node: Node) -> float | str:
        text = self.tree.source(node).replace("_", "").lower()
        try:
            return float(int(text, 0)) if text[:2] in ("0x", "0o", "0b") else float(text)
        except ValueError:
            return js.unknown(text)  # 10n
        except OverflowError:
            return inf

    def _unary_expression(self, node: Node) -> Any:
        operator, operand = self.tree.source(node.children[0]), self.value(node.named_children[-1])
        if operator in "+-" and isinstance(operand, float):
            return -operand if operator == "-" else operand
        if operator == "!" and isinstance(operand, float | bool):
            return not operand
        return js.UNDEFINED if operator == "void" else js.unknown(self.tree.source(node))

    def _binary_expression(self, node: Node) -> Any:
        left, right = (self.value(one) for one in (node.named_children[0], node.named_children[-1]))
        if self.tree.source(node.children[1]) != "+" or (isinstance(left, float) and isinstance(right, float)):
            return js.unknown(self.tree.source(node))
        return js.joined("", [js.text_of(left), js.text_of(right)])

    def _array(self, node: Node) -> list[Any]:
        return [self.value(one) for one in node.named_children if one.type != "comment"]

    def _object(self, node: Node) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for one in node.named_children:
            if one.type == "pair":
                made[self._key(one.named_children[0])] = self.value(one.named_children[-1])
            elif one.type == "shorthand_property_identifier":
                made[self.tree.source(one)] = self._identifier(one)
            elif one.type == "method_definition":
                made[self._key(one.child_by_field_name("name") or one)] = js.FUNCTION
            elif one.type == "spread_element":
                value = self.value(one.named_children[0])
                made |= (
                    value
                    if isinstance(value, dict)
                    else dict.fromkeys([js.unknown(self.tree.source(one))], js.FUNCTION)
                )
        return made

    def _key(self, node: Node) -> str:
        if node.type == "property_identifier":
            return self.tree.source(node)
        return js.text_of(self.value(node.named_children[0] if node.type == "computed_property_name" else node))

    def _member_expression(self, node: Node) -> Any:
        of = self.value(node.named_children[0])
        name = self.tree.source(node.named_children[-1])
        if isinstance(of, dict) and name in of:
            return of[name]
        if isinstance(of, _Url) and name == "href":
            return str(of)
        return js.unknown(self.tree.source(node))

    def _new_expression(self, node: Node) -> Any:
        name = self.tree.source(node.named_children[0])
        given = [*self.arguments(node), js.UNDEFINED, js.UNDEFINED, js.UNDEFINED]
        match name.rpartition(".")[2]:
            case "Headers":
                return js.Headers(js.pairs_of(given[0]))
            case "URLSearchParams" if isinstance(given[0], str):
                return js.Params(_query_pairs(given[0]))
            case "URLSearchParams":
                return js.Params(js.pairs_of(given[0]))
            case "FormData":
                return js.Form()
            case "Blob" | "File":
                return self._blob(given, 1 if name.endswith("Blob") else 2)
            case "URL" if not js.sources_in(given):
                url = parse(js.text_of(given[0]), None if given[1] is js.UNDEFINED else js.text_of(given[1]))
                return js.unknown(self.tree.source(node)) if url is None else _Url(url.href)
            case "Uint8Array" if isinstance(given[0], list):
                numbers = (one for one in given[0] if isinstance(one, float))
                return bytes(int(one) & 0xFF if isfinite(one) else 0 for one in numbers)
            case "Request":
                return Request(given[0], given[1])
            case "XMLHttpRequest":
                return Xhr()
            case _:
                return js.unknown(self.tree.source(node))

    def _blob(self, given: list[Any], at: int) -> js.Blob:
        options = given[at]
        pieces = given[0] if isinstance(given[0], list) else []
        js.check_whole(pieces)
        data = b"".join(one if isinstance(one, bytes) else encoded(js.text_of(one)) for one in pieces)
        kind = options.get("type", "") if isinstance(options, dict) else ""
        return js.Blob(data, js.text_of(kind))

    def _call_expression(self, node: Node) -> Any:
        callee = node.named_children[0]
        name, given = self.tree.source(callee), [*self.arguments(node), js.UNDEFINED]
        if name == "JSON.stringify" and not isinstance(given[0], js.Text):
            return js.as_json(given[0], given[2] if len(given) > 3 else None)
        if name in _CALLS and not js.sources_in(given):
            return _CALLS[name](js.text_of(given[0]))
        if callee.type == "member_expression" and self.tree.source(callee.named_children[-1]) == "toString":
            of = self.value(callee.named_children[0])
            if isinstance(of, str | js.Params):
                return js.text_of(of)
        return js.unknown(self.tree.source(node))


class _Url(str):
    """A URL object."""

    __slots__ = ()


class Request:
    """https://fetch.spec.whatwg.org/#request-class, as it was constructed."""

    def __init__(self, input: Any, init: Any) -> None:
        self.input, self.init = input, init


class Xhr:
    """https://xhr.spec.whatwg.org/#interface-xmlhttprequest, as far as it was set up."""

    def __init__(self) -> None:
        self.method: Any = js.UNDEFINED
        self.url: Any = js.UNDEFINED
        self.headers: list[tuple[str, str]] = []
        self.with_credentials = False
        self.upload_listener = False

    def set_header(self, name: str, value: str) -> None:
        """setRequestHeader(): a second value is added to the first."""
        for at, (known, before) in enumerate(self.headers):
            if known.lower() == name.lower():
                self.headers[at] = (known, js.joined(", ", [before, value]))
                return
        self.headers.append((name, value))


def unescaped(source: str) -> str:
    """The character of an escape sequence. https://tc39.es/ecma262/#prod-EscapeSequence"""
    digits = re.fullmatch(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]+)\})", source)
    if digits is not None:
        point = int(digits[1] or digits[2] or digits[3], 16)
        return chr(point) if point <= 0x10FFFF else ""
    char = source[1:].replace("\r\n", "\n")
    return _ESCAPES.get(char, char)


def _paired(text: str) -> str:
    """`text` with each pair of surrogates as one character."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _query_pairs(text: str) -> list[tuple[str, Any]]:
    pairs = [piece.partition("=") for piece in text.removeprefix("?").split("&") if piece]
    return [(unquote(name.replace("+", " ")), unquote(value.replace("+", " "))) for name, _, value in pairs]

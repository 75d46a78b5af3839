"""The requests of a script: fetch(), XMLHttpRequest, EventSource, WebSocket, sendBeacon(), axios and jQuery.

The script is not run: a request is what a call states.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from corsdoctor.captures.commands import js_values as js
from corsdoctor.captures.commands.grammar import Tree, broken, walk
from corsdoctor.captures.commands.js_evaluate import Evaluator, Xhr
from corsdoctor.captures.commands.js_libraries import Axios, axios_request, jquery_request
from corsdoctor.captures.commands.js_request import beacon, event_source, fetched, sent, web_socket
from corsdoctor.captures.commands.parsed import NotUnderstood, Parsed

if TYPE_CHECKING:
    from corsdoctor.captures.commands.grammar import Node

_GLOBALS: Final = ("window.", "globalThis.", "self.", "global.")
_PROMPT: Final = "> "


def requests(text: str) -> Iterator[Parsed]:
    """The requests in the order of the text. Raises NotUnderstood if none is there because the text is not JavaScript."""
    text = f"{' ' * len(_PROMPT)}{text[len(_PROMPT) :]}" if text.startswith(_PROMPT) else text
    tree = Tree("javascript", text)
    wrong = broken(tree.root)
    found = 0
    for request, node in _Script(tree).requests():
        found += 1
        if broken(node) is not None:
            request = request._replace(error="this call is not valid JavaScript", spot=tree.spot(node.start_byte))
        yield request
    if wrong is not None and not found:
        raise NotUnderstood("this is not valid JavaScript", tree.spot(wrong.start_byte))


class _Script:
    """Goes through a script from its start to its end, as if each line ran once."""

    def __init__(self, tree: Tree) -> None:
        self._tree, self._evaluator = tree, Evaluator(tree)

    def requests(self) -> Iterator[tuple[Parsed, Node]]:
        """The requests, each with its call."""
        for node in walk(self._tree.root):
            if node.type == "variable_declarator":
                self._declare(node)
            elif node.type == "assignment_expression":
                self._assign(node)
            elif node.type in ("call_expression", "new_expression"):
                spot = self._tree.spot(node.start_byte)
                request = self._call(node) if node.type == "call_expression" else self._constructed(node)
                if request is not None:
                    self._tree.budget.spend(request.size)
                    yield request._replace(line=spot.line, spot=spot, scripted=True), node

    def _declare(self, node: Node) -> None:
        name, value = node.named_children[0], node.child_by_field_name("value")
        if name.type == "identifier" and value is not None:
            self._evaluator.variables[self._tree.source(name)] = self._made(value)

    def _assign(self, node: Node) -> None:
        target, value = node.named_children[0], self._made(node.named_children[-1])
        if target.type == "identifier":
            self._evaluator.variables[self._tree.source(target)] = value
        if target.type not in ("member_expression", "subscript_expression"):
            return
        name = self._name(target)
        owner = self._evaluator.value(target.named_children[0])
        if isinstance(owner, dict):
            owner[name] = value
        elif isinstance(owner, Xhr) and name == "withCredentials":
            owner.with_credentials = value is True
        elif self._listens(target) is not None:
            self._listens(target).upload_listener = True  # type: ignore[union-attr]

    def _name(self, member: Node) -> str:
        last = member.named_children[-1]
        is_property = last.type == "property_identifier"
        return self._tree.source(last) if is_property else js.text_of(self._evaluator.value(last))

    def _listens(self, member: Node) -> Xhr | None:
        """The XMLHttpRequest of `xhr.upload.NAME`."""
        of = member.named_children[0]
        if of.type != "member_expression" or self._tree.source(of.named_children[-1]) != "upload":
            return None
        owner = self._evaluator.value(of.named_children[0])
        return owner if isinstance(owner, Xhr) else None

    def _made(self, node: Node) -> Any:
        """The value of an expression, which may be an instance of axios."""
        if node.type == "call_expression" and self._tree.source(node.named_children[0]) == "axios.create":
            [config, *_] = [*self._evaluator.arguments(node), {}]
            return Axios(config if isinstance(config, dict) else {})
        return self._evaluator.value(node)

    def _constructed(self, node: Node) -> Parsed | None:
        """The request that a constructor sends."""
        match self._global(node.named_children[0]):
            case "EventSource":
                return event_source(self._evaluator.arguments(node))
            case "WebSocket":
                return web_socket(self._evaluator.arguments(node))
            case _:
                return None

    def _global(self, node: Node) -> str:
        """The source of a name, without the global object in front of it."""
        name = self._tree.source(node)
        for prefix in _GLOBALS:
            name = name.removeprefix(prefix)
        return name

    def _call(self, node: Node) -> Parsed | None:
        callee = node.named_children[0]
        name = self._global(callee)
        if name == "fetch":
            return fetched(self._evaluator.arguments(node))
        if name == "navigator.sendBeacon":
            return beacon(self._evaluator.arguments(node))
        owner, _, method = name.rpartition(".")
        instance = self._evaluator.variables.get(owner or method)
        if owner.startswith("axios.create("):
            instance = self._made(callee.named_children[0])
        if isinstance(instance, Axios) or (owner or method) == "axios":
            settings = instance.defaults if isinstance(instance, Axios) else {}
            return axios_request(method if owner else "", self._evaluator.arguments(node), settings)
        if owner in ("$", "jQuery"):
            return jquery_request(method, self._evaluator.arguments(node))
        if callee.type == "member_expression":
            return self._method(callee, method, self._evaluator.arguments(node))
        return None

    def _method(self, callee: Node, name: str, given: list[Any]) -> Parsed | None:
        """A method of an object that the script has made."""
        owner = self._evaluator.value(callee.named_children[0])
        given = [*given, js.UNDEFINED, js.UNDEFINED, js.UNDEFINED]
        if isinstance(owner, js.Headers | js.Params | js.Form) and name in ("append", "set"):
            value = [given[1], given[2]] if isinstance(owner, js.Form) else [given[1]]
            getattr(owner, name)(js.text_of(given[0]), *value)
        elif name == "addEventListener" and self._listens(callee) is not None:
            self._listens(callee).upload_listener = True  # type: ignore[union-attr]
        elif isinstance(owner, Xhr):
            if name == "open":
                owner.method, owner.url = given[:2]
            elif name == "setRequestHeader":
                owner.set_header(js.text_of(given[0]), js.text_of(given[1]))
            elif name == "send":
                return sent(owner, given[0])
        return None

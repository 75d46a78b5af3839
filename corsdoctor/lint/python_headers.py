"""CORS headers that Python code sets by hand, in Flask, Django, http.server and the like, in Python's own syntax tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from corsdoctor.audit import weaknesses as w
from corsdoctor.fetch.headers import ACAC, ACAO
from corsdoctor.lint.found import FIX_HEADER, Found, of_pattern, open_to, tested
from corsdoctor.lint.patterns import Comparison, Matching
from corsdoctor.record import Record
from corsdoctor.sentence import whole

_COMPARISONS: Final = {"startswith": Comparison.BEGINNING, "endswith": Comparison.END}
_MATCHES: Final = {"match": "^(?:{})", "search": "{}", "fullmatch": "^(?:{})$"}
"""The functions of the module `re`, as expressions that are searched for."""
_SETTERS: Final = frozenset({"set", "add", "send_header", "setdefault", "__setitem__", "append"})
_READERS: Final = frozenset({"get", "getlist"})
_NAMES: Final = {"headers": "origin", "META": "http_origin", "environ": "http_origin"}
"""What the Origin header is called in an attribute of the request: request.headers, self.headers, request.META, environ."""
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


class _Sent(Record):
    """A header that a function sets, and what decides whether it does: the conditions of the `if` around it."""

    name: str
    value: ast.expr
    node: ast.expr
    conditions: tuple[ast.expr, ...]
    otherwise: bool


class _Function:
    """The statements of a function. `assigned` are its names that are assigned once, or those of the module."""

    def __init__(self, function: ast.FunctionDef | ast.AsyncFunctionDef, assigned: dict[str, ast.expr]) -> None:
        self.assigned = dict(assigned)
        self.nodes = list(_own(function))
        targets = [one for node in self.nodes if isinstance(node, ast.Assign) for one in node.targets]
        names = [one.id for one in targets if isinstance(one, ast.Name)]
        for node in self.nodes:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                if names.count(node.targets[0].id) == 1:
                    self.assigned[node.targets[0].id] = node.value
                else:
                    self.assigned.pop(node.targets[0].id, None)
        self.sent = list(_sent(function.body, (), otherwise=False))
        self.credentials = any(
            one.name == ACAC.lower() and isinstance(one.value, ast.Constant) and one.value.value == "true"
            for one in self.sent
        )

    def value(self, node: ast.expr) -> ast.expr:
        return self.assigned.get(node.id, node) if isinstance(node, ast.Name) else node

    def is_origin(self, node: ast.expr) -> bool:
        """Whether an expression is the Origin header of the request."""
        found = self.value(node)
        if isinstance(found, ast.Call) and isinstance(found.func, ast.Attribute) and found.func.attr in _READERS:
            return bool(found.args) and _is_origin_of(found.func.value, found.args[0])
        return isinstance(found, ast.Subscript) and _is_origin_of(found.value, found.slice)

    def decides(self, condition: ast.expr) -> bool:
        """Whether a condition may depend on which origin it is: it is about more than that there is one."""
        if self.is_origin(condition):
            return False
        if isinstance(condition, ast.Compare) and self.is_origin(condition.left):
            [other, *_] = condition.comparators
            return not (isinstance(other, ast.Constant) and other.value is None)
        return True

    def decisions(self) -> int:
        """How many statements of the function may treat origins differently."""
        tests = [node.test for node in self.nodes if isinstance(node, ast.If | ast.IfExp | ast.While | ast.Assert)]
        others = [node for node in self.nodes if isinstance(node, ast.Try | ast.Match | ast.For | ast.AsyncFor)]
        return len(others) + sum(map(self.decides, tests))


def findings(tree: ast.Module, assigned: dict[str, ast.expr]) -> Iterator[tuple[Found, ast.expr]]:
    """What is wrong with the headers that functions set, each with its place."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            function = _Function(node, assigned)
            for sent in function.sent:
                if sent.name == ACAO.lower() and function.is_origin(sent.value):
                    yield from _of_header(function, sent)


def _of_header(function: _Function, sent: _Sent) -> Iterator[tuple[Found, ast.expr]]:
    conditions = [one for one in sent.conditions if function.decides(one)]
    if not conditions and not sent.otherwise and function.credentials and not function.decisions():
        what = whole(f"This sends every Origin back in {ACAO}, and the same function sends {ACAC}.")
        yield open_to(w.REFLECTED, what, FIX_HEADER, sent.node.lineno, credentials=True), sent.node
    elif len(conditions) == 1 and not sent.otherwise and function.decisions() == 1:
        for test, expression in _tests(function, conditions[0]):
            about = tested("This", ast.unparse(test))
            for found in of_pattern(
                expression, Matching.SEARCH, about, test.lineno, credentials=function.credentials
            ):  # fmt: skip
                yield found, test


def _tests(function: _Function, condition: ast.expr) -> Iterator[tuple[ast.expr, str]]:
    """Each comparison that alone makes a condition true, with the expression that matches what it allows."""
    if isinstance(condition, ast.BoolOp) and isinstance(condition.op, ast.Or):
        for part in condition.values:
            yield from _tests(function, part)
    elif isinstance(condition, ast.BoolOp):
        deciding = [part for part in condition.values if function.decides(part)]
        if len(deciding) == 1:
            yield from _tests(function, deciding[0])
    elif isinstance(condition, ast.Call):
        for expression in _called(function, condition):
            yield condition, expression
    elif isinstance(condition, ast.Compare) and isinstance(condition.ops[0], ast.In):
        text = _text(condition.left)
        if text and function.is_origin(condition.comparators[0]):
            yield condition, Comparison.ANYWHERE.with_text(text)


def _called(function: _Function, call: ast.Call) -> list[str]:
    """The expressions of `origin.endswith(...)`, `re.match(..., origin)` and `any(origin.endswith(one) for one in ...)`."""
    if isinstance(call.func, ast.Name) and call.func.id == "any" and len(call.args) == 1:
        return _any(function, call.args[0])
    if not isinstance(call.func, ast.Attribute):
        return []
    how, arguments = call.func.attr, call.args
    if how in _COMPARISONS and len(arguments) == 1 and function.is_origin(call.func.value):
        return [_COMPARISONS[how].with_text(text) for text in _texts(function, arguments[0])]
    of_module = isinstance(call.func.value, ast.Name) and call.func.value.id == "re"
    if how in _MATCHES and of_module and len(arguments) == 2 and function.is_origin(arguments[1]):
        return [_MATCHES[how].format(text) for text in _texts(function, arguments[0])]
    return []


def _any(function: _Function, given: ast.expr) -> list[str]:
    if not isinstance(given, ast.GeneratorExp | ast.ListComp) or len(given.generators) != 1:
        return []
    loop, test = given.generators[0], given.elt
    if loop.ifs or not isinstance(loop.target, ast.Name):
        return []
    found = []
    for text in _texts(function, loop.iter):
        constant = ast.copy_location(ast.Constant(text), test)
        inner = _Replaced(loop.target.id, constant).visit(ast.parse(ast.unparse(test), mode="eval").body)
        found += [expression for _, expression in _tests(function, inner)]
    return found


class _Replaced(ast.NodeTransformer):
    """Puts a text in place of a name."""

    def __init__(self, name: str, text: ast.Constant) -> None:
        self._name, self._text = name, text

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._text if node.id == self._name else node


def _texts(function: _Function, node: ast.expr) -> list[str]:
    """The texts of a list, or the one text that `node` is."""
    found = function.value(node)
    many = found.elts if isinstance(found, ast.List | ast.Tuple | ast.Set) else [found]
    return [text for one in many if (text := _text(one))]


def _sent(body: list[ast.stmt], conditions: tuple[ast.expr, ...], *, otherwise: bool) -> Iterator[_Sent]:
    """The headers that statements set, without those of functions in them. `otherwise` says that they are in an `else` or a loop."""
    for statement in body:
        if isinstance(statement, ast.If):
            yield from _sent(statement.body, (*conditions, statement.test), otherwise=otherwise)
            yield from _sent(statement.orelse, conditions, otherwise=True)
        elif isinstance(statement, ast.With | ast.AsyncWith):
            yield from _sent(statement.body, conditions, otherwise=otherwise)
        elif isinstance(statement, ast.Assign):
            target = statement.targets[0]
            if isinstance(target, ast.Subscript) and re.match(r"(?i)access-control-", _text(target.slice)):
                yield _Sent(_text(target.slice).lower(), statement.value, statement.value, conditions, otherwise)
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            call = statement.value
            if isinstance(call.func, ast.Attribute) and call.func.attr in _SETTERS and len(call.args) == 2:
                yield _Sent(_text(call.args[0]).lower(), call.args[1], call, conditions, otherwise)


def _own(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    """The nodes of a function, without those of functions in it."""
    left: list[ast.AST] = list(function.body)
    while left:
        node = left.pop()
        yield node
        left += [] if isinstance(node, _FUNCTIONS) else ast.iter_child_nodes(node)


def _is_origin_of(headers: ast.expr, name: ast.expr) -> bool:
    """Whether `name` is that of the Origin header in `headers`. A variable ORIGIN in os.environ is the program's own."""
    return isinstance(headers, ast.Attribute) and _text(name).lower() == _NAMES.get(headers.attr)


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""

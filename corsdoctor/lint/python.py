"""CORS settings of Starlette and FastAPI, flask-cors, django-cors-headers and aiohttp-cors, in Python's own syntax tree.

What each library does was read in its source: Starlette matches the whole origin with allow_origin_regex, the others only its
beginning; with credentials, all of them send the origin back where they would send `*`.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from typing import Final

from corsdoctor.audit import weaknesses as w
from corsdoctor.lint import python_headers
from corsdoctor.lint.found import Found, of_pattern, open_to, open_to_null
from corsdoctor.lint.patterns import Matching
from corsdoctor.record import Record
from corsdoctor.sentence import Sentence, whole

_REGEX_SIGNS: Final = frozenset("*\\]?$^[]()")
"""The characters by which flask-cors takes a string for a regular expression."""
_LONG_LINE: Final = 5_000
_LIST: Final = "List the origins that you trust, each in full, in {setting}."
_STARLETTE, _FLASK, _DJANGO, _AIOHTTP = (
    "Starlette's CORSMiddleware",
    "flask-cors",
    "django-cors-headers",
    "aiohttp-cors",
)


class Text(Record):
    """A string in the source, or an expression of re.compile(), which is `compiled`."""

    value: str
    node: ast.expr
    compiled: bool = False


class _File(Record):
    """A module. `assigned` are the names that are assigned once, with their values; `mentioned` are all names in it."""

    lines: list[str]
    assigned: dict[str, ast.expr]
    mentioned: frozenset[str]

    def value(self, node: ast.expr | None) -> ast.expr | None:
        """`node`, or what the name that it is stands for."""
        return self.assigned.get(node.id) if isinstance(node, ast.Name) else node

    def is_true(self, node: ast.expr | None) -> bool:
        found = self.value(node)
        return isinstance(found, ast.Constant) and found.value is True

    def texts(self, node: ast.expr | None) -> list[Text]:
        """The strings of a list, or the one string that `node` is."""
        found = self.value(node)
        many = found.elts if isinstance(found, ast.List | ast.Tuple | ast.Set) else [found] if found is not None else []
        texts: list[Text] = []
        for one in many:
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                texts.append(Text(one.value, one))
            elif isinstance(one, ast.Call) and _name(one.func) == "compile" and len(one.args) == 1:
                expression = self.value(one.args[0])
                if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
                    texts.append(Text(expression.value, one, compiled=True))
        return texts

    def column(self, node: ast.expr) -> int | None:
        """The column of a node, which Python counts in bytes; None in a very long line, which takes time for each node."""
        line = self.lines[node.lineno - 1]
        if len(line) > _LONG_LINE:
            return None
        return len(line.encode()[: node.col_offset].decode(errors="replace")) + 1


def findings(tree: ast.Module, text: str) -> Iterator[Found]:
    """What is wrong in a module."""
    nodes = list(ast.walk(tree))
    names = [node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    once = {name for name, count in Counter(names).items() if count == 1}
    assigned = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name) and target.id in once
    }
    imported = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    mentioned = frozenset(str(node.value) for node in nodes if isinstance(node, ast.Constant)) | frozenset(names)
    file = _File(text.split("\n"), assigned, mentioned)
    for node in nodes:
        if isinstance(node, ast.Call):
            called = _name(node.func)
            given = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg is not None}
            if called == "CORSMiddleware" or (node.args and _name(node.args[0]) == "CORSMiddleware"):
                yield from _starlette(file, given)
            elif called in ("CORS", "cross_origin") and imported & {"flask_cors", "flask_cors.extension"}:
                yield from _flask(file, given, node)
        elif isinstance(node, ast.Dict):
            yield from _aiohttp(file, node)
    yield from _django(file)
    for found, place in python_headers.findings(tree, assigned):
        yield found._replace(column=file.column(place))


def _starlette(file: _File, given: dict[str, ast.expr]) -> Iterator[Found]:
    credentials = file.is_true(given.get("allow_credentials"))
    for text in file.texts(given.get("allow_origins")):
        if text.value == "*" and credentials:
            yield _reflected(file, text.node, _STARLETTE, 'allow_origins has "*"', "allow_origins")
        elif text.value == "null":
            yield _null(file, text.node, _STARLETTE, credentials=credentials)
    for text in file.texts(given.get("allow_origin_regex"))[:1]:
        yield from _pattern(file, text, _STARLETTE, Matching.FULL, credentials=credentials)


def _flask(file: _File, given: dict[str, ast.expr], call: ast.Call) -> Iterator[Found]:
    resources = file.value(given.get("resources"))
    if "resources" not in given:
        yield from _flask_origins(file, given, call)
    elif isinstance(resources, ast.Dict):
        for value in map(file.value, resources.values):
            if isinstance(value, ast.Dict):
                own = {
                    key.value: one
                    for key, one in zip(value.keys, value.values, strict=True)
                    if isinstance(key, ast.Constant) and isinstance(key.value, str)
                }
                yield from _flask_origins(file, {**given, **own}, value)


def _flask_origins(file: _File, given: dict[str, ast.expr], place: ast.expr) -> Iterator[Found]:
    credentials = file.is_true(given.get("supports_credentials"))
    if "origins" not in given:
        if credentials and "CORS_ORIGINS" not in file.mentioned:
            yield _reflected(file, place, _FLASK, "origins is not given", "origins")
        return
    for text in file.texts(given["origins"]):
        if text.value in ("*", ".*"):
            if credentials:
                yield _reflected(file, text.node, _FLASK, f'origins has "{text.value}"', "origins")
        elif text.value == "null":
            yield _null(file, text.node, _FLASK, credentials=credentials)
        elif text.compiled or not _REGEX_SIGNS.isdisjoint(text.value):
            yield from _pattern(
                file, text, _FLASK, Matching.MATCH, credentials=credentials, ignore_case=not text.compiled
            )


def _django(file: _File) -> Iterator[Found]:
    credentials = file.is_true(file.assigned.get("CORS_ALLOW_CREDENTIALS"))
    for name in ("CORS_ALLOW_ALL_ORIGINS", "CORS_ORIGIN_ALLOW_ALL"):
        found = file.assigned.get(name)
        if found is not None and credentials and file.is_true(found):
            yield _reflected(file, found, _DJANGO, f"{name} is True", "CORS_ALLOWED_ORIGINS")
    for name in ("CORS_ALLOWED_ORIGIN_REGEXES", "CORS_ORIGIN_REGEX_WHITELIST"):
        for text in file.texts(file.assigned.get(name)):
            yield from _pattern(file, text, _DJANGO, Matching.MATCH, credentials=credentials)
    for name in ("CORS_ALLOWED_ORIGINS", "CORS_ORIGIN_WHITELIST"):
        for text in file.texts(file.assigned.get(name)):
            if text.value == "null":
                yield _null(file, text.node, _DJANGO, credentials=credentials)


def _aiohttp(file: _File, node: ast.Dict) -> Iterator[Found]:
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(key, ast.Constant) and isinstance(value, ast.Call) and _name(value.func) == "ResourceOptions":
            given = {keyword.arg: keyword.value for keyword in value.keywords}
            credentials = file.is_true(given.get("allow_credentials"))
            if key.value == "*" and credentials:
                yield _reflected(file, key, _AIOHTTP, 'the origin is "*"', "the keys of this dict")
            elif key.value == "null":
                yield _null(file, key, _AIOHTTP, credentials=credentials)


def _reflected(file: _File, node: ast.expr, library: str, because: str, setting: str) -> Found:
    what = whole(
        f"{because} and credentials are allowed, so {library} sends every Origin back in Access-Control-Allow-Origin."
    )
    fix = _LIST.format(setting=setting)
    return open_to(w.REFLECTED, what, fix, node.lineno, credentials=True, column=file.column(node))


def _null(file: _File, node: ast.expr, library: str, *, credentials: bool) -> Found:
    return open_to_null(library, node.lineno, file.column(node), credentials=credentials)


def _pattern(
    file: _File, text: Text, library: str, matching: Matching, *, credentials: bool, ignore_case: bool = False
) -> Iterator[Found]:
    about = Sentence("{library} matches origins with {pattern}", library=whole(library), pattern=text.value)
    yield from of_pattern(
        text.value,
        matching,
        about,
        text.node.lineno,
        file.column(text.node),
        credentials=credentials,
        ignore_case=ignore_case,
    )


def _name(node: ast.expr) -> str | None:
    """The last name of `a.b.c`, or the name itself."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None

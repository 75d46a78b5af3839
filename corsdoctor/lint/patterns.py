"""What a regular expression of origins allows beyond what it is meant for: the origins that the audit would try, matched here.

RE2 matches in linear time, whatever the expression and the origin are. An expression that it does not know, such as one with a
lookahead, gets no finding. What an expression is meant for is an example of it: a text that it matches, made from its syntax tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from corsdoctor.audit import weaknesses as w
from corsdoctor.audit.candidates import NULL, STRANGER, Candidate, Trick, imitations
from corsdoctor.audit.weaknesses import Weakness
from corsdoctor.captures.commands.grammar import Tree
from corsdoctor.host import is_private_suffix, registered_domain
from corsdoctor.url import parse_origin

if TYPE_CHECKING:
    from corsdoctor.captures.commands.grammar import Node

_MOST: Final = 2_000
_DEEPEST: Final = 30
_BRANCHES: Final = 20
_TELLING: Final = (Trick.PREFIX, Trick.HYPHEN, Trick.SUFFIX, Trick.DOT, Trick.TENANT)
_ESCAPED: Final = {
    "d": "1",
    "w": "a",
    "s": "",
    "D": "a",
    "W": "",
    "S": "a",
    "b": "",
    "B": "",
    "A": "",
    "z": "",
    "Z": "",
    "G": "",
}
_REPEATS: Final = ("zero_or_more", "one_or_more", "optional", "count_quantifier")


def with_wildcards(text: str) -> str:
    """The expression for a text in which `*` is any text, for Matching.FULL."""
    return ".*".join(map(re.escape, text.split("*")))


class Matching(StrEnum):
    """How a program matches an expression: anywhere, at the start, or the whole origin."""

    SEARCH = "search"
    MATCH = "match"
    FULL = "fullmatch"


class Comparison(StrEnum):
    """What a function compares with a text, as the expression around that text."""

    BEGINNING = "^{}"
    END = "{}$"
    ANYWHERE = "{}"

    def with_text(self, text: str) -> str:
        """The expression that matches the same."""
        return self.format(re.escape(text))


def beyond(expression: str, matching: Matching, *, ignore_case: bool = False) -> dict[Weakness, Candidate]:
    """The weaknesses of an expression, each with an origin that shows it."""
    import re2

    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = not ignore_case
    try:
        compiled = re2.compile(expression, options)
    except (re2.error, UnicodeEncodeError):
        return {}
    matches = getattr(compiled, matching)
    if len(expression) > _MOST:
        return {}
    if matches(str(STRANGER.origin)):
        return {w.REFLECTED: STRANGER}
    found = {w.NULL_ORIGIN: NULL} if matches("null") else {}
    for example in map(str.lower, islice(_examples(expression), _BRANCHES)):  # origins have no capitals
        origin = parse_origin(example if "://" in example else f"https://{'a' * example.startswith('.')}{example}")
        if origin is None or not matches(str(origin)):
            continue
        for candidate in imitations(origin):
            if candidate.trick in _TELLING and matches(str(candidate.origin)) and _is_foreign(candidate):
                found.setdefault(w.BY_TRICK[candidate.trick], candidate)
    return {weakness: candidate for weakness, candidate in found.items() if weakness not in w.implied_by(found)}


def _is_foreign(candidate: Candidate) -> bool:
    """Whether somebody else can get the host. Customers of a hosting service have a trick of their own."""
    host = candidate.origin.host
    return candidate.trick is not Trick.SUFFIX or (registered_domain(host) == host and not is_private_suffix(host))


def _examples(expression: str) -> Iterator[str]:
    """A text for each branch of an expression that matches it, as far as its syntax shows it."""
    root: Any = Tree("regex", expression).root
    if root.has_error or not root.named_children:
        return
    top = root.named_children[0]
    for branch in top.named_children if top.type == "alternation" else [top]:
        text = _example(branch, 0)
        if text is not None:
            yield text


def _example(node: Node, depth: int) -> str | None:
    """A text for one part of an expression, None if it is not known."""
    text = (node.text or b"").decode()
    children = node.named_children
    match node.type:
        case "pattern_character":
            return text
        case "identity_escape" | "character_class_escape" | "boundary_assertion":
            return _ESCAPED.get(text[1:], text[1:])
        case "any_character":
            return "."
        case "start_assertion" | "end_assertion" | "non_boundary_assertion":
            return ""
        case "character_class":
            return _of_class(node)
        case "alternation":
            return _example(children[0], depth) if children else ""
        case "pattern" | "term" | "anonymous_capturing_group" | "non_capturing_group" | "named_capturing_group":
            return _of_sequence([one for one in children if one.type != "group_name"], depth + 1)
        case _:
            return None


def _of_class(node: Node) -> str:
    """One character of a class. One of a class that names what is excluded is a letter."""
    if node.children[1].type == "^":
        return "a"
    first = (node.named_children[0].text or b"").decode() if node.named_children else "a"
    return _ESCAPED.get(first[1:], first[1:]) if first.startswith("\\") else first[0]


def _of_sequence(parts: list[Node], depth: int) -> str | None:
    if depth > _DEEPEST:
        return None
    texts: list[str] = []
    for at, part in enumerate(parts):
        if part.type in _REPEATS:
            continue
        repeat = parts[at + 1] if at + 1 < len(parts) and parts[at + 1].type in _REPEATS else None
        if repeat is not None and repeat.type == "optional":
            continue
        text = _example(part, depth)
        if text is None:
            return None
        if repeat is not None:
            text = ("a" if part.type == "any_character" else text) * _times(repeat)
        texts.append(text)
    return "".join(texts)


def _times(repeat: Node) -> int:
    """The least number of repetitions, but 1 for a part that may be left out: without it, a label of the host may be empty."""
    least = (repeat.named_children[0].text or b"").decode() if repeat.type == "count_quantifier" else "1"
    return max(1, int(least)) if len(least) <= 2 and least.isascii() and least.isdigit() else 1

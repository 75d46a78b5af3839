"""Commands in the language of bash, sh and zsh, as words. The grammar finds the commands; quotes are decoded here.

https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import dropwhile
from typing import TYPE_CHECKING, Final

from corsdoctor.captures.commands.bash_parts import parts, unclosed
from corsdoctor.captures.commands.bash_quotes import VARIABLE, Decoder, Expansion
from corsdoctor.captures.commands.grammar import Budget, Tree, broken, walk
from corsdoctor.captures.commands.parsed import NotUnderstood
from corsdoctor.captures.commands.words import Call, Word, name_of

if TYPE_CHECKING:
    from corsdoctor.captures.commands.grammar import Node

_PROMPT: Final = re.compile(r"[\w.@~:/\\-]*(?:[$%]|#(?=[ ]+(?:curl|wget|https?|sudo)\b))[ ]+(?=\S)")
_CONTINUED: Final = re.compile(r"> ")
_EXPANSIONS: Final = frozenset(
    {"simple_expansion", "expansion", "command_substitution", "process_substitution", "arithmetic_expansion"}
)
_WORDS: Final = _EXPANSIONS | {
    "word",
    "string",
    "raw_string",
    "ansi_c_string",
    "concatenation",
    "number",
    "translated_string",
}
_PROGRAMS: Final = frozenset({"curl", "wget", "http", "https"})
_RUNS_ANOTHER: Final = frozenset({"sudo", "time", "command", "exec", "nohup", "env"})


def calls(text: str) -> list[Call]:
    """The commands in `text`, in its order. Raises NotUnderstood if a quote has no end."""
    variables: dict[str, Word] = {}
    found: list[Call] = []
    budget = Budget(len(text))
    for part in parts(without_prompts(text)):
        tree = Tree("bash", part.text, part.line, budget)
        if tree.root.has_error:
            _check_quotes(tree, part.text)
        found += _Reader(tree, variables).calls()
    return found


def without_prompts(text: str) -> str:
    """`text` with spaces in place of the prompts of a terminal, if it begins with one."""
    lines = text.split("\n")
    first = next((n for n, line in enumerate(lines) if line.strip()), 0)
    if not _PROMPT.match(lines[first]):
        return text
    for number, line in enumerate(lines):
        found = _PROMPT.match(line) or _CONTINUED.match(line)
        if found:
            lines[number] = " " * found.end() + line[found.end() :]
    return "\n".join(lines)


class _Reader:
    """Reads the commands of a tree, with the variables that the text sets before each of them."""

    def __init__(self, tree: Tree, variables: dict[str, Word]) -> None:
        self._tree, self._variables = tree, variables
        self._nodes = list(walk(tree.root))
        self._parents = {child.id: node for node in self._nodes for child in node.children}  # node.parent is slow
        self._expansions = [node for node in self._nodes if node.type in _EXPANSIONS]
        self._pipelines: dict[int, list[Node]] = {}
        self._errors = [node for node in self._nodes if node.is_error]

    def calls(self) -> Iterator[Call]:
        """The commands in the order of the text."""
        for node in self._nodes:
            if node.type == "variable_assignment" and self._parents[node.id].type != "command":
                self._assign(node)
            elif node.type == "command":
                call = self._call(node)
                if call is not None:
                    yield call

    def _assign(self, node: Node) -> None:
        value = node.child_by_field_name("value")
        start = node.end_byte if value is None else value.start_byte
        self._variables[self._tree.source(node.named_children[0])] = self._word(start, node.end_byte)

    def _call(self, node: Node) -> Call | None:
        around = self._statement(node)
        wrong = broken(node) or self._error_behind(around)
        redirects = [one for one in (*node.children, *around.children) if one.type.endswith("_redirect")]
        words = [self._word(start, end) for start, end in self._spans(node, redirects)]
        if words and name_of(words[0].text) in _RUNS_ANOTHER:
            words = list(dropwhile(lambda word: name_of(word.text) not in _PROGRAMS, words))
        if not words:
            return None
        if wrong is not None:
            raise NotUnderstood("this is not valid in bash", self._tree.spot(wrong.start_byte))
        stdin = self._stdin(redirects)
        source = self._piped_from(around)
        if stdin is None and source is not None and self._tree.source(source).split(maxsplit=1)[0] == "cat":
            stdin = self._stdin([one for one in source.children if one.type == "heredoc_redirect"])
        return Call(words[0].text, tuple(words[1:]), words[0].spot, "-" if stdin is None else stdin, source is not None)

    def _stdin(self, redirects: list[Node]) -> bytes | str | None:
        """What standard input is: a text, or the name of a file; None if nothing says so."""
        for one in redirects:
            if one.type == "herestring_redirect":
                given = one.named_children[-1]
                return self._word(given.start_byte, given.end_byte).data + b"\n"
            if one.type == "heredoc_redirect":
                return self._heredoc(one)
            if one.children[0].type == "<":
                return self._word(one.named_children[0].start_byte, one.named_children[0].end_byte).text
        return None

    def _spans(self, command: Node, redirects: list[Node]) -> list[tuple[int, int]]:
        """The first and last byte of each word of a command, its name included: nodes without a space between are one.

        The grammar counts words behind a redirection to it, and loses a `-` before one.
        """
        nodes = [one for one in command.children if not one.type.endswith(("_redirect", "_assignment"))]
        for redirect in redirects:
            targets = [one for one in redirect.named_children if one.type not in ("file_descriptor", "heredoc_start")]
            behind = targets if redirect.type == "heredoc_redirect" else targets[1:]
            nodes += [one for one in behind if one.type in _WORDS]
        spans: list[tuple[int, int]] = []
        for node in sorted(nodes, key=lambda one: one.start_byte):
            if spans and spans[-1][1] == node.start_byte:
                spans[-1] = (spans[-1][0], node.end_byte)
            else:
                spans.append((node.start_byte, node.end_byte))
        for redirect in redirects:
            end = max((end for _, end in spans if end <= redirect.start_byte), default=redirect.start_byte)
            if self._tree.text(end, redirect.start_byte).strip() == "-":
                spans.append((at := self._tree.data.index(b"-", end), at + 1))
        return sorted(spans)

    def _heredoc(self, node: Node) -> bytes:
        """The text of a here-document; variables in it keep their text unless the text sets them."""
        bodies = [one for one in node.children if one.type == "heredoc_body"]
        start = self._tree.source(next(one for one in node.children if one.type == "heredoc_start"))
        text = "".join(map(self._tree.source, bodies))
        if self._tree.source(node).startswith("<<-"):
            text = re.sub(r"(?m)^\t+", "", text)
        if start.isalnum():
            text = VARIABLE.sub(self._value, text.replace("\\\n", ""))
            text = re.sub(r"\\([\\$`])", r"\1", text)
        return Word(text, self._tree.spot(node.start_byte)).data

    def _value(self, found: re.Match[str]) -> str:
        known = self._variables.get(found[1] or found[2])
        self._tree.budget.spend(0 if known is None else len(known.text))
        return found[0] if known is None else known.text

    def _word(self, start: int, end: int) -> Word:
        """The argument between two bytes."""
        expansions: dict[int, Expansion] = {}
        for node in self._expansions_in(start, end):
            at = node.start_byte
            while self._tree.data[at : at + 1].isspace():  # the grammar counts a space before `${` in
                at += 1
            document = self._document(node)
            expansions[at] = Expansion(node.end_byte, document)
        return Decoder(self._tree, self._variables, expansions).word(start, end)

    def _document(self, node: Node) -> str | None:
        """The text of $(cat <<END ... END), None for any other expansion."""
        inner = [one for one in node.named_children if one.type != "comment"]
        if node.type != "command_substitution" or [one.type for one in inner] != ["redirected_statement"]:
            return None
        command, *redirects = inner[0].named_children
        if self._tree.source(command) != "cat" or [one.type for one in redirects] != ["heredoc_redirect"]:
            return None
        return self._heredoc(redirects[0]).decode("utf-8", "surrogateescape").rstrip("\n")

    def _expansions_in(self, start: int, end: int) -> Iterator[Node]:
        """The expansions between two bytes, without those in another one."""
        for at in range(
            bisect_left(self._expansions, start, key=_start), bisect_left(self._expansions, end, key=_start)
        ):
            node = self._expansions[at]
            if start <= node.start_byte and node.end_byte <= end:
                yield node
                start = node.end_byte

    def _statement(self, command: Node) -> Node:
        """The command with what is around it and belongs to it: redirections, `!`."""
        node = command
        while self._parents[node.id].type in ("redirected_statement", "negated_command"):
            node = self._parents[node.id]
        return node

    def _error_behind(self, statement: Node) -> Node | None:
        """What is behind a statement on its line and cannot stand there; None if all is well."""
        at = bisect_left(self._errors, statement.end_byte, key=_start)
        behind = self._errors[at] if at < len(self._errors) else None
        return behind if behind is not None and behind.start_point.row == statement.end_point.row else None

    def _piped_from(self, statement: Node) -> Node | None:
        """The statement whose output is passed to `statement`, None if there is none."""
        pipeline = self._parents[statement.id]
        if pipeline.type != "pipeline":
            return None
        if pipeline.id not in self._pipelines:
            self._pipelines[pipeline.id] = pipeline.named_children
        parts = self._pipelines[pipeline.id]
        at = bisect_left(parts, statement.start_byte, key=_start)
        if at:
            return parts[at - 1]
        around = self._parents[pipeline.id]  # of `cat <<EOF | command`, the pipe is a part of the here-document
        return self._parents[around.id] if around.type == "heredoc_redirect" else None


def _start(node: Node) -> int:
    return node.start_byte


def _check_quotes(tree: Tree, text: str) -> None:
    """Raises NotUnderstood if a quote has no end."""
    found = unclosed(text)
    if found is not None:
        mark, at = found
        raise NotUnderstood(
            f"the quotation mark {mark} is not closed", tree.spot(len(text[:at].encode("utf-8", "surrogatepass")))
        )

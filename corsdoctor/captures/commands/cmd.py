"""Commands in the language of Windows' cmd, as words. It has no grammar that others share, so it is read here.

cmd reads a line first: `^` takes the meaning from the next character, unless it is in quotes; at the end of a line it joins
the next one, whose first character it takes the meaning from. Then the program splits what is left at spaces, with `"` around
what stays together, `\\"` for a quote, and `\\` as itself where no quote follows.

https://learn.microsoft.com/en-us/windows-server/administration/windows-commands/cmd
https://learn.microsoft.com/en-us/cpp/c-language/parsing-c-command-line-arguments
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from corsdoctor.captures.commands.parsed import Lines, NotUnderstood
from corsdoctor.captures.commands.words import Call, Word
from corsdoctor.record import Record

_PROMPT: Final = re.compile(r"(?m)^(?:[A-Za-z]:\\[^>\n]*>|More\?) ?")
_VARIABLE: Final = re.compile(r"%[A-Za-z_]\w*(?::[^%\n]*)?%")


class _Char(Record):
    """A character that the program gets, and where it stands in the text. `kind` is "operator" for & | < > and an end of line."""

    char: str
    at: int
    kind: str = ""


def calls(text: str) -> list[Call]:
    """The commands in `text`, in its order. Raises NotUnderstood if a quote has no end."""
    text = _PROMPT.sub(lambda found: " " * len(found[0]), text.replace("\r\n", "\n"))
    found: list[Call] = []
    line: list[_Char] = []
    lines = Lines(text)
    piped = False
    for char in (*_characters(text), _Char("\n", len(text), "operator")):
        if char.kind != "operator" or char.char in "<>":
            line.append(char)
            continue
        call = _call(line, lines, piped=piped)
        found += [] if call is None else [call]
        line, piped = [], char.char == "|" and (call is not None or piped)
    return found


def _characters(text: str) -> Iterator[_Char]:
    """What cmd passes on, a character at a time."""
    at, quoted = 0, False
    while at < len(text):
        char = text[at]
        variable = _VARIABLE.match(text, at)
        if variable is not None:
            yield _Char(variable[0], at, "variable")
            at = variable.end()
            continue
        if char == "^" and not quoted:
            at += 2 if text[at + 1 : at + 2] == "\n" else 1
            if at < len(text):
                yield _Char(text[at], at)
        elif char == "\n" or (char in "&|<>" and not quoted):
            quoted = False
            yield _Char(char, at, "operator")
        else:
            quoted = quoted != (char == '"')
            yield _Char(char, at)
        at += 1


def _call(line: list[_Char], lines: Lines, *, piped: bool) -> Call | None:
    """The command of one line, None if there is none."""
    words: list[Word] = []
    stdin, after = "-", ""
    for word, operator in _words(line, lines):
        if operator:
            after = word.text
        elif after:
            stdin, after = word.text if after == "<" else stdin, ""
        else:
            words.append(word)
    if not words:
        return None
    program = words[0].text.removeprefix("@")
    return Call(program, tuple(words[1:]), words[0].spot, stdin, piped)


def _words(line: list[_Char], lines: Lines) -> Iterator[tuple[Word, bool]]:
    """The arguments in a line, as a program of Windows splits it, each with whether it is < or >."""
    at = 0
    while at < len(line):
        if line[at].char in " \t":
            at += 1
        elif line[at].kind == "operator":
            yield Word(line[at].char, lines.spot(line[at].at)), True
            at += 1
        else:
            word, at = _word(line, at, lines)
            yield word, False


def _word(line: list[_Char], at: int, lines: Lines) -> tuple[Word, int]:
    """The argument that begins at `at`, and where the rest of the line begins."""
    begin, parts, unresolved, quote = at, list[str](), list[str](), None
    while at < len(line) and (quote is not None or (line[at].char not in " \t" and line[at].kind != "operator")):
        slashes = 0
        while at + slashes < len(line) and line[at + slashes].char == "\\":
            slashes += 1
        following = line[at + slashes].char if at + slashes < len(line) else ""
        if slashes and following == '"':
            parts.append("\\" * (slashes // 2) + '"' * (slashes % 2))
            at += slashes + slashes % 2
        elif slashes:
            parts.append("\\" * slashes)
            at += slashes
        elif following == '"' and quote is not None and [one.char for one in line[at + 1 : at + 2]] == ['"']:
            parts.append('"')
            at += 2
        elif following == '"':
            quote = line[at].at if quote is None else None
            at += 1
        else:
            parts.append(following)
            unresolved += [following] if line[at].kind == "variable" else []
            at += 1
    if quote is not None:
        raise NotUnderstood('the quotation mark " is not closed', lines.spot(quote))
    return Word("".join(parts), lines.spot(line[begin].at), tuple(unresolved)), at

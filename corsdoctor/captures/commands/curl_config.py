"""What replaces an option of curl: a configuration file (-K), and --variable with --expand-..."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from typing import Final

from corsdoctor.captures.commands.curl_options import Given, options
from corsdoctor.captures.commands.form_data import escaped
from corsdoctor.captures.commands.parsed import Files, NotUnderstood, Spot
from corsdoctor.captures.commands.words import Word

_LINE: Final = re.compile(
    r'[ \t]*(?P<name>[^\s=:#"]+)[ \t]*[=:]?[ \t]*(?:"(?P<quoted>(?:\\.|[^"\\])*)"|(?P<plain>[^\s]*))'
)
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_PLACEHOLDER: Final = re.compile(r"\{\{([\w]+)((?::\w+)*)\}\}")


def configured(given: Iterator[Given], files: Files) -> Iterator[Given]:
    """`given` with the options of a configuration file in place of -K. https://curl.se/docs/manpage.html#-K"""
    missing = None
    urls = False
    for one in given:
        urls = urls or one.name == "url"
        if one.name != "config" or one.value is None:
            yield one
            continue
        content = files.content(one.value.text)
        missing = one.word if content is None else missing
        for inner in options(tuple(_words((content or b"").decode("utf-8", "surrogateescape"), one.word.spot))):
            urls = urls or inner.name == "url"
            yield inner
    if missing is not None and not urls:
        raise NotUnderstood("the command has no URL; the file of -K, which is not read, may have it", missing.spot)


def _words(text: str, spot: Spot) -> Iterator[Word]:
    """The lines of a configuration file as arguments."""
    for line in text.splitlines(keepends=True):
        found = _LINE.match(line)
        if found is None or line.lstrip().startswith("#"):
            continue
        name = found["name"]
        yield Word(name if name.startswith("-") else f"--{name}", spot)
        quoted = found["quoted"]
        if quoted is not None:
            yield Word(re.sub(r"\\(.)", lambda one: _ESCAPES.get(one[1], one[1]), quoted), spot)
        elif found["plain"]:
            yield Word(found["plain"], spot)


def variables_replaced(given: Iterator[Given], files: Files) -> Iterator[Given]:
    """`given` without --variable, and with what it set in the values of --expand-... options."""
    known: dict[str, bytes] = {}
    for one in given:
        if one.name == "variable" and one.value is not None:
            _set(one.value, known, files)
        elif one.expanded and one.value is not None:
            yield one._replace(value=_replaced(one.value, known), expanded=False)
        else:
            yield one


def _set(word: Word, known: dict[str, bytes], files: Files) -> None:
    """Sets a variable from NAME=TEXT or NAME@FILE; %NAME is one of the environment, which is not read."""
    found = re.fullmatch(r"(%?)(\w+)(?:([=@])(.*))?", word.text, re.DOTALL)
    if found is None:
        raise NotUnderstood("curl's --variable takes NAME=TEXT or NAME@FILE", word.spot)
    content = files.content(found[4]) if found[3] == "@" else word._replace(text=found[4] or "").data
    if content is not None and not found[1]:
        known[found[2]] = content


def _replaced(word: Word, known: dict[str, bytes]) -> Word:
    unresolved = list(word.unresolved)

    def value(found: re.Match[str]) -> str:
        if found[1] not in known:
            unresolved.append(found[0])
            return found[0]
        content = known[found[1]]
        for function in found[2].split(":")[1:]:
            content = _applied(function, content)
        return content.decode("utf-8", "surrogateescape")

    return word._replace(text=_PLACEHOLDER.sub(value, word.text), unresolved=tuple(unresolved))


def _applied(function: str, content: bytes) -> bytes:
    """What a function makes of the content of a variable."""
    match function:
        case "trim":
            return content.strip()
        case "json":
            return json.dumps(content.decode("utf-8", "replace"), ensure_ascii=False)[1:-1].encode()
        case "url":
            return escaped(content).encode()
        case "b64":
            return b64encode(content)
        case _:
            return content

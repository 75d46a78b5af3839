"""The messages about a page's policies that Chromium and WebKit word the same way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from corsdoctor.browsers.page_policies import wrong_paths
from corsdoctor.sentence import Sentence

UNKNOWN: Final = "Unrecognized Content-Security-Policy directive '{name}'."
DUPLICATE: Final = "Ignoring duplicate Content-Security-Policy directive '{name}'."
REPORTS: Final = "The Content Security Policy directive '{name}' is ignored when delivered in a report-only policy."
PATH: Final = (
    "The source list for Content Security Policy directive '{name}' contains a source with an invalid path: '{path}'. {part}, "
    "will be ignored."
)
PARTS: Final = {"?": "The query component, including the '?'", "#": "The fragment identifier, including the '#'"}
FLAG: Final = "Error while parsing the 'sandbox' Content Security Policy directive: {flags} invalid sandbox {noun}."


def about_flags(wrong: Sequence[str]) -> Sentence:
    """The message about the invalid flags of a sandbox."""
    flags, several = ", ".join(f"'{word}'" for word in wrong), len(wrong) > 1
    return Sentence(FLAG, flags=f"{flags} are" if several else f"{flags} is an", noun="flags" if several else "flag")


def about_paths(name: str, words: tuple[str, ...]) -> Iterator[Sentence]:
    """The messages about the sources of the directive `name` whose path has a query or a fragment."""
    return (Sentence(PATH, name=name, path=path, part=PARTS[mark]) for path, mark in wrong_paths(words))

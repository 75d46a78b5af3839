"""docs/kinds.md: every kind of message that only looks like CORS, from the table of kinds. `python -m docs.generate` writes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from corsdoctor.kinds.message_kind import MessageKind
from corsdoctor.kinds.table import KINDS
from corsdoctor.reports.markdown import prose

PAGE: Final = Path(__file__).parent / "kinds.md"
INTRODUCTION: Final = """\
# What only looks like CORS

`corsdoctor explain` reads a browser's console messages, also those that are not about CORS, and those of frameworks and
development servers. Each has a kind, some kinds have cases with a next step of their own, and `corsdoctor rules` lists them
all. In JSON, a message that is not about CORS has `kind`, such as `network`, and perhaps `case`, such as `certificate`.
`corsdoctor explain network/certificate` prints what stands here.

"""


def page() -> str:
    """The whole page."""
    return INTRODUCTION + "\n".join(line for kind in KINDS for line in _section(kind))


def _section(kind: MessageKind) -> Iterator[str]:
    level = "###" if "/" in kind.id else "##"
    yield from (f"{level} `{kind.id}`: {kind.title}", "", prose(kind.what), "")
    yield from (f"**CORS**: {prose(kind.cors)}", "", f"**Fix**: {prose(kind.fix)}", "")
    if kind.program is not None:
        yield from (f"**In a program that is not a browser**: {prose(kind.program.what)} {prose(kind.program.fix)}", "")


def write_page() -> None:
    """Writes the page."""
    PAGE.write_text(page(), encoding="utf-8")

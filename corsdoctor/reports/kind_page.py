"""The page of a kind: what a console message is about that only looks like CORS."""

from __future__ import annotations

from typing import Any, Final

from corsdoctor.kinds.message_kind import MessageKind
from corsdoctor.reports.content import Entry, Role
from corsdoctor.reports.layout import Page
from corsdoctor.reports.writer import Style

_OTHERS: Final = "Programs that are not browsers report this failure too, and do not enforce CORS."


def as_object(kind: MessageKind) -> dict[str, Any]:
    """The kind as JSON."""
    return {"type": "kind", "id": kind.id, "title": kind.title, "what": kind.what, "cors": kind.cors, "fix": kind.fix}


def text(kind: MessageKind, style: Style) -> str:
    """The page for a terminal, without a line feed at the end."""
    page = Page(style)
    page.text(kind.id, Role.FAINT)
    page.text(kind.heading, Role.STRONG)
    page.blank()
    page.labelled([Entry(name, value, whole=True) for name, value in _parts(kind)])
    return str(page)


def markdown(kind: MessageKind) -> str:
    """The page as Markdown."""
    parts = (line for name, value in _parts(kind) for line in ("", f"**{name}**: {value}"))
    return "\n".join([f"## {kind.heading}", "", f"`{kind.id}`", *parts])


def _parts(kind: MessageKind) -> tuple[tuple[str, str], ...]:
    parts = (("Means", kind.what), ("CORS", kind.cors), ("Fix", kind.fix))
    if kind.program is None:
        return parts
    return (*parts, ("Programs", f"{_OTHERS} {kind.program.fix}"))

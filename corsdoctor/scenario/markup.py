"""The <meta> elements of a page that set its policies, and its icon."""

from __future__ import annotations

from functools import lru_cache
from html.parser import HTMLParser
from typing import Final

from corsdoctor.record import Record

MOST: Final = 65536
"""Characters of markup that are read."""
_IN_HEAD: Final = frozenset(
    {"html", "head", "base", "link", "meta", "noscript", "script", "style", "template", "title"}
)
"""The elements with which a <head> goes on; any other begins the <body>."""
_INERT: Final = frozenset({"noscript", "template"})
"""The elements whose content is not part of the page while scripts run."""


class Meta(Record):
    """A <meta> element: its attributes, "" for what it has not; the first two in lower case."""

    http_equiv: str
    name: str
    content: str


@lru_cache(maxsize=64)
def metas(markup: str) -> tuple[Meta, ...]:
    """The <meta> elements in the <head>, in order. https://html.spec.whatwg.org/#parsing-main-inhead"""
    if "<meta" not in markup.lower():
        return ()
    head = _Head()
    head.feed(markup[:MOST])
    return tuple(head.found)


@lru_cache(maxsize=64)
def icon_of(markup: str) -> str | None:
    """The href of the last <link rel=icon> in the <head>. https://html.spec.whatwg.org/multipage/links.html#rel-icon"""
    if "icon" not in markup.lower():
        return None
    head = _Head()
    head.feed(markup[:MOST])
    return head.icon


class _Head(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.icon: str | None = None
        self.found: list[Meta] = []
        self._inert = 0
        self._ended = False

    def parse_html_declaration(self, i: int) -> int:
        """Reads `<![` as a comment, as HTML does outside of SVG and MathML; html.parser fails if no name follows."""
        return self.parse_bogus_comment(i) if self.rawdata.startswith("<![", i) else super().parse_html_declaration(i)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._ended = self._ended or (tag not in _IN_HEAD and not self._inert)
        self._inert += tag in _INERT
        if self._ended or self._inert:
            return
        given = dict(reversed(attrs))  # the first of equal attributes counts
        if tag == "link" and given.get("href") and "icon" in (given.get("rel") or "").lower().split():
            self.icon = given["href"]
        if tag == "meta":
            equiv, name, content = (given.get(key) or "" for key in ("http-equiv", "name", "content"))
            self.found.append(Meta(equiv.lower(), name.lower(), content))

    def handle_endtag(self, tag: str) -> None:
        self._inert -= tag in _INERT and self._inert > 0

"""The message of any browser, or of a server, at a place in a text where one may begin. Time is linear in the message's length."""

from __future__ import annotations

from corsdoctor.console.chromium import chromium, cut_off
from corsdoctor.console.edge import edge
from corsdoctor.console.firefox import firefox
from corsdoctor.console.issues import issue
from corsdoctor.console.jsdom import jsdom
from corsdoctor.console.normalize import NormalizedText
from corsdoctor.console.options_lines import options_line
from corsdoctor.console.panels import panel
from corsdoctor.console.reasons import Found
from corsdoctor.console.servers import server
from corsdoctor.console.webkit import webkit


def message_at(normalized: NormalizedText, at: int, limit: int) -> Found | None:
    """The CORS message that begins at `at` and ends before `limit`, with where it ends; None if there is none."""
    return (
        chromium(normalized, at, limit)
        or firefox(normalized, at, limit)
        or webkit(normalized, at, limit)
        or edge(normalized, at, limit)
        or server(normalized, at, limit)
        or options_line(normalized, at, limit)
        or panel(normalized, at, limit)
        or issue(normalized, at, limit)
        or jsdom(normalized, at, limit)
        or cut_off(normalized, at)
    )

"""Firefox's messages in 34 languages: read from browsers/firefox_locales.json when a text needs them."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import corsdoctor.browsers
from corsdoctor.console.normalize import normalized_line
from corsdoctor.console.pattern import Pattern
from corsdoctor.console.template import Template
from corsdoctor.console.wordings import Wording, preflight_only

_NAMES: Final = {"disabled": "/disabled", "origin-header-not-added": "", "deprecation": "acah-lists-authorization"}


@cache
def frames() -> dict[str, tuple[Wording, ...]]:
    """The messages by the words that they begin with, up to the URL."""
    import json  # 2 ms, for most texts in vain
    from importlib.resources import files

    texts = json.loads(files(corsdoctor.browsers).joinpath("firefox_locales.json").read_text(encoding="utf-8"))
    found: dict[str, list[Wording]] = {}
    for language in texts.values():
        for name, text in language["messages"].items():
            key, _, old = name.partition("@")
            key = _NAMES.get(key, key)
            template = Template(text)
            era = "an older version of Firefox" if old else ""
            wording = Wording("firefox", key, template, era, preflight_only(key))
            found.setdefault(template.start, []).append(wording)
    return {start: tuple(wordings) for start, wordings in found.items()}


def starts(text: str) -> list[int]:
    """Where one of them may begin, in order."""
    found = []
    for head in {start.rstrip(" '\"") for start in frames()}:
        at = text.find(head)
        while at >= 0:
            found.append(at)
            at = text.find(head, at + 1)
    return sorted(found)


REASON_BEGINS: Final = Pattern(r"[(\uff08]\w{2,20} ?[:\uff1a] ?|Raison : ")


@cache
def reasons() -> tuple[Wording, ...]:
    """The reasons of all languages without their frames, for a frame of another version."""
    found = []
    for wordings in frames().values():
        for wording in wordings:
            text = normalized_line(wording.template.text)
            opening = REASON_BEGINS.compiled.search(text)
            if opening is not None:
                reason = text[opening.end() :].partition("{status}")[0]
                ending = re.search(r"[)\uff09]?[.\u3002]", reason)
                found.append(
                    wording._replace(template=Template(reason[: ending.start()] if ending is not None else reason))
                )
    return tuple(found)

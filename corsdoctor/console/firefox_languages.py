"""Firefox's messages in 87 languages besides English: read from browsers/firefox_locales.json when a text needs them.

Everything here is folded (see `folded_line`), and is looked for in a folded text. A message begins with a title, such as
"Blocage d'une requete multiorigine (Cross-Origin Request)", which is enough to know it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import corsdoctor.browsers
from corsdoctor.console.normalize import folded_line
from corsdoctor.console.template import Template
from corsdoctor.console.wordings import FIREFOX_START, FIREFOX_WARNING, Reasons, Wording, preflight_only
from corsdoctor.pattern import Pattern

_NAMES: Final = {"disabled": "/disabled", "origin-header-not-added": "", "deprecation": "acah-lists-authorization"}
_TITLE: Final = Pattern("[^:.\u0589\u1c7a\u17d6{]{5,80}")
_HEAD: Final = 90  # characters of a message that its title is looked for in
_LONGEST: Final = 40  # characters of a title that nothing separates from the sentence after it


@cache
def _texts() -> dict[str, dict[str, str]]:
    """The messages of each language by their names."""
    import json  # 4 ms, for most texts in vain
    from importlib.resources import files

    table = json.loads(files(corsdoctor.browsers).joinpath("firefox_locales.json").read_text(encoding="utf-8"))
    return {language: texts["messages"] for language, texts in table.items()}


@cache
def titles() -> dict[str, tuple[str, ...]]:
    """The languages by the titles that they have, the longest title first."""
    found: dict[str, set[str]] = {}
    for language, texts in _texts().items():
        for head in {text.partition("{url}")[0][:_HEAD] for text in texts.values()}:
            found.setdefault(_title(folded_line(head)), set()).add(language)
    return {title: tuple(sorted(found[title])) for title in sorted(sorted(found), key=len, reverse=True)}


def _title(head: str) -> str:
    title = _TITLE.compiled.match(head)
    assert title is not None  # or the table has an entry that begins with its URL
    return title[0].rstrip() if title.end() < len(head) else head[:_LONGEST].rstrip(" '")


def title_at(text: str, at: int) -> str | None:
    """The title that stands at `at`; None if none does. English has its own templates."""
    begin = text[at : at + _HEAD].lower()
    return next((t for t in titles() if begin.startswith(t.lower()) and not t.startswith(_ENGLISH)), None)


@cache
def wordings(title: str) -> tuple[Wording, ...]:
    """The messages of the languages that have this title."""
    return tuple(wording for language in titles()[title] for wording in _wordings(language))


@cache
def _wordings(language: str) -> tuple[Wording, ...]:
    found = []
    for name, text in _texts()[language].items():
        key, _, old = name.partition("@")
        key = _NAMES.get(key, key)
        era = "an older version of Firefox" if old else ""
        found.append(Wording("firefox", key, Template(folded_line(text)), era, preflight_only(key)))
    return tuple(found)


_ENGLISH: Final = (FIREFOX_START, FIREFOX_WARNING)


def starts(text: str) -> list[int]:
    """Where one of them may begin, in order."""
    found, lower = set(), text.lower()
    for title in titles():
        at = lower.find(title.lower())
        while at >= 0:
            found.add(at)
            at = lower.find(title.lower(), at + 1)
    return sorted(found)


REASON_BEGINS: Final = Pattern(r"\([^\W\d_]{2,20} ?: ?|\b(?:Raison|Rason|Motivo|Motiu|Sababi) ?: ?")


@cache
def reasons(title: str) -> Reasons:
    """The reasons of the languages that have this title, without their frames, for a frame of another version."""
    found = []
    for wording in wordings(title):
        text = wording.template.text
        opening = REASON_BEGINS.compiled.search(text)
        if opening is not None:
            reason = text[opening.end() :].partition("{status}")[0]
            ending = re.search(r"\)?\.", reason)
            template = Template(reason[: ending.start()] if ending is not None else reason)
            found.append(wording._replace(template=template))
    return Reasons(found)

"""Which language a text is in."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final


class Language(StrEnum):
    """The languages in which requests are pasted."""

    BASH = "bash"
    CMD = "cmd"
    POWERSHELL = "PowerShell"
    JAVASCRIPT = "JavaScript"


_PROMPT: Final = r"(?:(?:[\w.@~:/-]*[$%#]|PS [^>\n]*>|[A-Za-z]:\\[^>\n]*>)[ ]*+)?"
_PROGRAM: Final = r"(?:[\w./~\\:-]*[/\\])?(?:curl|wget|https?)(?:\.exe)?"
_SHELL: Final = re.compile(
    rf"^[ \t]*+{_PROMPT}@?(?=(?P<before>(?:(?:[A-Za-z_]\w*=[^\s;]*|sudo|time|env|command|exec|nohup)[; \t]+)*))(?P=before)"
    rf"(?:[^\n'\"`#/]*[|;&(][ \t]*)?{_PROGRAM}(?=[ \t\r\n^]|$)(?!\s*\{{)",  # `http {` begins a block of nginx
    re.MULTILINE,
)
_CMDLET: Final = re.compile(
    r"(?:^|[=|(;{>])[ \t]*(?:Invoke-WebRequest|Invoke-RestMethod|iwr|irm)\b"
    r"|^[ \t]*\$session\b|^(?=([^\n]*?\b(?:curl|wget)\b))\1[^\n]*[ \t]-(?:Uri|Headers|UseBasicParsing|Method|Body)\b",
    re.IGNORECASE | re.MULTILINE,
)
_SCRIPT: Final = re.compile(
    r"(?:^|[=;{}(,>&|:!?]|\b(?:await|return|void|yield)[ \t])[ \t]*"
    r"(?:(?:(?:window|globalThis|self)\.)?(?:fetch|axios(?:\.\w+)?|(?:jQuery|\$)\.\w+|navigator\.sendBeacon)[ \t]*\("
    r"|new[ \t]+(?:(?:window|globalThis|self)\.)?(?:XMLHttpRequest|EventSource|WebSocket)\b)",
    re.MULTILINE,
)
_MARK: Final = re.compile(
    r"\"(?=(?P<quoted>(?:\\.|[^\"\\])*))(?P=quoted)\"?|(?P<ansi>\$')|'[^']*'|(?P<cmd>\^(?:\"|[ \t]*\r?(?:\n|$)))"
    r"|(?P<powershell>`[ \t]*\r?\n)|(?P<bash>\\\r?\n)",
    re.DOTALL,
)
_HEAD_LINES: Final = 20
_WINDOWS: Final = re.compile(r"^\s*[A-Za-z]:\\[^>\n]*>")


def language_of(text: str) -> Language | None:
    """The language of a text that has a request in it, None if it has none that is known."""
    cmdlet, script, shell = _CMDLET.search(text), _SCRIPT.search(text), _SHELL.search(text)
    found = {Language.POWERSHELL: cmdlet, Language.JAVASCRIPT: script, Language.BASH: shell}
    begins = {language: match.start() for language, match in found.items() if match is not None}
    if not begins:
        return None
    first = min(begins, key=lambda language: begins[language])
    return _shell(text[begins[first] :], text) if first is Language.BASH else first


def leading_language(text: str) -> Language | None:
    """The language of a text that begins with a request, but for a few lines; None of any other text."""
    head = "\n".join(text.lstrip().split("\n")[:_HEAD_LINES])
    return language_of(text) if len(head.split(maxsplit=1)) > 1 and language_of(head) is not None else None


def _shell(command: str, text: str) -> Language:
    """The shell that a command is for, by what is outside of its quotes."""
    if _WINDOWS.match(text):
        return Language.CMD
    for mark in _MARK.finditer(command):
        if mark["cmd"]:
            return Language.CMD
        if mark["powershell"]:
            return Language.POWERSHELL
        if mark["bash"] or mark["ansi"]:
            return Language.BASH
    return Language.BASH
